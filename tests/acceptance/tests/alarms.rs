//! Everything unusual tells somebody within two ticks: for each failure, which alarm of `infra/alarms.yaml` has what it listens
//! for, and after how long. What the functions count is counted as they do; what AWS counts, the world knows.

use std::collections::BTreeMap;
use std::time::Duration;

use acceptance::shops::{self, Companies, PowerOfficeShop, Shop, article_number};
use acceptance::world::deployment::{FUNCTIONS, RECONCILE, pull_of};
use acceptance::world::{Call, Happens, Peer, Pump, Rule, Site, World};
use bridge::words::envelope::{Hint, Notice};
use bridge::words::kind::Kind;
use bridge::words::metric::Metric;
use serde_json::json;
use simulators::Trouble;

const MINUTE: Duration = Duration::from_secs(60);

/// The threshold of `QueueAgeAlarm` (the template's tests hold it).
const AGE: Duration = Duration::from_secs(1800);

/// Two ticks, and the minute in which the second is dealt with.
const IN_TIME: u64 = 31;

/// Which alarm has what it listens for, and after how many minutes.
type Told = BTreeMap<String, u64>;

/// Lets three quarters of an hour pass, and notes what each minute tells.
async fn watch(world: &World, pump: &mut Pump<'_>) -> Told {
    let mut told = Told::new();
    let before = world.logs.counted().len();
    for minute in 1..=45 {
        pump.run(MINUTE).await;
        let mut met: Vec<String> = world.logs.counted()[before..]
            .iter()
            .filter(|counted| !counted.metric.is_always_there())
            .map(|counted| format!("{}Alarm", counted.metric.word()))
            .collect();
        let old = |queue: &acceptance::world::sqs::Queue| queue.depth(world.now()).oldest > AGE;
        met.extend(world.memory.queues().any(old).then(|| "QueueAgeAlarm".to_owned()));
        let ended_badly = |name: &str| {
            let ended = world.counters.invoked(name).ended;
            ended.contains_key("crashed") || ended.contains_key("timed out")
        };
        let failed = FUNCTIONS.into_iter().any(|function| ended_badly(function.name));
        met.extend(failed.then(|| "FunctionErrorAlarm".to_owned()));
        for alarm in met {
            told.entry(alarm).or_insert(minute);
        }
    }
    told
}

/// A company that works, and nothing that was told before.
async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world.reconcile().await;
    world.counters.reset();
    world
}

fn pump(world: &World, kind: Kind) -> Pump<'_> {
    Pump::new(world).scheduled([pull_of(kind), RECONCILE]).with_new_processes()
}

/// The failures of `docs/operating.md`, each with its alarm and the minutes after which it is there.
const TABLE: &str = include_str!("../../../docs/operating.md");

/// What the table says of a failure of any ERP.
fn documented(failure: &str) -> (&'static str, u64) {
    let failure = failure.rsplit(": ").next().unwrap_or(failure);
    let row = TABLE.lines().find_map(|line| line.strip_prefix("| ")?.strip_prefix(failure)?.strip_prefix(" | "));
    let row = row.unwrap_or_else(|| panic!("docs/operating.md has no row for {failure}"));
    let (alarm, minutes) = row.split_once(" | ").unwrap_or_default();
    (alarm.trim_matches('`'), minutes.split(' ').next().and_then(|minutes| minutes.parse().ok()).unwrap_or_default())
}

