//! What the rows of an order are to the warehouse.

use super::super::rows::{self, Part};
use super::wire::{InvoiceOrder, InvoiceRow};
use crate::tenant::{Bundles, Settings};

/// The reason of a row that the setting `bundles` leaves out.
const BUNDLE: &str = "it is left out of its bundle by the setting bundles";

impl InvoiceOrder {
    /// The rows that are goods, with their place.
    #[must_use]
    pub fn goods(&self, settings: &Settings) -> Vec<(usize, &InvoiceRow)> {
        let rows = self.invoice_rows.iter().flat_map(|rows| rows.rows.iter().enumerate());
        rows.zip(self.parts(settings)).filter(|(_, part)| *part == Part::Goods).map(|(row, _)| row).collect()
    }

    /// What each row is. A bundle is a row with hidden ones behind it (Finago sheet, section 8).
    #[must_use]
    pub fn parts(&self, settings: &Settings) -> Vec<Part> {
        let rows = self.invoice_rows.as_ref().map_or(&[][..], |rows| &rows.rows);
        let mut parts: Vec<Part> = rows.iter().map(|row| row.part(settings)).collect();
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places.sort_by_key(|at| rows[*at].sequence_number);
        let wanted = settings.bundles.unwrap_or_default();
        let mut main = None;
        for at in places {
            if parts[at] == Part::Text {
                continue;
            }
            match (rows[at].hidden, main, wanted) {
                (false, ..) => main = Some(at),
                (true, Some(_), Bundles::Main) => parts[at] = Part::LeftOut(BUNDLE),
                (true, Some(main), Bundles::Parts) => parts[main] = Part::LeftOut(BUNDLE),
                (true, ..) => {}
            }
        }
        parts
    }
}

impl InvoiceRow {
    /// Goods, unless it is a text, names no product (Finago sheet, section 3), or one that is listed as no goods.
    fn part(&self, settings: &Settings) -> Part {
        if self.product_id.is_none() || matches!(self.kind.as_deref(), Some("Text" | "TextBold")) {
            Part::Text
        } else if rows::is_listed(self.product_no.as_ref(), settings) {
            Part::LeftOut(rows::LISTED)
        } else {
            rows::goods_of(self.quantity)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::words::wire::decode;

    #[test]
    fn rows_that_are_texts_or_name_no_product_are_no_goods() {
        let rows = json!([{"ProductId": "1"}, {"ProductId": "1", "Type": "TextBold"}, {"RowId": "3"},
            {"ProductId": "0"}, {"ProductId": "2", "Type": "Normal"}]);
        assert_eq!(goods(&rows, json!({})), [0, 4]);
    }

    fn goods(rows: &Value, settings: Value) -> Vec<usize> {
        let order: InvoiceOrder = decode(&json!({"InvoiceRows": {"InvoiceRow": rows}})).unwrap();
        let settings = serde_json::from_value(settings).unwrap();
        order.goods(&settings).into_iter().map(|(at, _)| at).collect()
    }

    #[test]
    fn rows_of_nothing_and_listed_ones_are_no_goods() {
        let rows = json!([{"ProductId": "1", "ProductNo": "A", "Quantity": "1"}, {"ProductId": "2", "Quantity": "0"},
            {"ProductId": "3", "Quantity": "-1"}, {"ProductId": "4", "ProductNo": "FEE-1", "Quantity": "1"}]);
        assert_eq!(goods(&rows, json!({})), [0, 3]);
        assert_eq!(goods(&rows, json!({"not_goods": ["FEE-*"]})), [0]);
        assert_eq!(goods(&rows, json!({"not_goods": ["FEE"]})), [0, 3]);
    }

    #[test]
    fn the_setting_bundles_says_which_rows_of_a_bundle_are_picked() {
        let row = |seq: usize, hidden: &str| json!({"ProductId": "1", "Quantity": "1", "Hidden": hidden, "SequenceNumber": seq});
        // The second row stands last among them.
        let rows = json!([row(1, "false"), row(5, "false"), row(2, "true"), row(3, "true"), row(4, "false")]);
        assert_eq!(goods(&rows, json!({})), [0, 1, 2, 3, 4]);
        assert_eq!(goods(&rows, json!({"bundles": "both"})), [0, 1, 2, 3, 4]);
        assert_eq!(goods(&rows, json!({"bundles": "main"})), [0, 1, 4]);
        assert_eq!(goods(&rows, json!({"bundles": "parts"})), [1, 2, 3, 4]);
        assert_eq!(goods(&json!([row(1, "true")]), json!({"bundles": "main"})), [0], "no row holds it");
    }
}
