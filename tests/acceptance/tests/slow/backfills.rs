//! Backfills: how far they are is told, a second one joins the first, and one whose job is gone is started again where it was.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::deployment::pull_of;
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::ports::State as _;
use bridge::state::backfill::{Progress, Standing};
use bridge::state::pull_lease::{PullLease, Taken, Work};
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::MINUTE;

const ORDERS: usize = 200;
const JOBS: &str = "pull-poweroffice-jobs";

/// A tenant that has all its orders already, and an ERP that takes long, so that a backfill needs several invocations.
async fn world() -> World {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-01-01" }));
    PowerOfficeShop.put_article(&world, 0, "Article");
    for n in 1..=ORDERS {
        PowerOfficeShop.put_order(&world, n, &[0]);
    }
    world.tick(Kind::PowerOffice).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Latency(Duration::from_secs(12))));
    world.counters.reset();
    world
}

fn since(moment: &str) -> Job {
    Job { since: moment.parse().ok(), feeds: Some(vec![Feed::Orders]), ..Job::tick("acme") }
}

fn january() -> Job {
    since("2026-01-01T00:00:00Z")
}

async fn start(world: &World, job: Job) {
    world.ports().queue.jobs(&[job], Duration::ZERO).await.unwrap();
}

async fn progress(world: &World) -> Option<Progress> {
    let items = world.memory.list("tenant#acme", "backfill#orders", 1).await.unwrap();
    items.first().and_then(Progress::of).map(|(_, progress)| progress)
}

fn calls(world: &World) -> u64 {
    world.counters.calls(Peer::Vendor(Site::PowerOffice)) as u64
}

/// Runs until nothing is left to do; how many minutes that took.
async fn ended(world: &World, pump: &mut Pump<'_>, hours: u64) -> i64 {
    let began = world.now();
    assert!(pump.drain(began + Duration::from_secs(hours * 3600)).await, "the backfill ends");
    world.now().duration_since(began).as_mins()
}

#[tokio::test(start_paused = true)]
async fn how_far_it_is_is_told_from_its_beginning_to_its_end() {
    let world = world().await;
    start(&world, january()).await;
    let mut pump = Pump::new(&world);
    let mut told: Vec<Progress> = Vec::new();
    let began = world.now();
    while told.last().is_none_or(|last| last.standing != Standing::Complete) {
        pump.run(MINUTE).await;
        told.extend(progress(&world).await);
        assert!(world.now().duration_since(began).as_secs() < 3 * 3600, "{:?}", told.last());
    }
    let last = told.last().unwrap();
    assert_eq!(last.records.all(), ORDERS, "each is counted once: {last:?}");
    assert!(told.windows(2).all(|pair| pair[0].records.all() <= pair[1].records.all()));
    assert!(told.iter().any(|one| one.records.all() > 0 && one.records.all() < ORDERS), "it is told on the way");
    assert!(told.iter().all(|one| one.since.to_string() == "2026-01-01T00:00:00Z" && one.begun == last.begun));
    assert!(told.iter().all(|one| !one.stands_still(one.noted_at)));
    assert!(last.newest.is_some(), "{last:?}");
    let notes = world.memory.list("tenant#acme", "backfill#orders", 1).await.unwrap()[0].rev;
    let runs = world.counters.invoked(pull_of(Kind::PowerOffice).name).ended["ran"] as u64;
    println!(
        "figure: 16 | a backfill of {ORDERS} orders: invocations, notes of its progress | before never ends, none; now {runs}, {notes}"
    );
    assert!(notes <= 3 * runs + 3, "{notes} in {runs} invocations");
}

#[tokio::test(start_paused = true)]
async fn a_second_one_joins_the_first() {
    let alone = {
        let world = world().await;
        start(&world, january()).await;
        ended(&world, &mut Pump::new(&world), 3).await;
        calls(&world)
    };
    let world = world().await;
    let mut pump = Pump::new(&world);
    start(&world, january()).await;
    start(&world, january()).await;
    pump.run(7 * MINUTE).await;
    // What the first covers as well.
    start(&world, since("2026-02-01T00:00:00Z")).await;
    ended(&world, &mut pump, 3).await;
    let both = calls(&world);
    println!(
        "figure: 16 | calls of a backfill alone, with two others beside it | before each begins anew; now {alone}, {both}"
    );
    assert!(both < alone + alone / 4, "{both} calls, {alone} alone");
    let last = progress(&world).await.unwrap();
    assert_eq!((last.standing, last.since), (Standing::Complete, january().since.unwrap()));
}

