//! Functions that run side by side.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, ProcountorShop, Shop};
use acceptance::world::deployment::{IMPORT, WRITE_BACK, pull_of};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Pump, Rule, Site, World};
use bridge::ports::Queue as _;
use bridge::words::envelope::{Hint, Job, Notice};
use bridge::words::kind::Kind;
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

fn shop() -> World {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-01-01" }));
    PowerOfficeShop.put_article(&world, 0, "Article");
    PowerOfficeShop.put_order(&world, 1, &[0]);
    world
}

async fn notices(world: &World, tenant_id: &str, count: i64) {
    let notice = |n| Notice {
        v: 1,
        tenant_id: tenant_id.into(),
        hint: Hint::Order(n),
        cause: "test".into(),
        correlation_id: "test".into(),
    };
    world.memory.write_back(&(0..count).map(notice).collect::<Vec<_>>()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn schedules_jobs_and_imports_follow_one_another_by_themselves() {
    let world = shop();
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    pump.run(MINUTE).await;
    let ongoing = || world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, "20001").is_some();
    assert!(ongoing());
    assert_eq!(world.counters.invoked("pull-poweroffice").ended["ran"], 2, "a schedule event and a job");
    PowerOfficeShop.put_order(&world, 2, &[0]);
    pump.run(12 * MINUTE).await;
    assert_eq!(world.counters.invoked("pull-poweroffice").ended["ran"], 2);
    pump.run(3 * MINUTE).await;
    assert_eq!(world.counters.invoked("pull-poweroffice").ended["ran"], 4);
    let now = world.now();
    assert!(pump.drain(now + MINUTE).await);
    assert!(world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, "20002").is_some());
}

#[tokio::test(start_paused = true)]
async fn as_many_run_at_one_time_as_the_mapping_says() {
    let world = shop();
    notices(&world, "acme", 200).await;
    world.rules.add(Rule::to(Peer::Tenants, Happens::Latency(Duration::from_secs(2))));
    let mut pump = Pump::new(&world);
    pump.run(MINUTE * 2).await;
    assert_eq!(pump.most(WRITE_BACK), 10);
    assert_eq!(world.counters.invoked("writeback").ended["ran"], 20);

    let world = shop();
    notices(&world, "acme", 200).await;
    world.rules.add(Rule::to(Peer::Tenants, Happens::Latency(Duration::from_secs(2))));
    let mut pump = Pump::new(&world).with_concurrency(WRITE_BACK, 2);
    pump.run(MINUTE * 2).await;
    assert_eq!(pump.most(WRITE_BACK), 2);
}

#[tokio::test(start_paused = true)]
async fn a_goods_owner_s_group_is_one_invocation_s_at_a_time() {
    let world = shop();
    for n in 1..40 {
        PowerOfficeShop.put_article(&world, n, "Article");
    }
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    pump.run(10 * MINUTE).await;
    assert_eq!(world.writes(), 41);
    assert_eq!((pump.most(IMPORT), world.most_in_flight()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_table_that_hangs_for_one_holds_invocations_and_gets_none_killed() {
    let world = shop();
    ProcountorShop.onboard(&world, json!({}));
    notices(&world, "acme", 100).await;
    notices(&world, "other", 1).await;
    world.rules.add(Rule::when(|call| call.what.contains("acme"), Happens::Hangs));
    let mut pump = Pump::new(&world);
    pump.run(MINUTE).await;
    let others = || world.counters.calls_of(Peer::Tenants, "get other");
    assert_eq!((pump.most(WRITE_BACK), others()), (10, 0));
    assert_eq!(world.memory.queue("writeback.fifo").depth(world.now()).waiting, 1);
    // The last of them began a second later than the first.
    pump.run(MINUTE + Duration::from_secs(2)).await;
    assert_eq!(world.counters.invoked("writeback").ended, [("ran", 11)].into());
    assert_eq!(others(), 1, "once the first ones are ended");
}

#[tokio::test(start_paused = true)]
async fn a_process_serves_again_unless_it_is_gone_or_each_is_a_new_one() {
    // Three jobs within the life of one access token.
    let logins = async |fresh: bool, hangs: bool| {
        let world = shop();
        let mut pump = if fresh { Pump::new(&world).with_new_processes() } else { Pump::new(&world) };
        for nth in 0..3 {
            if hangs && nth == 1 {
                world.rules.add(Rule::to(Peer::Tenants, Happens::Hangs).times(1));
            }
            world.memory.jobs(&[Job::tick("acme")], Duration::ZERO).await.unwrap();
            pump.run(6 * MINUTE).await;
        }
        let log = world.site(Site::PowerOffice).log();
        log.iter().filter(|(_, target)| target.to_ascii_lowercase().contains("token")).count()
    };
    assert_eq!((logins(false, false).await, logins(true, false).await), (1, 3));
    assert_eq!(logins(false, true).await, 2);
}

#[tokio::test(start_paused = true)]
async fn pollers_are_added_while_there_is_work() {
    let world = shop();
    world.memory.jobs(&vec![Job::tick("acme"); 30], Duration::ZERO).await.unwrap();
    world.rules.add(Rule::to(Peer::Tenants, Happens::Hangs));
    let mut pump = Pump::new(&world).with_concurrency(pull_of(Kind::PowerOffice), 30);
    for expected in [5, 10, 15, 20] {
        pump.run(Duration::from_secs(1)).await;
        assert_eq!(pump.most(pull_of(Kind::PowerOffice)), expected);
    }
}
