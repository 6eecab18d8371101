//! A check as it goes: what has to be so, and what was found so far.

use jiff::Timestamp;

use super::{Finding, Point, Report, State, System};
use crate::http::Exchange;
use crate::http::classify::{address_is_refused, client_is_refused, grant_is_dead};
use crate::http::login::Login;
use crate::ports::Ports;
use crate::state::schema_drift;
use crate::systems::erps;
use crate::words::fault::Fault;
use crate::words::kind::Kind;
use crate::words::schema_drift::Drift;

/// A check as it goes.
pub(super) struct Checklist {
    system: System,
    company: Option<String>,
    company_id: Option<String>,
    /// What is still to be found out.
    needed: Vec<Point>,
    findings: Vec<Finding>,
}

impl Checklist {
    /// A check for which these points have to be so, beside that we are let in.
    pub(super) fn new(system: System, needed: Vec<Point>) -> Self {
        let needed = [Point::Reach, Point::Login].into_iter().chain(needed).collect();
        Self { system, company: None, company_id: None, needed, findings: Vec::new() }
    }

    pub(super) fn company(&mut self, name: Option<&str>, id: Option<String>) {
        self.company = name.map(str::to_owned);
        self.company_id = id;
    }

    pub(super) fn found(&mut self, point: Point, state: State, advice: impl Into<String>) {
        self.needed.retain(|needed| *needed != point);
        self.findings.push(Finding { point, state, advice: advice.into() });
    }

    pub(super) fn good(&mut self, point: Point) {
        self.found(point, State::Good, "");
    }

    pub(super) fn missing(&mut self, point: Point, advice: impl Into<String>) {
        self.found(point, State::Missing, advice);
    }

    /// Good where it is so, else missing with what to do.
    pub(super) fn point(&mut self, point: Point, so: bool, advice: impl Into<String>) {
        if so { self.good(point) } else { self.missing(point, advice) }
    }

    /// The secrets, and what they are good for: a token, a session. Whether to go on.
    pub(super) async fn enter(&mut self, ports: &Ports, tenant_id: &str, login: &Login, deadline: Timestamp) -> bool {
        let mut all = true;
        for (name, read) in login.secrets(ports).await {
            let advice = match &read {
                Ok(()) => String::new(),
                Err(Fault::Unauthorized(why)) => match self.system {
                    System::Erp(Kind::Visma) if !name.ends_with("/app") => {
                        format!("{why}; the company consents by a link: bridgectl connect-link {tenant_id}")
                    }
                    _ => format!("{why}; bridgectl secret put {name}"),
                },
                Err(fault) => format!("the secret store did not answer: {fault}"),
            };
            all &= read.is_ok();
            self.point(Point::Secret(name), read.is_ok(), advice);
        }
        if !all {
            return false;
        }
        let (pace, renew) = match self.system {
            // A refresh token may work only once, and a live access token proves the consent as well.
            System::Erp(Kind::Visma) | System::Ongoing => (None, false),
            // A token or a session that is still good would hide that the secret is not.
            System::Erp(kind) => (erps::rate_budget(kind), true),
        };
        let exchange = Exchange { ports, budget: pace.as_ref(), deadline };
        match login.headers(&exchange, renew).await {
            // Ongoing's is no more than the secret itself: the first call tells.
            Ok(_) if self.system == System::Ongoing => true,
            Ok(_) => {
                self.good(Point::Reach);
                self.good(Point::Login);
                true
            }
            Err(fault) => {
                let advice = self.refused(tenant_id, &fault);
                self.entrance(&fault, advice);
                false
            }
        }
    }

