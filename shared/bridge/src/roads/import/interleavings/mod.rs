//! The rule of [`super::ledger_update`], enumerated: every interleaving of pulls, imports, crashes, refusals, dead letters and
//! lost messages for every short history of a record, and for two records of one number.

mod judge;
mod model;
mod pulling;

use std::collections::HashSet;
use std::time::Duration;

use model::{Importing, Left, Pulling, Said, State, Version};

use crate::roads::pull::decision::set_queued;
use crate::words::envelope::Envelope;

/// Goes through everything that can happen, and judges every state in which the ERP has said its last word. How many states
/// there were.
fn explore(histories: &[Vec<Version>], left: Left) -> usize {
    let mut open = vec![State::new(histories, left)];
    let mut met = HashSet::new();
    while let Some(state) = open.pop() {
        if !met.insert(crate::words::digest::sha256(state.identity())) {
            continue;
        }
        let last = state.at.iter().zip(&state.histories).all(|(at, history)| at + 1 == history.len());
        if last && matches!(state.pulling, Pulling::Idle) && matches!(state.importing, Importing::Idle) {
            let quiet = state.clone().quiet();
            if let Some(wrong) = quiet.wrong() {
                panic!("{histories:?}\n{:#?}\n{wrong}", quiet.trace);
            }
        }
        open.extend(state.next());
    }
    met.len()
}

/// Every history of so many versions, the first of them wanted; a change time may be that of the version before.
fn histories(length: usize) -> Vec<Vec<Version>> {
    let mut all = vec![vec![(0, Said::Wanted('a'))]];
    for _ in 1..length {
        let longer = |history: &Vec<Version>| {
            let (time, before) = history[history.len() - 1];
            let history = history.clone();
            [Said::Wanted('a'), Said::Wanted('b'), Said::Back, Said::Unmappable, Said::LeftOut]
                .into_iter()
                .filter(move |said| *said != before)
                .flat_map(move |said| [(time + 1, said), (time, said)])
                .map(move |version| history.iter().copied().chain([version]).collect())
                .collect::<Vec<Vec<Version>>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

const NOTHING: Left = Left { pulls: 3, pull_crashes: 0, import_crashes: 0, refusals: 0, deaths: 0, losses: 0 };

#[test]
fn every_interleaving_of_one_record_ends_right() {
    let mut states = 0;
    for history in histories(3) {
        for left in [
            Left { pull_crashes: 1, import_crashes: 1, ..NOTHING },
            Left { refusals: 1, ..NOTHING },
            Left { deaths: 1, ..NOTHING },
            Left { losses: 1, ..NOTHING },
        ] {
            states += explore(std::slice::from_ref(&history), left);
        }
    }
    println!("{states} states");
}

/// In the hour that autumn repeats a change may be read as older than the one before, and as the newer that it is a while
/// later.
#[test]
fn every_interleaving_ends_right_where_a_change_is_first_taken_for_an_older_one() {
    let mut states = 0;
    for mut history in histories(3) {
        let (before, said) = (history[1].0, history[2].1);
        history.iter_mut().for_each(|(time, _)| *time *= 2);
        history[2].0 = (2 * before).saturating_sub(1);
        history.push((9, said));
        let left = Left { pulls: 4, ..NOTHING };
        states += explore(std::slice::from_ref(&history), left);
    }
    println!("{states} states");
}

/// Who offers what is parked gets no answer from the queue, and a backfill that has read the ledger before sends the same
/// message: the queue drops it, after an import has dealt with the first.
#[test]
fn what_is_sent_a_second_time_and_was_dealt_with_still_waits() {
    let mut state = State::new(&[vec![(0, Said::Wanted('a'))]], NOTHING);
    let import = |state: &mut State| (0..3).for_each(|_| state.import_goes_on(true));
    state.pull_reads();
    state.pull_goes_on();
    state.pull_goes_on();
    import(&mut state);
    let parked = state.entries[0].parked.clone().unwrap();
    let offered = Envelope { attempt: parked.attempt + 1, ..*parked.envelope.unwrap() };
    let again = Envelope { queued_at: offered.queued_at + Duration::from_secs(900), ..offered.clone() };
    state.send(offered);
    import(&mut state);
    state.send(again.clone());
    assert!(state.queue.is_empty());
    set_queued(&mut state.entries[0], &again, true);
    assert!(state.entries[0].parked.is_some(), "{:?}", state.entries[0]);
}

#[test]
fn every_interleaving_of_two_records_of_one_number_ends_right() {
    let mut states = 0;
    let second = [vec![(0, Said::Wanted('x'))], vec![(0, Said::Wanted('x')), (1, Said::Back)]];
    for first in histories(2) {
        for second in &second {
            let left = Left { pulls: 2, pull_crashes: 1, ..NOTHING };
            states += explore(&[first.clone(), second.clone()], left);
        }
    }
    println!("{states} states");
}
