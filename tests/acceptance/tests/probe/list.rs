//! The product's list of facts and the simulators' are one.

use bridge::words::facts::{self, By};
use bridge::words::kind::Kind;
use simulators::facts::{ALL, Vendor};

#[test]
fn the_product_and_the_simulators_have_the_same_facts_with_the_same_answers() {
    let of_product: Vec<(&str, Vec<&str>)> =
        facts::all().map(|fact| (fact.id, fact.answers.iter().map(|answer| answer.word).collect())).collect();
    let of_simulators: Vec<(&str, Vec<&str>)> =
        ALL.iter().map(|fact| (fact.id, fact.answers.iter().map(|answer| answer.word).collect())).collect();
    assert_eq!(of_product, of_simulators);
    let by = |by: By| facts::all().filter(|fact| fact.by == by).count();
    println!(
        "figure: probe | facts settled by reads, by documents of its own, by a person | {}, {}, {}",
        by(By::Reads),
        by(By::Writes),
        by(By::Person)
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
