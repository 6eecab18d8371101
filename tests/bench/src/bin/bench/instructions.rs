//! Instructions a record, counted by valgrind: the same on a busy machine as on a quiet one.
//!
//! Two runs, one with twice as many records: what their difference is divided by has neither start nor end in it.

use std::fs;

use bench::process::Process;
use serde_json::json;

use crate::Failed;
use crate::round::{BACK, FIRST, IMPORT, PULL, shown};
use crate::side::{Programs, Side, Stub};

/// Articles of the smaller run; its pages are as many as those of the larger one.
const ARTICLES: usize = 400;

/// A line a road, 80 columns at most.
pub async fn render(programs: &Programs) -> Result<String, Failed> {
    let mut text =
        format!("{:<40}{:>12}{:>12}{:>12}\n", "instructions a record, in thousands", "product", "floor", "ratio");
    for (road, records) in [(PULL, ARTICLES + ARTICLES / 4), (IMPORT, ARTICLES + ARTICLES / 4), (BACK, ARTICLES / 5)] {
        let mut each = Vec::new();
        for product in [true, false] {
            let (once, twice) = (count(programs, road, product, 1).await?, count(programs, road, product, 2).await?);
            each.push((twice - once) / records as f64 / 1000.0);
        }
        let (product, floor) = (each[0], each[1]);
        text += &format!("{road:<40}{product:>12.1}{floor:>12.1}{:>12.2}\n", product / floor);
    }
    Ok(text)
}

async fn count(programs: &Programs, road: &str, product: bool, times: usize) -> Result<f64, Failed> {
    let side = if product { "product" } else { "floor" };
    eprintln!("instructions: {road}, {side}, {} articles", ARTICLES * times);
    let stub = Stub::start(programs)?;
    stub.reset(ARTICLES * times).await?;
    if road == IMPORT {
        let mut pull = Side::of(&stub, programs, "pull", product, 0).await?;
        pull.run(shown(FIRST)).await?;
    }
    let (name, arguments) = match road {
        PULL => ("pull", shown(FIRST)),
        IMPORT => ("import", json!({ "road": "import" })),
        _ => ("write-back", json!({ "road": "write-back", "stocks": ARTICLES * times / 5 })),
    };
    let log = std::env::temp_dir().join(format!("bench-instructions-{}", std::process::id()));
    let mut counted = Side::counted(&stub, programs, name, product, &log).await?;
    counted.run(arguments).await?;
    counted.finish()?;
    let told = fs::read_to_string(&log)?;
    fs::remove_file(&log)?;
    let refs = told.lines().find_map(|line| line.split_once("I   refs:").or_else(|| line.split_once("I refs:")));
    let refs = refs.and_then(|(_, count)| count.trim().replace(',', "").parse().ok());
    refs.ok_or_else(|| format!("valgrind has counted nothing: {told}").into())
}

/// Whether they can be counted here.
pub fn possible() -> bool {
    Process::is_installed("valgrind")
}
