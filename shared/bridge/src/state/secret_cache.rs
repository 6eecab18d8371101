//! A secret store's short memory: what keeps a warm function from asking for the same secret at every call, and what makes
//! a replaced one known in time (contract, section 3: within five minutes or at the next 401, where a name is looked at
//! once in ten seconds at most).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use futures_util::lock::Mutex;
use jiff::{SignedDuration, Timestamp};

use crate::ports::{Clock, Secrets};
use crate::words::fault::Result;
use crate::words::secret::Secret;

/// A replaced value is seen after this at the latest (contract, section 3).
const KEPT: SignedDuration = SignedDuration::from_secs(300);

/// What was not there is looked for again sooner: somebody may just be onboarding.
const MISSED: SignedDuration = SignedDuration::from_secs(30);

/// After a refusal a name is not looked at more often than this: anybody may call a webhook with a wrong token, and a
/// password that is wrong is refused at every call.
const LOOKED_AT: SignedDuration = SignedDuration::from_secs(10);

/// Names remembered at most.
const NAMES: usize = 1000;

/// A store with a memory. A fresh read is always a real one: whoever exchanges a token that works once must not send what
/// was read a moment ago. The first look after a refusal is too, and every one that comes ten seconds after the last.
pub struct SecretCache<S> {
    store: S,
    clock: Rc<dyn Clock>,
    kept: RefCell<HashMap<String, Kept>>,
    /// Looks after refusals go one by one: who comes second takes what the first has found.
    looking: Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    /// When its read began, or its write ended.
    at: Timestamp,
    value: Option<Secret>,
    /// When it was last looked at after a refusal, also where that failed.
    looked_at: Option<Timestamp>,
}

impl Kept {
    fn serves(&self, now: Timestamp) -> bool {
        younger(self.at, now, if self.value.is_some() { KEPT } else { MISSED })
    }

    fn serves_after_refusal(&self, now: Timestamp) -> bool {
        // What is not there was not refused: any read of it tells as much.
        let looked_at = if self.value.is_some() { self.looked_at } else { Some(self.at) };
        self.serves(now) && looked_at.is_some_and(|at| younger(at, now, LOOKED_AT))
    }
}

/// A clock that was put back must not make anything last longer.
fn younger(at: Timestamp, now: Timestamp, longest: SignedDuration) -> bool {
    let age = now.duration_since(at);
    !age.is_negative() && age < longest
}

impl<S> SecretCache<S> {
    /// Remembers what `store` says.
    #[must_use]
    pub fn new(store: S, clock: Rc<dyn Clock>) -> Self {
        Self { store, clock, kept: RefCell::default(), looking: Mutex::default() }
    }

    /// Keeps what was read or written at `at`; an answer that was overtaken by a later one is not kept.
    fn keep(&self, name: &str, at: Timestamp, value: Option<Secret>) {
        let now = self.clock.now();
        let mut kept = self.kept.borrow_mut();
        if kept.get(name).is_some_and(|kept| kept.at > at && kept.at <= now) {
            return;
        }
        if kept.len() >= NAMES && !kept.contains_key(name) {
            kept.retain(|_, kept| kept.value.is_some() && kept.serves(at));
            if kept.len() >= NAMES {
                kept.clear();
            }
        }
        let looked_at = kept.get(name).and_then(|kept| kept.looked_at);
        kept.insert(name.to_owned(), Kept { at, value, looked_at });
    }

    /// What is kept of a name, where that `serves`.
    fn kept(&self, name: &str, serves: impl Fn(&Kept) -> bool) -> Option<Kept> {
        self.kept.borrow().get(name).filter(|kept| serves(kept)).cloned()
    }

    fn looks_at(&self, name: &str, now: Timestamp) {
        if let Some(kept) = self.kept.borrow_mut().get_mut(name) {
            kept.looked_at = Some(now);
        }
    }
}

impl<S: Secrets> SecretCache<S> {
    async fn read(&self, name: &str) -> Result<Option<Secret>> {
        let began = self.clock.now();
        let value = self.store.get(name, true).await?;
        self.keep(name, began, value.clone());
        Ok(value)
    }
}

