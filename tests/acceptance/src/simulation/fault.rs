//! What goes wrong in a simulation, in swarms: few kinds at a time, hard.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::Duration;

use bridge::words::kind::Kind;
use jiff::Timestamp;
use simulators::Trouble;

use crate::chance::Chance;
use crate::shops::Companies;
use crate::world::deployment::{IMPORT, pull_of};
use crate::world::sqs::Mixing;
use crate::world::{Call, Happens, Peer, Release, Rule, Site};

/// Something that goes wrong for a while.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its kind, as the summary counts it.
    pub kind: &'static str,
    /// From when on, since the simulation began.
    pub from: Duration,
    /// Until when.
    pub until: Duration,
    /// What it is.
    pub what: What,
    /// Of its choices.
    pub salt: u64,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// Calls to a peer, so many of a thousand; of Ongoing perhaps of one tenant alone.
    Calls {
        /// Who is called.
        peer: Peer,
        /// What happens.
        happens: Happens,
        /// To how many.
        of_thousand: u64,
        /// Of which tenant.
        tenant: Option<usize>,
    },
    /// A process is killed at one of its next steps, in so many minutes of a thousand.
    Kills(u64),
    /// Schedule events come twice.
    TicksTwice,
    /// No schedule event comes.
    NoTicks,
    /// Messages of the job queues are delivered twice.
    JobsTwice,
    /// Batches are filled in another way.
    Mixed(Mixing),
    /// What stands in the import queue is gone.
    Purge,
    /// What stands in the job queues is gone.
    PurgeJobs,
    /// Sessions and tokens are forgotten by the ERPs.
    SessionsEnd,
    /// Rows show later than they say they were changed.
    ShowLate(i64),
    /// Webhooks do not come.
    NoWebhooks,
    /// Webhooks come twice and the last one first.
    WebhooksTwice,
    /// No process serves a second invocation.
    Restarts,
    /// Calls to Ongoing that say this order's number, of one tenant.
    Record {
        /// Whose.
        tenant: usize,
        /// Which.
        n: usize,
        /// What happens.
        happens: Happens,
    },
    /// Calls to an ERP that read this order.
    Read {
        /// Which ERP; of all its companies.
        kind: Kind,
        /// Which order.
        n: usize,
        /// What happens.
        happens: Happens,
    },
    /// From the first message on that a pull of this ERP puts on the import queue nothing can be read from the state table
    /// or written to it.
    Unnoted(Kind),
    /// From the moment on at which this order is written to a tenant's warehouse nothing can be read from the state table or
    /// written to it.
    WrittenUnnoted {
        /// Whose.
        tenant: usize,
        /// Which.
        n: usize,
    },
    /// What imports put on the queue arrives so many seconds later.
    ReleasedLate(u64),
    /// No index item of what is due can be placed.
    Unplaced,
    /// Nobody takes what is on the import queue.
    NoImports,
    /// What happens to cancellations of orders in the warehouse.
    Cancellations(Happens),
    /// What happens to the removal of index items.
    Removals(Happens),
    /// Of a thousand invocations so many die at any moment.
    Deaths(u64),
    /// What was sent longer ago than so many seconds is gone from the queues.
    Expire(u64),
    /// Messages are put on the queues by another release.
    Release(Release),
    /// The import queue's depth is told so much too large or too small, of a hundred.
    Depth(i64),
    /// New processes have clocks that are off by so many seconds at most.
    Clocks(u64),
    /// No more than so many invocations run at one time.
    Account(usize),
}

