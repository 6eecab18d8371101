//! The contract of an ERP: what changed there, as pages of records in Ongoing's words.

use std::cell::RefCell;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;

use crate::state::intents::Intents;
use crate::words::cursor::Cursor;
use crate::words::domain::{Effect, Record, Shipment, WarehouseEvent};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// One page of changes.
#[derive(Debug)]
pub struct Page {
    /// What changed, in the order in which it should be imported.
    pub changes: Vec<Change>,
    /// Where to go on if the run ends here.
    pub cursor: Cursor,
    /// Whether there is more right now.
    pub more: bool,
}

impl Page {
    /// Nothing, now: of a feed that this ERP's document does not have, or whose end is reached.
    #[must_use]
    pub fn empty(cursor: &Cursor) -> Self {
        Self { changes: Vec::new(), cursor: cursor.clone(), more: false }
    }
}

/// One version of one source record.
#[derive(Debug)]
pub struct Change {
    /// The ERP's own stable id of the record.
    pub key: String,
    /// The number a person would ask for: article number, order number.
    pub number: Option<String>,
    /// Orders the versions of one record: a later one compares greater as text. Empty where the record could not even be
    /// read: the version that was seen.
    pub version: String,
    /// What is to be done with it.
    pub what: What,
}

/// What is to be done with a change.
#[derive(Debug)]
pub enum What {
    /// Import it.
    Import(Box<Record>),
    /// Left out by the document's filters or the tenant's, with the reason.
    Filtered(String),
    /// It no longer belongs in the warehouse: cancel it there if it was imported and not begun, with the reason.
    Withdrawn(String),
    /// It cannot be mapped: the reason names the member at fault.
    Parked(String),
    /// Its details could not be read: parked, and read again by its key when its time has come.
    Unread(Fault),
    /// Asked for by its key, the ERP says that it has no such record, in these words. A replica that lags says the same.
    Gone(String),
    /// This version has been handed out before; its details were not read again.
    Known,
}

/// Which versions have been handed out already, so that an adapter need not read their details again.
#[async_trait(?Send)]
pub trait Known {
    /// For each `(key, version)` of what is to be imported, whether it is settled and need not be read again.
    async fn known(&self, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>>;

    /// For each version that is left out or taken back, whether that has been dealt with.
    async fn known_aside(&self, feed: Feed, versions: &[Aside]) -> Result<Vec<bool>>;

    /// For each `(key, version)`, whether it could not be read and is parked until its next try: to read it with every page
    /// that shows it would hold up the page. An empty version stands for any.
    async fn waits(&self, _feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        Ok(vec![false; versions.len()])
    }

    /// How the ledger stands to these records, where a verdict hangs on it.
    async fn standing(&self, _feed: Feed, keys: &[String]) -> Result<Vec<Standing>> {
        Ok(vec![Standing::New; keys.len()])
    }

    /// From when on orders come in: the tenant's `start_date`, else when it was first seen.
    async fn begins(&self) -> Result<Option<Timestamp>> {
        Ok(None)
    }
}

/// The source records that the mapping was given, with what was joined to them: for whoever explains what became of one. A
/// function keeps none.
#[derive(Debug, Default)]
pub struct Sources(RefCell<Vec<Value>>);

impl Sources {
    /// Keeps one.
    pub fn keep(&self, source: &Value) {
        self.0.borrow_mut().push(source.clone());
    }

    /// The one that was kept last; the others are gone.
    #[must_use]
    pub fn last(&self) -> Option<Value> {
        self.0.take().pop()
    }
}

/// Nothing was handed out before.
pub struct NothingKnown;

#[async_trait(?Send)]
impl Known for NothingKnown {
    async fn known(&self, _: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        Ok(vec![false; versions.len()])
    }

    async fn known_aside(&self, _: Feed, versions: &[Aside]) -> Result<Vec<bool>> {
        Ok(vec![false; versions.len()])
    }
}

/// How the ledger stands to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has never been seen, or waits.
    New,
    /// It was left out.
    LeftOut,
    /// It was left out, or never seen, and somebody asks for it by a backfill.
    AskedFor,
    /// It was handed out.
    HandedOut,
}

/// A version that is not to be imported.
#[derive(Clone, Debug)]
pub struct Aside {
    /// The ERP's own id of the record.
    pub key: String,
    /// Its version.
    pub version: String,
    /// Whether it is taken back; else it is left out.
    pub taken_back: bool,
}

