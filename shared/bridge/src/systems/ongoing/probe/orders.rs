//! What a probe asks Ongoing by orders of its own that have something in common (Ongoing sheet, sections 2.3 and 6.4).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{HERE, Probe, REMOVE_ORDER, order_told};
use crate::systems::probe::Seen;
use crate::words::fault::Result;

/// Where another order of the same customer goes.
const THERE: &str = "--";

impl Probe<'_> {
    /// Looks at an order that was written with two rows of one article, of 1 and of 2 pieces; whether both are there.
    pub(super) async fn same_article(&mut self) -> Result<bool> {
        (self.own.tell)("ongoing.same-article");
        let (_, shown) = self.shown().await?;
        let rows = shown["orderLines"].as_array().map_or(&[][..], Vec::as_slice);
        let pieces = |row: &Value| row["orderedNumberOfItems"].to_string().parse::<Decimal>().unwrap_or_default();
        let pieces: Vec<Decimal> = rows.iter().map(pieces).collect();
        let saw = "an order with two rows of one article, of 1 and of 2 pieces";
        let of = |pieces: u32| Decimal::from(pieces);
        let seen = match pieces.as_slice() {
            [one, two] if [*one, *two] == [of(1), of(2)] => Seen::Answer("two rows", saw.into()),
            [one] if *one == of(3) => Seen::Answer("one of both", saw.into()),
            [one] if *one == of(2) => Seen::Answer("one of the last", saw.into()),
            _ => Seen::Other(format!("{saw} is there with rows of {pieces:?}")),
        };
        let both = pieces.len() == 2;
        self.found("ongoing.same-article", seen);
        Ok(both)
    }

    /// Makes another order of the same customer, which goes elsewhere, and looks at the first.
    pub(super) async fn shared_address(&mut self) -> Result<()> {
        (self.own.tell)("ongoing.shared-address");
        let number = self.own.number;
        let other = format!("{number}-A");
        self.orders.push((other.clone(), "cancelled: its number is used"));
        let mut body = self.order_body(&other, &[("1", number, 1)]);
        body["consignee"]["address1"] = json!(THERE);
        self.own.documents.make(order_told(&other), REMOVE_ORDER, self.put("orders", &body)).await?;
        let customer = format!("customer {number} in Ongoing, which no order names any more: find it under customers");
        self.own.documents.tell(customer);
        let (_, shown) = self.shown().await?;
        let saw = "an order's address, after another order of its customer number had another";
        let seen = match shown["consignee"]["address1"].as_str() {
            Some(HERE) => Seen::Answer("it does", saw.into()),
            Some(THERE) => Seen::Answer("it takes the other's", saw.into()),
            other => Seen::Other(format!("{saw}: {other:?}")),
        };
        self.found("ongoing.shared-address", seen);
        Ok(())
    }
}