#[tokio::test(start_paused = true)]
async fn one_that_reaches_further_back_has_the_first_begin_there() {
    let world = world().await;
    let mut pump = Pump::new(&world);
    start(&world, since("2026-02-01T00:00:00Z")).await;
    pump.run(7 * MINUTE).await;
    let first = progress(&world).await.unwrap();
    start(&world, january()).await;
    ended(&world, &mut pump, 3).await;
    let last = progress(&world).await.unwrap();
    assert_eq!((last.standing, last.since, last.begun), (Standing::Complete, january().since.unwrap(), first.begun));
    assert!(calls(&world) < 2 * ORDERS as u64 + 100, "what the first has dealt with is not read again");
}

#[tokio::test(start_paused = true)]
async fn one_whose_job_was_purged_stands_still_and_goes_on_where_it_was() {
    let world = world().await;
    let mut pump = Pump::new(&world);
    start(&world, january()).await;
    pump.run(7 * MINUTE).await;
    drop(pump);
    world.memory.queues().find(|queue| queue.attributes().name == JOBS).unwrap().purge();
    let first = progress(&world).await.unwrap();
    assert!(first.records.all() > 0 && !first.stands_still(world.now()), "{first:?}");
    world.wait(90 * MINUTE).await;
    assert!(progress(&world).await.unwrap().stands_still(world.now()));
    let before = calls(&world);
    start(&world, january()).await;
    ended(&world, &mut Pump::new(&world), 3).await;
    let last = progress(&world).await.unwrap();
    assert_eq!((last.standing, last.begun), (Standing::Complete, first.begun));
    let again = calls(&world) - before;
    println!(
        "figure: 16 | started again after a purge, {} of {ORDERS} done: calls | before all of them; now {again}",
        first.records.all()
    );
    assert!(again < ORDERS as u64, "{again}: it does not begin anew");
    // Ended is ended: the next one looks at everything.
    world.wait(MINUTE).await;
    start(&world, january()).await;
    ended(&world, &mut Pump::new(&world), 3).await;
    let next = progress(&world).await.unwrap();
    assert_eq!((next.standing, next.records.all()), (Standing::Complete, ORDERS));
    assert!(next.begun > last.begun);
}

#[tokio::test(start_paused = true)]
async fn an_erp_that_is_down_is_waited_for_and_no_job_dies_of_it() {
    let world = world().await;
    let mut pump = Pump::new(&world);
    start(&world, january()).await;
    pump.run(7 * MINUTE).await;
    let down = Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Status(503));
    let rule = world.rules.add(down.until(world.now() + Duration::from_secs(8 * 3600)));
    pump.run(60 * MINUTE).await;
    let waits = progress(&world).await.unwrap();
    assert_eq!(waits.standing, Standing::Waits, "{waits:?}");
    assert!(waits.reason.as_ref().unwrap().starts_with("not available"), "{waits:?}");
    ended(&world, &mut pump, 12).await;
    assert!(rule.met() > 0);
    let last = progress(&world).await.unwrap();
    assert_eq!((last.standing, last.records.all()), (Standing::Complete, ORDERS), "{last:?}");
    let dead =
        world.memory.queues().find(|queue| queue.attributes().name == JOBS).unwrap().dead_letters(world.now()).len();
    assert_eq!(dead, 0);
}

#[tokio::test(start_paused = true)]
async fn after_a_day_it_is_given_up_with_its_reason_and_started_again_it_goes_on() {
    let world = world().await;
    let mut pump = Pump::new(&world);
    start(&world, january()).await;
    pump.run(7 * MINUTE).await;
    let first = progress(&world).await.unwrap();
    let rule = world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Status(503)));
    let took = ended(&world, &mut pump, 30).await;
    assert!(took > 23 * 60, "{took} min");
    let given_up = progress(&world).await.unwrap();
    assert_eq!(given_up.standing, Standing::Failed, "{given_up:?}");
    assert!(given_up.stands_still(world.now()) && given_up.reason.is_some());
    world.rules.remove(&rule);
    start(&world, january()).await;
    ended(&world, &mut pump, 3).await;
    let last = progress(&world).await.unwrap();
    assert_eq!((last.standing, last.begun, last.records.all()), (Standing::Complete, first.begun, ORDERS));
}