/// What is left out or taken back comes again for as long as an overlap shows it: once is enough. What is imported is
/// compared by its content, since a record may change twice within one reading of the vendor's clock.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn settle_known(feed: Feed, changes: &mut [Change], known: &dyn Known) -> Result<()> {
    let aside = |change: &&mut Change| matches!(change.what, What::Filtered(_) | What::Withdrawn(_));
    let mut changes: Vec<&mut Change> = changes.iter_mut().filter(aside).collect();
    let versions: Vec<Aside> = changes
        .iter()
        .map(|change| Aside {
            key: change.key.clone(),
            version: change.version.clone(),
            taken_back: matches!(change.what, What::Withdrawn(_)),
        })
        .collect();
    let known = known.known_aside(feed, &versions).await?;
    for (change, _) in changes.iter_mut().zip(known).filter(|(_, known)| *known) {
        change.what = What::Known;
    }
    Ok(())
}

/// As [`Known::known`], and also for what is parked until its next try.
///
/// # Errors
/// When the store cannot be reached.
pub async fn known_or_waits(known: &dyn Known, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
    let mut settled = known.known(feed, versions).await?;
    let open: Vec<usize> = settled.iter().enumerate().filter(|(_, settled)| !**settled).map(|(at, _)| at).collect();
    if open.is_empty() {
        return Ok(settled);
    }
    let asked: Vec<(String, String)> = open.iter().map(|at| versions[*at].clone()).collect();
    for (at, waits) in open.into_iter().zip(known.waits(feed, &asked).await?) {
        settled[at] = waits;
    }
    Ok(settled)
}

/// An ERP, bound to one tenant.
#[async_trait(?Send)]
pub trait Erp {
    /// The next page of a feed.
    ///
    /// When the invocation's time runs out in the middle, the page ends early with a cursor that stays before it; what is
    /// in it will be [`What::Known`] the next time.
    ///
    /// Callers may rely on: every version the ERP shows from the cursor on is in some page, at least once; a page's
    /// cursor never passes a record that is not in it or in an earlier one; a record that cannot be read is in the page
    /// as [`What::Unread`], one that cannot be mapped as [`What::Parked`], and neither fails it, however many there are.
    ///
    /// # Errors
    /// Only for what concerns the whole page.
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page>;

    /// The records of these keys as they are now: how a parked record is read again. One that is gone in the ERP comes as
    /// [`What::Gone`], one that cannot be read as [`What::Unread`]. Keys are left out for want of time alone.
    ///
    /// # Errors
    /// Only for what concerns them all.
    async fn read(&self, feed: Feed, keys: &[String]) -> Result<Vec<Change>>;

    /// The keys of the records that have this number in the ERP, pulled or not: for a person who looks for one. One call or a
    /// few, by what the vendor's search can do; none where it cannot find a record so.
    ///
    /// # Errors
    /// As classified.
    async fn find(&self, feed: Feed, number: &str) -> Result<Vec<String>>;

    /// Whether the ERP answers this company at all: the cheapest call there is. Tells a record that keeps failing from an
    /// ERP that is down.
    ///
    /// # Errors
    /// As classified.
    async fn probe(&self) -> Result<()>;

    /// Makes the ERP say what happened in the warehouse: reads what it says now, writes only what differs. May be called
    /// any number of times with the same event, also after an answer was lost: the effect happens once. One effect for
    /// each thing the event is about, in its order.
    ///
    /// # Errors
    /// [`Fault::Rejected`] when the ERP cannot take it as it is; the others as classified.
    async fn write_back(&self, event: &WarehouseEvent, intents: &Intents<'_>) -> Result<Vec<Effect>>;

    /// What a state table that was lost had of a shipment's write-back, as far as the ERP tells. `is_written`: the ERP says so
    /// already. Reads only.
    ///
    /// # Errors
    /// As classified.
    async fn recall(&self, shipment: &Shipment, is_written: bool) -> Result<Recalled>;
}

/// What the ERP tells of a write-back whose notes are lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recalled {
    /// The stored intent that stood there, or that has to stand there before anything is done.
    pub intent: Option<String>,
    /// Why nobody but a person can say whether it was done; `None` where the ERP tells.
    pub doubt: Option<String>,
}
