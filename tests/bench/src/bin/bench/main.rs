//! The benchmark: runs the deployed functions and the floor against the stub, road by road, and prints a table.

mod instructions;
mod machine;
mod round;
mod side;
mod targets;

use std::error::Error;
use std::path::PathBuf;

use bench::table::{Row, calls, render};

use self::round::{Round, Rows};
use self::side::Programs;

/// What went wrong, to be printed.
type Failed = Box<dyn Error>;

/// How much is measured.
struct Plan {
    /// Articles; a fourth as many orders of three lines, a fifth as many stock levels.
    records: usize,
    repeats: usize,
    /// Latencies of AWS, in ms, at which all roads are measured once more, with so many records.
    latencies: Vec<u64>,
    waiting_records: usize,
    /// Further sizes, for memory.
    large: Vec<usize>,
    /// Whether instructions are counted, too.
    instructions: bool,
}

impl Plan {
    fn quick() -> Self {
        Self {
            records: 1000,
            repeats: 3,
            latencies: vec![4],
            waiting_records: 1000,
            large: Vec::new(),
            instructions: false,
        }
    }

    fn whole() -> Self {
        Self {
            records: 10_000,
            repeats: 5,
            latencies: vec![4, 10],
            waiting_records: 2000,
            large: vec![100_000],
            instructions: false,
        }
    }
}

fn arguments() -> Result<(Plan, Programs), Failed> {
    let quick = std::env::args().any(|word| word == "--quick");
    let mut plan = if quick { Plan::quick() } else { Plan::whole() };
    let (mut functions, mut programs) = (PathBuf::new(), PathBuf::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => continue,
            "--instructions" if instructions::possible() => {
                plan.instructions = true;
                continue;
            }
            "--instructions" => return Err("instructions are counted by valgrind, which is not installed".into()),
            _ => {}
        }
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--records" => plan.records = value.parse()?,
            "--repeats" => plan.repeats = value.parse()?,
            "--functions" => functions = value.into(),
            "--programs" => programs = value.into(),
            other => {
                return Err(
                    format!("{other} is not known: [--quick] [--instructions] [--records N] [--repeats N]").into()
                );
            }
        }
    }
    if plan.records == 0 || plan.repeats == 0 {
        return Err("at least one record and one repeat are measured".into());
    }
    Ok((plan, Programs { functions, programs }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let (plan, programs) = arguments()?;
    let mut rows = Rows::default();
    for repeat in 1..=plan.repeats {
        let what = format!("run {repeat} of {}", plan.repeats);
        Round { programs: &programs, records: plan.records, latency: 0, name: "", what: &what }.run(&mut rows).await?;
    }
    for latency in plan.latencies.iter().copied() {
        let (name, what) = (format!("{latency} ms: "), format!("with {latency} ms of AWS"));
        let records = plan.waiting_records.min(plan.records);
        Round { programs: &programs, records, latency, name: &name, what: &what }.run(&mut rows).await?;
    }
    for records in plan.large.iter().copied() {
        let name = format!("{} k: ", records / 1000);
        let what = format!("{records} articles");
        Round { programs: &programs, records, latency: 0, name: &name, what: &what }.pull(&mut rows).await?;
    }
    let counted = if plan.instructions { instructions::render(&programs).await? } else { String::new() };
    let (records, repeats) = (plan.records, plan.repeats);
    println!("{}", machine::describe());
    println!("{records} articles, {} orders of three lines, {} stock levels; medians", records / 4, records / 5);
    println!("of {repeats}, ±: half of what lies between the least and the greatest");
    println!(
        "4 ms, 10 ms: as long each call to AWS waits, once, with {} articles\n",
        plan.waiting_records.min(records)
    );
    let rows: Vec<Row> = rows.into_rows();
    print!("{}", render(&rows));
    println!("\n{}", targets::render(&rows));
    println!("the product's calls\n{}", calls(&rows));
    if !counted.is_empty() {
        println!("{counted}");
    }
    print!("{}", machine::sizes(&programs));
    Ok(())
}