#[tokio::test(start_paused = true)]
async fn one_that_meets_the_lease_of_a_plan_comes_again() {
    let world = world().await;
    let run = bridge::ports::Run { id: "apply".into(), deadline: world.now() + 10 * MINUTE };
    let taken = PullLease::take(&world.ports(), "acme", Work::Part, None, &run).await.unwrap();
    let Taken::Mine(lease) = taken else { panic!("nobody else has it") };
    start(&world, january()).await;
    let mut pump = Pump::new(&world);
    pump.run(3 * MINUTE).await;
    let waits = progress(&world).await.unwrap();
    assert_eq!(
        (waits.standing, waits.reason.as_deref()),
        (Standing::Waits, Some("another pull of the tenant is under way"))
    );
    lease.give_back(&world.ports()).await.unwrap();
    ended(&world, &mut pump, 3).await;
    assert_eq!(progress(&world).await.unwrap().standing, Standing::Complete);
}

#[tokio::test(start_paused = true)]
async fn jobs_that_come_twice_do_not_become_more_and_more() {
    let world = world().await;
    start(&world, january()).await;
    let queue = world.memory.queue_of(pull_of(Kind::PowerOffice));
    let mut pump = Pump::new(&world);
    queue.deliver_twice(1, Duration::from_secs(20));
    pump.run(10 * MINUTE).await;
    queue.deliver_once();
    pump.run(2 * MINUTE).await;
    let depth = queue.depth(world.now());
    let jobs = depth.waiting + depth.hidden;
    println!("figure: 16 | a backfill whose jobs come twice for ten minutes: its jobs then | before 237; now {jobs}");
    assert!(jobs <= 4, "{depth:?}");
    ended(&world, &mut pump, 6).await;
    assert_eq!(progress(&world).await.unwrap().standing, Standing::Complete);
}

/// Where the ERP is down each job asks for one that comes in five minutes, and of two copies each would.
#[tokio::test(start_paused = true)]
async fn jobs_that_come_twice_while_the_erp_is_down_do_not_become_more_and_more() {
    let world = world().await;
    start(&world, january()).await;
    let queue = world.memory.queue_of(pull_of(Kind::PowerOffice));
    let down = world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Refused));
    let mut pump = Pump::new(&world);
    // Each copy when the one before it is done with.
    queue.deliver_twice(1, Duration::from_secs(70));
    pump.run(60 * MINUTE).await;
    queue.deliver_once();
    let depth = queue.depth(world.now());
    let jobs = depth.waiting + depth.hidden;
    println!(
        "figure: 16 | a backfill whose jobs come twice for an hour in which its ERP is down: its jobs then: {jobs}"
    );
    assert!(jobs <= 4, "{depth:?}");
    world.rules.remove(&down);
    ended(&world, &mut pump, 6).await;
    assert_eq!(progress(&world).await.unwrap().standing, Standing::Complete);
}

/// A queue that delivers a job twice has one message of both, which the copy ends; the other one's process dies.
#[tokio::test(start_paused = true)]
async fn a_copy_that_ends_the_message_of_a_job_whose_process_dies_leaves_somebody_who_goes_on() {
    let world = world().await;
    start(&world, january()).await;
    let queue = world.memory.queue_of(pull_of(Kind::PowerOffice));
    let mut pump = Pump::new(&world);
    pump.run(3 * MINUTE).await;
    let stored = progress(&world).await.unwrap();
    assert_eq!(stored.standing, Standing::UnderWay, "{stored:?}");
    // As if the job that is next had begun in a process that died, and its message comes once more.
    let next = stored.turn + 1;
    let ports = world.ports();
    let begun = world.now();
    let dies = |stored: Option<&Progress>| Some(Progress { turn: next, turn_at: Some(begun), ..stored?.clone() });
    bridge::state::backfill::update(&ports, "acme", Feed::Orders, dies).await.unwrap();
    drop(ports);
    assert!(queue.depth(world.now()).waiting + queue.depth(world.now()).hidden >= 1);
    ended(&world, &mut pump, 6).await;
    assert_eq!(progress(&world).await.unwrap().standing, Standing::Complete);
}
