//! What is said of one record of the ERP's: the same, under way, or in which way it differs.

use jiff::Timestamp;

use super::compare::{Compare, Place};
use super::{Found, Kind, UnderWay, remedy};
use crate::roads::import::dry_run::Verdict;
use crate::roads::pull::decision::{self, Decision};
use crate::roads::pull::page::withdrawal;
use crate::roads::status::lines::span;
use crate::state::ledger::{Entry, Stored};
use crate::systems::erp::Change;
use crate::systems::ongoing::diff;
use crate::words::domain::Record;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What is said of a record that Ongoing shows otherwise than it was sent. Whether it keeps addresses by customer numbers is not
/// known.
fn otherwise(changes: &[diff::Change]) -> String {
    const WHY: &str = "Ongoing shows it otherwise than it was sent";
    let elsewhere = changes.iter().any(|change| change.path == "/consignee/address1");
    if elsewhere { format!("{WHY}; it may have another order's address (ongoing.shared-address)") } else { WHY.into() }
}

impl Compare<'_> {
    /// What is to be in the warehouse, and what an import of it would do; whether it is the same there.
    pub fn mapped(
        &self,
        place: &Place<'_>,
        change: &Change,
        entry: &Entry,
        fingerprint: &str,
        verdict: Verdict,
        found: &mut Found,
    ) -> bool {
        let is_applied = entry.applied() == Some(fingerprint);
        let (kind, why, changes) = match verdict {
            Verdict::Same | Verdict::Cancel(_) => {
                found.is_same(place.key);
                return true;
            }
            // Sent, and not shown: nothing tells it from what is there.
            Verdict::Update(changes, _) if changes.is_empty() => {
                found.is_same(place.key);
                return true;
            }
            // The warehouse works on it as it was sent.
            Verdict::Blocked(_) if is_applied => {
                found.is_same(place.key);
                return true;
            }
            Verdict::Blocked(reason) => {
                found.is_under_way(place.under_way("blocked", reason));
                return false;
            }
            Verdict::Create => (Kind::Missing, absence(entry), Vec::new()),
            Verdict::Update(changes, _) if is_applied => (Kind::Different, otherwise(&changes), changes),
            Verdict::Update(changes, _) => {
                let why = match entry.settled.as_ref().map(|settled| &settled.version) {
                    Some(version) => format!("Ongoing has version {version}, the ERP {}", change.version),
                    None => "it is in Ongoing, and was not sent by the integration".to_owned(),
                };
                (Kind::Stale, why, changes)
            }
            Verdict::Rejected(reason) if entry.ongoing.is_some() => (Kind::Different, reason, Vec::new()),
            Verdict::Rejected(reason) => (Kind::Missing, reason, Vec::new()),
        };
        let now = self.ports.clock.now();
        if let Some(under_way) = self.on_its_way(place, entry, now) {
            found.is_under_way(under_way);
            return false;
        }
        let offered = decision::mapped(entry, &change.version, fingerprint, false, now);
        if self.coming.has(place.key) && matches!(offered, Decision::Offer(_)) {
            found.is_under_way(place.under_way("to_pull", "the next pull brings it".to_owned()));
            return false;
        }
        let tenant_id = &self.tenant.tenant_id;
        let remedy = if entry.has_handed_out(fingerprint) {
            remedy::replay(tenant_id, place.name())
        } else {
            remedy::pull(tenant_id, place.feed, &change.version, self.begins)
        };
        found.differs(place.difference(kind, why, changes, remedy));
        false
    }

    /// What left the ERP's statuses and is open in the warehouse.
    pub async fn withdrawn(
        &mut self,
        place: &Place<'_>,
        change: &Change,
        stored: &Stored,
        reason: &str,
        found: &mut Found,
    ) -> Result<()> {
        let entry = &stored.entry;
        let Some(there) = entry.ongoing.as_ref().filter(|_| place.feed != Feed::Articles) else { return Ok(()) };
        let record = Record::Withdrawal(withdrawal(place.key, there.number.clone(), reason));
        if !matches!(self.dry_run.assess(place.feed, stored, &record).await?, Verdict::Cancel(_)) {
            found.is_same(place.key);
            return Ok(());
        }
        let now = self.ports.clock.now();
        if let Some(under_way) = self.on_its_way(place, entry, now) {
            found.is_under_way(under_way);
            return Ok(());
        }
        let offered = decision::withdrawn(entry, &change.version, false, now);
        if self.coming.has(place.key) && matches!(offered, Decision::Withdraw(_)) {
            found.is_under_way(place.under_way("to_pull", "the next pull takes it back".to_owned()));
            return Ok(());
        }
        let remedy = match offered {
            Decision::Withdraw(_) => remedy::pull(&self.tenant.tenant_id, place.feed, &change.version, self.begins),
            _ => remedy::end_in_ongoing(place.feed, &self.tenant.tenant_id, place.name(), true),
        };
        let why = format!("it is open in Ongoing, and the ERP took it back: {reason}");
        found.differs(place.difference(Kind::Extra, why, Vec::new(), remedy));
        Ok(())
    }

    /// What cannot be mapped is parked by the pull that meets it.
    pub fn not_mapped(&self, place: &Place<'_>, version: &str, entry: &Entry, reason: String, found: &mut Found) {
        let now = self.ports.clock.now();
        let under_way = self.on_its_way(place, entry, now);
        let to_pull = || self.coming.has(place.key).then(|| place.under_way("to_pull", reason.clone()));
        match under_way.or_else(to_pull) {
            Some(under_way) => found.is_under_way(under_way),
            None => {
                let remedy = remedy::pull(&self.tenant.tenant_id, place.feed, version, self.begins);
                let why = format!("it cannot be mapped, and is not parked: {reason}");
                found.differs(place.difference(Kind::Missing, why, Vec::new(), remedy));
            }
        }
    }

    /// What the ledger says of a record that is on its way.
    pub fn on_its_way(&self, place: &Place<'_>, entry: &Entry, now: Timestamp) -> Option<UnderWay> {
        let reason = || entry.reason.clone().unwrap_or_else(|| "no reason was noted".to_owned());
        match entry.outcome? {
            Outcome::Queued if entry.is_gone(now) => {
                Some(place.under_way("queued", "its message is gone; it is read again by itself".to_owned()))
            }
            Outcome::Queued => {
                // Nobody's clock is known here: how long says it to everybody.
                let since = |at: Timestamp| format!(" for {}", span(now.as_second() - at.as_second()));
                let since = entry.handed_out.as_ref().map(|last| since(last.at)).unwrap_or_default();
                Some(place.under_way("queued", format!("on the import queue{since}")))
            }
            Outcome::Parked if entry.is_given_up() => {
                Some(place.under_way("given_up", format!("given up by a person: {}", reason())))
            }
            Outcome::Parked => {
                let left = entry.parked.as_ref().is_some_and(|parked| parked.retry_at.is_none());
                Some(place.under_way(if left { "left" } else { "parked" }, reason()))
            }
            Outcome::Blocked => Some(place.under_way("blocked", reason())),
            _ => None,
        }
    }
}

/// Why Ongoing has not got what the ERP has.
fn absence(entry: &Entry) -> String {
    match (&entry.ongoing, entry.outcome) {
        (Some(there), Some(Outcome::Cancelled)) => format!("it was cancelled in Ongoing as {}", there.number),
        (Some(there), _) => format!("it was in Ongoing as {} (id {}), and is gone there", there.number, there.id),
        (None, Some(Outcome::Filtered)) => "it was left out before, and no rule leaves it out now".to_owned(),
        (None, _) if entry.seen.is_some() => "it was pulled, and never came to Ongoing".to_owned(),
        (None, _) => "no pull has seen it".to_owned(),
    }
}
