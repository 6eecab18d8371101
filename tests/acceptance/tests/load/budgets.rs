//! The shared rate budgets: used when wanted, never exceeded, and served in turn over capacity.

use std::time::Duration;

use acceptance::shops::Companies;
use acceptance::world::deployment::{TICK, pull_of};
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::http::rate_budget::RateBudget;
use bridge::ports::Ports;
use bridge::words::envelope::Job;
use bridge::words::fault::Fault;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::paces::Paces;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::json;

use crate::{CALL, MINUTE};

/// A thousand tenants of an ERP with a new article and a new order that names it, at 300 ms a call.
fn thousand(kind: Kind) -> World {
    let world = World::new();
    world.keep_no_record();
    let companies = Companies::found(&world, kind, 1_000, &json!({ "start_date": "2026-01-01" }));
    world.rules.add(Rule::to(Peer::Vendor(Site::of_erp(kind)), Happens::Latency(CALL)));
    for at in 0..companies.count() {
        companies.put_article(&world, at, 0, "Article");
        companies.put_order(&world, at, 0, &[0]);
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tenants_of_an_erp_are_served_in_turn_and_wait_in_the_queue() {
    for (kind, before) in [
        (Kind::PowerOffice, "915 of 1,000 in two ticks, slept 377,998 of 379,435 paid s"),
        (Kind::Finago, "0 of 1,000 in two ticks"),
        (Kind::Procountor, "all, the longest 261 s"),
        (Kind::Visma, "all, the longest 420 s"),
    ] {
        let world = thousand(kind);
        let mut pump = Pump::new(&world).scheduled([pull_of(kind)]);
        let mut served = Vec::new();
        let began = world.now();
        for _ in 0..8 {
            pump.run(TICK).await;
            let took = world.freshness.took(world.now(), |_| true);
            served.push(took.arrived.len() / 2);
            if took.waiting.is_empty() {
                break;
            }
        }
        let took = world.freshness.took(world.now(), |_| true);
        let pulls = world.counters.invoked(pull_of(kind).name);
        let calls = world.counters.calls(Peer::Vendor(Site::of_erp(kind)));
        let longest = took.arrived.last().unwrap();
        println!(
            "figure: 17 | {kind}: 1,000 tenants at 300 ms a call: served by tick, longest wait, slept of paid s, calls | \
             before {before}; now {served:?}, {} s, {} of {}, {calls}",
            longest.as_secs(),
            pulls.slept.as_secs(),
            pulls.paid.as_secs(),
        );
        assert!(took.waiting.is_empty(), "{kind}: {took}");
        assert_eq!(world.vendors.poweroffice.borrow().model.rate_exceeded, 0);
        assert!(!pulls.ended.contains_key("timed out"), "{kind}: {pulls:?}");
        // What they wait for is the vendor's limit and no more: a tenth is left of it while there is work.
        let pace = f64::from(Paces::default().of(kind)) / 60.0;
        let needed = calls as f64 / pace / if kind == Kind::Visma { 3.0 } else { 1.0 };
        let took = longest.as_secs_f64();
        assert!(took < needed / 0.9 + 60.0, "{kind}: {took} s for calls that fit {needed} s");
        assert!(world.now().duration_since(began).as_secs() > 0);
        // Waiting is done in the queue: of what is paid for, no more than the few pulls that run side by side.
        assert!(pulls.paid < MINUTE * 60 * 3, "{kind}: {pulls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn over_capacity_every_tenant_is_served_in_turn_and_no_jobs_pile_up() {
    let world = World::new();
    world.keep_no_record();
    // A tick of each needs five calls; the vendor takes 117 a minute of them all, a third of what they want.
    let companies = Companies::found(&world, Kind::Finago, 1_000, &json!({}));
    world.rules.add(Rule::to(Peer::Vendor(Site::Finago), Happens::Latency(CALL)));
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::Finago)]);
    let mut deepest = 0;
    for _ in 0..24 {
        pump.run(TICK).await;
        deepest = deepest.max(world.memory.queue_of(pull_of(Kind::Finago)).depth(world.now()).waiting);
    }
    let begun = async |at: usize| {
        bridge::state::pull_lease::begun(&world.ports(), &companies.tenant_id(at)).await.unwrap().unwrap()
    };
    let mut oldest = Duration::ZERO;
    for at in 0..companies.count() {
        oldest = oldest.max(Duration::try_from(world.now().duration_since(begun(at).await)).unwrap());
    }
    println!(
        "figure: 17 | Finago: six hours at three times the capacity: oldest pull, most jobs in the queue | before nobody is served; now {} min, {deepest}",
        oldest.as_secs() / 60
    );
    assert!(oldest < MINUTE * 60, "{oldest:?}");
    assert!(deepest <= 2 * companies.count(), "{deepest}");
}

/// Calls that got a turn within a time, one after the other.
async fn calls(ports: &Ports, until: Timestamp) -> usize {
    let budget = RateBudget::new("finago", Kind::Finago);
    let mut calls = 0;
    while ports.clock.now() < until {
        match budget.acquire(ports, until).await {
            Ok(()) => calls += 1,
            Err(_) => ports.clock.sleep(Duration::from_millis(100)).await,
        }
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn a_line_is_as_long_as_somebody_waits_in_it_and_leaves_nothing_behind() {
    let world = World::new();
    let ports = world.ports();
    let budgets: Vec<RateBudget> = (0..200).map(|_| RateBudget::new("finago", Kind::Finago)).collect();
    let deadline = world.now() + MINUTE * 5;
    let taken = join_all(budgets.iter().map(|budget| budget.acquire(&ports, deadline))).await;
    let refused: Vec<&Fault> = taken.iter().filter_map(|taken| taken.as_ref().err()).collect();
    assert!((15..25).contains(&(200 - refused.len())), "{}", refused.len());
    assert!(
        refused.iter().all(|fault| matches!(fault, Fault::RateLimited { status: None, after, .. } if !after.is_zero()))
    );
    // Nobody stands in line any more, and nothing is reserved for those who went.
    let now = world.now();
    RateBudget::new("finago", Kind::Finago).acquire(&ports, now + MINUTE).await.unwrap();
    assert!(world.now().duration_since(now).as_millis() < 1_100, "{}", world.now().duration_since(now));
    // What ends before its turn takes none.
    let ending = world.now() + Duration::from_millis(100);
    assert!(RateBudget::new("finago", Kind::Finago).acquire(&ports, ending).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn nine_tenths_of_a_budget_are_used_by_callers_one_call_at_a_time() {
    let world = World::new();
    let ports = world.ports();
    let until = world.now() + MINUTE * 10;
    let both = join_all([calls(&ports, until), calls(&ports, until)]).await;
    let (used, pace) = (both.iter().sum::<usize>(), 10 * usize::try_from(Paces::default().of(Kind::Finago)).unwrap());
    println!(
        "figure: 17 | two callers, one call at a time, ten minutes: slots used of Finago's {pace} | before a quarter to two fifths; now {used}"
    );
    assert!(used * 10 >= pace * 9 && used <= pace + 2, "{used} of {pace}");
}

#[tokio::test(start_paused = true)]
async fn a_backfill_leaves_half_of_a_budget_to_the_ticks() {
    let world = World::new();
    let (ticks, backfill) = (world.ports(), world.ports().for_backfill());
    let until = world.now() + MINUTE * 10;
    let one = calls(&ticks, until);
    let many = join_all((0..4).map(|_| calls(&backfill, until)));
    let (one, many) = tokio::join!(one, many);
    let many: usize = many.iter().sum();
    println!(
        "figure: 16 | slots of a tick beside four backfills, of both, in ten minutes | before a fifth of them; now {one} of {}",
        one + many
    );
    assert!(one * 100 >= (one + many) * 48, "{one} beside {many}");
}

/// A pull by hand whose ERP takes no more calls ends as well: the tick goes on with what it could not finish.
#[tokio::test(start_paused = true)]
async fn what_a_person_asks_for_is_not_put_off_for_ever() {
    let world = World::new();
    let company = Companies::found(&world, Kind::PowerOffice, 1, &json!({}));
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Status(429)));
    let some = Job { feeds: Some(vec![Feed::Orders]), ..Job::tick(&company.tenant_id(0)) };
    world.ports().queue.jobs(&[some], Duration::ZERO).await.unwrap();
    let mut pump = Pump::new(&world);
    assert!(pump.drain(world.now() + 60 * MINUTE).await, "it is put off for ever");
    let runs = world.counters.invoked(pull_of(Kind::PowerOffice).name).ended["ran"];
    assert!((2..10).contains(&runs), "{runs}");
}
