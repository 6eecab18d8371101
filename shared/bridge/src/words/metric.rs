//! What is counted for the alarms. Each kind of trouble is known by the log lines that tell of it, so that whoever counts
//! (`shared/aws`, the tests' world) and whoever tells need not know each other. One alarm a kind: `infra/alarms.yaml`.

use crate::words::cause::Cause;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// Said of a tenant whose job no run took in time.
pub const NO_RUN: &str = "no_run";

/// Stands for what a line does not say.
const NONE: &str = "-";

/// Stands for a word that is on no closed list.
const OTHER: &str = "other";

/// The fields that are looked at. Who reads lines may keep these alone.
pub const FIELDS: [&str; 10] = [
    "age_seconds",
    "cause",
    "differences_stay",
    "erp",
    "fault",
    "feed",
    "left_for_a_person",
    "outcome",
    "part",
    "required",
];

/// A log line as far as it is counted.
pub trait Line {
    /// A field's text; numbers and flags as JSON writes them.
    fn field(&self, name: &str) -> Option<&str>;
}

/// A kind of what is counted. The word is the metric's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    /// The age in seconds of what a tenant's pull replaced: how far behind the ERP the warehouse was.
    FreshnessSeconds,
    /// A tenant's feed that is not pulled, or whose warehouse is not looked at: at once where it needs a person, with the
    /// second tick where it may pass by itself.
    TenantsNotPulled,
    /// A feed that is behind, since enough of it waits for the warehouse, for two ticks.
    FeedsBehind,
    /// A feed that had no calls left in its vendor's budget for two ticks.
    BudgetsStarved,
    /// A tenant item that is not valid.
    ItemsInvalid,
    /// A record or a write-back that was parked.
    RecordsParked,
    /// A parked record that waits for a person.
    LeftForAPerson,
    /// A parked write-back that waits for a person.
    WriteBacksLeft,
    /// A company that must consent again.
    NeedsConsent,
    /// A tick's job that was too old to be done.
    TicksDropped,
    /// What differed at two proofs running.
    DifferencesStay,
    /// Answers of a vendor in which a required member is new, gone or of another type.
    SchemaDrift,
    /// Another line of level `ERROR`.
    Errors,
}

impl Metric {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::FreshnessSeconds,
        Self::TenantsNotPulled,
        Self::FeedsBehind,
        Self::BudgetsStarved,
        Self::ItemsInvalid,
        Self::RecordsParked,
        Self::LeftForAPerson,
        Self::WriteBacksLeft,
        Self::NeedsConsent,
        Self::TicksDropped,
        Self::DifferencesStay,
        Self::SchemaDrift,
        Self::Errors,
    ];

    /// Its name in CloudWatch.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FreshnessSeconds => "FreshnessSeconds",
            Self::TenantsNotPulled => "TenantsNotPulled",
            Self::FeedsBehind => "FeedsBehind",
            Self::BudgetsStarved => "BudgetsStarved",
            Self::ItemsInvalid => "ItemsInvalid",
            Self::RecordsParked => "RecordsParked",
            Self::LeftForAPerson => "LeftForAPerson",
            Self::WriteBacksLeft => "WriteBacksLeft",
            Self::NeedsConsent => "NeedsConsent",
            Self::TicksDropped => "TicksDropped",
            Self::DifferencesStay => "DifferencesStay",
            Self::SchemaDrift => "SchemaDrift",
            Self::Errors => "Errors",
        }
    }

    /// Whether it is there while all is well. The others are emitted where they are met, and cost nothing until then.
    #[must_use]
    pub fn is_always_there(self) -> bool {
        self == Self::FreshnessSeconds
    }
}

/// One count, or one measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counted {
    /// Of what.
    pub metric: Metric,
    /// The ERP's word, where the line says it.
    pub erp: &'static str,
    /// The feed's word, in or back.
    pub feed: &'static str,
    /// Why: a [`Cause`], a fault's name.
    pub cause: &'static str,
    /// 1, or what was measured.
    pub value: f64,
}

/// What a line counts for. The words are from closed lists: a metric of their own is paid for by each combination that is met.
#[must_use]
pub fn counted(target: &str, is_error: bool, line: &dyn Line) -> Option<Counted> {
    let metric = metric(target, is_error, line)?;
    let word = |name: &str, known: fn(&str) -> Option<&'static str>| match line.field(name) {
        None => NONE,
        Some(text) => known(text).unwrap_or(OTHER),
    };
    let cause = if line.field("cause").is_some() { word("cause", cause) } else { word("fault", fault) };
    let value = match metric {
        Metric::FreshnessSeconds => line.field("age_seconds")?.parse().ok()?,
        Metric::DifferencesStay => line.field("differences_stay")?.parse().ok()?,
        _ => 1.0,
    };
    Some(Counted { metric, erp: word("erp", erp), feed: word("feed", feed), cause, value })
}

