//! Names and addresses have an end, and a tenant that is removed for ever leaves nothing.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::deployment::{IMPORT, RECONCILE, pull_of};
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::ports::Item;
use bridge::roads::repair::{self, Flow, purge};
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::{change_item, give_up, ongoing_is_down, open};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn refuse_orders(world: &World) -> std::rc::Rc<Rule> {
    world.rules.add(Rule::when(
        |call| {
            call.peer == Peer::Vendor(Site::Ongoing) && call.what.contains("/orders") && call.what.starts_with("PUT")
        },
        Happens::Status(400),
    ))
}

async fn days(world: &World, kind: Kind, days: u32) {
    Pump::new(world).scheduled([pull_of(kind), RECONCILE]).with_new_processes().run(DAY * days).await;
}

fn body(world: &World, order: &str) -> Option<String> {
    let entry = world.find("acme", Feed::Orders, order).unwrap();
    let envelope = entry.parked.and_then(|parked| parked.envelope);
    envelope.map(|envelope| serde_json::to_string(&envelope.record).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_parked_order_loses_its_names_in_time_and_is_read_again_when_it_is_tried() {
    // PowerOffice reads its newest records with every pull: what is news to the ledger would come back at once.
    for shop in shops::all().into_iter().take(1) {
        let world = open(shop.as_ref(), json!({})).await;
        let refused = refuse_orders(&world);
        let order = shop.put_order(&world, 1, &[0]);
        days(&world, shop.kind(), 28).await;
        assert!(body(&world, &order).is_some(), "{}", shop.kind());
        days(&world, shop.kind(), 4).await;
        assert_eq!(body(&world, &order), None, "{}", shop.kind());
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Parked), "{}", shop.kind());
        assert_eq!(world.memory.items("tenant#acme", "due-left#orders#").len(), 1, "{}", shop.kind());
        world.rules.remove(&refused);
        let left = world.memory.items("tenant#acme", "due-left#orders#").remove(0);
        let key = left.body["key"].as_str().unwrap().to_owned();
        assert!(repair::retry(&world.ports(), "acme", Flow::In(Feed::Orders), &key).await.unwrap());
        world.tick(shop.kind()).await;
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Created), "{}: {entry:?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_paused_tenant_keeps_no_names_either() {
    let world = open(&VismaShop, json!({})).await;
    refuse_orders(&world);
    let order = VismaShop.put_order(&world, 1, &[0]);
    days(&world, Kind::Visma, 8).await;
    change_item(&world, "acme", |item| item["enabled"] = json!(false)).await;
    assert!(body(&world, &order).is_some());
    days(&world, Kind::Visma, 25).await;
    assert_eq!(body(&world, &order), None);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_can_read_is_kept_no_longer() {
    let world = World::new();
    world.memory.put_message("g", "{\"v\": 1, \"tenant_id\": \"acme\"}");
    world.import_all().await;
    let kept = world.memory.items("unreadable", "import#").remove(0);
    assert_eq!(kept.expires, Some(kept.body["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap() + 30 * DAY));
}

/// A tenant with something everywhere, and another one beside it.
async fn lived_in(world: &World) {
    PowerOfficeShop.onboard(world, json!({}));
    PowerOfficeShop.put_article(world, 0, "Article");
    PowerOfficeShop.put_order(world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    // Parked, dead, queued, unreadable; and what others keep of it.
    let down = ongoing_is_down(world);
    PowerOfficeShop.put_article(world, 1, "Dead");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    assert_eq!(give_up(world, "import.fifo"), 1);
    world.rules.remove(&down);
    PowerOfficeShop.put_article(world, 2, "Queued");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    world.schedule(pull_of(Kind::PowerOffice)).await;
    world.schedule(RECONCILE).await;
    let unreadable = json!({ "body": "{\"tenant_id\":\"acme\"}", "reason": "no record" });
    for (pk, sk, body) in [
        ("session#finago", "acme", json!({})),
        ("consent#acme", "company", json!({})),
        ("circuit", "ongoing/acme", json!({})),
        ("identity", "acme", json!({})),
        ("unreadable", "import#1", unreadable),
        ("tenant#other", "health", json!({})),
        ("identity", "other", json!({})),
        ("circuit", "ongoing/other-acme", json!({})),
    ] {
        let item = Item { pk: pk.into(), sk: sk.into(), rev: 1, body, expires: None };
        world.ports().state.put(item).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_purged_leaves_nothing_and_the_others_keep_theirs() {
    let world = World::new();
    lived_in(&world).await;
    let partitions = ["consent#acme".to_owned()];
    let left = purge::left(&world.ports(), &*world.memory, "acme", &partitions).await.unwrap();
    assert!(left.items.len() > 8 && left.messages.len() >= 4, "{left:?}");
    assert_eq!(left.hidden, 0);
    world.memory.remove_tenant("acme");
    let (purged, after) = purge::purge(&world.ports(), &*world.memory, "acme", &partitions).await.unwrap();
    assert_eq!((purged.items, purged.messages), (left.items.len(), left.messages.len()));
    assert!(after.is_nothing(), "{after:?}");
    let dump = world.memory.dump();
    assert!(!dump.contains("\"acme\"") && !dump.contains("tenant#acme"), "{dump}");
    for (pk, sk) in [("tenant#other", "health"), ("identity", "other"), ("circuit", "ongoing/other-acme")] {
        assert_eq!(world.memory.items(pk, sk).len(), 1, "{pk} {sk}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_is_dealing_with_is_said_and_removed_by_the_next_time() {
    let world = open(&PowerOfficeShop, json!({})).await;
    PowerOfficeShop.put_article(&world, 1, "Under way");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let taken = world.memory.queue_of(IMPORT).receive(world.now(), 10);
    assert_eq!(taken.len(), 1);
    world.memory.remove_tenant("acme");
    let (_, left) = purge::purge(&world.ports(), &*world.memory, "acme", &[]).await.unwrap();
    assert_eq!((left.items.len(), left.messages.len(), left.hidden), (0, 0, 1));
    // It shows again, and is parked for a tenant that is not there.
    world.wait(DAY / 2).await;
    world.import_all().await;
    assert!(world.find("acme", Feed::Articles, &article_number(1)).is_some());
    let (_, left) = purge::purge(&world.ports(), &*world.memory, "acme", &[]).await.unwrap();
    assert!(left.is_nothing(), "{left:?}");
}
