//! What a probe asks Finago Office by documents of its own: a product, and an order that nobody is sent (Finago sheet, sections
//! 2.1, 2.4, 2.5 and 8).

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::client::{INVOICE, PRODUCT};
use super::super::{Finago, paging, values};
use crate::http::soap::{self, Node};
use crate::systems::probe::{Documents, Finding, Own, Seen, leave_open, look};
use crate::words::fault::{Fault, Result};

const NAME: &str = "Probe of the integration, not to be sold";

const REMOVE_PRODUCT: &str = "find it in Finago Office under Products by that number, give it no stock and hide it";
const REMOVE_ORDER: &str = "find it in Finago Office under Orders, the newest of today, and make it inactive";

/// What shows in the stock of a product, in this order.
const STOCK: [&str; 2] = ["finago.stock-moves-change", "finago.stock-write"];

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
    pub(crate) async fn probe_writes(&self, own: &Own<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        (own.tell)("finago.stock-moves-change");
        if let Err(fault) = self.product(own.number, own.documents, &mut findings).await {
            leave_open(&mut findings, &STOCK, &fault);
        }
        findings.push(look("finago.save-defaults", own.tell, self.save_defaults(own.documents)).await);
        findings
    }

    /// Makes a product, and looks at what writes of its stock do.
    async fn product(&self, number: &str, documents: &Documents, findings: &mut Vec<Finding>) -> Result<()> {
        let none = || Fault::Unexpected("there is no product to take a category from".into());
        let category = self.some_category().await?.ok_or_else(none)?;
        let members = Node::Members(vec![
            ("Name", text(NAME)),
            ("CategoryId", text(category)),
            ("No", text(number)),
            ("StockControlled", text("true")),
        ]);
        let products = Node::Members(vec![("Product", members)]);
        let what = format!("product {number} in Finago Office");
        let saved = documents.make(&what, REMOVE_PRODUCT, async {
            let (_, saved) = self.services.send(PRODUCT, "SaveProducts", vec![("products", products)], false).await?;
            refused(&saved, "/Product/0").map_or(Ok(saved), Err)
        });
        let saved = saved.await?;
        let id = values::number(&saved["Product"][0], "Id");
        let id = id.ok_or_else(|| Fault::Unexpected("a new product has no id".into()))?;
        let looked = self.with_stock_set(id, findings).await;
        // Whatever came of it: an answer that is lost may have set it.
        match documents.clean_up(self.without_stock(id)).await {
            Ok(()) => documents.ended(&what, Some(format!("{what}, without stock"))),
            Err(fault) => documents.not_ended(&what, "given a stock of 0", &fault),
        }
        looked
    }

    /// Sets a stock of one, twice.
    async fn with_stock_set(&self, id: i64, findings: &mut Vec<Finding>) -> Result<()> {
        let before = self.changed(id).await?;
        self.services.client.pause(MINUTE).await;
        self.set(id, Decimal::ONE).await?;
        let moved = self.changed(id).await? != before;
        let saw = "the time of change of a product whose stock was set";
        let seen = Seen::either(moved, "it does", "it does not", saw);
        findings.push(Finding { fact: STOCK[0], seen });
        self.set(id, Decimal::ONE).await?;
        let saw = "the stock of a product after two writes of 1";
        let seen = match self.stock_now(id).await? {
            Some(stock) if stock == Decimal::ONE => Seen::Answer("sets it", saw.into()),
            Some(stock) if stock == Decimal::TWO => Seen::Answer("adds to it", saw.into()),
            other => Seen::Other(format!("{saw} is {other:?}")),
        };
        findings.push(Finding { fact: STOCK[1], seen });
        Ok(())
    }

    async fn set(&self, id: i64, stock: Decimal) -> Result<()> {
        let refused = || Fault::rejected("/Stock", "the stock of a new product cannot be set");
        self.services.set_stock(id, stock).await?.then_some(()).ok_or_else(refused)
    }

    /// Takes a product's stock back, also where a write adds to it.
    async fn without_stock(&self, id: i64) -> Result<()> {
        self.set(id, Decimal::ZERO).await?;
        let Some(left) = self.stock_now(id).await?.filter(|left| !left.is_zero()) else { return Ok(()) };
        self.set(id, -left).await?;
        match self.stock_now(id).await? {
            Some(left) if !left.is_zero() => Err(Fault::rejected("/Stock", format!("it is {left}"))),
            _ => Ok(()),
        }
    }

    async fn some_category(&self) -> Result<Option<String>> {
        let Some(product) = self.products_lately().await?.pop() else { return Ok(None) };
        let search = ("ProductIds", Node::list("int", [product.id]));
        let rows = self.products_as_they_come(search, ["Id", "CategoryId"]).await?;
        Ok(rows.iter().find_map(|row| values::number(row, "CategoryId")).map(|category| category.to_string()))
    }

    /// Saves an order with what is not the default, and then its state alone.
    async fn save_defaults(&self, documents: &Documents) -> Result<Seen> {
        let lately = self.now - Duration::from_secs(BACK * 24 * 60 * 60);
        let mut customers = self.services.companies_changed(paging::filter(Some(lately))).await?.numbers;
        if customers.is_empty() {
            customers = self.services.companies_changed(paging::filter(None)).await?.numbers;
        }
        let Some(customer) = customers.first() else { return Ok(Seen::open("there is no customer")) };
        let customer = || ("CustomerId", text(customer.to_string()));
        let what = format!("an order of customer {} in Finago Office, an offer without rows,", customers[0]);
        let offer = self.save(vec![
            customer(),
            ("OrderStatus", text(OFFER)),
            ("IncludeVAT", Node::Nil),
            ("Distributor", text("Manual")),
            ("SendToFactoring", text("false")),
        ]);
        let made = documents.make(&what, REMOVE_ORDER, offer).await?;
        let number = values::number(&made, "OrderId");
        let number = number.ok_or_else(|| Fault::Unexpected("a saved order has no number".into()))?;
        let before = self.sent_by(number).await;
        let end = self.save(vec![
            ("OrderId", text(number.to_string())),
            customer(),
            ("OrderStatus", text(INACTIVE)),
            ("IncludeVAT", Node::Nil),
        ]);
        let ended = documents.clean_up(end).await;
        match &ended {
            Ok(_) => documents.ended(&what, Some(format!("order {number} in Finago Office, {INACTIVE}"))),
            Err(fault) => {
                documents.ended(&what, None);
                documents.tell(format!("order {number} in Finago Office could NOT be ended: {fault}; {REMOVE_ORDER}"));
            }
        }
        let before = before?;
        ended?;
        if before.as_deref() != Some("Manual") {
            return Ok(Seen::open("an order does not keep its Distributor"));
        }
        let kept = self.sent_by(number).await? == before;
        Ok(Seen::either(kept, "it does not", "it does", "the Distributor of an order whose state was saved"))
    }

    /// Saves an order; what the service says of it.
    async fn save(&self, members: Vec<(&'static str, Node)>) -> Result<Value> {
        let invoices = Node::Members(vec![("InvoiceOrder", Node::Members(members))]);
        let (_, saved) = self.services.send(INVOICE, "SaveInvoices", vec![("invoices", invoices)], false).await?;
        refused(&saved, "/InvoiceOrder/0").map_or_else(|| Ok(saved["InvoiceOrder"][0].clone()), Err)
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

/// Why something was not saved.
fn refused(answer: &Value, pointer: &str) -> Option<Fault> {
    soap::refusal(answer.pointer(pointer)?)
}
