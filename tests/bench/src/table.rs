//! The benchmark's table: 80 columns, as every screen of the project's commands.

use std::collections::BTreeMap;

use crate::samples::Samples;

/// Columns of a terminal and of a page.
pub const WIDTH: usize = 80;

/// What was measured of one road.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its name.
    pub road: String,
    /// Records dealt with in a run.
    pub records: usize,
    /// Processor time of the product, in ms.
    pub product: Samples,
    /// Processor time of the floor, in ms.
    pub floor: Samples,
    /// From the first invocation to the last answer, in ms.
    pub wall: Samples,
    /// Of the product, in bytes.
    pub peak: u64,
    /// Calls to AWS, of the product and of the floor.
    pub aws: (u64, u64),
    /// Calls to the vendors, likewise.
    pub vendors: (u64, u64),
    /// The product's calls by name.
    pub calls: BTreeMap<String, u64>,
    /// Messages that the product sent.
    pub messages: u64,
    /// Calls in which the product wrote state.
    pub writes: u64,
}

impl Row {
    /// Product by floor.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.product.median() / self.floor.median()
    }
}

/// Two tables: processor time beside the floor, and what goes with it.
#[must_use]
pub fn render(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<27}{:>9}{:>5}{:>9}{:>5}{:>7}{:>9}{:>9}\n",
        "CPU ms", "product", "±%", "floor", "±%", "ratio", "µs/rec", "floor's"
    );
    for row in rows {
        let each = |samples: &Samples| match row.records {
            0 => f64::NAN,
            records => 1000.0 * samples.median() / records as f64,
        };
        text += &format!(
            "{:<27.27}{:>9}{:>5}{:>9}{:>5}{:>7}{:>9}{:>9}\n",
            row.road,
            figure(row.product.median(), 1),
            figure(row.product.spread() / 2.0, 0),
            figure(row.floor.median(), 1),
            figure(row.floor.spread() / 2.0, 0),
            figure(row.ratio(), 2),
            figure(each(&row.product), 0),
            figure(each(&row.floor), 0),
        );
    }
    text += &format!(
        "\n{:<27}{:>9}{:>10}{:>8}{:>13}{:>13}\n",
        "product (calls: / floor's)", "records/s", "wall ms", "peak MB", "to AWS", "to others"
    );
    for row in rows {
        let wall = row.wall.median();
        text += &format!(
            "{:<27.27}{:>9}{:>10}{:>8}{:>13}{:>13}\n",
            row.road,
            figure(if row.records == 0 { f64::NAN } else { 1000.0 * row.records as f64 / wall }, 0),
            figure(wall, 1),
            figure(row.peak as f64 / 1e6, 1),
            format!("{}/{}", row.aws.0, row.aws.1),
            format!("{}/{}", row.vendors.0, row.vendors.1),
        );
    }
    text
}

/// What each road of the product calls, wrapped.
#[must_use]
pub fn calls(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| !row.calls.is_empty()) {
        let mut line = format!("{:.40}:", row.road);
        for (name, count) in &row.calls {
            let call = format!(" {name} {count}");
            if line.chars().count() + call.chars().count() > WIDTH {
                text += &line;
                text += "\n";
                line = "   ".into();
            }
            line += &call;
        }
        text += &line;
        text += "\n";
    }
    text
}

/// A number with so many decimals; a dash where there is none.
fn figure(number: f64, decimals: usize) -> String {
    if number.is_finite() { format!("{number:.decimals$}") } else { "-".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let mut large = Row { road: "a road with a very long name ".repeat(3), records: 1_250_000, ..Row::default() };
        large.product.add(123_456.7);
        large.floor.add(98_765.4);
        large.wall.add(1_234_567.8);
        (large.peak, large.aws, large.vendors) = (1_234_000_000, (1_250_000, 99_999), (1_250_000, 99_999));
        large.calls = (0..12).map(|n| (format!("ACallWithALongName{n}"), 1_250_000)).collect();
        let text = calls(std::slice::from_ref(&large)) + &render(&[large, Row::default()]);
        assert_eq!(text.matches("1250000").count(), 12 + 2, "nothing is left out");
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{}: {line}", line.chars().count());
        }
    }

    #[test]
    fn the_ratio_is_of_the_medians() {
        let mut row = Row { road: "pull".into(), records: 1000, ..Row::default() };
        [900.0, 300.0, 310.0].into_iter().for_each(|sample| row.product.add(sample));
        [100.0, 90.0, 500.0].into_iter().for_each(|sample| row.floor.add(sample));
        let line = render(&[row]).lines().nth(1).unwrap_or_default().to_owned();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words, ["pull", "310.0", "97", "100.0", "205", "3.10", "310", "100"], "{line}");
        assert!(render(&[Row::default()]).lines().nth(1).unwrap_or_default().ends_with('-'), "nothing was measured");
    }
}
