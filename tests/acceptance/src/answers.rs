//! Answers to what nobody knows of the vendors ([`simulators::facts`]): the worlds of a thread are made under them.

use std::cell::RefCell;
use std::time::Duration;

use bridge::words::kind::Kind;
use simulators::facts::{self, Fact};

use crate::shops;
use crate::world::Vendors;

/// Facts with the answers that they are to have.
pub type Answers = Vec<(&'static Fact, &'static str)>;

thread_local! {
    static PRESENT: RefCell<Answers> = const { RefCell::new(Vec::new()) };
}

/// Runs under these answers. A panic leaves none behind.
///
/// # Panics
/// With what runs.
pub fn under<T>(answers: &[(&'static Fact, &'static str)], run: impl FnOnce() -> T) -> T {
    struct Forget;
    impl Drop for Forget {
        fn drop(&mut self) {
            PRESENT.take();
        }
    }
    PRESENT.replace(answers.to_vec());
    let _forget = Forget;
    run()
}

/// Every answer but the assumed ones, each with its fact.
#[must_use]
pub fn others() -> Answers {
    let of = |fact: &'static Fact| fact.answers[1..].iter().map(move |answer| (fact, answer.word));
    let asked = |fact: &&Fact| erp(fact).is_none_or(|kind| shops::only().is_none_or(|only| only == kind));
    facts::ALL.iter().filter(asked).flat_map(of).collect()
}

/// The answer that `FACT=ANSWER` names.
#[must_use]
pub fn named(words: &str) -> Option<(&'static Fact, &'static str)> {
    let (fact, answer) = words.split_once('=')?;
    let fact = Fact::named(fact)?;
    let found = fact.answers.iter().find(|of| of.word == answer)?;
    Some((fact, found.word))
}

/// Answers as the command of the simulation has them.
#[must_use]
pub fn told(answers: &[(&'static Fact, &'static str)]) -> String {
    answers.iter().map(|(fact, answer)| format!(" --answer '{}={answer}'", fact.id)).collect()
}

/// Two of the other answers, by a seed; of one fact, one.
#[must_use]
pub fn pair(seed: u64) -> Answers {
    let all = others();
    let many = all.len() as u64;
    let (first, second) = (seed % many, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) / 7 % many);
    let mut pair = vec![all[first as usize]];
    pair.extend(Some(all[second as usize]).filter(|(fact, _)| fact.id != pair[0].0.id));
    pair
}

/// The ERP whose behaviour a fact is, by the first part of its name; `None` of Ongoing's.
#[must_use]
pub fn erp(fact: &Fact) -> Option<Kind> {
    fact.id.split_once('.').and_then(|(word, _)| Kind::named(word))
}

/// The ERP whose shops alone a present answer concerns; `None`: all.
#[must_use]
pub fn concerned(answers: &[(&'static Fact, &'static str)]) -> Option<Kind> {
    let mut kinds = answers.iter().map(|(fact, _)| erp(fact));
    let first = kinds.next()??;
    kinds.all(|kind| kind.is_none_or(|kind| kind == first)).then_some(first)
}

/// The same of the answers that are present.
#[must_use]
pub fn present() -> Option<Kind> {
    PRESENT.with_borrow(|answers| concerned(answers))
}

/// Whether this is the answer that is present.
#[must_use]
pub fn is(id: &str, word: &str) -> bool {
    PRESENT.with_borrow(|answers| answers.iter().any(|(fact, answer)| fact.id == id && *answer == word))
}

/// Whether a text names a fact to which another answer than the assumed one is present.
#[must_use]
pub fn named_in(text: &str) -> bool {
    let is = |(fact, answer): &(&Fact, &str)| *answer != fact.assumed() && text.contains(fact.id);
    PRESENT.with_borrow(|answers| answers.iter().any(is))
}

/// Whether an answer to this fact is present.
#[must_use]
pub fn names(id: &str) -> bool {
    PRESENT.with_borrow(|answers| answers.iter().any(|(fact, _)| fact.id == id))
}

/// How late an ERP shows what was written, under the answers that are present: before that nobody could see it.
#[must_use]
pub fn lag() -> Option<Duration> {
    PRESENT.with_borrow(|answers| {
        let (_, answer) = answers.iter().find(|(fact, _)| fact.id == "poweroffice.replica-lag")?;
        Some(Duration::from_secs(answer.strip_suffix(" s")?.parse().ok()?))
    })
}

/// Gives vendors the answers that are present.
pub(crate) fn apply(vendors: &Vendors) {
    PRESENT.with_borrow(|answers| answers.iter().for_each(|(fact, answer)| vendors.assume(fact, answer)));
}