fn metric(target: &str, is_error: bool, line: &dyn Line) -> Option<Metric> {
    let outcome = line.field("outcome");
    match (target, outcome) {
        ("tick", Some("dropped")) => return Some(Metric::TicksDropped),
        ("proof", _) if line.field("differences_stay").is_some_and(|count| count != "0") => {
            return Some(Metric::DifferencesStay);
        }
        // What nothing hangs on is told by `status` and `check` alone.
        ("schema_drift", _) => return (line.field("required") == Some("true")).then_some(Metric::SchemaDrift),
        ("tick", Some("not_begun")) => return Some(Metric::TenantsNotPulled),
        ("health", Some("pulled")) => return Some(Metric::FreshnessSeconds),
        ("health", Some("not_pulled")) => {
            let cause = line.field("cause").unwrap_or_default();
            return Some(match cause {
                _ if cause == Cause::BudgetSpent.word() => Metric::BudgetsStarved,
                _ if cause == Cause::NoRoom.word() => Metric::FeedsBehind,
                _ => Metric::TenantsNotPulled,
            });
        }
        // Its health says so, with since when and how often.
        ("feed", _) => return None,
        ("tenant", Some("invalid")) => return Some(Metric::ItemsInvalid),
        ("connection", Some("needs_consent")) => return Some(Metric::NeedsConsent),
        ("record", Some("parked")) => return Some(Metric::RecordsParked),
        _ => {}
    }
    if line.field("left_for_a_person") == Some("true") {
        let is_back = line.field("feed").is_some_and(|feed| BACK.contains(&feed));
        return Some(if is_back { Metric::WriteBacksLeft } else { Metric::LeftForAPerson });
    }
    if target == "reconcile" && line.field("part").is_some() {
        // What passes by itself is tried again by the next tick; a job that goes on failing is seen by its age.
        let person = line.field("fault").is_some_and(|name| !["unavailable", "rate_limited"].contains(&name));
        return person.then_some(Metric::TenantsNotPulled);
    }
    is_error.then_some(Metric::Errors)
}

/// The words of what flows back.
const BACK: [&str; 3] = ["shipments", "stock", "import_status"];

fn erp(text: &str) -> Option<&'static str> {
    Kind::ALL.into_iter().map(Kind::word).find(|word| *word == text)
}

fn feed(text: &str) -> Option<&'static str> {
    Feed::ALL.into_iter().map(Feed::word).chain(BACK).find(|word| *word == text)
}

fn cause(text: &str) -> Option<&'static str> {
    Cause::ALL.into_iter().map(Cause::word).chain([NO_RUN]).find(|word| *word == text)
}

fn fault(text: &str) -> Option<&'static str> {
    ["unavailable", "rate_limited", "unauthorized", "rejected", "unexpected"].into_iter().find(|word| *word == text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::words::fault::Fault;

    struct Fields<'a>(&'a [(&'a str, &'a str)]);

    impl Line for Fields<'_> {
        fn field(&self, name: &str) -> Option<&str> {
            self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
        }
    }

    fn kind(target: &str, is_error: bool, fields: &[(&str, &str)]) -> Option<Metric> {
        counted(target, is_error, &Fields(fields)).map(|counted| counted.metric)
    }

    #[test]
    fn words_are_from_closed_lists() {
        let line = [("outcome", "parked"), ("erp", "visma"), ("feed", "orders"), ("fault", "a customer's address")];
        let counted = counted("record", true, &Fields(&line)).unwrap();
        assert_eq!((counted.erp, counted.feed, counted.cause), ("visma", "orders", "other"));
        let nameless = super::counted("record", true, &Fields(&[("outcome", "parked"), ("feed", "acme")])).unwrap();
        assert_eq!((nameless.erp, nameless.feed, nameless.cause), ("-", "other", "-"));
    }

    #[test]
    fn what_a_feed_waits_for_is_its_kind() {
        let not_pulled = |cause| kind("health", false, &[("outcome", "not_pulled"), ("cause", cause)]);
        assert_eq!(not_pulled("login_refused"), Some(Metric::TenantsNotPulled));
        assert_eq!(not_pulled("down"), Some(Metric::TenantsNotPulled));
        assert_eq!(not_pulled("budget_spent"), Some(Metric::BudgetsStarved));
        assert_eq!(not_pulled("no_room"), Some(Metric::FeedsBehind));
    }

    #[test]
    fn a_person_is_waited_for_by_records_and_by_write_backs() {
        let left = |feed| kind("record", false, &[("left_for_a_person", "true"), ("feed", feed)]);
        assert_eq!((left("orders"), left("stock")), (Some(Metric::LeftForAPerson), Some(Metric::WriteBacksLeft)));
        assert_eq!(left("shipments"), Some(Metric::WriteBacksLeft));
    }

    #[test]
    fn what_stays_different_is_counted_by_how_much_it_is() {
        let proof = |count| counted("proof", false, &Fields(&[("differences_stay", count), ("feed", "orders")]));
        assert_eq!(proof("0"), None);
        let counted = proof("7").unwrap();
        assert_eq!((counted.metric, counted.feed), (Metric::DifferencesStay, "orders"));
        assert!((counted.value - 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn drift_counts_where_a_required_member_is_concerned() {
        let drift = |required| kind("schema_drift", false, &[("outcome", "member_gone"), ("required", required)]);
        assert_eq!((drift("true"), drift("false")), (Some(Metric::SchemaDrift), None));
    }

    #[test]
    fn an_error_that_is_no_other_kind_is_one_and_nothing_is_counted_twice() {
        assert_eq!(kind("job", true, &[]), Some(Metric::Errors));
        assert_eq!(kind("feed", true, &[("fault", "unauthorized")]), None);
        assert_eq!(kind("tenant", true, &[("outcome", "invalid")]), Some(Metric::ItemsInvalid));
        assert_eq!(kind("record", false, &[("outcome", "updated")]), None);
        assert_eq!(kind("reconcile", true, &[("part", "stock"), ("fault", "unavailable")]), None);
        assert_eq!(
            kind("reconcile", true, &[("part", "stock"), ("fault", "unauthorized")]),
            Some(Metric::TenantsNotPulled)
        );
    }

    #[test]
    fn every_fault_s_name_is_known() {
        let faults = [
            Fault::unavailable("w"),
            Fault::RateLimited { status: None, after: Duration::ZERO, why: String::new() },
            Fault::Unauthorized(String::new()),
            Fault::rejected("/a", "w"),
            Fault::Unexpected(String::new()),
        ];
        for one in faults {
            assert_eq!(fault(one.name()), Some(one.name()));
        }
    }
}
