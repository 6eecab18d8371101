//! The benchmark's table: 80 columns, as every screen of the project's commands.

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
    /// Messages that the product sent.
    pub messages: u64,
    /// Calls in which the product wrote state.
    pub writes: u64,
    /// What the ratio should be at most.
    pub target: Option<f64>,
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
        "{:<26}{:>9}{:>6}{:>9}{:>6}{:>7}{:>8}{:>8}\n",
        "CPU ms", "product", "±%", "floor", "±%", "ratio", "target", "verdict"
    );
    for row in rows {
        let (ratio, target) = (row.ratio(), row.target);
        let verdict = match target {
            Some(target) if ratio <= target => "met",
            Some(_) if ratio.is_finite() => "missed",
            _ => "-",
        };
        text += &format!(
            "{:<26.26}{:>9}{:>6}{:>9}{:>6}{:>7}{:>8}{:>8}\n",
            row.road,
            figure(row.product.median(), 1),
            figure(row.product.spread() / 2.0, 0),
            figure(row.floor.median(), 1),
            figure(row.floor.spread() / 2.0, 0),
            figure(ratio, 2),
            target.map_or_else(|| "-".into(), |target| figure(target, 2)),
            verdict,
        );
    }
    text += &format!(
        "\n{:<26}{:>9}{:>9}{:>8}{:>14}{:>14}\n",
        "product (calls: / floor's)", "records/s", "wall ms", "peak MB", "AWS calls", "other calls"
    );
    for row in rows {
        let wall = row.wall.median();
        text += &format!(
            "{:<26.26}{:>9}{:>9}{:>8}{:>14}{:>14}\n",
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

/// A number with so many decimals; a dash where there is none.
fn figure(number: f64, decimals: usize) -> String {
    if number.is_finite() { format!("{number:.decimals$}") } else { "-".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(road: &str, product: f64, floor: f64) -> Row {
        let mut row = Row { road: road.into(), target: Some(1.5), ..Row::default() };
        row.product.add(product);
        row.floor.add(floor);
        row
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let mut large = row(&"a road with a very long name ".repeat(3), 123_456.7, 98_765.4);
        large.records = 1_250_000;
        large.wall.add(1_234_567.8);
        (large.peak, large.aws, large.vendors) = (1_234_000_000, (1_250_000, 99_999), (1_250_000, 99_999));
        let text = render(&[large, Row::default()]);
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{}: {line}", line.chars().count());
        }
    }

    #[test]
    fn a_target_is_met_up_to_its_own_value() {
        let verdict = |product: f64| render(&[row("pull", product, 100.0)]).lines().nth(1).unwrap_or("").to_owned();
        assert!(verdict(150.0).ends_with(" met") && verdict(151.0).ends_with("missed"));
        assert!(render(&[Row::default()]).lines().nth(1).unwrap_or("").ends_with('-'), "nothing was measured");
    }
}
