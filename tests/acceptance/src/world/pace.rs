//! How long calls take where nothing is in their way. What runs at one time meets only where calls take time.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use super::{Peer, Site};
use crate::chance::Chance;

/// What calls take beside what rules add; nothing more where nothing is set.
#[derive(Default)]
pub struct Pace {
    /// A call to AWS takes up to so many milliseconds.
    aws: Cell<u64>,
    /// A call to a vendor takes up to so many milliseconds more.
    vendors: RefCell<BTreeMap<Site, u64>>,
    chance: RefCell<Option<Chance>>,
}

impl Pace {
    /// From now on calls to AWS take from 1 to `aws` milliseconds (none with 0), those to these vendors up to so many more;
    /// by a seed.
    pub fn set(&self, seed: u64, aws: u64, vendors: impl IntoIterator<Item = (Site, u64)>) {
        self.aws.set(aws);
        *self.vendors.borrow_mut() = vendors.into_iter().collect();
        *self.chance.borrow_mut() = Some(Chance::new(seed));
    }

    /// What one call to a vendor and some to AWS take at the most.
    #[must_use]
    pub fn longest(&self, site: Site) -> Duration {
        let vendor = self.vendors.borrow().get(&site).copied().unwrap_or_default();
        Duration::from_millis(vendor + 10 * self.aws.get())
    }

    /// What the next call takes.
    pub(super) fn of(&self, peer: Peer) -> Duration {
        let most = match peer {
            Peer::Vendor(site) => self.vendors.borrow().get(&site).copied().unwrap_or_default(),
            Peer::State | Peer::Tenants | Peer::Secrets | Peer::Queues => self.aws.get(),
        };
        match &mut *self.chance.borrow_mut() {
            Some(chance) if most > 0 => Duration::from_millis(chance.between(1, most)),
            _ => Duration::ZERO,
        }
    }
}
