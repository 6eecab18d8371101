//! What a witness sees while a simulation runs: what happens, in order, as a hash and, where it is wanted, in words; the
//! versions that Ongoing accepts; and how many writes are under way for a goods owner.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use simulators::Request;

use super::invocation::running;

/// Marks the version of a record in one of its texts: `rev-0007`.
pub const VERSION: &str = "rev-";

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// Who did what.
    pub line: String,
    /// What it was about, whole: for finding what concerns a record.
    pub about: String,
}

/// What is found wrong while it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// `I3`
    pub invariant: &'static str,
    /// The goods owner.
    pub goods_owner: i64,
    /// The record's number.
    pub number: String,
    /// What is wrong.
    pub what: String,
}

/// The witness; sees nothing before [`Witness::begin`].
#[derive(Default)]
pub struct Witness {
    on: Cell<bool>,
    keeps: Cell<bool>,
    seen: Cell<usize>,
    hash: RefCell<Sha256>,
    story: RefCell<Vec<Happened>>,
    accepted: RefCell<BTreeMap<(i64, String), u64>>,
    /// Records of which an edit was taken back.
    back: RefCell<BTreeSet<(i64, String)>>,
    under_way: RefCell<BTreeMap<String, usize>>,
    wrong: RefCell<Vec<Wrong>>,
}

impl Witness {
    /// Sees from now on; with `keeps`, it can tell the story afterwards.
    pub fn begin(&self, keeps: bool) {
        self.on.set(true);
        self.keeps.set(keeps);
    }

    /// What happened so far as one hash: equal runs have equal ones.
    #[must_use]
    pub fn hash(&self) -> String {
        self.hash.borrow().clone().finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// How much happened.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.seen.get()
    }

    /// The story, in order.
    #[must_use]
    pub fn story(&self) -> Vec<Happened> {
        self.story.borrow().clone()
    }

    /// What was wrong while it happened.
    #[must_use]
    pub fn wrong(&self) -> Vec<Wrong> {
        self.wrong.borrow().clone()
    }

    /// Something happens.
    pub fn happens(&self, at: Timestamp, line: impl FnOnce() -> String, about: impl FnOnce() -> String) {
        if !self.on.get() {
            return;
        }
        self.seen.set(self.seen.get() + 1);
        let line = match running() {
            Some(who) => format!("{who}: {}", line()),
            None => line(),
        };
        let mut hash = self.hash.borrow_mut();
        hash.update(at.as_nanosecond().to_be_bytes());
        hash.update(line.as_bytes());
        if self.keeps.get() {
            self.story.borrow_mut().push(Happened { at, line, about: about() });
        } else {
            hash.update(Sha256::digest(about().as_bytes()));
        }
    }

    /// A write that Ongoing accepted: an older version never follows a newer one.
    pub(super) fn accepted(&self, request: &Request) {
        if !self.on.get() || request.method != "PUT" {
            return;
        }
        let text = String::from_utf8_lossy(&request.body);
        let Some(version) = version(&text) else { return };
        let Ok(body) = serde_json::from_str::<Value>(&text) else { return };
        let number = ["orderNumber", "articleNumber"].into_iter().find_map(|name| body[name].as_str());
        let (Some(number), Some(goods_owner)) = (number, body["goodsOwnerId"].as_i64()) else { return };
        let mut accepted = self.accepted.borrow_mut();
        let before = accepted.entry((goods_owner, number.to_owned())).or_default();
        let back = self.back.borrow().contains(&(goods_owner, number.to_owned()));
        if version < *before && !back {
            let what = format!("version {version} was written over version {before}");
            self.wrong.borrow_mut().push(Wrong { invariant: "I3", goods_owner, number: number.to_owned(), what });
        }
        *before = version;
    }

    /// Somebody takes an edit of this record back: an older version is a newer one from now on.
    pub fn goes_back(&self, goods_owner: i64, number: &str) {
        self.back.borrow_mut().insert((goods_owner, number.to_owned()));
    }

    /// A call to a host that is nobody's: an address in a tenant item that should have been refused.
    pub(super) fn reaches(&self, host: &str) {
        if self.on.get() {
            let (number, what) = (String::new(), format!("a call to {host}"));
            self.wrong.borrow_mut().push(Wrong { invariant: "I10", goods_owner: 0, number, what });
        }
    }

    /// A write to Ongoing begins; the goods owner that its credentials are of, for [`Witness::written`].
    pub(super) fn writes(&self, request: &Request) -> Option<String> {
        if !self.on.get() || request.method == "GET" {
            return None;
        }
        let header = request.headers.iter().find(|(name, _)| name == "Authorization");
        let pair = header.and_then(|(_, value)| BASE64_STANDARD.decode(value.strip_prefix("Basic ")?).ok())?;
        let user = String::from_utf8_lossy(&pair).split(':').next().unwrap_or_default().to_owned();
        let mut under_way = self.under_way.borrow_mut();
        let now = under_way.entry(user.clone()).or_default();
        *now += 1;
        if *now > 1 {
            let what = format!("{user}: {now} writes at one time");
            let number = String::new();
            self.wrong.borrow_mut().push(Wrong { invariant: "I6", goods_owner: 0, number, what });
        }
        Some(user)
    }

    pub(super) fn written(&self, user: &str) {
        if let Some(now) = self.under_way.borrow_mut().get_mut(user) {
            *now -= 1;
        }
    }
}

/// The version that a text names.
#[must_use]
pub fn version(text: &str) -> Option<u64> {
    let from = text.find(VERSION)? + VERSION.len();
    let digits: String = text[from..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
