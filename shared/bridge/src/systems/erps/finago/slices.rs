//! Records by their numbers, some of which the service may be unable to hand out: one of those fails the whole call.

use jiff::Timestamp;
use serde_json::Value;

use super::client::Services;
use super::{Finago, change};
use crate::systems::bisect::{self, Batch};
use crate::systems::erp::{Change, Known, What};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// The largest number that an `int` holds: no record has it.
const NO_RECORD: i64 = 2_147_483_647;

/// Records of a slice that could not be read before and are tried with it, one by one; any more wait for their time.
const TRIED_AGAIN: usize = 10;

/// What is read by numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Products,
    Orders,
    Companies,
}

impl Kind {
    /// The member that holds a record's number.
    pub fn id_member(self) -> &'static str {
        if matches!(self, Self::Orders) { "OrderId" } else { "Id" }
    }
}

/// Records of one kind.
pub(super) struct Records<'a> {
    pub services: &'a Services<'a>,
    pub kind: Kind,
}

impl Batch for Records<'_> {
    type Key = i64;
    type Row = Value;

    async fn read(&self, numbers: &[i64], once: bool) -> Result<Vec<Value>> {
        match self.kind {
            Kind::Products => self.services.products(numbers, once).await,
            Kind::Orders => self.services.orders(numbers, once).await,
            Kind::Companies => self.services.companies(numbers, once).await,
        }
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[NO_RECORD], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.services.has_time()
    }
}

/// What was read of a slice.
pub(super) struct Slice {
    pub rows: Vec<Value>,
    pub unread: Vec<(i64, Fault)>,
    /// The first of the slice's numbers, as far as the time allowed.
    pub done: Vec<i64>,
}

impl Slice {
    /// Ends it before this number.
    pub fn cut(&mut self, number: i64) {
        self.unread.retain(|(unread, _)| *unread < number);
        self.done.retain(|done| *done < number);
    }
}

impl Finago<'_> {
    pub(super) fn records(&self, kind: Kind) -> Records<'_> {
        Records { services: &self.services, kind }
    }

    /// Reads the records of a slice of sorted numbers. Those that are parked since they could not be read hold up no others:
    /// where the slice fails they are left to themselves.
    pub(super) async fn slice(&self, feed: Feed, slice: &[i64], known: &dyn Known) -> Result<Slice> {
        let records = self.records(if feed == Feed::Orders { Kind::Orders } else { Kind::Products });
        if slice.is_empty() {
            return Ok(Slice { rows: Vec::new(), unread: Vec::new(), done: Vec::new() });
        }
        let met = match records.read(slice, false).await {
            Ok(rows) => return Ok(Slice { rows, unread: Vec::new(), done: slice.to_vec() }),
            Err(fault) => bisect::own(&records, fault).await?,
        };
        let keys: Vec<(String, String)> = slice.iter().map(|number| (number.to_string(), String::new())).collect();
        let waits = known.waits(feed, &keys).await?;
        let (waiting, rest): (Vec<_>, Vec<_>) = slice.iter().copied().zip(waits).partition(|(_, waits)| *waits);
        let rest: Vec<i64> = rest.into_iter().map(|(number, _)| number).collect();
        let read = if waiting.is_empty() {
            bisect::halve(&records, &rest, met).await?
        } else {
            bisect::read(&records, &rest).await?
        };
        let mut rows = read.rows;
        for (number, _) in waiting.into_iter().take(TRIED_AGAIN) {
            if records.has_time() {
                rows.extend(records.read(&[number], true).await.unwrap_or_default());
            }
        }
        let mut slice = Slice { rows, unread: read.unread, done: slice.to_vec() };
        if let Some(number) = rest.get(read.done) {
            slice.cut(*number);
        }
        Ok(slice)
    }
}

/// A record of which nothing is known but its number.
pub(super) fn unread(feed: Feed, number: i64, fault: Fault) -> Change {
    let shown = (feed == Feed::Orders).then(|| number.to_string());
    let mut change = change(&serde_json::json!({ "Id": number }), "Id", shown, None::<Timestamp>, What::Unread(fault));
    change.version.clear();
    change
}
