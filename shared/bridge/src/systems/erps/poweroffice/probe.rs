//! What a probe asks PowerOffice Go (PowerOffice sheet, sections 1, 2.1 and 5): by reading, and by a product of its own.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::paging::ROWS;
use super::wire::InvoiceHead;
use super::{PowerOffice, moment};
use crate::http::Call;
use crate::http::classify::is_gone;
use crate::systems::probe::{Documents, Finding, Own, Seen, Tell, look};
use crate::words::fault::{Fault, Result};
use crate::words::wire::decode;

const NAME: &str = "Probe of the integration, not to be sold";

const REMOVE: &str = "find it in Go under Products by that code, and delete it";

/// How long after a write it is read, in seconds; beyond the last nothing is waited for.
const READ_AT: [u64; 6] = [0, 3, 10, 30, 62, 75];

const STAMP: &str = "LastChangedDateTimeOffset";

impl PowerOffice<'_> {
    /// Looks at the facts that reads can settle.
    pub(crate) async fn probe_reads(&self, tell: Tell<'_>) -> Vec<Finding> {
        vec![
            look("poweroffice.token-lifetime", tell, self.token_lifetime()).await,
            look("poweroffice.filter-edge", tell, self.filter_edge()).await,
            look("poweroffice.archived", tell, self.archived()).await,
            look("poweroffice.credit-link", tell, self.credit_link()).await,
        ]
    }

    async fn token_lifetime(&self) -> Result<Seen> {
        const MINUTE: u64 = 60;
        let lifetime: Duration = self.client.token_lifetime().await?;
        let saw = format!("a token says {} s", lifetime.as_secs());
        Ok(match lifetime.as_secs() {
            seconds if seconds == 20 * MINUTE => Seen::Answer("20 min", saw),
            seconds if seconds == 10 * MINUTE => Seen::Answer("10 min", saw),
            _ => Seen::Other(saw),
        })
    }

    /// Looks for a product that is archived where none is asked for.
    async fn archived(&self) -> Result<Seen> {
        let listed = self.get("Products", &page(None)).await?;
        let listed = listed.as_array().map_or(&[][..], Vec::as_slice);
        let saw = "a list of products that does not ask for what is archived";
        if listed.iter().any(|row| row["IsArchived"] == true) {
            return Ok(Seen::Answer("listed", saw.into()));
        }
        let archived = self.get("Products", &[&page(None)[..], &[("isArchived", "true".to_owned())]].concat()).await?;
        Ok(match archived.as_array().is_some_and(|rows| !rows.is_empty()) {
            true if listed.len() < ROWS => Seen::Answer("left out", saw.into()),
            true => Seen::open("there are more products than a page has"),
            false => Seen::open("there is no product that is archived"),
        })
    }

    /// Looks at what the credit notes say of their invoices; only one that is matched tells whether its match says it.
    async fn credit_link(&self) -> Result<Seen> {
        let listed = self.get("OutgoingInvoices", &page(None)).await?;
        let vouchers = listed.as_array().map_or(&[][..], Vec::as_slice);
        let (notes, invoices): (Vec<&Value>, Vec<&Value>) =
            vouchers.iter().partition(|row| row["VoucherType"] == "OutgoingCreditNote");
        if notes.is_empty() {
            return Ok(Seen::open("there is no credit note among the first vouchers"));
        }
        let named = notes.iter().any(|note| note["RelatedInvoiceNo"].is_i64());
        let is_matched = |note: &Value| {
            let of_note = note["MatchId"].as_i64();
            of_note.is_some() && invoices.iter().any(|invoice| invoice["MatchId"].as_i64() == of_note)
        };
        let covers = |note: &Value| {
            decode::<InvoiceHead>(note).is_ok_and(|head| head.balance.is_some_and(|left| left.is_zero()))
        };
        let matched = notes.iter().any(|note| is_matched(note));
        let saw = format!("{} credit notes in a list of {} vouchers", notes.len(), vouchers.len());
        if !matched && !notes.iter().any(|note| covers(note)) {
            return Ok(Seen::open("no credit note is matched with anything yet"));
        }
        Ok(match (named, matched) {
            (true, true) => Seen::Answer("number and match", saw),
            (true, false) => Seen::Answer("number alone", saw),
            (false, true) => Seen::Answer("match alone", saw),
            (false, false) => Seen::Answer("not at all", saw),
        })
    }

    /// Asks for what changed after the very moment of the product that changed last.
    async fn filter_edge(&self) -> Result<Seen> {
        let listed = self.get("Products", &page(None)).await?;
        let rows = listed.as_array().map_or(&[][..], Vec::as_slice);
        let newest = rows.iter().filter(|row| moment(row, STAMP).is_some()).max_by_key(|row| moment(row, STAMP));
        let Some(newest) = newest else { return Ok(Seen::open("there is no product")) };
        let at = newest[STAMP].as_str().unwrap_or_default();
        let asked = self.get("Products", &page(Some(at))).await?;
        let asked = asked.as_array().map_or(&[][..], Vec::as_slice);
        let is_newest = |row: &Value| row["Id"] == newest["Id"];
        let found = asked.iter().find(|row| is_newest(row));
        let unmoved = |row: &Value| row[STAMP] == newest[STAMP];
        let again = match newest["Id"].as_i64() {
            Some(id) if found.is_none() => Some(self.get(&format!("Products/{id}"), &[]).await?),
            _ => None,
        };
        if found.or(again.as_ref()).is_some_and(|row| !unmoved(row)) {
            return Ok(Seen::open("the product was changed meanwhile"));
        }
        if found.is_none() && asked.len() >= ROWS {
            return Ok(Seen::open("more products changed since than a page has"));
        }
        let saw = "the product that changed last, by a filter with its own time";
        Ok(Seen::either(found.is_some(), "taken in", "left out", saw))
    }
}

