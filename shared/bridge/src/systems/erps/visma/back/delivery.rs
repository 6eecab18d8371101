//! What should stand as delivered on every row of an order, and what does.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use super::super::super::rows::Part;
use super::super::wire::{OrderHead, Row};
use super::replace;
use crate::tenant::Settings;
use crate::words::domain::{Delivered, Shipment};
use crate::words::fault::{Fault, Result};
use crate::words::wire::{decode, number};

/// An order beside what left the house.
pub(super) struct Delivery {
    pub status: i64,
    rows: Vec<Quantity>,
}

/// A row that is not mere text.
struct Quantity {
    index: usize,
    /// Whether the warehouse handles it.
    goods: bool,
    ordered: Decimal,
    wanted: Decimal,
    stands: Decimal,
}

impl Quantity {
    /// Whether it stands as it should, or as near as two decimals come (Visma sheet, section 2).
    fn is_right(&self) -> bool {
        self.stands == self.wanted || self.stands == cents(self.wanted)
    }
}

impl Delivery {
    /// Reads an order.
    ///
    /// # Errors
    /// Where something was delivered that the order does not name, or a write would lose something.
    pub fn read(order: &Value, shipment: &Shipment, settings: &Settings) -> Result<Self> {
        if shipment.lines.iter().all(|line| line.picked.is_zero()) {
            return Err(Fault::rejected("/orderLines", "shipped in Ongoing, but nothing was picked"));
        }
        let OrderHead { status, rows, .. } = decode(order)?;
        let found = matched(&rows, &shipment.lines)?;
        let picked = shared_out(&rows, &found);
        let rows = rows.iter().zip(picked).enumerate().filter(|(_, (row, _))| !row.is_text_row);
        let rows = rows.map(|(index, (row, picked))| {
            let ordered = row.quantity.unwrap_or_default();
            let (goods, wanted) = match (row.part(settings), picked) {
                (Part::Goods, picked) => (true, picked.unwrap_or_default()),
                // Picked all the same.
                (_, Some(picked)) if !picked.is_zero() => (true, picked),
                // What nobody picks, services and what comes back, goes out with the order.
                _ => (false, ordered),
            };
            Quantity { index, goods, ordered, wanted, stands: row.delivered_quantity.unwrap_or_default() }
        });
        Ok(Self { status, rows: rows.collect() })
    }

    /// Whether every row says what it should.
    pub fn stands(&self) -> bool {
        self.rows.iter().all(Quantity::is_right)
    }

    /// Whether the rows that the warehouse handles do.
    pub fn goods_stand(&self) -> bool {
        self.rows.iter().filter(|row| row.goods).all(Quantity::is_right)
    }

    /// Whether less left than was ordered.
    pub fn is_short(&self) -> bool {
        self.rows.iter().any(|row| row.goods && row.wanted < row.ordered)
    }

    /// For people: "3 of 5".
    pub fn quantities(&self) -> String {
        let goods = || self.rows.iter().filter(|row| row.goods);
        let (wanted, ordered): (Decimal, Decimal) =
            (goods().map(|row| row.wanted).sum(), goods().map(|row| row.ordered).sum());
        format!("{} of {} delivered", wanted.normalize(), ordered.normalize())
    }

    /// The whole order with its delivered quantities, for a full replace.
    ///
    /// # Errors
    /// Where the write would lose something.
    pub fn whole(&self, order: &Value) -> Result<Value> {
        let head: OrderHead = decode(order)?;
        if let Some(index) = head.rows.iter().position(|row| row.is_discount_in_fixed_amount) {
            let at = format!("/Rows/{index}/DiscountFixedAmount");
            let why = "a discount that is an amount cannot be written through the API, and writing the order would lose \
                       it: ship the order in Visma by hand";
            return Err(Fault::rejected(at, why));
        }
        let mut whole = replace::order(order);
        for row in &self.rows {
            whole["Rows"][row.index]["DeliveredQuantity"] = number(row.wanted);
        }
        Ok(whole)
    }
}

