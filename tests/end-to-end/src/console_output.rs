//! Console output: progress while a tick runs, and the table at the end.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use bridge::words::outcome::Outcome;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::scenario::{Scenario, Source};
use crate::tick::{Tick, TickProgress};
use crate::warehouse::{There, Warehouse};
use crate::write_back::Row;

/// A terminal of usual width shows it unbroken.
const WIDTH: u16 = 100;

/// Between two lines of progress where no bar can move.
const QUIET: Duration = Duration::from_secs(2);

/// A bar per ERP on a terminal, else a line now and then.
pub struct Progress {
    bars: Vec<ProgressBar>,
    labels: Vec<&'static str>,
    said: Instant,
    drawn: bool,
}

impl Progress {
    /// Progress of one tick.
    #[must_use]
    pub fn new(scenarios: &[Scenario]) -> Self {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{spinner} {prefix:15} {bar:24} {pos:>3} of {len:<3} {wide_msg}");
        let bar = |scenario: &Scenario| {
            let bar = all.add(ProgressBar::new(0)).with_prefix(scenario.label);
            if let Ok(style) = &style {
                bar.set_style(style.clone());
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        };
        Self {
            bars: scenarios.iter().map(bar).collect(),
            labels: scenarios.iter().map(|scenario| scenario.label).collect(),
            said: Instant::now(),
            drawn: std::io::stderr().is_terminal(),
        }
    }

    /// Shows how far a tick is.
    pub fn look(&mut self, at: &TickProgress<'_>) {
        let done = at.known - at.waiting;
        if let Some(bar) = self.bars.get(at.scenario) {
            bar.set_length(at.known as u64);
            bar.set_position(done as u64);
            if let Some((entry, arrival)) = at.last {
                bar.set_message(format!("{} {}", arrival.outcome.word(), entry.number.as_deref().unwrap_or_default()));
            }
        }
        if !self.drawn && at.waiting > 0 && self.said.elapsed() > QUIET {
            self.said = Instant::now();
            println!("  {}: {done} of {} records have arrived", self.labels[at.scenario], at.known);
        }
    }

    /// Takes the bars away.
    pub fn end(self) {
        for bar in self.bars {
            bar.finish_and_clear();
        }
    }
}

/// What a tick did, in a line.
#[must_use]
pub fn total(label: &str, tick: &Tick) -> String {
    let outcomes =
        [Outcome::Created, Outcome::Updated, Outcome::Cancelled, Outcome::Blocked, Outcome::Parked, Outcome::Filtered];
    let counts = outcomes.into_iter().map(|outcome| (tick.count(outcome), word(outcome)));
    let counts: Vec<String> = counts.filter(|(count, _)| *count > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let counts = if counts.is_empty() { "nothing new".to_owned() } else { counts.join(", ") };
    format!("  {label}: {counts}; {} writes at Ongoing; {}", tick.writes, seconds(tick.took))
}

/// The company's records, what is in Ongoing of them, and what each tick made of them.
#[must_use]
pub fn table(scenario: &Scenario, sources: &[Source], warehouse: &Warehouse, ticks: &[&Tick]) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    let heads = ["number".to_owned(), format!("in {}", scenario.label), "in Ongoing WMS".to_owned()];
    table.set_header(heads.into_iter().chain((1..=ticks.len()).map(|n| format!("tick {n}"))));
    let mut reasons = BTreeSet::new();
    for source in sources {
        let there = warehouse.records.get(&(source.feed, source.number.clone()));
        let mut row = vec![source.number.clone(), short(&source.seen), there.map_or_else(|| "-".to_owned(), place)];
        let mut known = false;
        for tick in ticks {
            let arrival = tick.arrivals.get(&(source.feed, source.key.clone()));
            row.push(match arrival {
                Some(arrival) => format!("{} {}", word(arrival.outcome), seconds(arrival.after)),
                None if known => "unchanged".to_owned(),
                None => String::new(),
            });
            known |= arrival.is_some();
            if let Some((reason, arrival)) = arrival.and_then(|arrival| Some((arrival.reason.as_ref()?, arrival))) {
                reasons.insert(format!("  {} {}: {reason}", source.number, word(arrival.outcome)));
            }
        }
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let reasons: Vec<String> = reasons.into_iter().collect();
    format!("{table}\n{}", reasons.join("\n"))
}

/// What the warehouse did, and what the ERP said of it before and says after.
#[must_use]
pub fn table_back(scenario: &Scenario, before: &[Row], after: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    let (was, is) = (format!("{} before", scenario.label), format!("{} after", scenario.label));
    table.set_header(["", "number", "in Ongoing WMS", &was, &is]);
    for row in after {
        let was = before.iter().find(|old| (old.order, &old.number) == (row.order, &row.number));
        let was = was.map_or("", |old| &old.in_erp);
        let what = if row.order { "order" } else { "stock" };
        table.add_row([what, &row.number, &row.in_ongoing, was, &row.in_erp]);
    }
    table.to_string()
}

fn place(there: &There) -> String {
    match there.lines {
        0 => short(&there.name),
        1 => short(&format!("1 line, {}", there.name)),
        lines => short(&format!("{lines} lines, {}", there.name)),
    }
}

/// As much of a name as a column has room for.
fn short(name: &str) -> String {
    const ROOM: usize = 22;
    if name.chars().count() <= ROOM {
        return name.to_owned();
    }
    name.chars().take(ROOM - 1).chain(['…']).collect()
}

/// The outcome's word for a person: what a document's rule leaves out is not an accident.
fn word(outcome: Outcome) -> &'static str {
    if outcome == Outcome::Filtered { "left out" } else { outcome.word() }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