impl PowerOffice<'_> {
    /// Looks at the fact that shows in what becomes of a product of its own, which is deleted.
    pub(crate) async fn probe_writes(&self, own: &Own<'_>) -> Vec<Finding> {
        vec![look("poweroffice.replica-lag", own.tell, self.replica_lag(own.number, own.documents)).await]
    }

    async fn replica_lag(&self, number: &str, documents: &Documents) -> Result<Seen> {
        let body = json!({ "Code": number, "Name": NAME, "ProductType": "Product" });
        let call = Call::with_json(Method::POST, self.url("Products", &[]), &body, false);
        let what = format!("product {number} in PowerOffice Go");
        let made = documents.make(&what, REMOVE, self.client.json(&call)).await?;
        let id = made["Id"].as_i64().ok_or_else(|| Fault::Unexpected("a new product has no id".into()))?;
        let after = self.shown_after(id, number).await;
        let delete = Call::delete(self.url(&format!("Products/{id}"), &[]));
        match documents.clean_up(self.client.json(&delete)).await {
            Err(fault) if !is_gone(&fault) => documents.not_ended(&what, "deleted", &fault),
            _ => documents.ended(&what, None),
        }
        Ok(match after? {
            Some(0) => Seen::Answer("at once", "a new product in a list that was read at once".into()),
            Some(3) => Seen::Answer("2 s", "a new product in a list after 3 s".into()),
            Some(seconds) => Seen::Answer("60 s", format!("a new product in a list after {seconds} s")),
            None => Seen::Other(format!("a new product is in no list after {} s", READ_AT[READ_AT.len() - 1])),
        })
    }

    /// After how many seconds a list shows a product.
    async fn shown_after(&self, id: i64, number: &str) -> Result<Option<u64>> {
        let mut waited = 0;
        for at in READ_AT {
            self.client.pause(Duration::from_secs(at - waited)).await;
            waited = at;
            let listed = self.get("Products", &[("codes", number.to_owned())]).await?;
            if listed.as_array().is_some_and(|rows| rows.iter().any(|row| row["Id"].as_i64() == Some(id))) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }
}

fn page(after: Option<&str>) -> Vec<(&'static str, String)> {
    let mut query = vec![("PageNumber", "1".to_owned()), ("PageSize", ROWS.to_string())];
    query.extend(after.map(|after| ("lastChangedDateTimeOffsetGreaterThan", after.to_owned())));
    query
}
