//! What happens to calls by a rule, for as long as wanted: calls to vendors and to AWS.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use simulators::{Request, Trouble};

use super::invocation::calling;
use super::{Pace, Site};

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// A vendor.
    Vendor(Site),
    /// The state table.
    State,
    /// The tenant table.
    Tenants,
    /// The secret store.
    Secrets,
    /// The queues, as far as functions send to them.
    Queues,
}

/// A call that is about to be made.
pub struct Call<'a> {
    /// Who is asked.
    pub peer: Peer,
    /// What is asked: `GET /v2/Products` of a vendor; `put tenant#acme cursor#orders` of AWS.
    pub what: &'a str,
    /// The request to a vendor.
    pub request: Option<&'a Request>,
    /// The function that asks, where one does.
    pub function: Option<&'static str>,
}

impl Call<'_> {
    /// Whether the call's name, address, headers or body say this.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        let said = |request: &Request| {
            let body = || request.body.windows(text.len()).any(|part| part == text.as_bytes());
            request.target.contains(text) || request.headers.iter().any(|(_, value)| value.contains(text)) || body()
        };
        self.what.contains(text) || self.request.is_some_and(said)
    }

    /// As [`Call::says`], and no longer word that this is a part of.
    #[must_use]
    pub fn names(&self, word: &str) -> bool {
        let names = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word);
        let said = |request: &Request| names(&request.target) || names(&String::from_utf8_lossy(&request.body));
        self.request.is_some_and(said)
    }

    /// Whether it is a call to Ongoing about this goods owner.
    #[must_use]
    pub fn about(&self, goods_owner: i64) -> bool {
        let number = |text: &str| {
            let digits: String = text.chars().skip_while(char::is_ascii_punctuation).collect();
            digits.chars().take_while(char::is_ascii_digit).collect::<String>() == goods_owner.to_string()
        };
        let named = |text: &str| text.split("goodsOwnerId").skip(1).any(number);
        let said = |request: &Request| named(&request.target) || named(&String::from_utf8_lossy(&request.body));
        self.peer == Peer::Vendor(Site::Ongoing) && self.request.is_some_and(said)
    }
}

/// What a rule does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happens {
    /// It takes so much longer until it takes effect; adds to what other rules do.
    Latency(Duration),
    /// The peer accepts it, and nothing more ever comes: it has no effect.
    Hangs,
    /// It takes effect, and its answer comes in drops, the last of them after this time.
    Drips(Duration),
    /// The connection is refused at once.
    Refused,
    /// Nobody answers the attempt to connect.
    Unreachable,
    /// It goes wrong in the vendor's own way; of AWS in the way that is nearest.
    Trouble(Trouble),
    /// Of a conditional write: it takes effect, its answer is lost, and the SDK's own repetition conflicts with it.
    Repeated,
    /// It is answered with this status by a gateway that does not know the vendor's ways, and has no effect.
    Status(u16),
    /// A vendor answers, and says the second text wherever it means the first.
    Replaced(&'static str, &'static str),
}

type Matches = Box<dyn Fn(&Call<'_>) -> bool>;

/// A rule: which calls, when, how many, and what happens to them.
pub struct Rule {
    matches: Matches,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    skips: Cell<usize>,
    left: Cell<Option<usize>>,
    met: Cell<usize>,
    happens: Happens,
}

impl Rule {
    /// For every call to a peer that is this one.
    #[must_use]
    pub fn to(peer: Peer, happens: Happens) -> Self {
        Self::when(move |call| call.peer == peer, happens)
    }

    /// For every call for which this holds.
    #[must_use]
    pub fn when(matches: impl Fn(&Call<'_>) -> bool + 'static, happens: Happens) -> Self {
        Self {
            matches: Box::new(matches),
            from: None,
            until: None,
            skips: Cell::new(0),
            left: Cell::new(None),
            met: Cell::new(0),
            happens,
        }
    }

    /// And only where this holds as well.
    #[must_use]
    pub fn and(mut self, matches: impl Fn(&Call<'_>) -> bool + 'static) -> Self {
        let before = self.matches;
        self.matches = Box::new(move |call| before(call) && matches(call));
        self
    }

    /// Only from then on.
    #[must_use]
    pub fn from(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Only before then.
    #[must_use]
    pub fn until(mut self, until: Timestamp) -> Self {
        self.until = Some(until);
        self
    }

    /// Not for the first so many calls.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.skips = Cell::new(calls);
        self
    }

    /// Only for so many calls.
    #[must_use]
    pub fn times(mut self, calls: usize) -> Self {
        self.left = Cell::new(Some(calls));
        self
    }

    /// How many calls it has met.
    #[must_use]
    pub fn met(&self) -> usize {
        self.met.get()
    }

    fn meets(&self, now: Timestamp, call: &Call<'_>) -> bool {
        let in_time = self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until);
        if !in_time || self.left.get() == Some(0) || !(self.matches)(call) {
            return false;
        }
        if self.skips.get() > 0 {
            self.skips.set(self.skips.get() - 1);
            return false;
        }
        self.left.set(self.left.get().map(|left| left - 1));
        self.met.set(self.met.get() + 1);
        true
    }
}

/// What the rules say of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// How much longer it takes.
    pub(super) latency: Duration,
    /// How much longer its answer takes.
    pub(super) answers: Duration,
    /// What else happens.
    pub(super) happens: Option<Happens>,
}

/// The rules in force.
#[derive(Default)]
pub struct Rules {
    rules: RefCell<Vec<Rc<Rule>>>,
    aside: Cell<bool>,
    /// What calls take by themselves.
    pub pace: Pace,
}

impl Rules {
    /// Puts a rule in force. Of several that meet one call all latencies count, and of the rest the one that was added
    /// last.
    pub fn add(&self, rule: Rule) -> Rc<Rule> {
        let rule = Rc::new(rule);
        self.rules.borrow_mut().push(Rc::clone(&rule));
        rule
    }

    /// Takes a rule out of force.
    pub fn remove(&self, rule: &Rc<Rule>) {
        self.rules.borrow_mut().retain(|other| !Rc::ptr_eq(other, rule));
    }

    /// Takes all rules out of force.
    pub fn clear(&self) {
        self.rules.borrow_mut().clear();
    }

    /// Does something to which no rule applies, and that takes no time: for whoever looks from outside.
    pub async fn without<T>(&self, look: impl Future<Output = T>) -> T {
        self.aside.set(true);
        let seen = look.await;
        self.aside.set(false);
        seen
    }

    pub(super) fn judge(&self, now: Timestamp, peer: Peer, what: &str, request: Option<&Request>) -> Verdict {
        if self.aside.get() {
            return Verdict::default();
        }
        let pace = self.pace.of(peer);
        let mut verdict = match peer {
            // The vendor does its work, and counts the call, before that.
            Peer::Vendor(_) => Verdict { answers: pace, ..Verdict::default() },
            Peer::State | Peer::Tenants | Peer::Secrets | Peer::Queues => {
                Verdict { latency: pace, ..Verdict::default() }
            }
        };
        let rules = self.rules.borrow();
        if rules.is_empty() {
            return verdict;
        }
        let call = Call { peer, what, request, function: calling() };
        for rule in rules.iter().filter(|rule| rule.meets(now, &call)) {
            match rule.happens {
                Happens::Latency(latency) => verdict.latency += latency,
                happens => verdict.happens = Some(happens),
            }
        }
        verdict
    }
}