fn in_time(failure: &str, told: &Told, alarm: &str, by: u64) {
    let (documented, minutes) = documented(failure);
    assert_eq!(documented, alarm, "{failure}");
    assert!(told.get(alarm).is_some_and(|minute| *minute <= minutes), "{failure}: {told:?}, not within {minutes} min");
    let all: Vec<String> = told.iter().map(|(alarm, minute)| format!("{alarm} after {minute} min")).collect();
    println!("figure: 15 | {failure}: {}", all.join(", "));
    assert!(
        told.get(alarm).is_some_and(|minute| *minute <= by),
        "{failure}: {alarm} is not told by {by} min: {told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_company_that_works_tells_nobody_anything() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        shop.put_article(&world, 1, "Another");
        shop.put_order(&world, 1, &[0, 1]);
        let mut pump = pump(&world, shop.kind());
        assert_eq!(watch(&world, &mut pump).await, Told::new(), "{}", shop.kind());
        let fresh: Vec<f64> = world
            .logs
            .counted()
            .iter()
            .filter(|counted| counted.metric == Metric::FreshnessSeconds)
            .map(|counted| counted.value)
            .collect();
        assert!(fresh.len() >= 3 && fresh[1..].iter().all(|age| *age <= 1000.0), "{fresh:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_is_told_with_the_tick_and_an_erp_that_is_down_with_the_second() {
    for shop in shops::all() {
        for (failure, status, by) in [("a revoked key", 401, 1), ("an ERP is down", 503, 16)] {
            let world = open(shop.as_ref()).await;
            world.rules.add(Rule::to(Peer::Vendor(shop.site()), Happens::Status(status)));
            let told = watch(&world, &mut pump(&world, shop.kind())).await;
            in_time(&format!("{}: {failure}", shop.kind()), &told, "TenantsNotPulledAlarm", by);
            // One that passes by itself within a tick wakes nobody.
            assert!(status == 401 || told["TenantsNotPulledAlarm"] > 14, "{told:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_secret_and_a_broken_item_are_told_with_the_tick() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    world.memory.secret("poweroffice/acme", &json!({}));
    in_time("a secret is missing", &watch(&world, &mut pump(&world, shop.kind())).await, "TenantsNotPulledAlarm", 1);

    let world = open(&shop).await;
    let mut item = acceptance::world::tenant("acme", shop.kind(), json!({}));
    item["ongoing"]["goods_owner_id"] = json!("none");
    world.memory.tenant(item);
    in_time("an item is broken", &watch(&world, &mut pump(&world, shop.kind())).await, "ItemsInvalidAlarm", 1);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_mapped_is_told_when_it_is_parked() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        shop.put_poisoned_order(&world, 1);
        let told = watch(&world, &mut pump(&world, shop.kind())).await;
        in_time(&format!("{}: a record cannot be mapped", shop.kind()), &told, "RecordsParkedAlarm", 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_back_that_fails_at_every_try_is_told_when_it_is_parked_and_when_it_waits_for_a_person() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 1, &json!({}));
    companies.put_stocked_article(&world, 0, 0, "Article");
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice), RECONCILE]);
    pump.run(20 * MINUTE).await;
    let breaks = |call: &Call<'_>| call.peer == Peer::Vendor(Site::PowerOffice) && call.says("A-00000");
    world.rules.add(Rule::when(breaks, Happens::Status(500)));
    assert!(companies.count_shelf(&world, 0, 0, 7));
    let tell = Hint::Articles(vec![article_number(0)]);
    let notice = Notice {
        v: 1,
        tenant_id: companies.tenant_id(0),
        hint: tell,
        cause: "1".into(),
        correlation_id: "test".into(),
    };
    world.ports().queue.write_back(&[notice]).await.unwrap();
    let told = watch(&world, &mut pump).await;
    in_time("a write-back fails at every try", &told, "RecordsParkedAlarm", 6);
    let is_left = |world: &World| world.logs.counted().iter().any(|one| one.metric == Metric::WriteBacksLeft);
    for _ in 0..8 {
        pump.run(24 * 60 * MINUTE).await;
    }
    assert!(is_left(&world), "{:?}", world.memory.items("tenant#poweroffice-0000", "back#stock#"));
}

#[tokio::test(start_paused = true)]
async fn an_ongoing_that_is_down_is_told_by_the_age_of_what_waits_for_it() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused));
    shop.put_order(&world, 1, &[0]);
    in_time("Ongoing is down", &watch(&world, &mut pump(&world, shop.kind())).await, "QueueAgeAlarm", IN_TIME);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_table_is_told_by_the_age_of_the_jobs_at_the_latest() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    world.rules.add(Rule::to(Peer::State, Happens::Trouble(Trouble::ServerError(500))));
    let told = watch(&world, &mut pump(&world, shop.kind())).await;
    in_time("the state table is throttled", &told, "QueueAgeAlarm", 32);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_dies_is_told_at_once() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    world.rules.add(Rule::to(Peer::Vendor(shop.site()), Happens::Hangs));
    world.rules.add(Rule::to(Peer::State, Happens::Hangs));
    let told = watch(&world, &mut pump(&world, shop.kind())).await;
    in_time("a function does not come to its end", &told, "FunctionErrorAlarm", 6);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_stuck_is_told_by_its_age_and_by_who_is_not_pulled() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    let mut pump = pump(&world, shop.kind()).with_concurrency(pull_of(shop.kind()), 0);
    let told = watch(&world, &mut pump).await;
    in_time("a queue is stuck", &told, "QueueAgeAlarm", IN_TIME);
    assert!(told.get("TenantsNotPulledAlarm").is_some_and(|minute| *minute <= 32), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn jobs_that_waited_for_too_long_are_dropped_and_counted() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    let mut stopped = pump(&world, shop.kind()).with_concurrency(pull_of(shop.kind()), 0);
    stopped.run(31 * MINUTE).await;
    drop(stopped);
    let waited = world.memory.queue_of(pull_of(shop.kind())).depth(world.now()).waiting;
    assert!(waited >= 2, "{waited}");
    let reads = world.counters.calls(Peer::Vendor(shop.site()));
    Pump::new(&world).with_new_processes().run(MINUTE).await;
    let dropped = world.logs.counted().iter().filter(|one| one.metric == Metric::TicksDropped).count();
    assert!(dropped >= 1, "{waited} waited, {dropped} dropped");
    assert!(world.memory.queue_of(pull_of(shop.kind())).is_empty(world.now()));
    println!(
        "figure: 15 | {waited} jobs waited for up to 31 min: {dropped} dropped, {} calls to the ERP",
        world.counters.calls(Peer::Vendor(shop.site())) - reads
    );
}
