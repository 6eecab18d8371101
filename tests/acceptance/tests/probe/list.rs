//! The product's list of facts and the simulators' are one.

use bridge::roads::probe::{self, Verdict};
use bridge::words::facts::{self, By};
use bridge::words::kind::Kind;
use simulators::facts::{ALL, Vendor};

use crate::scene::{Scene, under};

#[test]
fn the_product_and_the_simulators_have_the_same_facts_with_the_same_answers() {
    let of_product: Vec<(&str, Vec<&str>)> =
        facts::all().map(|fact| (fact.id, fact.answers.iter().map(|answer| answer.word).collect())).collect();
    let of_simulators: Vec<(&str, Vec<&str>)> =
        ALL.iter().map(|fact| (fact.id, fact.answers.iter().map(|answer| answer.word).collect())).collect();
    assert_eq!(of_product, of_simulators);
    let by = |is: fn(&By) -> bool| facts::all().filter(|fact| is(&fact.by)).count();
    println!(
        "figure: probe | facts settled by reads, by documents of its own, by a person | {}, {}, {}",
        by(|by| *by == By::Reads),
        by(|by| *by == By::Writes),
        by(|by| matches!(by, By::Person(_)))
    );
}

#[test]
fn a_fact_is_of_the_vendor_that_its_name_begins_with() {
    for fact in ALL {
        let system = match fact.vendor {
            Vendor::Ongoing => "ongoing",
            Vendor::PowerOffice => Kind::PowerOffice.word(),
            Vendor::Finago => Kind::Finago.word(),
            Vendor::Procountor => Kind::Procountor.word(),
            Vendor::Visma => Kind::Visma.word(),
        };
        assert!(facts::all().any(|known| known.id == fact.id && known.is_of(system)), "{}", fact.id);
    }
}

/// Facts that no call of ours can settle, each with the words that say why.
const BY_A_PERSON: [(&str, &str); 10] = [
    ("ongoing.refusal-status", "only a warehouse picks"),
    ("ongoing.header-names", "no way to write small letters"),
    ("ongoing.kit-picks", "only a warehouse picks"),
    ("poweroffice.retry-after", "one for all tenants"),
    ("finago.weight-unit", "a number does not say its unit"),
    ("finago.sent-takes-stock", "no call takes that back"),
    ("procountor.row-ids", "a person's edit on the screen"),
    ("procountor.row-edits", "a person's edit on the screen"),
    ("visma.rate-endpoint", "one for all tenants"),
    ("visma.refresh-token", "spends the token"),
];

/// What no probe can settle says why, and what a person should look at, whatever the probe may do.
#[test]
fn what_no_probe_can_settle_says_why_and_what_to_look_at() {
    let by_a_person = facts::all().filter(|fact| matches!(fact.by, By::Person(_))).map(|fact| fact.id);
    assert_eq!(by_a_person.collect::<Vec<_>>(), BY_A_PERSON.map(|(id, _)| id));
    for kind in Kind::ALL {
        let report = under(&Vec::new(), || async { Scene::new(kind).await.probe_with_documents(None).await });
        for (id, why) in BY_A_PERSON {
            let Some(settled) = report.fact(id) else { continue };
            assert_eq!(settled.verdict, Verdict::CannotTell, "{settled:?}");
            assert!(settled.saw.contains(why) && settled.look.is_some(), "{settled:?}");
            let text = probe::text(&report);
            assert!(text.contains(id) && text.lines().all(|line| line.chars().count() <= 80), "{text}");
        }
    }
}