    /// What a fault at the entrance says: nobody there, or not let in.
    pub(super) fn entrance(&mut self, fault: &Fault, advice: String) {
        match fault {
            Fault::Unauthorized(_) if address_is_refused(fault) => {
                self.missing(Point::Reach, format!("the tenant item has to name another one: {fault}"));
            }
            Fault::Unauthorized(_) | Fault::Rejected { .. } => {
                self.good(Point::Reach);
                self.missing(Point::Login, advice);
            }
            Fault::RateLimited { after, .. } => {
                let advice = format!("too many calls just now: check again in {} seconds", after.as_secs().max(1));
                self.found(Point::Reach, State::Unknown, advice);
            }
            Fault::Unavailable { .. } | Fault::Unexpected(_) => {
                self.missing(Point::Reach, format!("no good answer from the address in the tenant item: {fault}"));
            }
        }
    }

    /// What to do about refused credentials.
    fn refused(&self, tenant_id: &str, fault: &Fault) -> String {
        match self.system {
            System::Erp(Kind::PowerOffice) => format!(
                "PowerOffice refuses the keys ({fault}): the client key comes from the company (Settings, Extensions), \
                 application key and subscription key from PowerOffice; \
                 bridgectl secret put poweroffice/{tenant_id}, or poweroffice/app"
            ),
            System::Erp(Kind::Finago) => format!(
                "Finago refuses the login ({fault}): user name and password are those of the integration user, identity_id \
                 one of its companies; bridgectl secret put finago/{tenant_id}"
            ),
            System::Erp(Kind::Procountor) if grant_is_dead(fault) => format!(
                "the API key is not valid any more: the company makes a new one by a link \
                 (bridgectl connect-link {tenant_id}), or in Procountor under Basics, API client keys"
            ),
            System::Erp(Kind::Procountor) => {
                format!("Procountor refuses our client ({fault}): bridgectl secret put procountor/app")
            }
            System::Erp(Kind::Visma) if client_is_refused(fault) => {
                format!("Visma refuses our client ({fault}): bridgectl secret put visma/app")
            }
            System::Erp(Kind::Visma) => {
                format!("{fault}; the company consents once more by a link: bridgectl connect-link {tenant_id}")
            }
            System::Ongoing => format!(
                "Ongoing refuses the user ({fault}): it is made in Ongoing under Administration, API for goods owners, for this \
                 goods owner; bridgectl secret put ongoing/{tenant_id}"
            ),
        }
    }

    /// As [`Checklist::entrance`], for a call that is the login itself.
    pub(super) fn turned_away(&mut self, tenant_id: &str, fault: &Fault) {
        let advice = self.refused(tenant_id, fault);
        self.entrance(fault, advice);
    }

    /// A call that had to tell something and did not: a fault that names no right.
    pub(super) fn unanswered(&mut self, fault: &Fault) {
        self.findings.retain(|finding| finding.point != Point::Reach);
        self.missing(Point::Reach, format!("the connection is let in, and then gets no good answer: {fault}"));
    }

    /// What is new about the system's answers: what the functions met in the last days, and this check. Nothing is said where
    /// nothing is.
    pub(super) async fn drift(&mut self, ports: &Ports, system: &str) {
        // A state that cannot be read is told by whatever else needs it.
        let met = schema_drift::read(ports).await.unwrap_or_default().into_iter().map(|met| met.drift);
        let mut drifts: Vec<Drift> = met.chain(ports.drifts.met()).filter(|drift| drift.system == system).collect();
        drifts.sort();
        drifts.dedup();
        if !drifts.is_empty() {
            let says = |drift: &Drift| format!("{}{}", drift.says(), if drift.required { " (required)" } else { "" });
            let lines: Vec<String> = drifts.iter().map(says).collect();
            self.found(Point::Answers, State::Warning, lines.join("\n"));
        }
    }

    /// What was not found out is unknown.
    pub(super) fn report(mut self) -> Report {
        let unknown = |point| Finding { point, state: State::Unknown, advice: String::new() };
        self.findings.extend(self.needed.into_iter().map(unknown));
        Report { system: self.system, company: self.company, company_id: self.company_id, findings: self.findings }
    }
}
