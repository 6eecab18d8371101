//! The list of facts: complete, told in the docs, and each answer a switch that is followed.

use std::fmt::Write as _;
use std::path::Path;

use acceptance::answers;
use acceptance::world::World;
use bridge::words::facts::{self, By};
use bridge::words::kind::Kind;
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
    written("facts.md", |_| table());
}

#[test]
fn the_mapping_documents_say_what_rests_on_an_assumption() {
    for kind in Kind::ALL {
        written(&format!("mapping/{kind}.md"), |kept| {
            let mapping = kept.split(ASSUMED).next().unwrap_or_default().trim_end();
            format!("{mapping}\n\n{ASSUMED}\n\n{}", assumptions(kind))
        });
    }
}

/// The heading of the last section of a mapping document.
const ASSUMED: &str = "## What rests on an assumption";

/// A document as it is to be, by what it is now.
fn written(name: &str, tell: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let told = tell(&kept);
    if std::env::var_os("UPDATE_FACTS").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == told, "UPDATE_FACTS=1 cargo test -p acceptance --test facts list ({name})");
}

fn assumptions(kind: Kind) -> String {
    let mut text = String::from(
        "Nobody outside knows these; each is taken to be as it stands here, and the tests run under every other answer as well. \
         `bridgectl probe TENANT` settles them against a test company. What is assumed of Ongoing, and what the bridge does \
         under the other answers, stands in [facts.md](../facts.md).\n\n",
    );
    for fact in ALL.iter().filter(|fact| answers::erp(fact) == Some(kind)) {
        let _ = writeln!(text, "- `{}`: {} *{}*", fact.id, fact.question, fact.assumed());
    }
    text
}

fn table() -> String {
    let mut text = String::from(
        "# What nobody outside knows\n\n\
         Each fact of a vendor that its documents leave open or that was inferred, as far as the bridge's behaviour touches it, \
         with every answer that is possible and what the bridge does under each. The first answer is the assumed one. Every \
         journey of the tests runs under every answer (`cargo test -p acceptance --test facts`). Written from \
         `tests/simulators/src/facts`.\n\n\
         `bridgectl probe TENANT` settles them against a test company. The column *settled by* says how: *reads* are the command \
         as it is; *--write* makes documents of its own, in a company and a goods owner for tests; *a person* is told what to \
         look at. Each fact comes out as *holds*, *differs* or *cannot tell*. Where a setting follows from an answer, the probe \
         names it:\n\n",
    );
    for (fact, answer) in settings() {
        let _ = writeln!(text, "- `{}`, {}: {}", fact.id, answer.word, answer.setting.unwrap_or_default());
    }
    text += "\nUnder all other answers nothing is to be set: the tables say what the bridge does then. What else the documents leave \
             open, and why it makes no difference, stands in [What needs no switch](facts-settled.md).\n";
    for vendor in Vendor::ALL {
        let _ = write!(
            text,
            "\n## {}\n\n| fact | sheet | settled by | question | answer | the bridge |\n| --- | --- | --- | --- | --- | --- |\n",
            vendor.name()
        );
        for fact in ALL.iter().filter(|fact| fact.vendor == vendor) {
            rows(&mut text, fact);
        }
    }
    text
}

/// The answers that a setting follows from.
fn settings() -> impl Iterator<Item = (&'static facts::Fact, &'static facts::Answer)> {
    facts::all()
        .flat_map(|fact| fact.answers.iter().filter(|it| it.setting.is_some()).map(move |answer| (fact, answer)))
}

fn settled_by(id: &str) -> &'static str {
    match facts::all().find(|fact| fact.id == id).map(|fact| fact.by) {
        Some(By::Reads) => "reads",
        Some(By::Writes) => "--write",
        Some(By::Person(_)) => "a person",
        None => "",
    }
}

fn rows(text: &mut String, fact: &Fact) {
    for (at, answer) in fact.answers.iter().enumerate() {
        let (id, section, by, question) = if at == 0 {
            (format!("`{}`", fact.id), fact.section, settled_by(fact.id), fact.question)
        } else {
            Default::default()
        };
        let _ = writeln!(text, "| {id} | {section} | {by} | {question} | {} | {} |", answer.word, answer.then);
    }
}
