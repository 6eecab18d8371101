//! What a probe made, and what became of it: known wherever the probe ends, also where a person stops it.

use std::cell::RefCell;
use std::rc::Rc;

use crate::http::classify::turned_away;
use crate::http::stoppable::{Stop, stoppable};
use crate::ports::Ports;
use crate::words::fault::{Fault, Result};

/// A document of a probe's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// What it is, by system and number.
    pub what: String,
    /// How a person finds it and removes it.
    pub remove: &'static str,
}

/// A document that may be there, and is not cleaned up yet.
#[derive(Debug)]
struct Open {
    document: Document,
    /// Whether its making was answered.
    is_there: bool,
}

/// The documents of a probe, and the hand of the person who may stop it.
#[derive(Debug, Default)]
pub struct Documents {
    open: RefCell<Vec<Open>>,
    told: RefCell<Vec<String>>,
    stop: Rc<Stop>,
}

impl Documents {
    /// Stops the probe: no call is begun any more but those that clean up.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Whether a person stopped it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    /// These edges, which a stop closes.
    #[must_use]
    pub fn stoppable(&self, ports: &Ports) -> Ports {
        stoppable(ports, &self.stop)
    }

    /// Does what cleans up, which goes on although the probe was stopped.
    pub(crate) async fn clean_up<T>(&self, work: impl Future<Output = T>) -> T {
        self.stop.clean_up(work).await
    }

    /// Makes a document by this call. It is noted before the call begins, and forgotten where the call was turned away.
    pub(crate) async fn make<T>(
        &self,
        what: impl Into<String>,
        remove: &'static str,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let document = Document { what: what.into(), remove };
        self.open.borrow_mut().push(Open { document: document.clone(), is_there: false });
        let made = call.await;
        match &made {
            Ok(_) => self.each(&document.what, |open| open.is_there = true),
            Err(fault) if turned_away(fault) || !fault.was_tried() => self.forget(&document.what),
            Err(_) => {}
        }
        made
    }

    /// A document that is there already, and that the probe cleans up.
    pub(crate) fn found(&self, what: String, remove: &'static str) {
        self.open.borrow_mut().push(Open { document: Document { what, remove }, is_there: true });
    }

    fn each(&self, what: &str, change: impl Fn(&mut Open)) {
        self.open.borrow_mut().iter_mut().filter(|open| open.document.what == what).for_each(change);
    }

    fn forget(&self, what: &str) {
        self.open.borrow_mut().retain(|open| open.document.what != what);
    }

    /// Whether it may be there.
    pub(crate) fn has(&self, what: &str) -> bool {
        self.open.borrow().iter().any(|open| open.document.what == what)
    }

    /// A document is as the probe leaves it, in which nothing of it is to be done; `stays` says what is left of it.
    pub(crate) fn ended(&self, what: &str, stays: Option<String>) {
        self.forget(what);
        self.told.borrow_mut().extend(stays);
    }

    /// What was to be done to it (`deleted`) could not be.
    pub(crate) fn not_ended(&self, what: &str, done: &str, fault: &Fault) {
        let remove = self.open.borrow().iter().find(|open| open.document.what == what).map(|open| open.document.remove);
        self.forget(what);
        let remove = remove.map(|remove| format!("; {remove}")).unwrap_or_default();
        self.told.borrow_mut().push(format!("{what} could NOT be {done}: {fault}{remove}"));
    }

    /// What a person has to know beside.
    pub(crate) fn tell(&self, line: impl Into<String>) {
        self.told.borrow_mut().push(line.into());
    }

    /// What stays as things are now, each with where it is and how it is removed.
    #[must_use]
    pub fn stay(&self) -> Vec<String> {
        let mut stay = self.told.borrow().clone();
        stay.extend(self.open.borrow().iter().map(|Open { document: Document { what, remove }, is_there }| {
            match is_there {
                true => format!("{what} is there and was NOT cleaned up: {remove}"),
                false => format!("{what} may be there, since its making was not answered: {remove}"),
            }
        }));
        stay
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;

    const REMOVE: &str = "delete it";

    fn run<T>(work: impl Future<Output = T>) -> T {
        work.now_or_never().unwrap()
    }

    #[test]
    fn what_is_made_is_told_until_it_is_cleaned_up() {
        let documents = Documents::default();
        run(documents.make("order 7", REMOVE, async {
            // While nobody has answered it may be there.
            assert!(documents.stay()[0].contains("order 7 may be there"));
            Ok(())
        }))
        .unwrap();
        assert_eq!(documents.stay(), ["order 7 is there and was NOT cleaned up: delete it"]);
        documents.ended("order 7", Some("order 7, cancelled".into()));
        assert_eq!(documents.stay(), ["order 7, cancelled"]);
    }

    #[test]
    fn what_was_refused_or_not_begun_is_not_there_and_what_was_not_answered_may_be() {
        let not_begun = Fault::RateLimited { status: None, after: Duration::ZERO, why: "stopped".into() };
        for (fault, told) in [
            (Fault::rejected("/a", "no"), 0),
            (Fault::Unauthorized("no".into()), 0),
            (not_begun, 0),
            (Fault::unavailable("no answer"), 1),
            (Fault::Unexpected("no JSON".into()), 1),
        ] {
            let documents = Documents::default();
            let made: Result<()> = run(documents.make("order 7", REMOVE, ready(Err(fault.clone()))));
            assert!(made.is_err());
            assert_eq!(documents.stay().len(), told, "{fault:?}");
            assert!(documents.stay().iter().all(|line| line.contains("may be there") && line.ends_with(REMOVE)));
        }
    }

    #[test]
    fn what_cannot_be_cleaned_up_says_why_and_how_a_person_does_it() {
        let documents = Documents::default();
        run(documents.make("order 7", REMOVE, ready(Ok(())))).unwrap();
        documents.not_ended("order 7", "cancelled", &Fault::unavailable("no answer"));
        assert_eq!(documents.stay(), ["order 7 could NOT be cancelled: not available: no answer; delete it"]);
    }
}
