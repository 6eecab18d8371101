//! Whose order it is that Ongoing has under a number.

use super::Done;
use crate::state::ledger::{Entry, Stored};
use crate::words::domain::Withdrawal;
use crate::words::outcome::Outcome;

/// What a record knows its own order by.
pub(super) struct Own<'a> {
    /// The ERP's id of the record: the goods owner's order id.
    record: &'a str,
    /// Ongoing's id of the order, where the ledger has it.
    id: Option<i64>,
    withdrawal: &'a Withdrawal,
    /// It is not to be cancelled any more.
    pub(super) wanted_again: bool,
}

impl<'a> Own<'a> {
    pub(super) fn new(withdrawal: &'a Withdrawal, key: &'a str, stored: &Stored) -> Self {
        let record = withdrawal.goods_owner_order_id.as_deref().unwrap_or(key);
        Self { record, id: stored.entry.ongoing.as_ref().map(|there| there.id), withdrawal, wanted_again: false }
    }

    /// Why the order with this id, which names this record, is none of ours; `None`: it is ours. Ongoing may keep no name
    /// (purchase orders of older systems): then only the ledger can tell.
    pub(super) fn is_not(&self, id: i64, names: Option<&str>) -> Option<Done> {
        let Withdrawal { goods_owner_order_number: number, reason: why, .. } = self.withdrawal;
        match names {
            Some(names) if names == self.record => None,
            Some(names) => {
                let taken = format!("{why}; the number {number} is taken in Ongoing by the ERP's record {names}");
                Some(Done::because(Outcome::Cancelled, taken))
            }
            None if self.id == Some(id) => None,
            None => Some(Done::for_a_person(format!(
                "{why}, but the order {number} in Ongoing names no record of the ERP's, and was not noted as this one's: \
                 if it is, it is to be cancelled there"
            ))),
        }
    }
}

/// An order that is cancelled does not come back (Ongoing sheet, section 6.12): a person gives it another number, or leaves
/// it.
pub(super) fn cancelled(entry: &Entry, id: i64, number: &str) -> Done {
    const NOT_AGAIN: &str = "Ongoing does not take it again under this number";
    let here = entry.settled.as_ref().filter(|settled| settled.outcome == Outcome::Cancelled);
    let reason = match here.map(|settled| settled.at.unwrap_or(settled.queued_at)) {
        Some(at) => format!("it was cancelled here at {at:.0}; {NOT_AGAIN}"),
        None => format!("it is cancelled in Ongoing; {NOT_AGAIN}"),
    };
    Done::for_a_person(reason).at(id, number)
}
