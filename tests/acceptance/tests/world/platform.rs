//! What the platform may do beside: messages that expire, clocks that are apart, processes that die, messages of another
//! release, rows that are seen late.

use std::time::Duration;

use acceptance::shops::{Companies, article_number};
use acceptance::world::deployment::{IMPORT, pull_of};
use acceptance::world::{Ended, Release, World};
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn what_is_older_than_its_time_is_gone_and_the_rest_goes_on() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    for body in ["a1", "a2"] {
        queue.send(world.now(), "a", None, body, Duration::ZERO);
        world.wait(10 * MINUTE).await;
    }
    assert_eq!(queue.expire(world.now(), 15 * MINUTE), 1);
    let left = queue.receive(world.now(), 10);
    assert_eq!(left.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["a2"]);
    assert_eq!((queue.expire(world.now(), MINUTE), queue.is_empty(world.now())), (1, true));
}

#[tokio::test(start_paused = true)]
async fn clocks_of_new_processes_are_apart_by_no_more_than_is_said() {
    let world = World::seeded(1);
    world.clocks_apart(3);
    let off: Vec<SignedDuration> = (0..50).map(|_| world.process().clock.now().duration_since(world.now())).collect();
    let apart = off.iter().max().unwrap().as_millis() - off.iter().min().unwrap().as_millis();
    assert!(apart > 3_000 && off.iter().all(|off| off.abs() <= SignedDuration::from_secs(3)), "{off:?}");
    world.clocks_apart(0);
    assert_eq!(world.process().clock.now(), world.now());
}

#[tokio::test(start_paused = true)]
async fn an_invocation_that_dies_is_none_that_ran_into_its_deadline() {
    let world = World::seeded(1);
    world.die(1000);
    for _ in 0..20 {
        let invocation = world.invocation(IMPORT, world.process());
        let ended = world.live(&invocation, world.wait(IMPORT.timeout - Duration::from_millis(1))).await;
        assert!(matches!(ended, Ended::Crashed | Ended::Ran(())), "{ended:?}");
    }
    assert!(world.counters.invoked(IMPORT.name).ended["crashed"] > 10);
}

#[tokio::test(start_paused = true)]
async fn another_release_writes_less_or_more() {
    let world = World::new();
    world.onboard(acceptance::world::tenant("acme", Kind::Visma, json!({})));
    let queue = world.memory.queue_of(pull_of(Kind::Visma));
    let job = Job { queued_at: Some(world.now()), put_off: 2, ..Job::tick("acme") };
    for release in [Release::This, Release::Earlier, Release::Later] {
        world.memory.writes_as(release);
        world.ports().queue.jobs(std::slice::from_ref(&job), Duration::ZERO).await.unwrap();
    }
    let mut bodies: Vec<Value> =
        queue.all(world.now()).iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect();
    assert_eq!(bodies[0], json!(job));
    assert_eq!(bodies[1], json!({ "tenant_id": "acme" }));
    assert!(bodies[2].as_object_mut().unwrap().remove("of_a_later_release").is_some());
    assert_eq!(bodies[2], json!(job));
}

#[tokio::test(start_paused = true)]
async fn rows_are_seen_late_in_every_erp_and_stock_is_kept_by_a_renaming() {
    for kind in Kind::ALL {
        let world = World::new();
        let companies = Companies::found(&world, kind, 1, &json!({ "start_date": "2026-01-01" }));
        companies.put_stocked_article(&world, 0, 1, "Article");
        companies.shows_late(&world, 0, SignedDuration::from_secs(90));
        companies.put_stocked_article(&world, 0, 2, "Article");
        companies.put_order(&world, 0, 1, &[1]);
        companies.refer(&world, 0, 1, "rev-000001");
        companies.shows_late(&world, 0, SignedDuration::ZERO);
        let owner = companies.goods_owner(0);
        let there = |number: &str| world.vendors.ongoing.borrow().model.article_body(owner, number).is_some();
        let order = || world.vendors.ongoing.borrow().model.order_body(owner, "20001").cloned();
        world.tick(kind).await;
        assert_eq!((there(&article_number(1)), there(&article_number(2))), (true, false), "{kind}");
        assert_eq!(order(), None, "{kind}");
        world.tick(kind).await;
        assert!(there(&article_number(2)), "{kind}");
        assert!(order().is_some_and(|order| order.to_string().contains("rev-000001")), "{kind}");
        if kind.takes_stock() {
            companies.count_shelf(&world, 0, 1, 7);
            world.reconcile().await;
            companies.put_stocked_article(&world, 0, 1, "Renamed");
            assert_eq!(companies.stock(&world, 0, 1), Some(Decimal::from(7)), "{kind}");
        }
    }
}