/// Delivered quantities have two decimals (Visma sheet, section 2).
fn cents(quantity: Decimal) -> Decimal {
    quantity.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// What was picked for each row: by the row's id; by line number and article, since ids may not survive a write; by an
/// article that stands on one row alone.
fn matched<'a>(rows: &[Row], lines: &'a [Delivered]) -> Result<Vec<Option<&'a Delivered>>> {
    let same_id =
        |row: &Row, line: &Delivered| row.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(&line.row_number));
    let same_article =
        |row: &Row, line: &Delivered| row.article_number.is_some() && row.article_number == line.article_number;
    let same_place = |row: &Row, line: &Delivered| {
        row.line_number.is_some() && row.line_number == line.external_id && same_article(row, line)
    };
    let alone = |row: &Row, line: &Delivered| {
        same_article(row, line)
            && rows.iter().filter(|other| same_article(other, line)).count() == 1
            && lines.iter().filter(|other| same_article(row, other)).count() == 1
    };
    let mut found: Vec<Option<&Delivered>> = vec![None; rows.len()];
    // What was emptied in Ongoing, or not delivered at all, needs no row.
    let mut left: Vec<&Delivered> = lines.iter().collect();
    for same in [&same_id as &dyn Fn(&Row, &Delivered) -> bool, &same_place, &alone] {
        left.retain(|line| {
            let free = |index: usize, row: &Row| found[index].is_none() && !row.is_text_row && same(row, line);
            let at = rows.iter().enumerate().position(|(index, row)| free(index, row));
            if let Some(index) = at {
                found[index] = Some(line);
            }
            at.is_none()
        });
    }
    match left.iter().find(|line| !line.picked.is_zero()) {
        None => Ok(found),
        Some(line) => {
            let article = line.article_number.as_deref().unwrap_or("unknown");
            let why = format!(
                "Ongoing delivered {} of article {article} on row {}, which the order does not have",
                line.picked.normalize(),
                line.row_number
            );
            Err(Fault::rejected("/Rows", why))
        }
    }
}