/// One kind of fault with its strength; `used`: the sites of the ERPs that there are.
fn draw_what(chance: &mut Chance, used: &[Site], tenants: usize) -> (&'static str, What) {
    let site = if chance.of_thousand(500) { Site::Ongoing } else { *chance.pick(used) };
    let hard = *chance.pick(&[30, 150, 500, 1000]);
    let often = *chance.pick(&[20, 100, 300]);
    let calls = |happens, of_thousand| What::Calls { peer: Peer::Vendor(site), happens, of_thousand, tenant: None };
    let retry_after = *chance.pick(&[None, Some(1), Some(30), Some(600)]);
    let status = *chance.pick(&[500, 502, 503]);
    let latency = Duration::from_millis(*chance.pick(&[300, 2_000, 9_000, 20_000]));
    let state = |happens| What::Calls { peer: Peer::State, happens, of_thousand: often, tenant: None };
    let queues = |happens| What::Calls { peer: Peer::Queues, happens, of_thousand: often, tenant: None };
    let one = usize::try_from(chance.below(tenants as u64)).unwrap_or_default();
    let of_one =
        |happens| What::Calls { peer: Peer::Vendor(Site::Ongoing), happens, of_thousand: 1000, tenant: Some(one) };
    match chance.below(38) {
        0 => ("latency", calls(Happens::Latency(latency), hard)),
        1 => ("hang", calls(Happens::Hangs, hard)),
        2 => ("refused connection", calls(Happens::Refused, hard)),
        3 => ("no connection", calls(Happens::Unreachable, hard)),
        4 | 5 => ("lost answer", calls(Happens::Trouble(Trouble::LostAnswer), hard)),
        6 => ("silence after effect", calls(Happens::Trouble(Trouble::Silence), hard)),
        7 => ("5xx", calls(Happens::Trouble(Trouble::ServerError(status)), hard)),
        8 => ("429", calls(Happens::Trouble(Trouble::TooManyRequests { retry_after }), hard)),
        9 => ("malformed body", calls(Happens::Trouble(Trouble::MalformedBody), hard)),
        10 => ("gateway after effect", calls(Happens::Trouble(Trouble::Gateway { retry_after: 3 }), hard)),
        11 => ("token refused", calls(Happens::Trouble(Trouble::TokenExpired), often)),
        12 => ("request refused", calls(Happens::Trouble(Trouble::Refused), often)),
        13 => ("drip", calls(Happens::Drips(latency), hard)),
        14 => ("one warehouse hangs", of_one(Happens::Hangs)),
        15 => ("one warehouse is down", of_one(Happens::Refused)),
        16 => ("state table throttled", state(Happens::Trouble(Trouble::ServerError(400)))),
        17 | 18 => ("state answer lost", state(Happens::Trouble(Trouble::LostAnswer))),
        19 => ("state write repeated", state(Happens::Repeated)),
        20 => ("queue answer lost", queues(Happens::Trouble(Trouble::LostAnswer))),
        21 => ("queue unavailable", queues(Happens::Refused)),
        22..25 => ("killed", What::Kills(*chance.pick(&[100, 500, 1000]))),
        25 => ("ticks twice", What::TicksTwice),
        26 => ("no ticks", What::NoTicks),
        27 => ("jobs twice", What::JobsTwice),
        28 => ("mixed batches", What::Mixed(*chance.pick(&[Mixing::Grouped, Mixing::Spread]))),
        29 => *chance.pick(&[("import queue purged", What::Purge), ("jobs purged", What::PurgeJobs)]),
        30 => ("sessions end", What::SessionsEnd),
        31..34 => ("rows show late", What::ShowLate(chance.between(5, 90).cast_signed())),
        34..36 => ("no webhooks", What::NoWebhooks),
        36 => ("webhooks twice", What::WebhooksTwice),
        _ => ("new processes", What::Restarts),
    }
}

impl Fault {
    /// A swarm within so long.
    #[must_use]
    pub fn swarm(chance: &mut Chance, used: &[Site], tenants: usize, lasts: Duration) -> Vec<Self> {
        let mut all = Vec::new();
        for _ in 0..chance.between(2, 3) {
            let (kind, what) = draw_what(chance, used, tenants);
            Self::some_times(chance, kind, what, lasts, &mut all);
        }
        all
    }

    /// One to three times within so long.
    pub(super) fn some_times(
        chance: &mut Chance,
        kind: &'static str,
        what: What,
        lasts: Duration,
        all: &mut Vec<Self>,
    ) {
        for _ in 0..chance.between(1, 3) {
            let whole = lasts.as_secs();
            let from = chance.below(whole * 9 / 10);
            let most = *chance.pick(&[300, 1_800, 7_200]);
            let until = (from + chance.between(60, most)).min(whole);
            let salt = chance.draw();
            let [from, until] = [from, until].map(Duration::from_secs);
            all.push(Self { kind, from, until, what, salt });
        }
    }

