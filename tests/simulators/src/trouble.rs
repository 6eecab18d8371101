//! Troubles that can be laid on any call: the enumeration of the fault tests walks over all of them, at every call.

use jiff::Timestamp;

use crate::{Drift, Request, Response, Simulator};

/// What can go wrong with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The access token is no longer accepted, although it has not run out by its own word.
    TokenExpired,
    /// Throttled, with the pause the vendor asks for.
    TooManyRequests {
        /// Seconds in `Retry-After`; `None` leaves the header out.
        retry_after: Option<u32>,
    },
    /// 500, 502 or 503 in the vendor's own shape.
    ServerError(u16),
    /// The call took effect and its answer never arrived.
    LostAnswer,
    /// A 200 whose body ends in the middle.
    MalformedBody,
    /// The call took effect, and a gateway before the vendor, which knows nothing of that, answers 503 and asks for a pause.
    Gateway {
        /// Seconds in `Retry-After`.
        retry_after: u32,
    },
    /// The call took effect, and nothing is ever answered: the connection stays open.
    Silence,
    /// The vendor refuses this one record or request as wrong (4xx).
    Refused,
}

impl Trouble {
    /// Every kind of trouble that can be laid on any call; of those that are alike to a caller, one.
    pub const ALL: [Self; 8] = [
        Self::TokenExpired,
        Self::TooManyRequests { retry_after: Some(2) },
        Self::TooManyRequests { retry_after: None },
        Self::ServerError(500),
        Self::ServerError(503),
        Self::LostAnswer,
        Self::MalformedBody,
        Self::Refused,
    ];
}

/// What comes back of a call.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A response.
    Response(Response),
    /// The connection broke; whether the call took effect is not known to the caller.
    Lost,
    /// The connection stays open and nothing comes.
    Never,
}

/// A simulator with a plan of troubles, by the number of the call (0-based, counted over all calls).
pub struct Troubled<S> {
    /// The model behind.
    pub model: S,
    /// Calls answered so far.
    pub calls: usize,
    /// Method and target of every call, in order.
    pub log: Vec<(String, String)>,
    logs: bool,
    plan: Vec<(usize, Trouble)>,
    down: bool,
    drift: Option<Drift>,
}

impl<S: Simulator> Troubled<S> {
    /// No trouble at all.
    pub fn new(model: S) -> Self {
        Self { model, calls: 0, log: Vec::new(), logs: true, plan: Vec::new(), down: false, drift: None }
    }

    /// Lays `trouble` on the call with this number.
    pub fn plan(&mut self, call: usize, trouble: Trouble) {
        self.plan.push((call, trouble));
    }

    /// From now on every call is answered 503 in the vendor's own shape, or as it always was.
    pub fn down(&mut self, down: bool) {
        self.down = down;
    }

    /// From now on the vendor's answers have another shape, or with `None` the one that they always had.
    pub fn drift(&mut self, drift: Option<Drift>) {
        self.drift = drift;
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        let Some(drift) = &self.drift else { return self.model.handle(now, request) };
        if let Some(response) = drift.refused(request) {
            return response;
        }
        let response = self.model.handle(now, &drift.asked(request));
        drift.answered(request, response)
    }

    /// Keeps no log of calls from now on: where there are too many of them.
    pub fn keep_no_log(&mut self) {
        self.logs = false;
    }

    /// Answers one call, with the trouble that is laid on it.
    pub fn call(&mut self, now: Timestamp, request: &Request) -> Answer {
        self.call_with(now, request, None)
    }

    /// Answers one call with this trouble, or else with the one that is laid on it.
    pub fn call_with(&mut self, now: Timestamp, request: &Request, trouble: Option<Trouble>) -> Answer {
        let number = self.calls;
        self.calls += 1;
        if self.logs {
            self.log.push((request.method.clone(), request.target.clone()));
        }
        let planned = || self.plan.iter().find(|(call, _)| *call == number).map(|(_, trouble)| *trouble);
        let trouble = trouble.or_else(planned).or(self.down.then_some(Trouble::ServerError(503)));
        match trouble {
            None => Answer::Response(self.handle(now, request)),
            Some(Trouble::LostAnswer) => {
                self.model.handle(now, request);
                Answer::Lost
            }
            Some(Trouble::Silence) => {
                self.model.handle(now, request);
                Answer::Never
            }
            Some(Trouble::Gateway { retry_after }) => {
                self.model.handle(now, request);
                let page = Response::text(503, "text/html", "<html>Service Unavailable</html>");
                Answer::Response(page.with("Retry-After", retry_after.to_string()))
            }
            Some(Trouble::MalformedBody) => {
                let mut response = self.model.handle(now, request);
                response.body = response.body.slice(..response.body.len() / 2);
                Answer::Response(response)
            }
            Some(trouble) => match self.model.spell(trouble, request) {
                Some(response) => Answer::Response(response),
                None => Answer::Response(self.model.handle(now, request)),
            },
        }
    }
}
