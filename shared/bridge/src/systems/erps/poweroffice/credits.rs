//! Credited is not paid: an invoice that a credit note covers has no balance either (PowerOffice sheet, section 9). The
//! notes stand in the same list, and each may come later than its invoice was imported.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::PowerOffice;
use super::paging::{Position, ROWS};
use super::wire::{InvoiceHead, Line};
use crate::http::Call;
use crate::systems::bisect::{self, Batch};
use crate::systems::erp::What;
use crate::systems::erps::rows::Part;
use crate::words::fault::{Fault, Result};
use crate::words::wire::decode;

/// Customers, or invoices, asked for in one call.
const BATCH: usize = 100;

/// A credit note, as far as it says something of an invoice.
#[derive(Clone, Debug)]
pub(super) struct CreditNote {
    id: String,
    number: Option<i64>,
    related: Option<i64>,
    matched: Option<i64>,
    total: Option<Decimal>,
    changed: Option<Timestamp>,
}

impl CreditNote {
    /// The credit note in a row of the list of invoices.
    pub fn of(row: &Value, head: &InvoiceHead) -> Option<Self> {
        let is_note = head.voucher_type.as_deref() == Some("OutgoingCreditNote") && !head.is_reversed;
        is_note.then(|| Self {
            id: row["Id"].as_str().unwrap_or_default().to_owned(),
            number: head.invoice_no,
            related: head.related_invoice_no,
            matched: head.match_id,
            total: head.total_amount,
            changed: head.changed(),
        })
    }

    /// The invoice that it names.
    pub fn related(&self) -> Option<i64> {
        self.related
    }

    /// Whether it is about this invoice: by its number, else by what it was matched with.
    fn credits(&self, head: &InvoiceHead) -> bool {
        match self.related {
            Some(related) => head.invoice_no == Some(related),
            None => self.matched.is_some() && self.matched == head.match_id,
        }
    }
}

/// An invoice's credit notes.
#[derive(Debug, Default)]
pub(super) struct Credits {
    notes: Vec<CreditNote>,
}

impl Credits {
    /// When the last of them changed: a version of the invoice too.
    pub fn changed(&self) -> Option<Timestamp> {
        self.notes.iter().filter_map(|note| note.changed).max()
    }

    pub fn add(&mut self, note: CreditNote) {
        if !self.notes.iter().any(|other| other.id == note.id) {
            self.notes.push(note);
        }
    }

    /// Their numbers, for people.
    fn numbers(&self) -> String {
        let numbers = self.notes.iter().map(|note| note.number.map_or_else(|| note.id.clone(), |no| no.to_string()));
        numbers.collect::<Vec<_>>().join(", ")
    }

    /// Whether they leave nothing of the invoice.
    fn cover(&self, total: Option<Decimal>) -> bool {
        let credited: Option<Decimal> = self.notes.iter().map(|note| note.total.map(|total| total.abs())).sum();
        matches!((credited, total), (Some(credited), Some(total)) if credited >= total.abs())
    }
}

/// Vouchers of customers since a day.
struct Notes<'a> {
    erp: &'a PowerOffice<'a>,
    since: Option<String>,
}

impl Batch for Notes<'_> {
    type Key = i64;
    type Row = Value;

    async fn read(&self, customers: &[i64], once: bool) -> Result<Vec<Value>> {
        let numbers = customers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let (mut rows, mut page) = (Vec::new(), 1);
        loop {
            let mut query = vec![("PageNumber", page.to_string()), ("PageSize", ROWS.to_string())];
            query.push(("customerNos", numbers.clone()));
            query.extend(self.since.clone().map(|since| ("fromDate", since)));
            let call = Call::get(self.erp.url("OutgoingInvoices", &query));
            let found = self.erp.client.json(&if once { call.once() } else { call }).await?;
            let found = found.as_array().cloned().unwrap_or_default();
            let last = found.len() < ROWS;
            rows.extend(found);
            if last {
                return Ok(rows);
            }
            page += 1;
        }
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[0], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.erp.client.has_time()
    }
}

