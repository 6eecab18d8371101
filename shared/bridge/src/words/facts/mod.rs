//! What the vendors' documents leave open or what was inferred from them, as far as the bridge's behaviour touches it
//! (`docs/facts.md`): each fact with every answer that is possible, the assumed one first, and what follows from the others.
//! `roads/probe` settles them against a test company. The simulators have the same list, each answer a switch; a test of
//! theirs holds both equal.

mod erps;
mod ongoing;

use crate::words::kind::Kind;

/// A fact that is not known.
#[derive(Debug)]
pub struct Fact {
    /// Its name, which begins with its vendor's.
    pub id: &'static str,
    /// The answers that are possible, the assumed one first.
    pub answers: &'static [Answer],
    /// What settles it.
    pub by: By,
    /// What a person should look at where nothing settled it.
    pub look: &'static str,
}

/// A possible answer.
#[derive(Debug)]
pub struct Answer {
    /// In a word.
    pub word: &'static str,
    /// The setting that follows; `None`: the bridge does right under it as it is.
    pub setting: Option<&'static str>,
}

/// What settles a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Calls that read.
    Reads,
    /// A document of its own.
    Writes,
    /// A person: no call of ours can bring it about, and why.
    Person(&'static str),
}

impl Fact {
    /// The answer that is assumed.
    #[must_use]
    pub fn assumed(&self) -> &'static str {
        self.answers[0].word
    }

    /// The answer of this word.
    #[must_use]
    pub fn answer(&self, word: &str) -> Option<&'static Answer> {
        self.answers.iter().find(|answer| answer.word == word)
    }

    /// Whether it is one of the system's, by the system's word.
    #[must_use]
    pub fn is_of(&self, system: &str) -> bool {
        self.id.split_once('.').is_some_and(|(of, _)| of == system)
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Fact> {
    [ongoing::FACTS, erps::POWEROFFICE, erps::FINAGO, erps::PROCOUNTOR, erps::VISMA].into_iter().flatten()
}

/// Those that concern a tenant of this ERP: Ongoing's and the ERP's.
pub fn of(kind: Kind) -> impl Iterator<Item = &'static Fact> {
    all().filter(move |fact| fact.is_of("ongoing") || fact.is_of(kind.word()))
}

const fn fact(id: &'static str, by: By, answers: &'static [Answer], look: &'static str) -> Fact {
    Fact { id, answers, by, look }
}

/// An answer under which nothing has to be set.
const fn right(word: &'static str) -> Answer {
    Answer { word, setting: None }
}

/// An answer that a setting follows from.
const fn set(word: &'static str, setting: &'static str) -> Answer {
    Answer { word, setting: Some(setting) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_its_vendor_s_name_several_answers_and_what_to_look_at() {
        let systems: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).chain(["ongoing"]).collect();
        for fact in all() {
            assert!(systems.iter().any(|system| fact.is_of(system)), "{}", fact.id);
            assert_eq!(all().filter(|other| other.id == fact.id).count(), 1, "{}", fact.id);
            assert!(fact.answers.len() > 1 && fact.answer(fact.assumed()).is_some(), "{}", fact.id);
            assert!(!fact.look.is_empty(), "{}", fact.id);
            // What is assumed asks for nothing.
            assert_eq!(fact.answers[0].setting, None, "{}", fact.id);
        }
        assert!(of(Kind::Visma).all(|fact| !fact.is_of("finago")));
    }
}