#[async_trait(?Send)]
impl<S: Secrets> Secrets for SecretCache<S> {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        let now = self.clock.now();
        match self.kept(name, |kept| !fresh && kept.serves(now)) {
            Some(kept) => Ok(kept.value),
            None => self.read(name).await,
        }
    }

    async fn get_after_refusal(&self, name: &str) -> Result<Option<Secret>> {
        let _one = self.looking.lock().await;
        let now = self.clock.now();
        if let Some(kept) = self.kept(name, |kept| kept.serves_after_refusal(now)) {
            return Ok(kept.value);
        }
        // Noted before it is looked at, so that a store that fails is not asked more often than one that answers.
        self.looks_at(name, now);
        let value = self.read(name).await?;
        self.looks_at(name, now);
        Ok(value)
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        self.store.put(name, value).await?;
        self.keep(name, self.clock.now(), Some(value.clone()));
        Ok(())
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        self.store.set(name, value).await?;
        self.keep(name, self.clock.now(), Some(value.clone()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::words::fault::Fault;

    /// A clock that is moved by hand.
    struct Hand(Cell<i64>);

    #[async_trait(?Send)]
    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(1_000_000).unwrap() + SignedDuration::from_millis(self.0.get())
        }

        async fn sleep(&self, _: Duration) {}

        fn chance(&self) -> f64 {
            0.5
        }
    }

    /// One secret, and how often it was read.
    #[derive(Default)]
    struct Store {
        value: RefCell<Option<String>>,
        reads: Cell<usize>,
        fails: Cell<bool>,
    }

    #[async_trait(?Send)]
    impl Secrets for Store {
        async fn get(&self, _: &str, _: bool) -> Result<Option<Secret>> {
            self.reads.set(self.reads.get() + 1);
            if self.fails.get() {
                return Err(Fault::unavailable("the store does not answer"));
            }
            Ok(self.value.borrow().clone().map(Secret::new))
        }

        async fn put(&self, _: &str, value: &Secret) -> Result<()> {
            *self.value.borrow_mut() = Some(value.expose().to_owned());
            Ok(())
        }

        async fn set(&self, name: &str, value: &Secret) -> Result<()> {
            self.put(name, value).await
        }
    }

    struct Scene {
        clock: Rc<Hand>,
        store: Rc<Store>,
        memory: SecretCache<Rc<Store>>,
    }

    impl Scene {
        fn new() -> Self {
            let (clock, store) = (Rc::new(Hand(Cell::new(0))), Rc::<Store>::default());
            Self { memory: SecretCache::new(Rc::clone(&store), Rc::clone(&clock) as Rc<_>), clock, store }
        }

        /// What is seen of `visma/acme`, and whether the store was asked.
        fn seen(&self, fresh: bool) -> (Option<String>, bool) {
            self.by(self.memory.get("visma/acme", fresh))
        }

        /// The same after a refusal.
        fn seen_after_refusal(&self) -> (Option<String>, bool) {
            self.by(self.memory.get_after_refusal("visma/acme"))
        }

        fn by(&self, read: impl Future<Output = Result<Option<Secret>>>) -> (Option<String>, bool) {
            let before = self.store.reads.get();
            let value = read.now_or_never().unwrap().unwrap();
            (value.map(|value| value.expose().to_owned()), self.store.reads.get() > before)
        }

        fn replaced(&self, value: &str) {
            *self.store.value.borrow_mut() = Some(value.into());
        }

        fn pass(&self, milliseconds: i64) {
            self.clock.0.set(self.clock.0.get() + milliseconds);
        }
    }

    #[test]
    fn a_replaced_value_is_seen_after_five_minutes_and_at_once_where_it_is_asked_for_afresh() {
        let scene = Scene::new();
        scene.replaced("one");
        assert_eq!(scene.seen(false), (Some("one".into()), true));
        scene.replaced("two");
        scene.pass(299_999);
        assert_eq!(scene.seen(false), (Some("one".into()), false));
        scene.pass(1);
        assert_eq!(scene.seen(false), (Some("two".into()), true));
        scene.replaced("three");
        assert_eq!(scene.seen(true), (Some("three".into()), true), "not a millisecond after a read of the old one");
        scene.replaced("four");
        assert_eq!(scene.seen(true), (Some("four".into()), true));
        assert_eq!(scene.seen(false), (Some("four".into()), false));
    }

    #[test]
    fn after_a_refusal_it_is_seen_at_once_and_then_once_in_ten_seconds() {
        let scene = Scene::new();
        scene.replaced("one");
        assert_eq!(scene.seen(false), (Some("one".into()), true));
        scene.replaced("two");
        assert_eq!(
            scene.seen_after_refusal(),
            (Some("two".into()), true),
            "not a millisecond after a read of the old one"
        );
        scene.replaced("three");
        scene.pass(9_999);
        assert_eq!(scene.seen_after_refusal(), (Some("two".into()), false));
        scene.pass(1);
        assert_eq!(scene.seen_after_refusal(), (Some("three".into()), true), "refusals in between put nothing off");
        scene.replaced("four");
        assert_eq!(scene.seen(true), (Some("four".into()), true), "a fresh read is a real one in any case");
        assert_eq!(scene.seen_after_refusal(), (Some("four".into()), false));
        scene.pass(-1000);
        assert_eq!(scene.seen_after_refusal(), (Some("four".into()), true), "the clock was put back");
    }

    #[test]
    fn a_store_that_fails_is_not_asked_more_often() {
        let scene = Scene::new();
        scene.replaced("one");
        assert_eq!(scene.seen(false), (Some("one".into()), true));
        scene.store.fails.set(true);
        assert!(scene.memory.get_after_refusal("visma/acme").now_or_never().unwrap().is_err());
        assert_eq!(scene.seen_after_refusal(), (Some("one".into()), false));
        scene.store.fails.set(false);
        scene.replaced("two");
        scene.pass(10_000);
        assert_eq!(scene.seen_after_refusal(), (Some("two".into()), true));
    }

    #[test]
    fn a_missing_one_is_looked_for_every_half_minute_and_after_a_refusal_every_ten_seconds() {
        let scene = Scene::new();
        assert_eq!(scene.seen(false), (None, true));
        assert_eq!(scene.seen_after_refusal(), (None, false));
        scene.pass(9_999);
        assert_eq!(scene.seen_after_refusal(), (None, false));
        scene.pass(1);
        assert_eq!(scene.seen_after_refusal(), (None, true));
        scene.replaced("one");
        scene.pass(29_999);
        assert_eq!(scene.seen(false), (None, false));
        scene.pass(1);
        assert_eq!(scene.seen(false), (Some("one".into()), true));
    }

    #[test]
    fn a_clock_that_is_put_back_makes_no_value_last_longer() {
        let scene = Scene::new();
        scene.replaced("one");
        assert_eq!(scene.seen(false), (Some("one".into()), true));
        scene.replaced("two");
        scene.pass(-1000);
        assert_eq!(scene.seen(false), (Some("two".into()), true));
        assert_eq!(scene.seen(false), (Some("two".into()), false));
    }

    #[test]
    fn what_was_written_is_not_forgotten_for_an_answer_that_was_overtaken() {
        let scene = Scene::new();
        scene.pass(10);
        scene.memory.put("visma/acme", &Secret::new("new".into())).now_or_never().unwrap().unwrap();
        let early = scene.clock.now() - SignedDuration::from_millis(5);
        scene.memory.keep("visma/acme", early, Some(Secret::new("old".into())));
        assert_eq!(scene.seen(false), (Some("new".into()), false));
    }

    #[test]
    fn names_that_nobody_has_do_not_fill_the_memory() {
        let scene = Scene::new();
        let (memory, now) = (&scene.memory, scene.clock.now());
        memory.keep("ongoing/acme", now, Some(Secret::new("{}".into())));
        for n in 0..3 * NAMES {
            memory.keep(&format!("ongoing/{n}"), now, None);
            assert!(memory.kept.borrow().len() <= NAMES);
        }
        assert!(memory.kept.borrow().contains_key("ongoing/acme"), "what is there outlasts what is not");
        for n in 0..3 * NAMES {
            memory.keep(&format!("visma/{n}"), now, Some(Secret::new("{}".into())));
            assert!(memory.kept.borrow().len() <= NAMES);
        }
    }
}
