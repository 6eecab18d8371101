//! The list of facts: complete, told in the docs, and each answer a switch that is followed.

use std::fmt::Write as _;
use std::path::Path;

use acceptance::world::World;
use simulators::facts::{ALL, Fact, Vendor};

#[tokio::test(start_paused = true)]
async fn every_fact_has_several_answers_and_every_answer_a_switch() {
    let world = World::new();
    for fact in ALL {
        assert!(fact.answers.len() > 1, "{}", fact.id);
        assert_eq!(ALL.iter().filter(|other| other.id == fact.id).count(), 1, "{}", fact.id);
        for answer in fact.answers {
            world.vendors.assume(fact, answer.word);
            assert!(!answer.then.is_empty(), "{}", fact.id);
        }
        // The assumed one is how a simulator is made.
        world.vendors.assume(fact, fact.assumed());
    }
    let unknown = simulators::Simulator::assume(&mut world.vendors.visma.borrow_mut().model, "visma.colour", "red");
    assert!(unknown.unwrap_err().contains("no fact"));
    let unknown = simulators::Simulator::assume(&mut world.vendors.visma.borrow_mut().model, "visma.times", "red");
    assert!(unknown.unwrap_err().contains("no answer"));
}

#[test]
fn the_docs_tell_what_differs_between_answers() {
    let told = table();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/facts.md");
    if std::env::var_os("UPDATE_FACTS").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == told, "UPDATE_FACTS=1 cargo test -p acceptance --test facts list");
}

fn table() -> String {
    let mut text = String::from(
        "# What nobody outside knows\n\n\
         Each fact of a vendor that its documents leave open or that was inferred, as far as the bridge's behaviour touches it, \
         with every answer that is possible and what the bridge does under each. The first answer is the assumed one. Every \
         journey of the tests runs under every answer (`cargo test -p acceptance --test facts`). Written from \
         `tests/simulators/src/facts.rs`.\n",
    );
    for vendor in Vendor::ALL {
        let _ = write!(
            text,
            "\n## {}\n\n| fact | sheet | question | answer | the bridge |\n| --- | --- | --- | --- | --- |\n",
            vendor.name()
        );
        for fact in ALL.iter().filter(|fact| fact.vendor == vendor) {
            rows(&mut text, fact);
        }
    }
    text
}

fn rows(text: &mut String, fact: &Fact) {
    for (at, answer) in fact.answers.iter().enumerate() {
        let (id, section, question) =
            if at == 0 { (format!("`{}`", fact.id), fact.section, fact.question) } else { Default::default() };
        let _ = writeln!(text, "| {id} | {section} | {question} | {} | {} |", answer.word, answer.then);
    }
}
