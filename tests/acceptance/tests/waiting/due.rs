//! What is due, in the order in which it is due, as much as a run can take.

use std::time::Duration;

use acceptance::shops::{FinagoShop, PowerOfficeShop, Shop};
use acceptance::world::{World, tenant};
use bridge::ports::{Item, State as _};
use bridge::state::journal::{Back, Journal, Note};
use bridge::state::ledger::Ledger;
use bridge::state::outstanding::Outstanding;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::{arrived, numbers, park};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn open() -> World {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    world
}

async fn ticks_until(world: &World, numbers: &[String], most: usize) -> usize {
    let mut ticks = 0;
    while arrived(world, numbers) < numbers.len() && ticks < most {
        world.tick(Kind::PowerOffice).await;
        ticks += 1;
    }
    ticks
}

#[tokio::test(start_paused = true)]
async fn what_is_due_is_not_crowded_out_by_what_is_not() {
    let world = open().await;
    let numbers = numbers(1_000);
    let (due, waiting) = numbers.split_last().unwrap();
    for number in waiting {
        park(&world, number, Some(world.now() + DAY)).await;
    }
    park(&world, due, Some(world.now())).await;
    let ticks = ticks_until(&world, std::slice::from_ref(due), 300).await;
    println!("figure: 7 | 1,000 parked records of which the last is due: ticks until it is in (before: 105) | {ticks}");
    assert_eq!(ticks, 1);
    assert_eq!(arrived(&world, waiting), 0, "the others wait for their own time");
}

/// A writer that failed halfway leaves an index item behind, and a look finds both.
#[tokio::test(start_paused = true)]
async fn an_index_item_too_many_does_not_take_the_right_one_with_it() {
    let world = open().await;
    let numbers = numbers(1);
    park(&world, &numbers[0], Some(world.now())).await;
    let index = world.memory.items("tenant#acme", "due#articles#");
    let [right] = index.as_slice() else { panic!("{index:?}") };
    let (_, rest) = right.sk["due#articles#".len()..].split_once('#').unwrap();
    let earlier = (world.now() - Duration::from_secs(60)).as_millisecond();
    let left = Item { sk: format!("due#articles#{earlier:015}#{rest}"), ..right.clone() };
    world.memory.put(left).await.unwrap();
    assert_eq!(ticks_until(&world, &numbers, 4).await, 1);
    world.wait(Duration::from_secs(16 * 60)).await;
    world.tick(Kind::PowerOffice).await;
    assert!(world.memory.items("tenant#acme", "due#").is_empty(), "what is left behind goes");
}

#[tokio::test(start_paused = true)]
async fn all_that_is_due_goes_in_one_run_and_what_has_been_due_longest_goes_first() {
    let numbers = numbers(1_200);
    let due = async || {
        let world = open().await;
        // The last by their keys have been due longest.
        for (at, number) in numbers.iter().rev().enumerate() {
            let ago = Duration::from_secs(10_000 - at as u64);
            park(&world, number, Some(world.now() - ago)).await;
        }
        world
    };
    let world = due().await;
    world.schedule(acceptance::world::deployment::pull_of(Kind::PowerOffice)).await;
    world.pull_jobs(Kind::PowerOffice).await;
    let queued: Vec<String> = world.queued().into_iter().map(|envelope| envelope.key).collect();
    // As many as there is room for on the import queue, and a page of them more.
    let first = numbers.iter().rev().take(queued.len());
    assert!(queued.len() >= 1_000 && queued.iter().eq(first), "{}, or not in their order", queued.len());
    let world = due().await;
    let ticks = ticks_until(&world, &numbers, 50).await;
    println!("figure: 7 | 1,200 records due at once: ticks until all are in (before: 11) | {ticks}");
    assert_eq!(ticks, 1);
    assert_eq!(world.writes(), numbers.len(), "none is sent twice");
    assert!(world.memory.items("tenant#acme", "due#").is_empty(), "nothing is left in the index");
}

