//! What the way back reads from the SOAP services and tells them (Finago sheet, sections 2.4 and 2.5). It may use the calls
//! that the way in leaves of an hour.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::client::{INVOICE, PRODUCT, Services};
use super::wire::OrderHead;
use super::{schema, values};
use crate::http::soap::{self, Node};
use crate::words::fault::{Fault, Result};
use crate::words::wire::decode;

/// What an order says before its state is set.
pub(super) struct Standing {
    /// Its number.
    pub number: i64,
    /// Its customer, without whom nothing of an order can be saved.
    pub customer: String,
    /// Its state.
    pub state: String,
    /// When it was changed last.
    pub changed: Option<Timestamp>,
    /// What a save would set anew where it is left out (Finago sheet, section 8): who distributes it,
    distributor: Option<String>,
    /// whether it goes to factoring,
    send_to_factoring: Option<String>,
    /// and the number of the place of delivery.
    gln_number: Option<String>,
}

fn text(row: &Value, member: &str) -> Option<String> {
    row[member].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Services<'_> {
    /// Where an order stands; `None` where there is none of this number. A save that follows upon it has its turn: what
    /// somebody changes in between is lost.
    pub async fn standing(&self, number: i64) -> Result<Option<Standing>> {
        let search = Node::Members(vec![("OrderIds", Node::list("int", [number]))]);
        let names =
            ["OrderId", "OrderStatus", "CustomerId", "DateChanged", "Distributor", "SendToFactoring", "GLNNumber"];
        let members = vec![
            ("searchParams", search),
            ("invoiceReturnProperties", Node::list("string", names)),
            ("rowReturnProperties", Node::Members(Vec::new())),
        ];
        let call = soap::call(self.base_url, INVOICE, "GetInvoices", members, true)?.with_next();
        let rows = self.rows("GetInvoices", &call, "InvoiceOrder").await?;
        let Some(row) = rows.iter().find(|row| values::number(row, "OrderId") == Some(number)) else {
            return Ok(None);
        };
        if let Some(refusal) = soap::refusal(row) {
            return Err(refusal);
        }
        let head: OrderHead = decode(row)?;
        Ok(Some(Standing {
            number,
            state: head.state().to_owned(),
            customer: head.customer_id.ok_or_else(|| Fault::rejected("/CustomerId", "a value is expected"))?,
            changed: values::moment(row, "DateChanged"),
            distributor: text(row, "Distributor"),
            send_to_factoring: text(row, "SendToFactoring"),
            gln_number: text(row, "GLNNumber"),
        }))
    }

    /// Sets the state of an order and nothing else, right after [`Services::standing`]: what a save would set anew where it is
    /// left out goes back as it was. Not to be sent again blindly: a state that somebody changed meanwhile would be set a
    /// second time, with all it sets off.
    pub async fn save_state(&self, order: &Standing, state: &str) -> Result<()> {
        let members = Node::Members(vec![
            ("OrderId", Node::Text(order.number.to_string())),
            ("CustomerId", Node::Text(order.customer.clone())),
            // Left out, it would become the default, `Web`.
            ("OrderStatus", Node::Text(state.to_owned())),
            // Required by the description; nil leaves it as it is.
            ("IncludeVAT", Node::Nil),
            ("Distributor", Node::Text(order.distributor.clone().unwrap_or_else(|| "Default".into()))),
            ("SendToFactoring", order.send_to_factoring.clone().map_or(Node::Nil, Node::Text)),
            ("GLNNumber", Node::Text(order.gln_number.clone().unwrap_or_default())),
        ]);
        let invoices = Node::Members(vec![("InvoiceOrder", members)]);
        let members = vec![("invoices", invoices)];
        let call = soap::call(self.base_url, INVOICE, "SaveInvoices", members, false)?.at_once();
        let (_, result) = self.sent(&call).await?;
        schema::SAVED_ORDER.look(&self.client, &result);
        let saved = result.pointer("/InvoiceOrder/0");
        let saved = saved.ok_or_else(|| Fault::Unexpected("SaveInvoices says nothing of the order".into()))?;
        soap::refusal(saved).map_or(Ok(()), Err)
    }

    /// Stock of the products with these numbers of record.
    pub async fn stock_of(&self, numbers: &[i64]) -> Result<Vec<Value>> {
        self.stock(("ProductIds", Node::list("int", numbers))).await
    }

    /// Stock of the products with this article number.
    pub async fn stock_by_number(&self, number: &str) -> Result<Vec<Value>> {
        let mut rows = self.stock(("No", Node::Text(number.to_owned()))).await?;
        // The search takes it for a pattern.
        rows.retain(|row| row["No"].as_str().map(str::trim) == Some(number));
        Ok(rows)
    }

    async fn stock(&self, search: (&'static str, Node)) -> Result<Vec<Value>> {
        let names = Node::list("string", ["Id", "No", "Stock", "StockControlled"]);
        let members = vec![("searchParams", Node::Members(vec![search])), ("returnProperties", names)];
        self.list(PRODUCT, "GetProducts", members, "Product").await
    }

    /// Sets a product's stock; `false` where the service refuses. An absolute value: it may be sent again.
    pub async fn set_stock(&self, product: i64, quantity: Decimal) -> Result<bool> {
        let members = vec![
            ("productId", Node::Text(product.to_string())),
            ("stockQuantity", Node::Text(quantity.normalize().to_string())),
        ];
        let (_, result) = self.send(PRODUCT, "SetStockQuantity", members, true).await?;
        schema::STOCK_SET.look(&self.client, &result);
        Ok(result.as_str().map(str::trim) == Some("true"))
    }
}
