//! What the product is to reach, beside what it did.

use bench::table::Row;

use crate::round::{IMPORT, NEWER, PULL, SAME, START};

/// Bytes of memory, ms of CPU, records a second, parts.
struct Target {
    what: String,
    wanted: f64,
    /// Whether it is a least and not a most.
    at_least: bool,
    measured: f64,
    decimals: usize,
}

/// A line each, 80 columns at most.
pub fn render(rows: &[Row]) -> String {
    let mut text = format!("{:<44}{:>12}{:>12}{:>10}\n", "targets", "wanted", "measured", "");
    for target in targets(rows) {
        let Target { what, wanted, at_least, measured, decimals } = target;
        let met = if at_least { measured >= wanted } else { measured <= wanted };
        let sign = if at_least { "≥" } else { "≤" };
        let wanted = format!("{sign} {wanted:.decimals$}");
        let verdict = if met { "met" } else { "missed" };
        text += &format!("{what:<44.44}{wanted:>12}{:>12}{verdict:>10}\n", format!("{measured:.decimals$}"));
    }
    text
}

fn targets(rows: &[Row]) -> Vec<Target> {
    let row = |road: &str| rows.iter().find(|row| row.road == road);
    let most = |what: &str, wanted: f64, measured: f64, decimals: usize| Target {
        what: what.into(),
        wanted,
        at_least: false,
        measured,
        decimals,
    };
    let mut all = Vec::new();
    for road in [PULL, IMPORT] {
        all.extend(row(road).map(|row| most(&format!("{road}: CPU by the floor's"), 1.5, row.ratio(), 2)));
    }
    for road in [SAME, NEWER] {
        let Some((again, new)) = row(road).zip(row(PULL)) else { continue };
        all.push(most(
            &format!("{road}: CPU by the new ones'"),
            1.0 / 3.0,
            again.product.median() / new.product.median(),
            2,
        ));
        all.push(most(&format!("{road}: messages"), 0.0, again.messages as f64, 0));
        // Leases, budgets, the health item and the cursor are written in any case, however many the records are.
        all.push(most(&format!("{road}: writes by the new ones'"), 0.02, again.writes as f64 / new.writes as f64, 3));
    }
    for row in rows.iter().filter(|row| row.road.ends_with(PULL)) {
        let wanted = if row.road.contains(" ms: ") { 1500.0 } else { 5000.0 };
        let measured = 1000.0 * row.records as f64 / row.wall.median();
        all.push(Target { what: format!("{}: records/s", row.road), wanted, at_least: true, measured, decimals: 0 });
    }
    all.extend(row(START).map(|row| most("start to first poll: CPU ms", 10.0, row.product.median(), 1)));
    let peak = rows.iter().filter(|row| row.road.ends_with(PULL)).map(|row| row.peak).max().unwrap_or_default();
    all.push(most("the largest memory of a pull: MB", 32.0, peak as f64 / 1e6, 1));
    all
}
