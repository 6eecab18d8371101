//! What nobody outside knows of the vendors, enumerated: each fact with all its possible answers, the assumed one first, and
//! what the bridge does under each. Every answer is a switch of its vendor's simulator ([`assume`](crate::Simulator::assume)).
//! `docs/facts.md` is this list.

mod finago;
mod ongoing;
mod poweroffice;
mod procountor;
mod visma;

/// Whose behaviour it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Ongoing WMS.
    Ongoing,
    /// PowerOffice Go.
    PowerOffice,
    /// Finago Office.
    Finago,
    /// Procountor.
    Procountor,
    /// Visma eAccounting.
    Visma,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ongoing, Self::PowerOffice, Self::Finago, Self::Procountor, Self::Visma];

    /// The name people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ongoing => "Ongoing WMS",
            Self::PowerOffice => "PowerOffice Go",
            Self::Finago => "Finago Office",
            Self::Procountor => "Procountor",
            Self::Visma => "Visma eAccounting",
        }
    }
}

/// A fact that is not known.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its name, which begins with its vendor's.
    pub id: &'static str,
    /// Whose behaviour.
    pub vendor: Vendor,
    /// Sections of the vendor's sheet.
    pub section: &'static str,
    /// What is not known.
    pub question: &'static str,
    /// The answers that are possible, the assumed one first.
    pub answers: &'static [Answer],
}

/// A possible answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// In a word.
    pub word: &'static str,
    /// What the bridge does where it is so.
    pub then: &'static str,
}

impl Fact {
    /// The fact of this name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|fact| fact.id == id)
    }

    /// The answer that is assumed.
    #[must_use]
    pub fn assumed(&self) -> &'static str {
        self.answers[0].word
    }
}

/// Whether this vendor has the fact, and the fact the answer.
///
/// # Errors
/// Which of the two is not so.
pub fn check(vendor: Vendor, fact: &str, answer: &str) -> Result<(), String> {
    let known = Fact::named(fact).filter(|known| known.vendor == vendor);
    let known = known.ok_or_else(|| format!("{} has no fact {fact}", vendor.name()))?;
    let is_one = known.answers.iter().any(|known| known.word == answer);
    if is_one { Ok(()) } else { Err(format!("{answer} is no answer to {fact}")) }
}

/// What to say of a fact that no switch follows: a fault of the list.
#[must_use]
pub fn no_switch(fact: &str) -> String {
    format!("the fact {fact} has no switch")
}

const fn answer(word: &'static str, then: &'static str) -> Answer {
    Answer { word, then }
}

const OF: &[&[Fact]] = &[ongoing::FACTS, poweroffice::FACTS, finago::FACTS, procountor::FACTS, visma::FACTS];

const COUNT: usize = count();

/// The one list of them, vendor by vendor.
pub static ALL: &[Fact] = &joined();

const fn count() -> usize {
    let (mut count, mut vendor) = (0, 0);
    while vendor < OF.len() {
        count += OF[vendor].len();
        vendor += 1;
    }
    count
}

const fn joined() -> [Fact; COUNT] {
    let mut all = [OF[0][0]; COUNT];
    let (mut vendor, mut at) = (0, 0);
    while vendor < OF.len() {
        let mut of = 0;
        while of < OF[vendor].len() {
            all[at] = OF[vendor][of];
            (at, of) = (at + 1, of + 1);
        }
        vendor += 1;
    }
    all
}