/// What was picked for each row. Where Ongoing has one row for several of one article (`ongoing.same-article`), what is more
/// than its own row ordered goes to those that it has no row for, each as far as it ordered.
fn shared_out(rows: &[Row], found: &[Option<&Delivered>]) -> Vec<Option<Decimal>> {
    let ordered = |row: &Row| row.quantity.unwrap_or_default();
    let mut picked: Vec<Option<Decimal>> = found.iter().map(|line| line.map(|line| line.picked)).collect();
    for (at, line) in found.iter().enumerate() {
        let Some(line) = line.filter(|line| line.ordered > ordered(&rows[at]) && line.picked > ordered(&rows[at]))
        else {
            continue;
        };
        let mut over = line.picked - ordered(&rows[at]);
        for (other, row) in rows.iter().enumerate() {
            let is_same = row.article_number.is_some() && row.article_number == rows[at].article_number;
            if found[other].is_some() || !is_same || row.is_text_row {
                continue;
            }
            let has = picked[other].unwrap_or_default();
            let taken = over.min(ordered(row) - has).max(Decimal::ZERO);
            picked[other] = Some(has + taken);
            over -= taken;
        }
        picked[at] = Some(ordered(&rows[at]) + over);
    }
    picked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(id: &str, line: u32, article: &str, quantity: &str) -> Value {
        json!({"Id": id, "LineNumber": line, "ArticleNumber": article, "Quantity": quantity})
    }

    fn line(id: &str, at: &str, article: &str, picked: &str) -> Delivered {
        Delivered {
            row_number: id.into(),
            external_id: Some(at.into()),
            article_number: Some(article.into()),
            ordered: Decimal::TEN,
            picked: picked.parse().unwrap(),
        }
    }

    fn wanted(rows: &[Value], lines: &[Delivered]) -> Result<Vec<String>> {
        let order = json!({"Status": 2, "Rows": rows});
        let (key, number, lines) = ("k".into(), "n".into(), lines.to_vec());
        let shipment = Shipment { key, number, lines, tracking: Vec::new(), shipped_at: None };
        let settings = serde_json::from_value(json!({"not_goods": ["FREIGHT"]})).unwrap();
        let delivery = Delivery::read(&order, &shipment, &settings)?;
        Ok(delivery.rows.iter().map(|row| row.wanted.normalize().to_string()).collect())
    }

    #[test]
    fn a_row_is_known_by_its_id_then_by_its_place_then_by_its_article() {
        let rows = [row("r-1", 1, "A", "5"), row("r-2", 2, "A", "5"), row("r-3", 3, "B", "5")];
        let moved = [line("r-2", "1", "A", "2"), line("R-1", "2", "A", "1")];
        assert_eq!(wanted(&rows, &moved).unwrap(), ["1", "2", "0"], "the id goes before the place");
        let renewed = [line("x-2", "2", "A", "2"), line("x-1", "1", "A", "1"), line("x-3", "3", "B", "3")];
        assert_eq!(wanted(&rows, &renewed).unwrap(), ["1", "2", "3"]);
        assert_eq!(wanted(&rows, &[line("x-3", "7", "B", "3")]).unwrap(), ["0", "0", "3"], "the article stands alone");
        // Two rows of the article, none of them in this place; or another article in it.
        for stray in [line("x-1", "7", "A", "1"), line("x-1", "1", "C", "1")] {
            let fault = wanted(&rows, &[stray]).unwrap_err();
            assert!(fault.to_string().contains("row x-1"), "{fault}");
        }
        let emptied = [line("x-9", "9", "C", "0"), line("r-3", "3", "B", "1")];
        assert_eq!(wanted(&rows, &emptied).unwrap(), ["0", "0", "1"]);
    }

    #[test]
    fn what_ongoing_has_as_one_row_is_shared_out_among_the_rows_of_its_article() {
        let rows = [row("r-1", 1, "A", "2"), row("r-2", 2, "B", "5"), row("r-3", 3, "A", "5"), row("r-4", 4, "A", "1")];
        let of = |id: &str, ordered: &str, picked: &str| Delivered {
            ordered: ordered.parse().unwrap(),
            ..line(id, "9", "A", picked)
        };
        assert_eq!(wanted(&rows, &[of("r-1", "8", "8")]).unwrap(), ["2", "0", "5", "1"]);
        assert_eq!(wanted(&rows, &[of("r-3", "8", "8")]).unwrap(), ["2", "0", "5", "1"]);
        assert_eq!(wanted(&rows, &[of("r-1", "8", "4")]).unwrap(), ["2", "0", "2", "0"], "too few");
        assert_eq!(wanted(&rows, &[of("r-1", "8", "9")]).unwrap(), ["3", "0", "5", "1"], "too many");
        // Of what was ordered there as here, nothing more is another row's.
        assert_eq!(wanted(&rows, &[of("r-1", "2", "3")]).unwrap(), ["3", "0", "0", "0"]);
        assert_eq!(
            wanted(&rows, &[of("r-1", "8", "3"), of("r-3", "5", "0"), of("r-4", "1", "0")]).unwrap(),
            ["3", "0", "0", "0"]
        );
    }

    #[test]
    fn what_nobody_picks_goes_out_with_the_order() {
        let mut service = row("r-2", 2, "S", "1.25");
        service["IsServiceArticle"] = json!(true);
        let text = json!({"Id": "r-4", "LineNumber": 4, "IsTextRow": true, "Text": "x"});
        let rows = [row("r-1", 1, "A", "5"), service, row("r-3", 3, "B", "-2"), text, row("r-5", 5, "FREIGHT", "1")];
        let picked = line("r-1", "1", "A", "0.125");
        assert_eq!(wanted(&rows, std::slice::from_ref(&picked)).unwrap(), ["0.125", "1.25", "-2", "1"]);
        // Imported as goods, before it was listed.
        assert_eq!(wanted(&rows, &[picked, line("r-5", "5", "FREIGHT", "0")]).unwrap()[3], "1");
    }

    #[test]
    fn a_shipment_of_nothing_is_left_to_a_person() {
        let fault = wanted(&[row("r-1", 1, "A", "5")], &[line("r-1", "1", "A", "0")]).unwrap_err();
        assert!(fault.to_string().contains("nothing was picked"), "{fault}");
    }
}