#[tokio::test(start_paused = true)]
async fn notes_of_a_process_that_is_switched_off_wait_for_it_and_crowd_nothing_out() {
    let world = World::new();
    FinagoShop.onboard(&world, json!({}));
    let set = |shipments: bool| {
        let mut item = tenant("acme", Kind::Finago, json!({}));
        item["processes"] = json!({ "shipments": shipments });
        world.onboard(item);
    };
    set(false);
    let ports = world.ports();
    let journal = Journal::new(&ports, "acme");
    let now = world.now();
    let refused = |note: &mut Note| {
        note.outcome = Some(Outcome::Parked);
        note.retry_at = Some(now);
    };
    for id in 0..300 {
        journal.update(Back::Shipments, &id.to_string(), refused).await.unwrap();
    }
    journal.update(Back::Stock, "A", refused).await.unwrap();
    let outcome = async |back, key: &str| journal.read(back, &[key.to_owned()]).await.unwrap()[key].outcome;
    let shipments = || world.memory.items("tenant#acme", "due-back#shipments#");
    let before = shipments();
    let mut ticks = 0;
    while outcome(Back::Stock, "A").await == Some(Outcome::Parked) && ticks < 100 {
        world.reconcile().await;
        ticks += 1;
    }
    println!(
        "figure: 7 | a refused stock beside 300 shipments that are switched off: ticks (before: never in 100) | {ticks}"
    );
    assert_eq!(ticks, 1);
    assert_eq!(outcome(Back::Shipments, "299").await, Some(Outcome::Parked));
    assert_eq!(shipments(), before, "nobody queues them");
    set(true);
    world.reconcile().await;
    let mut left = 0;
    for id in 0..300 {
        left += usize::from(outcome(Back::Shipments, &id.to_string()).await == Some(Outcome::Parked));
    }
    assert_eq!(left, 0, "all of them are looked at by the first run after that");
}

/// What an earlier release has parked stands in an index by keys.
#[tokio::test(start_paused = true)]
async fn records_and_notes_of_the_earlier_index_are_found_and_moved_over() {
    let world = open().await;
    let numbers = numbers(30);
    let (late, due) = numbers.split_at(10);
    let (person, due) = due.split_at(10);
    let later = world.now() + DAY + DAY;
    for number in &numbers {
        let at = if late.contains(number) { Some(later) } else { Some(world.now()) };
        park(&world, number, at.filter(|_| !person.contains(number))).await;
    }
    earlier_index(&world, "due#", "parked#articles#", &json!({ "feed": "articles" })).await;
    earlier_index(&world, "due-left#", "left#articles#", &json!({ "feed": "articles" })).await;
    let index = |prefix: &str| world.memory.items("tenant#acme", prefix).len();
    assert_eq!((index("parked#"), index("left#"), index("due")), (20, 10, 0));
    let (ports, now) = (world.ports(), world.now());
    let journal = Journal::new(&ports, "acme");
    let refused = |note: &mut Note| {
        note.outcome = Some(Outcome::Parked);
        note.retry_at = Some(now);
    };
    journal.update(Back::Stock, "A", refused).await.unwrap();
    earlier_index(&world, "due-back#", "parked-back#stock#", &json!({ "back": "stock" })).await;
    // The new release looks for them once a day.
    world.wait(DAY).await;
    world.tick(Kind::PowerOffice).await;
    world.reconcile().await;
    assert_eq!(arrived(&world, due), 10);
    assert_eq!(arrived(&world, late), 0);
    assert_eq!((index("parked#"), index("left#"), index("due#"), index("due-left#")), (0, 0, 10, 10));
    assert_eq!((index("parked-back#"), index("due-back#")), (0, 0));
    world.wait(DAY).await;
    world.tick(Kind::PowerOffice).await;
    assert_eq!((arrived(&world, late), arrived(&world, person)), (10, 0));
}

