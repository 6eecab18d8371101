//! Credit notes, as far as they say something of an invoice.

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
}

/// An invoice's credit notes.
#[derive(Debug, Default)]
pub struct Credits {
    /// Each once.
    pub notes: Vec<CreditNote>,
}

impl Credits {
    /// When the last of them changed: a version of the invoice too.
    #[must_use]
    pub fn changed(&self) -> Option<Timestamp> {
        self.notes.iter().filter_map(|note| note.changed).max()
    }

    /// One more, unless it is there.
    pub fn add(&mut self, note: CreditNote) {
        if !self.notes.iter().any(|other| other.id == note.id) {
            self.notes.push(note);
        }
    }

    /// Their numbers, for people.
    #[must_use]
    pub fn numbers(&self) -> String {
        let numbers = self.notes.iter().map(|note| note.number.map_or_else(|| note.id.clone(), |no| no.to_string()));
        numbers.collect::<Vec<_>>().join(", ")
    }

    /// Whether they leave nothing of the invoice.
    #[must_use]
    pub fn cover(&self, total: Option<Decimal>) -> bool {
        let credited: Option<Decimal> = self.notes.iter().map(|note| note.total.map(|total| total.abs())).sum();
        matches!((credited, total), (Some(credited), Some(total)) if credited >= total.abs())
    }
}
