//! What a simulation cost.

use std::time::Duration;

use bridge::words::kind::Kind;

use crate::world::{Peer, Site, World};

/// What was paid for, and how much came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Records that arrived.
    pub records: usize,
    /// How long invocations ran.
    pub paid: Duration,
    /// How long they slept of that.
    pub slept: Duration,
    /// Calls to Ongoing.
    pub ongoing: usize,
    /// Calls to ERPs.
    pub erps: usize,
    /// Calls to the state table.
    pub state: usize,
    /// Accepted writes at Ongoing.
    pub writes: usize,
}

impl Cost {
    pub(super) fn of(world: &World, records: usize) -> Self {
        let (paid, slept) = world.counters.paid();
        let calls = |peer| world.counters.calls(peer);
        let sites = Kind::ALL.map(Site::of_erp);
        Self {
            records,
            paid,
            slept,
            ongoing: calls(Peer::Vendor(Site::Ongoing)),
            erps: sites.into_iter().map(|site| calls(Peer::Vendor(site))).sum(),
            state: calls(Peer::State),
            writes: world.writes(),
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.records += other.records;
        self.paid += other.paid;
        self.slept += other.slept;
        self.ongoing += other.ongoing;
        self.erps += other.erps;
        self.state += other.state;
        self.writes += other.writes;
    }
}
