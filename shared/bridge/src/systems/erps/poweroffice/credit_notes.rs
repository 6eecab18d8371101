//! Credit notes, as far as they say something of an invoice.

use std::collections::HashMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

/// A credit note.
#[derive(Clone, Debug)]
pub struct CreditNote {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: Option<i64>,
    /// The invoice that it names.
    pub related: Option<i64>,
    /// What it was matched with has the same.
    pub matched: Option<i64>,
    /// Its total.
    pub total: Option<Decimal>,
    /// The number of its customer.
    pub customer: Option<i64>,
    /// Its day, as an ISO date.
    pub day: Option<String>,
    /// When it changed last.
    pub changed: Option<Timestamp>,
}

impl CreditNote {
    /// Whether it is about the invoice of this number and match: by its number, else by what it was matched with.
    #[must_use]
    pub fn credits(&self, invoice: Option<i64>, matched: Option<i64>) -> bool {
        match self.related {
            Some(related) => invoice == Some(related),
            None => self.matched.is_some() && self.matched == matched,
        }
    }

    /// Whether it names no invoice, and may be about one of this customer, total and day: it is no older (PowerOffice sheet,
    /// section 9: that a live note names its invoice is inferred).
    #[must_use]
    pub fn may_credit(&self, customer: Option<i64>, total: Option<Decimal>, day: Option<&str>) -> bool {
        let abs = |total: Option<Decimal>| total.map(|total| total.abs());
        let unnamed = self.related.is_none() && self.matched.is_none();
        let same = customer.is_some() && self.customer == customer && total.is_some() && abs(self.total) == abs(total);
        let older = matches!((day, self.day.as_deref()), (Some(its), Some(own)) if its > own);
        unnamed && same && !older
    }
}

/// An invoice's credit notes.
#[derive(Debug, Default)]
pub struct Credits {
    /// Each once.
    pub notes: Vec<CreditNote>,
    /// Those that may be about it: they name no invoice.
    pub unnamed: Vec<CreditNote>,
}

impl Credits {
    /// When the last of them changed: a version of the invoice too.
    #[must_use]
    pub fn changed(&self) -> Option<Timestamp> {
        self.notes.iter().chain(&self.unnamed).filter_map(|note| note.changed).max()
    }

    /// One more, unless it is there.
    pub fn add(&mut self, note: CreditNote) {
        once(&mut self.notes, note);
    }

    /// One more that may be about it, unless it is there.
    pub fn suspect(&mut self, note: CreditNote) {
        once(&mut self.unnamed, note);
    }

    /// Whether they leave nothing of the invoice.
    #[must_use]
    pub fn cover(&self, total: Option<Decimal>) -> bool {
        let credited: Option<Decimal> = self.notes.iter().map(|note| note.total.map(|total| total.abs())).sum();
        matches!((credited, total), (Some(credited), Some(total)) if credited >= total.abs())
    }
}

/// The credit notes of a page.
#[derive(Debug, Default)]
pub struct PageNotes {
    /// By the number of the invoice that they name.
    pub named: HashMap<i64, Vec<CreditNote>>,
    /// Those that name none, nor are matched with one.
    pub unnamed: Vec<CreditNote>,
}

impl PageNotes {
    /// One more.
    pub fn add(&mut self, note: CreditNote) {
        match (note.related, note.matched) {
            (Some(invoice), _) => self.named.entry(invoice).or_default().push(note),
            (None, None) => self.unnamed.push(note),
            // The invoice that it is matched with has changed too, and comes by itself.
            (None, Some(_)) => {}
        }
    }
}

fn once(notes: &mut Vec<CreditNote>, note: CreditNote) {
    if !notes.iter().any(|other| other.id == note.id) {
        notes.push(note);
    }
}

/// The numbers of credit notes, for people.
#[must_use]
pub fn numbers(notes: &[CreditNote]) -> String {
    let numbers = notes.iter().map(|note| note.number.map_or_else(|| note.id.clone(), |no| no.to_string()));
    numbers.collect::<Vec<_>>().join(", ")
}
