//! What a probe asks Finago Office by documents of its own: a product, and an order that nobody is sent (Finago sheet, sections
//! 2.1, 2.4, 2.5 and 8).

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::client::{INVOICE, PRODUCT};
use super::super::{Finago, paging, values};
use crate::http::soap::{self, Node};
use crate::systems::probe::{Finding, Seen, Tell, Written, look, note_lost};
use crate::words::fault::{Fault, Result};

const NAME: &str = "Probe of the integration, not to be sold";

/// Times of change may be kept to the minute.
const MINUTE: Duration = Duration::from_secs(61);

/// A state in which nothing is sent, and one that ends an order.
const OFFER: &str = "Offer";
const INACTIVE: &str = "Inactive";

/// How far back customers are looked for, in days, before all are listed.
const BACK: u64 = 365;

fn text(text: impl Into<String>) -> Node {
    Node::Text(text.into())
}

impl Finago<'_> {
    /// Looks at the facts that show in what becomes of documents of its own.
    pub(crate) async fn probe_writes(&self, number: &str, tell: Tell<'_>) -> Written {
        let mut written = Written::default();
        let stays = &mut written.stays;
        let stock: Finding = look("finago.stock-moves-change", tell, self.stock_moves_change(number, stays)).await;
        let save = look("finago.save-defaults", tell, self.save_defaults(stays)).await;
        written.findings.extend([stock, save]);
        written
    }

    async fn stock_moves_change(&self, number: &str, stays: &mut Vec<String>) -> Result<Seen> {
        let Some(category) = self.some_category().await? else { return Ok(Seen::open("there is no product")) };
        let members = Node::Members(vec![
            ("Name", text(NAME)),
            ("CategoryId", text(category)),
            ("No", text(number)),
            ("StockControlled", text("true")),
        ]);
        let products = Node::Members(vec![("Product", members)]);
        let saved = self.services.send(PRODUCT, "SaveProducts", vec![("products", products)], false).await;
        note_lost(stays, &format!("product {number} in Finago Office"), &saved);
        let (_, saved) = saved?;
        let saved = first(&saved, "/Product/0")?;
        let id = values::number(saved, "Id").ok_or_else(|| Fault::Unexpected("a new product has no id".into()))?;
        stays.push(format!("product {number} in Finago Office, without stock"));
        let before = self.changed(id).await?;
        self.services.client.pause(MINUTE).await;
        let one = self.services.set_stock(id, Decimal::ONE).await;
        if matches!(one, Ok(false)) {
            return Ok(Seen::open("the stock of a new product cannot be set"));
        }
        let after = self.changed(id).await;
        // Whatever came of it: an answer that is lost may have set it.
        if !matches!(self.services.set_stock(id, Decimal::ZERO).await, Ok(true)) {
            stays.push(format!("product {number} in Finago Office has a stock of 1, which could NOT be taken back"));
        }
        one?;
        Ok(Seen::either(
            after? != before,
            "it does",
            "it does not",
            "the time of change of a product whose stock was set",
        ))
    }

    async fn some_category(&self) -> Result<Option<String>> {
        let Some(product) = self.products_lately().await?.pop() else { return Ok(None) };
        let search = ("ProductIds", Node::list("int", [product.id]));
        let rows = self.products_as_they_come(search, ["Id", "CategoryId"]).await?;
        Ok(rows.iter().find_map(|row| values::number(row, "CategoryId")).map(|category| category.to_string()))
    }

    /// Saves an order with what is not the default, and then its state alone.
    async fn save_defaults(&self, stays: &mut Vec<String>) -> Result<Seen> {
        let lately = self.now - Duration::from_secs(BACK * 24 * 60 * 60);
        let mut customers = self.services.companies_changed(paging::filter(Some(lately))).await?.numbers;
        if customers.is_empty() {
            customers = self.services.companies_changed(paging::filter(None)).await?.numbers;
        }
        let Some(customer) = customers.first() else { return Ok(Seen::open("there is no customer")) };
        let customer = || ("CustomerId", text(customer.to_string()));
        let made = self
            .save(vec![
                customer(),
                ("OrderStatus", text(OFFER)),
                ("IncludeVAT", Node::Nil),
                ("Distributor", text("Manual")),
                ("SendToFactoring", text("false")),
            ])
            .await;
        note_lost(stays, &format!("an order of customer {} in Finago Office", customers[0]), &made);
        let number = made?;
        stays.push(format!("order {number} in Finago Office, {INACTIVE}"));
        let before = self.sent_by(number).await;
        let ended = self
            .save(vec![
                ("OrderId", text(number.to_string())),
                customer(),
                ("OrderStatus", text(INACTIVE)),
                ("IncludeVAT", Node::Nil),
            ])
            .await;
        if ended.is_err() {
            stays.push(format!("order {number} in Finago Office may be an offer still, which could NOT be ended"));
        }
        let before = before?;
        ended?;
        if before.as_deref() != Some("Manual") {
            return Ok(Seen::open("an order does not keep its Distributor"));
        }
        let kept = self.sent_by(number).await? == before;
        Ok(Seen::either(kept, "it does not", "it does", "the Distributor of an order whose state was saved"))
    }

    /// Saves an order; its number.
    async fn save(&self, members: Vec<(&'static str, Node)>) -> Result<i64> {
        let invoices = Node::Members(vec![("InvoiceOrder", Node::Members(members))]);
        let (_, saved) = self.services.send(INVOICE, "SaveInvoices", vec![("invoices", invoices)], false).await?;
        let saved = first(&saved, "/InvoiceOrder/0")?;
        values::number(saved, "OrderId").ok_or_else(|| Fault::Unexpected("a saved order has no number".into()))
    }

    async fn sent_by(&self, number: i64) -> Result<Option<String>> {
        let search = Node::Members(vec![("OrderIds", Node::list("int", [number]))]);
        let members = vec![
            ("searchParams", search),
            ("invoiceReturnProperties", Node::list("string", ["OrderId", "Distributor"])),
            ("rowReturnProperties", Node::Members(Vec::new())),
        ];
        let rows = self.services.list(INVOICE, "GetInvoices", members, "InvoiceOrder").await?;
        Ok(rows.first().and_then(|row| row["Distributor"].as_str()).map(str::to_owned))
    }
}

/// What was saved, or why it was not.
fn first<'a>(answer: &'a Value, pointer: &str) -> Result<&'a Value> {
    let saved =
        answer.pointer(pointer).ok_or_else(|| Fault::Unexpected("a save says nothing of what it saved".into()))?;
    soap::refusal(saved).map_or(Ok(saved), Err)
}