/// A note of an earlier release that cannot be read stops no write-back that is due.
#[tokio::test(start_paused = true)]
async fn an_earlier_note_that_cannot_be_read_stops_nothing_that_is_due() {
    use bridge::ports::{Item, State as _};
    let world = open().await;
    let (ports, now) = (world.ports(), world.now());
    let refused = |note: &mut Note| {
        note.outcome = Some(Outcome::Parked);
        note.retry_at = Some(now);
    };
    Journal::new(&ports, "acme").update(Back::Stock, "A", refused).await.unwrap();
    for (sk, body) in
        [("back#stock#B", json!("no note")), ("parked-back#stock#B", json!({ "back": "stock", "key": "B" }))]
    {
        let item = Item { pk: "tenant#acme".into(), sk: sk.into(), rev: 1, body, expires: None };
        world.memory.put(item).await.unwrap();
    }
    world.wait(DAY).await;
    world.reconcile().await;
    let index = |prefix: &str| world.memory.items("tenant#acme", prefix).len();
    assert_eq!((index("due-back#"), index("parked-back#")), (0, 1));
}

/// Makes of index items those of the earlier release.
async fn earlier_index(world: &World, prefix: &str, earlier: &str, body: &serde_json::Value) {
    use bridge::ports::{Item, State as _};
    for item in world.memory.items("tenant#acme", prefix) {
        let key = item.body["key"].clone();
        let mut body = body.clone();
        body["key"] = key.clone();
        let sk = format!("{earlier}{}", key.as_str().unwrap());
        world.memory.delete(&item.pk, &item.sk, item.rev).await.unwrap();
        world.memory.put(Item { sk, rev: 1, body, ..item }).await.unwrap();
    }
}

/// Whoever moves a due time or ends a wait may die at any step: an index item too many, never one too few.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_of_an_offer_forgets_and_doubles_nothing() {
    let begin = async || {
        let world = open().await;
        for number in numbers(3) {
            park(&world, &number, Some(world.now())).await;
        }
        park(&world, "L-00001", None).await;
        world
    };
    let world = begin().await;
    world.steps.plan(None);
    world.tick(Kind::PowerOffice).await;
    let names = world.steps.names();
    assert!(names.len() > 20, "{}", names.len());
    for (step, name) in names.iter().enumerate() {
        let world = begin().await;
        world.steps.plan(Some(step));
        world.tick(Kind::PowerOffice).await;
        world.steps.plan(None);
        for _ in 0..4 {
            world.tick(Kind::PowerOffice).await;
        }
        assert_eq!(arrived(&world, &numbers(3)), 3, "crash at step {step}, {name}");
        assert!(world.memory.items("tenant#acme", "due#").is_empty(), "crash at step {step}, {name}");
        assert_eq!(world.memory.items("tenant#acme", "due-left#").len(), 1, "crash at step {step}, {name}");
        // An import that died before its notes writes the articles of its batch once more, each by its number.
        assert!(world.writes() <= 6, "crash at step {step}, {name}: {}", world.writes());
        let ports = world.ports();
        let entry = Ledger::new(&ports, "acme").get(Feed::Articles, "K-00001").await.unwrap().entry;
        assert_eq!(entry.parked, None, "crash at step {step}, {name}");
    }
}

/// Pages that were handed out a day ago are looked at, whatever their number; most have nothing left to find.
#[tokio::test(start_paused = true)]
async fn every_page_that_was_handed_out_is_looked_at_when_its_time_has_come() {
    let world = open().await;
    let ports = world.ports();
    let outstanding = Outstanding::new(&ports, "acme");
    for number in numbers(500) {
        outstanding.note(Feed::Articles, &[number], world.now() + DAY, "test").await.unwrap();
    }
    world.wait(DAY).await;
    world.tick(Kind::PowerOffice).await;
    let left = world.memory.items("tenant#acme", "queued#articles#").len();
    println!("figure: 7 | 500 pages handed out a day ago: not looked at after a tick (before: 480) | {left}");
    assert_eq!(left, 0);
}