    /// The rule that does it, where it is done to calls. `spares_logins`: no answer of a login is lost.
    pub fn rule(&self, began: Timestamp, spares_logins: bool, goods_owner: impl Fn(usize) -> i64) -> Option<Rule> {
        if let What::Record { tenant, n, happens } = self.what {
            let (owner, number) = (goods_owner(tenant), format!("{}", 20_000 + n));
            let meant = move |call: &Call<'_>| call.about(owner) && call.names(&number);
            return Some(Rule::when(meant, happens).from(began + self.from).until(began + self.until));
        }
        if let What::Read { kind, n, happens } = self.what {
            let (peer, key) = (Peer::Vendor(Site::of_erp(kind)), Companies::order_key(kind, n));
            let meant = move |call: &Call<'_>| call.peer == peer && call.names(&key);
            return Some(Rule::when(meant, happens).from(began + self.from).until(began + self.until));
        }
        if let What::Unnoted(kind) = self.what {
            let sent = Cell::new(false);
            let meant = move |call: &Call<'_>| {
                let sends = call.peer == Peer::Queues && call.what == "queue import";
                sent.set(sent.get() || sends && call.function == Some(pull_of(kind).name));
                sent.get() && call.peer == Peer::State
            };
            return Some(Rule::when(meant, Happens::Refused).from(began + self.from).until(began + self.until));
        }
        if let What::WrittenUnnoted { tenant, n } = self.what {
            let (owner, number, written) = (goods_owner(tenant), format!("{}", 20_000 + n), Cell::new(false));
            let meant = move |call: &Call<'_>| {
                let writes = call.what.starts_with("PUT") && call.about(owner) && call.names(&number);
                written.set(written.get() || writes);
                written.get() && call.peer == Peer::State
            };
            return Some(Rule::when(meant, Happens::Refused).from(began + self.from).until(began + self.until));
        }
        if let What::ReleasedLate(seconds) = self.what {
            let sends = |call: &Call<'_>| call.peer == Peer::Queues && call.what == "queue import";
            let meant = move |call: &Call<'_>| sends(call) && call.function == Some(IMPORT.name);
            let happens = Happens::Latency(Duration::from_secs(seconds));
            return Some(Rule::when(meant, happens).from(began + self.from).until(began + self.until));
        }
        if let What::Cancellations(happens) = self.what {
            let cancels = |call: &Call<'_>| call.what.starts_with("DELETE ") && call.what.contains("/orders/");
            let meant = move |call: &Call<'_>| call.peer == Peer::Vendor(Site::Ongoing) && cancels(call);
            return Some(Rule::when(meant, happens).from(began + self.from).until(began + self.until));
        }
        if let What::Removals(happens) = self.what {
            let of_index = |call: &Call<'_>| [" due#", " waits#"].iter().any(|begins| call.what.contains(begins));
            let removes = move |call: &Call<'_>| call.what.starts_with("delete ") && of_index(call);
            let meant = move |call: &Call<'_>| call.peer == Peer::State && removes(call);
            return Some(Rule::when(meant, happens).from(began + self.from).until(began + self.until));
        }
        if let What::Unplaced = self.what {
            let places = |call: &Call<'_>| call.what.starts_with("put ") && call.what.contains(" due");
            let meant = move |call: &Call<'_>| call.peer == Peer::State && places(call);
            return Some(Rule::when(meant, Happens::Refused).from(began + self.from).until(began + self.until));
        }
        let What::Calls { peer, happens, of_thousand, tenant } = self.what else { return None };
        let (chance, owner) = (RefCell::new(Chance::new(self.salt)), tenant.map(goods_owner));
        let meant = move |call: &Call<'_>| {
            call.peer == peer
                && owner.is_none_or(|owner| call.about(owner))
                && !((is_refusal(happens) || spares_logins && loses(happens)) && is_login(call))
                && chance.borrow_mut().of_thousand(of_thousand)
        };
        Some(Rule::when(meant, happens).from(began + self.from).until(began + self.until))
    }
}

/// A refused login means that a person is needed, which no simulation waits for.
fn is_login(call: &Call<'_>) -> bool {
    ["/connect/token", "/OAuth/Token", "/api/oauth/token", "Authenticate"].iter().any(|login| call.what.contains(login))
}

/// Whether the peer does what is asked for, and its answer does not arrive.
fn loses(happens: Happens) -> bool {
    use Trouble::{Gateway, LostAnswer, MalformedBody, Silence};
    matches!(happens, Happens::Drips(_) | Happens::Trouble(LostAnswer | MalformedBody | Gateway { .. } | Silence))
}

fn is_refusal(happens: Happens) -> bool {
    matches!(happens, Happens::Trouble(Trouble::Refused | Trouble::TokenExpired))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} s to {} s: {:?}", self.kind, self.from.as_secs(), self.until.as_secs(), self.what)
    }
}

/// The sites whose ERPs are these.
#[must_use]
pub fn sites(kinds: &[Kind]) -> Vec<Site> {
    kinds.iter().map(|kind| Site::of_erp(*kind)).collect()
}
