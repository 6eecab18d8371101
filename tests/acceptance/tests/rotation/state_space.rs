//! Explores every sequence of moves up to a length. States with the same key behave alike, so each is expanded only
//! once, and the sequences through it are counted.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A story with moves.
pub trait StateMachine: Clone {
    type Move: Clone + std::fmt::Debug;

    /// Everything that can happen next.
    fn moves(&self) -> Vec<Self::Move>;

    /// What comes of it. Panics where it should not have come.
    fn after(&self, chosen: &Self::Move) -> Self;

    /// Panics where a state is none to be in.
    fn check(&self);

    /// What two states have in common that behave alike.
    fn key(&self) -> String;
}

/// Sequences of this many moves.
pub const LENGTH: usize = 8;

/// What was covered.
pub struct Covered {
    pub states: usize,
    pub moves: usize,
    pub sequences: u128,
}

impl Covered {
    /// Prints it, for whoever wonders how much that was.
    pub fn say(&self, what: &str) {
        println!("{what}: {} states, {} moves, {} sequences", self.states, self.moves, self.sequences);
    }
}

pub fn every_sequence<S: StateMachine>(begin: S) -> Covered {
    // Of each state the way to it, for the message of a failure, and what follows from it.
    let mut ways: HashMap<String, String> = HashMap::from([(begin.key(), String::new())]);
    let mut follow: HashMap<String, Vec<String>> = HashMap::new();
    let first = begin.key();
    let mut frontier = vec![begin];
    for _ in 0..LENGTH {
        let mut next = Vec::new();
        for state in frontier {
            let here = state.key();
            let way = ways[&here].clone();
            let mut keys = Vec::new();
            for chosen in state.moves() {
                let way = format!("{way}\n  {chosen:?}");
                let (key, after) = with_path(&way, || {
                    let after = state.after(&chosen);
                    (after.key(), after)
                });
                if !ways.contains_key(&key) {
                    with_path(&way, || after.check());
                    ways.insert(key.clone(), way);
                    next.push(after);
                }
                keys.push(key);
            }
            follow.insert(here, keys);
        }
        frontier = next;
    }
    let mut counts: HashMap<&str, u128> = HashMap::from([(first.as_str(), 1)]);
    let mut sequences = 0;
    for _ in 0..LENGTH {
        let mut longer: HashMap<&str, u128> = HashMap::new();
        for (state, count) in counts {
            for next in &follow[state] {
                *longer.entry(next).or_default() += count;
            }
        }
        sequences += longer.values().sum::<u128>();
        counts = longer;
    }
    Covered { states: ways.len(), moves: follow.values().map(Vec::len).sum(), sequences }
}

/// A panic says by which way it was met.
fn with_path<T>(way: &str, what: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(what)).unwrap_or_else(|_| panic!("after{way}"))
}
