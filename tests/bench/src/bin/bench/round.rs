//! One round: every road once, the product's and then the floor's.

use std::collections::BTreeMap;

use bench::table::Row;
use serde_json::{Value, json};

use crate::Failed;
use crate::side::{Programs, Side, Stub, Taken};

/// The roads, in the order of the table.
pub const START: &str = "start to first poll";
pub const PULL: &str = "pull, new";
pub const SAME: &str = "pull, unchanged";
pub const NEWER: &str = "pull, newer times";
pub const WARM: &str = "warm, nothing there";
pub const IMPORT: &str = "import";
pub const BACK: &str = "write-back of stock";
const ORDER: [&str; 7] = [START, PULL, SAME, NEWER, WARM, IMPORT, BACK];

/// The year of the records' last change, and a later one.
pub const FIRST: u16 = 2026;
const LATER: u16 = 2027;

/// The rows of the table so far.
#[derive(Default)]
pub struct Rows(BTreeMap<(usize, String), Vec<Row>>);

impl Rows {
    /// In the table's order: all roads, then those with latency or of another size.
    pub fn into_rows(self) -> Vec<Row> {
        self.0.into_values().flatten().collect()
    }

    fn row(&mut self, name: &str, road: &str, records: usize) -> &mut Row {
        let rows = self.0.entry((name.len(), name.to_owned())).or_default();
        let whole = format!("{name}{road}");
        let at = rows.iter().position(|row| row.road == whole).unwrap_or_else(|| {
            rows.push(Row { road: whole, records, ..Row::default() });
            rows.len() - 1
        });
        &mut rows[at]
    }
}

/// What is measured once.
pub struct Round<'a> {
    pub programs: &'a Programs,
    pub records: usize,
    pub latency: u64,
    /// What stands before a road's name.
    pub name: &'a str,
    /// Which round it is, for whoever waits.
    pub what: &'a str,
}

/// One side's results by road.
type Results = BTreeMap<&'static str, Taken>;

impl Round<'_> {
    /// All roads.
    pub async fn run(&self, rows: &mut Rows) -> Result<(), Failed> {
        let stub = Stub::start(self.programs)?;
        let product = self.side(&stub, true).await?;
        let floor = self.side(&stub, false).await?;
        self.note(rows, product, floor);
        Ok(())
    }

    /// The pull alone, for its memory.
    pub async fn pull(&self, rows: &mut Rows) -> Result<(), Failed> {
        let stub = Stub::start(self.programs)?;
        let mut sides = Vec::new();
        for product in [true, false] {
            stub.reset(self.records).await?;
            let mut side = self.start(&stub, product, "pull").await?;
            sides.push(Results::from([(PULL, side.run(shown(FIRST)).await?)]));
        }
        let floor = sides.pop().unwrap_or_default();
        self.note(rows, sides.pop().unwrap_or_default(), floor);
        Ok(())
    }

    async fn start<'s>(&self, stub: &'s Stub, product: bool, road: &str) -> Result<Side<'s>, Failed> {
        eprintln!("{}: {road}, {}", self.what, if product { "product" } else { "floor" });
        Side::of(stub, self.programs, road, product, self.latency).await
    }

    /// The roads in the order in which records go them.
    async fn side(&self, stub: &Stub, product: bool) -> Result<Results, Failed> {
        let mut results = Results::new();
        stub.reset(self.records).await?;
        let mut pull = self.start(stub, product, "pull").await?;
        results.insert(PULL, pull.run(shown(FIRST)).await?);
        results.insert(START, std::mem::replace(&mut pull.start, nothing()));
        drop(pull);
        let mut import = self.start(stub, product, "import").await?;
        results.insert(IMPORT, import.run(json!({ "road": "import" })).await?);
        drop(import);
        // A new process: what it knows is in the ledger alone.
        let mut pull = self.start(stub, product, "pull").await?;
        results.insert(SAME, pull.run(shown_again(FIRST)).await?);
        results.insert(NEWER, pull.run(shown_again(LATER)).await?);
        results.insert(WARM, pull.run(json!({})).await?);
        drop(pull);
        let mut back = self.start(stub, product, "write-back").await?;
        results.insert(BACK, back.run(json!({ "road": "write-back", "stocks": self.records / 5 })).await?);
        Ok(results)
    }

    fn note(&self, rows: &mut Rows, mut product: Results, mut floor: Results) {
        for road in ORDER {
            let (Some(product), Some(floor)) = (product.remove(road), floor.remove(road)) else { continue };
            // No call to AWS is made before the first poll.
            if road == START && self.latency > 0 {
                continue;
            }
            let records = match road {
                START | WARM => 0,
                BACK => self.records / 5,
                _ => self.records + self.records / 4,
            };
            let row = rows.row(self.name, road, records);
            row.product.add(product.cpu);
            row.floor.add(floor.cpu);
            row.wall.add(product.wall);
            row.peak = row.peak.max(product.peak);
            row.aws = (aws(&product), aws(&floor));
            row.vendors = (vendors(&product), vendors(&floor));
            let count = |name: &str| product.counts.get(name).copied().unwrap_or_default();
            row.messages = count("messages");
            row.calls = if self.latency == 0 { product.counts.clone() } else { BTreeMap::new() };
            row.writes = count("PutItem") + count("DeleteItem") + count("BatchExecuteStatement");
        }
    }
}

/// A pull while the lists show what changed since the time that is asked for.
pub fn shown(year: u16) -> Value {
    json!({ "road": "pull", "shown": year })
}

/// A pull while the lists show everything once more.
fn shown_again(year: u16) -> Value {
    json!({ "road": "pull", "shown": year, "whatever": true })
}

fn nothing() -> Taken {
    Taken { cpu: 0.0, wall: 0.0, peak: 0, counts: BTreeMap::new() }
}

/// Calls to AWS: all that are named for themselves.
fn aws(taken: &Taken) -> u64 {
    let calls =
        taken.counts.iter().filter(|(name, _)| name.starts_with(char::is_uppercase) && !name.ends_with("Exception"));
    calls.map(|(_, count)| count).sum()
}

fn vendors(taken: &Taken) -> u64 {
    let calls = taken.counts.iter().filter(|(name, _)| name.contains(' '));
    calls.map(|(_, count)| count).sum()
}
