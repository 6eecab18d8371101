//! The vendors' sites: their production hosts, and the simulators that answer there.

use std::cell::RefCell;
use std::rc::Rc;

use bridge::words::kind::Kind;
use simulators::{Answer, Drift, Request, Simulator, Trouble, Troubled};

/// A vendor's site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// Ongoing WMS.
    Ongoing,
    /// PowerOffice Go.
    PowerOffice,
    /// Finago Office.
    Finago,
    /// Procountor.
    Procountor,
    /// Visma eAccounting.
    Visma,
}

impl Site {
    /// Where an ERP answers.
    #[must_use]
    pub fn of_erp(kind: Kind) -> Self {
        match kind {
            Kind::PowerOffice => Self::PowerOffice,
            Kind::Finago => Self::Finago,
            Kind::Procountor => Self::Procountor,
            Kind::Visma => Self::Visma,
        }
    }

    pub(super) fn of(host: &str) -> Option<Self> {
        let ends = |end: &str| host == end || host.ends_with(&format!(".{end}"));
        [
            ("ongoingsystems.se", Self::Ongoing),
            ("poweroffice.net", Self::PowerOffice),
            ("24sevenoffice.com", Self::Finago),
            ("procountor.com", Self::Procountor),
            ("vismaonline.com", Self::Visma),
        ]
        .into_iter()
        .find_map(|(end, site)| ends(end).then_some(site))
    }
}

/// What tests lay on a site and read from it.
pub trait Troublesome {
    /// Calls answered so far.
    fn calls(&self) -> usize;
    /// Lays a trouble on the call with this number.
    fn plan(&self, call: usize, trouble: Trouble);
    /// Method and target of every call.
    fn log(&self) -> Vec<(String, String)>;
    /// Answers a call, with this trouble where it is given, else with the one that is laid on it.
    fn answer(&self, now: jiff::Timestamp, request: &Request, trouble: Option<Trouble>) -> Answer;
    /// Keeps no log of calls from now on.
    fn keep_no_log(&self);
    /// From now on answers have another shape, or with `None` the one that they always had.
    fn drift(&self, drift: Option<Drift>);
}

impl<S: Simulator> Troublesome for Rc<RefCell<Troubled<S>>> {
    fn calls(&self) -> usize {
        self.borrow().calls
    }

    fn plan(&self, call: usize, trouble: Trouble) {
        self.borrow_mut().plan(call, trouble);
    }

    fn log(&self) -> Vec<(String, String)> {
        self.borrow().log.clone()
    }

    fn answer(&self, now: jiff::Timestamp, request: &Request, trouble: Option<Trouble>) -> Answer {
        self.borrow_mut().call_with(now, request, trouble)
    }

    fn keep_no_log(&self) {
        self.borrow_mut().keep_no_log();
    }

    fn drift(&self, drift: Option<Drift>) {
        self.borrow_mut().drift(drift);
    }
}
