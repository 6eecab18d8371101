//! What else goes wrong: on the platform, and at one record.

use std::time::Duration;

use simulators::Trouble;

use super::fault::{Fault, What};
use super::plan::Act;
use crate::chance::Chance;
use crate::world::{Happens, Peer, Release, Site};

/// One more kind of fault with its strength.
fn draw_more(chance: &mut Chance, used: &[Site], tenants: usize) -> (&'static str, What) {
    let site = if chance.of_thousand(300) { Site::Ongoing } else { *chance.pick(used) };
    let all = |peer, happens| What::Calls { peer, happens, of_thousand: 1000, tenant: None };
    let often = *chance.pick(&[20, 100, 300]);
    let some = |peer, happens| What::Calls { peer, happens, of_thousand: often, tenant: None };
    let tenant = usize::try_from(chance.below(tenants as u64)).unwrap_or_default();
    let n = *chance.pick(&[0, 1, 2, 3, 4, 5, 3_000, 3_001, 3_100, 3_101]);
    // An attempt of the SDK ends after five seconds.
    let latency = Duration::from_millis(*chance.pick(&[200, 1_000, 3_000]));
    match chance.below(19) {
        0 => ("maintenance", all(Peer::Vendor(site), Happens::Status(503))),
        1 => ("state table down", all(Peer::State, Happens::Refused)),
        2 => ("tenant table throttled", some(Peer::Tenants, Happens::Trouble(Trouble::ServerError(400)))),
        3 => ("secret store throttled", some(Peer::Secrets, Happens::Trouble(Trouble::ServerError(400)))),
        4 => ("state table slow", some(Peer::State, Happens::Latency(latency))),
        5 => ("queues slow", some(Peer::Queues, Happens::Latency(latency))),
        6 => ("one order is refused", What::Record { tenant, n, happens: Happens::Trouble(Trouble::Refused) }),
        7 => (
            "one order breaks the vendor",
            What::Record { tenant, n, happens: Happens::Trouble(Trouble::ServerError(500)) },
        ),
        8 => ("one order hangs", What::Record { tenant, n, happens: Happens::Hangs }),
        9..11 => ("dies at any moment", What::Deaths(*chance.pick(&[20, 100, 400]))),
        11 => ("messages expire", What::Expire(*chance.pick(&[60, 600, 1_800]))),
        12 => ("messages of an earlier release", What::Release(Release::Earlier)),
        13 => ("messages of a later release", What::Release(Release::Later)),
        14 => ("queue depth is off", What::Depth(*chance.pick(&[-100, -50, 50, 400]))),
        15 | 16 => ("clocks apart", What::Clocks(*chance.pick(&[1, 3, 8]))),
        _ => ("few invocations at a time", What::Account(*chance.pick(&[1, 2, 4]))),
    }
}

impl Fault {
    /// All the time no webhook comes, and nothing else goes wrong.
    pub(super) fn no_webhooks(lasts: Duration) -> Self {
        Self { kind: "no webhooks", from: Duration::ZERO, until: lasts, what: What::NoWebhooks, salt: 0 }
    }

    /// One order fails for a long time, in one way, and nothing else goes wrong.
    pub(super) fn one_stubborn_order(
        chance: &mut Chance,
        acts: &[(Duration, usize, Act)],
        lasts: Duration,
    ) -> Vec<Self> {
        let (kind, happens) = *chance.pick(&[
            ("one order is refused", Happens::Trouble(Trouble::Refused)),
            ("one order breaks the vendor", Happens::Trouble(Trouble::ServerError(500))),
            ("one order hangs", Happens::Hangs),
        ]);
        // One that comes while there is time for others behind it.
        let made = acts.iter().filter_map(|(at, tenant, act)| match act {
            Act::Order(n, _, false) if *at < lasts / 2 => Some((*tenant, *n)),
            _ => None,
        });
        let made: Vec<(usize, usize)> = made.collect();
        let (tenant, n) = if made.is_empty() { (0, 0) } else { *chance.pick(&made) };
        let what = What::Record { tenant, n, happens };
        vec![Self { kind, from: Duration::ZERO, until: lasts, what, salt: 0 }]
    }

    /// Adds up to two kinds more; or takes all away, so that what is slow by itself shows.
    pub(super) fn more(chance: &mut Chance, used: &[Site], tenants: usize, lasts: Duration, all: &mut Vec<Self>) {
        if chance.of_thousand(60) {
            all.clear();
            return;
        }
        for _ in 0..chance.below(3) {
            let (kind, what) = draw_more(chance, used, tenants);
            Self::some_times(chance, kind, what, lasts, all);
        }
    }
}
