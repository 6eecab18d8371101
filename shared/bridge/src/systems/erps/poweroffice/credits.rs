//! Credited is not paid: an invoice that a credit note covers has no balance either (PowerOffice sheet, section 9). The
//! notes stand in the same list, and each may come later than its invoice was imported.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::credit_notes::{CreditNote, PageNotes, numbers};
use super::paging::{Position, ROWS};
use super::wire::{InvoiceHead, Line};
use super::{PowerOffice, key};
use crate::http::Call;
use crate::http::json::Row;
use crate::systems::bisect::{self, Batch};
use crate::systems::erp::{Known, Standing, What};
use crate::systems::erps::rows::Part;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::wire::decode;

/// Customers, or invoices, asked for in one call.
const BATCH: usize = 100;

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
        let (mut all, mut position) = (Vec::new(), Position::from(None));
        loop {
            let mut query = position.query(ROWS, "unfiltered");
            query.push(("customerNos", numbers.clone()));
            query.extend(self.since.clone().map(|since| ("fromDate", since)));
            let call = Call::get(self.erp.url("OutgoingInvoices", &query));
            let call = if once { call.once() } else { call };
            let (rows, last) = position.read(&self.erp.client, ROWS, &call).await?;
            all.extend(rows.iter().map(Row::read).collect::<Result<Vec<_>>>()?);
            if last {
                return Ok(all);
            }
            position.turn();
        }
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[0], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.erp.client.has_time()
    }
}

/// Gives an invoice those of these notes that may be about it.
fn suspect(notes: &[CreditNote], invoice: &mut InvoiceHead) {
    let (customer, total, day) = (invoice.customer_no, invoice.total_amount, invoice.voucher_date.as_deref());
    let may: Vec<CreditNote> = notes.iter().filter(|note| note.may_credit(customer, total, day)).cloned().collect();
    may.into_iter().for_each(|note| invoice.credits.suspect(note));
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
                let note = decode::<InvoiceHead>(&row).ok().and_then(|head| head.credit_note());
                let Some(note) = note else { continue };
                for (_, head) in invoices.iter_mut() {
                    if note.credits(head.invoice_no, head.match_id) {
                        head.credits.add(note.clone());
                    } else {
                        suspect(std::slice::from_ref(&note), head);
                    }
                }
            }
            unread.extend(read.unread);
            if read.done < batch.len() {
                return Ok(None);
            }
        }
        Ok(Some(unread))
    }

    /// Gives the credit notes of a page to their invoices: to those of the page, and to those that were handed out before, which
    /// join it.
    pub(super) async fn credited_later(
        &self,
        paid: &mut Vec<(Value, InvoiceHead)>,
        notes: PageNotes,
        known: &dyn Known,
    ) -> Result<()> {
        let PageNotes { named: mut notes, unnamed } = notes;
        for (_, head) in paid.iter_mut() {
            let own = head.invoice_no.and_then(|number| notes.remove(&number));
            own.into_iter().flatten().for_each(|note| head.credits.add(note));
            suspect(&unnamed, head);
        }
        let mut earlier = Vec::new();
        if !notes.is_empty() {
            earlier.extend(self.credited(&notes.keys().copied().collect()).await?);
        }
        if !unnamed.is_empty() {
            earlier.extend(self.perhaps_credited(&unnamed).await?);
        }
        earlier.retain(|(_, head)| head.unpaid().is_none() && !head.is_reversed);
        if earlier.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = earlier.iter().map(|(row, _)| key(row)).collect();
        let standing = known.standing(Feed::Orders, &keys).await?;
        for ((row, mut head), standing) in earlier.into_iter().zip(standing) {
            let own = head.invoice_no.and_then(|number| notes.remove(&number));
            own.into_iter().flatten().for_each(|note| head.credits.add(note));
            // What was never an order is none by being credited.
            if standing == Standing::HandedOut && !paid.iter().any(|(other, _)| key(other) == key(&row)) {
                paid.push((row, head));
            }
        }
        Ok(())
    }

    /// The invoices that these credit notes name, as they are now.
    async fn credited(&self, numbers: &HashSet<i64>) -> Result<Vec<(Value, InvoiceHead)>> {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        for batch in numbers.chunks(BATCH) {
            found.extend(self.vouchers(vec![("invoiceNos", batch.join(","))]).await?);
        }
        Ok(found)
    }

    /// The invoices that may be those of credit notes which name none, as they are now.
    async fn perhaps_credited(&self, notes: &[CreditNote]) -> Result<Vec<(Value, InvoiceHead)>> {
        let customers: BTreeSet<i64> = notes.iter().filter_map(|note| note.customer).collect();
        let customers: Vec<String> = customers.iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        for batch in customers.chunks(BATCH) {
            found.extend(self.vouchers(vec![("customerNos", batch.join(","))]).await?);
        }
        found.iter_mut().for_each(|(_, head)| suspect(notes, head));
        found.retain(|(_, head)| !head.credits.unnamed.is_empty());
        Ok(found)
    }

    async fn vouchers(&self, filters: Vec<(&'static str, String)>) -> Result<Vec<(Value, InvoiceHead)>> {
        let mut vouchers = Vec::new();
        let mut position = Position::from(None);
        loop {
            let mut query = position.query(ROWS, "unfiltered");
            query.extend(filters.iter().cloned());
            let (rows, last) =
                position.read(&self.client, ROWS, &Call::get(self.url("OutgoingInvoices", &query))).await?;
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
        let invoice = head.invoice_no.map_or_else(|| "the invoice".into(), |number| format!("invoice {number}"));
        if head.credits.notes.is_empty() {
            let unnamed = numbers(&head.credits.unnamed);
            let why = format!(
                "credit note {unnamed} has the customer and the amount of {invoice}, and names no invoice \
                 (poweroffice.credit-link): whether that is credited is for a person to say"
            );
            return Ok((!unnamed.is_empty()).then_some(What::Parked(why)));
        }
        let notes = numbers(&head.credits.notes);
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
