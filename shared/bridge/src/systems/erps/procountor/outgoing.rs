//! What is read of a document on its way to the customer, and what is said of one that stays (Procountor sheet, section 2,
//! "Statuses" and "Status calls").

use serde::Deserialize;
use serde_json::Value;

use super::Procountor;
use crate::words::domain::{Delivered, Shipment};
use crate::words::fault::{Fault, Result};
use crate::words::wire::{decode, text};

/// Rows and log lines that a reason names.
const NAMED: usize = 5;

/// A document, as far as its sending is concerned.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    /// Invoice id.
    pub id: i64,
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    /// A word such as `NOT_SENT`; empty where there is none.
    #[serde(default)]
    pub status: String,
    #[serde(default, deserialize_with = "text")]
    invoice_channel: Option<String>,
}

/// Where a document is on its way.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// To be approved first.
    Unfinished,
    /// Approved, to be sent.
    Waiting,
    /// Handed over to its channel, or further.
    Sent,
    /// Nothing will be sent, and why.
    Over(String),
}

impl Document {
    /// Where it is.
    ///
    /// # Errors
    /// [`Fault::Rejected`] where there is no way from its type or status to being sent.
    pub(super) fn stage(&self) -> Result<Stage> {
        let kind = self.kind.as_deref().unwrap_or("nothing");
        if !matches!(kind, "SALES_ORDER" | "SALES_INVOICE") {
            return Err(Fault::rejected("/type", format!("a {kind} is not sent to a customer")));
        }
        let channel = self.invoice_channel.as_deref().unwrap_or("none");
        Ok(match self.status.as_str() {
            "UNFINISHED" => Stage::Unfinished,
            "NOT_SENT" => Stage::Waiting,
            "SENT" | "INVOICED" | "PAID" | "PARTLY_PAID" | "MARKED_PAID" => Stage::Sent,
            "APPROVED" if channel == "NO_SENDING" => {
                Stage::Over("its channel is NO_SENDING, there is nothing to send".into())
            }
            "INVALIDATED" | "DELETED" | "OVERRIDDEN" => {
                Stage::Over(format!("warning: shipped, although the order is {} in Procountor", self.status))
            }
            status => {
                let why = format!("there is no way from {status} (channel {channel}) to SENT");
                return Err(Fault::rejected("/status", why));
            }
        })
    }
}

impl Procountor<'_> {
    /// A document as it is now.
    ///
    /// # Errors
    /// [`Fault::Rejected`] for one that is gone, or that the login does not see.
    pub(super) async fn document(&self, id: i64) -> Result<Document> {
        let found = self.records("invoices", &[id], false).await?;
        let whole = found.into_iter().find_map(|(found, whole)| (found == id).then_some(whole));
        let whole = whole.ok_or_else(|| {
            let why = "Procountor shows no such document: deleted, or the login sees its own documents only";
            Fault::rejected("goodsOwnerOrderId", why)
        })?;
        decode(&whole)
    }

    /// What happened to a document, oldest first: the actions alone, since their details name people and addresses.
    ///
    /// # Errors
    /// As classified.
    pub(super) async fn log(&self, id: i64) -> Result<Vec<String>> {
        let body = match self.get(&format!("invoices/{id}/transactions"), &[]).await {
            // Where there are none.
            Err(fault) if crate::http::classify::is_gone(&fault) => return Ok(Vec::new()),
            answered => answered?,
        };
        let lines = body["transactions"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(lines.iter().filter_map(|line| line["action"].as_str().map(str::to_owned)).collect())
    }

    /// A refusal with what a person needs to judge it: type, status and rights.
    pub(super) async fn explained(&self, fault: Fault, document: &Document) -> Fault {
        let Fault::Rejected { status, path, why } = fault else { return fault };
        let kind = document.kind.as_deref().unwrap_or_default();
        let rights = self.get("users/rights", &[]).await.map(|body| body["rights"]["sales"].clone());
        let right = |name: &str| match &rights {
            Ok(rights) => match &rights[name] {
                Value::String(word) => word.clone(),
                Value::Bool(truth) => truth.to_string(),
                _ => "not told".into(),
            },
            Err(_) => "not readable".into(),
        };
        let (all, own) = (right("salesOrGroupInvoices"), right("personalSalesInvoicesOnly"));
        let fact = if kind == "SALES_ORDER" { "; procountor.send-orders in docs/facts.md" } else { "" };
        let why = format!(
            "{why} (type {kind}, status {}, right salesOrGroupInvoices {all}, personalSalesInvoicesOnly {own}{fact})",
            document.status
        );
        Fault::Rejected { status, path, why }
    }

    /// What is said when a call went well and the status did not follow.
    pub(super) async fn stuck(&self, doing: &str, document: &Document) -> Fault {
        let log = match self.log(document.id).await {
            Ok(log) => last(&log),
            Err(_) => "not readable".into(),
        };
        Fault::Unexpected(format!("after {doing} the order's status is {}; last transactions: {log}", document.status))
    }
}

/// The newest actions of a log, for a reason.
pub(super) fn last(log: &[String]) -> String {
    log[log.len().saturating_sub(NAMED)..].join(", ")
}

/// What of a shipment is missing, for a reason; `None` for a complete one.
pub(super) fn missing(shipment: &Shipment) -> Option<String> {
    if shipment.is_complete() {
        return None;
    }
    let short: Vec<&Delivered> = shipment.lines.iter().filter(|line| line.picked < line.ordered).collect();
    let row = |line: &&Delivered| {
        format!("row {} {} of {}", line.row_number, line.picked.normalize(), line.ordered.normalize())
    };
    let named: Vec<String> = short.iter().take(NAMED).map(row).collect();
    let more = short.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("short: {}{more}", named.join(", ")))
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_reason_names_what_is_short_and_not_without_end() {
        let line = |row: usize, picked: i64| Delivered {
            external_id: None,
            row_number: row.to_string(),
            article_number: None,
            ordered: Decimal::from(3),
            picked: Decimal::from(picked),
        };
        let shipment = |picked: &[i64]| Shipment {
            key: "1".into(),
            number: "1".into(),
            lines: picked.iter().enumerate().map(|(row, picked)| line(row, *picked)).collect(),
            tracking: Vec::new(),
            shipped_at: None,
        };
        assert_eq!(missing(&shipment(&[3, 3])), None);
        assert_eq!(missing(&shipment(&[3, 2, 0])).as_deref(), Some("short: row 1 2 of 3, row 2 0 of 3"));
        let long = missing(&shipment(&[0; 9])).unwrap_or_default();
        assert!(long.ends_with("row 4 0 of 3 and 4 more"), "{long}");
    }
}
