//! What a probe says of each fact.

use jiff::Timestamp;
use serde::Serialize;

use crate::roads::check::identity::Identity;
use crate::systems::probe::{Finding, Seen};
use crate::tenant::Tenant;
use crate::words::facts::{self, By, Fact};

/// How a fact stands to what is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is as it is assumed.
    Holds,
    /// It is otherwise.
    Differs,
    /// Nothing showed it.
    CannotTell,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Differs => "differs",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// What was found of one fact.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settled {
    /// Its id, as in `docs/facts.md`.
    pub fact: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// The answer that is assumed.
    pub assumed: &'static str,
    /// The answer that was found, where it is one of those that were thought of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'static str>,
    /// What shows it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub saw: String,
    /// The setting that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<&'static str>,
    /// What a person should look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<&'static str>,
}

/// What a probe of a tenant says.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// Whose.
    pub tenant_id: String,
    /// The company and the goods owner, by name.
    pub identity: Identity,
    /// When.
    pub at: Timestamp,
    /// Whether documents of its own were written.
    pub wrote: bool,
    /// Whether a person stopped it before its end.
    pub stopped: bool,
    /// Fact by fact, Ongoing's first.
    pub facts: Vec<Settled>,
    /// What was written and stays.
    pub stays: Vec<String>,
}

impl Report {
    /// Holds what was found against what is assumed.
    #[must_use]
    pub fn of(tenant: &Tenant, identity: Identity, at: Timestamp, findings: Vec<Finding>) -> Self {
        let mut findings = findings;
        let facts = facts::of(tenant.erp.kind).map(|fact| {
            // Where one was looked at twice, the later look had more to go by.
            let last = findings.iter().rposition(|finding| finding.fact == fact.id && !is_open(finding));
            let last = last.or_else(|| findings.iter().rposition(|finding| finding.fact == fact.id));
            settle(fact, last.map(|at| findings.swap_remove(at).seen))
        });
        let facts = facts.collect();
        Self {
            tenant_id: tenant.tenant_id.clone(),
            identity,
            at,
            wrote: false,
            stopped: false,
            facts,
            stays: Vec::new(),
        }
    }

    /// What was found of a fact.
    #[must_use]
    pub fn fact(&self, id: &str) -> Option<&Settled> {
        self.facts.iter().find(|settled| settled.fact == id)
    }

    /// How many stand so.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.facts.iter().filter(|settled| settled.verdict == verdict).count()
    }

    /// Whether it came to its end, and nothing is to be set.
    #[must_use]
    pub fn good(&self) -> bool {
        !self.stopped && self.facts.iter().all(|settled| settled.setting.is_none())
    }
}

fn is_open(finding: &Finding) -> bool {
    matches!(finding.seen, Seen::Open(_))
}

/// The person's turn where an answer is none of those that the bridge is tested under.
const UNTHOUGHT: &str = "nobody thought of this answer: add it to the list of facts, and run the tests under it";

fn settle(fact: &'static Fact, seen: Option<Seen>) -> Settled {
    let settled = |verdict, saw| Settled {
        fact: fact.id,
        verdict,
        assumed: fact.assumed(),
        answer: None,
        saw,
        setting: None,
        look: None,
    };
    match seen {
        None => {
            let why = if let By::Person(why) = fact.by { why } else { "" };
            Settled { look: Some(fact.look), ..settled(Verdict::CannotTell, why.to_owned()) }
        }
        // What could not be read is said; what a read cannot show needs --write, which says the rest.
        Some(Seen::Open(why)) => Settled { look: Some(fact.look), ..settled(Verdict::CannotTell, why) },
        Some(Seen::Other(saw)) => Settled { look: Some(UNTHOUGHT), ..settled(Verdict::Differs, saw) },
        Some(Seen::Answer(word, saw)) => match fact.answer(word) {
            None => Settled { look: Some(UNTHOUGHT), ..settled(Verdict::Differs, format!("{word}: {saw}")) },
            Some(answer) => {
                let verdict = if answer.word == fact.assumed() { Verdict::Holds } else { Verdict::Differs };
                Settled { answer: Some(answer.word), setting: answer.setting, ..settled(verdict, saw) }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(id: &str) -> &'static Fact {
        facts::all().find(|fact| fact.id == id).unwrap()
    }

    #[test]
    fn an_answer_holds_differs_with_its_setting_or_is_one_that_nobody_thought_of() {
        let zone = fact("procountor.zone");
        let of = |seen| settle(zone, seen);
        let holds = of(Some(Seen::Answer("Helsinki", "seen".into())));
        assert_eq!((holds.verdict, holds.answer, holds.setting), (Verdict::Holds, Some("Helsinki"), None));
        let differs = of(Some(Seen::Answer("UTC", "seen".into())));
        assert_eq!((differs.verdict, differs.answer), (Verdict::Differs, Some("UTC")));
        assert!(differs.setting.unwrap().contains("start_date"));
        let other = of(Some(Seen::Other("Tokyo".into())));
        assert_eq!((other.verdict, other.answer, other.saw.as_str()), (Verdict::Differs, None, "Tokyo"));
        for open in [None, Some(Seen::Open("no records".into()))] {
            let settled = of(open);
            assert_eq!((settled.verdict, settled.look), (Verdict::CannotTell, Some(zone.look)));
        }
    }
}