impl PowerOffice<'_> {
    /// Finds the credit notes of these invoices: those of their customers since the oldest of them. The customers whose
    /// notes cannot be read, with the reason; `None`: there was no time for all of them.
    pub(super) async fn find_credits(
        &self,
        invoices: &mut [(Value, InvoiceHead)],
    ) -> Result<Option<HashMap<i64, Fault>>> {
        let mut customers: Vec<i64> = invoices.iter().filter_map(|(_, head)| head.customer_no).collect();
        customers.sort_unstable();
        customers.dedup();
        let since = invoices.iter().filter_map(|(_, head)| head.voucher_date.clone()).min();
        let notes = Notes { erp: self, since };
        let mut unread = HashMap::new();
        for batch in customers.chunks(BATCH) {
            let read = bisect::read(&notes, batch).await?;
            for row in read.rows {
                let note = decode::<InvoiceHead>(&row).ok().and_then(|head| CreditNote::of(&row, &head));
                let Some(note) = note else { continue };
                for (_, head) in invoices.iter_mut().filter(|(_, head)| note.credits(head)) {
                    head.credits.add(note.clone());
                }
            }
            unread.extend(read.unread);
            if read.done < batch.len() {
                return Ok(None);
            }
        }
        Ok(Some(unread))
    }

    /// The invoices that these credit notes name, as they are now.
    pub(super) async fn credited(&self, numbers: &HashSet<i64>) -> Result<Vec<(Value, InvoiceHead)>> {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        for batch in numbers.chunks(BATCH) {
            found.extend(self.vouchers(vec![("invoiceNos", batch.join(","))]).await?);
        }
        Ok(found)
    }

    async fn vouchers(&self, filters: Vec<(&'static str, String)>) -> Result<Vec<(Value, InvoiceHead)>> {
        let mut vouchers = Vec::new();
        let mut position = Position::from(None);
        loop {
            let mut query = position.query(ROWS, "unfiltered");
            query.extend(filters.iter().cloned());
            let (rows, last) = position.read(&self.client, ROWS, self.url("OutgoingInvoices", &query)).await?;
            for row in rows {
                let row = row.read()?;
                // One that cannot be read is dealt with where the list brings it.
                vouchers.extend(decode::<InvoiceHead>(&row).ok().map(|head| (row, head)));
            }
            if last {
                return Ok(vouchers);
            }
            position.turn();
        }
    }

    /// What credit notes make of a paid invoice; `None`: it comes in.
    pub(super) async fn credit_verdict(&self, head: &InvoiceHead) -> Result<Option<What>> {
        if head.credits.notes.is_empty() {
            return Ok(None);
        }
        let invoice = head.invoice_no.map_or_else(|| "the invoice".into(), |number| format!("invoice {number}"));
        let notes = head.credits.numbers();
        if head.credits.cover(head.total_amount) {
            return Ok(Some(What::Withdrawn(format!("{invoice} is credited by credit note {notes}"))));
        }
        let mut products = false;
        for note in &head.credits.notes {
            let lines = self.get(&format!("OutgoingInvoices/{}/Lines", note.id), &[]).await?;
            for mut line in lines.as_array().cloned().unwrap_or_default() {
                if let Some(product) = line["ProductId"].as_i64() {
                    line["ProductType"] = self.product_type(product).await?;
                }
                let line: Line = decode(&line)?;
                products |= line.part(&self.tenant.settings) != Part::Text;
            }
        }
        if !products {
            let tenant_id = &self.tenant.tenant_id;
            tracing::info!(target: "credited", tenant_id, invoice, notes, "credited by amount, and comes in");
            return Ok(None);
        }
        let why = format!(
            "{invoice} is credited in part by credit note {notes}, which names products: what is shipped is for a person to say"
        );
        Ok(Some(What::Parked(why)))
    }

    /// Whether a fault of what belongs to one invoice is that invoice's alone.
    pub(super) fn own(fault: Fault) -> Result<What> {
        if bisect::concerns_all(&fault) { Err(fault) } else { Ok(What::Unread(fault)) }
    }
}
