//! How what waits for an article is released: at what cost, however many there are, whatever breaks on the way.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Pump, Rule, Site, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::reasons::{MINUTE, only, pull, seconds_until};
use crate::{article, numbers};

const KIND: Kind = Kind::PowerOffice;

/// Orders that came before their article, which is in the ERP now and not in Ongoing.
async fn open(orders: usize) -> (World, Vec<String>) {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world.tick(KIND).await;
    let orders = (1..=orders).map(|n| PowerOfficeShop.put_order(&world, n, &[0])).collect();
    pull(&world, KIND, Feed::Orders).await;
    world.wait(MINUTE).await;
    PowerOfficeShop.put_article(&world, 0, "Article");
    (world, orders)
}

fn missing(world: &World, orders: &[String]) -> usize {
    let ongoing = world.vendors.ongoing.borrow();
    orders.iter().filter(|order| ongoing.model.order_body(GOODS_OWNER, order).is_none()).count()
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_articles_costs_one_look_and_an_order_none() {
    let (world, _) = open(0).await;
    let batch: Vec<_> = numbers(100).iter().map(|number| article(&world, number)).collect();
    world.counters.reset();
    world.ports().queue.import(&batch).await.unwrap();
    world.import_all().await;
    let looks = world.counters.calls_of(Peer::State, "list");
    println!("figure: 8 | 100 articles in 10 batches, nothing waits: looks at what waits (before: 0) | {looks}");
    assert_eq!(looks, 10);
}

#[tokio::test(start_paused = true)]
async fn however_many_wait_for_one_article() {
    let (world, orders) = open(450).await;
    assert_eq!(missing(&world, &orders), 450);
    world.pull(KIND, &only(Feed::Articles)).await;
    let mut pump = Pump::new(&world);
    let took = seconds_until(&mut pump, &world, || missing(&world, &orders) == 0).await;
    println!(
        "figure: 8 | 450 orders wait for one article: seconds until they are in (before: never without a tick) | {took}"
    );
    assert!(took < 300, "{took}");
    assert_eq!(world.memory.items("tenant#acme", "waits#").len(), 0);
    assert_eq!(world.writes(), 451, "none is doubled");
}

#[tokio::test(start_paused = true)]
async fn only_what_waits_for_this_article_is_released() {
    let (world, orders) = open(2).await;
    let other = PowerOfficeShop.put_order(&world, 3, &[1]);
    pull(&world, KIND, Feed::Orders).await;
    world.pull(KIND, &only(Feed::Articles)).await;
    world.import_all().await;
    assert_eq!(missing(&world, &orders), 0);
    assert_eq!(missing(&world, &[other]), 1);
    assert_eq!(world.memory.items("tenant#acme", "waits#").len(), 1);
}

/// Without any tick: a message that comes again finds the article in place and looks once more.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_releases_it_all_the_same() {
    let begin = async || {
        let (world, orders) = open(2).await;
        world.pull(KIND, &only(Feed::Articles)).await;
        (world, orders)
    };
    let (world, _) = begin().await;
    world.steps.plan(None);
    world.import_all().await;
    let names = world.steps.names();
    assert!(names.len() > 15, "{}", names.len());
    for (step, name) in names.iter().enumerate() {
        let (world, orders) = begin().await;
        world.steps.plan(Some(step));
        world.import_all().await;
        world.steps.plan(None);
        assert_eq!(missing(&world, &orders), 0, "crash at step {step}, {name}");
        let state = world.wms();
        assert_eq!(state["orders"].as_array().unwrap().len(), 2, "crash at step {step}, {name}");
        // A doubled message says the same.
        assert!(world.writes() <= 5, "crash at step {step}, {name}: {}", world.writes());
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_look_fails_the_article_comes_again_for_it() {
    let (world, orders) = open(2).await;
    world.pull(KIND, &only(Feed::Articles)).await;
    let look = Rule::to(Peer::State, Happens::Refused).and(|call| call.says("list tenant#acme waits#")).times(1);
    world.rules.add(look);
    world.import_all().await;
    assert_eq!(missing(&world, &orders), 0);
    assert_eq!(world.writes(), 3);
}

/// The pull that offers an order again removes the index item of the try before. That takes long, and the order is parked
/// anew meanwhile.
#[tokio::test(start_paused = true)]
async fn what_is_parked_anew_while_its_earlier_index_item_is_removed_is_released_all_the_same() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world.tick(KIND).await;
    let orders = vec![PowerOfficeShop.put_order(&world, 1, &[0])];
    pull(&world, KIND, Feed::Orders).await;
    // Read once more, since it was made right before: nothing of its entry changes with the next look.
    world.wait(2 * MINUTE).await;
    pull(&world, KIND, Feed::Orders).await;
    assert_eq!(world.memory.items("tenant#acme", "waits#").len(), 1);
    world.wait(30 * MINUTE).await;
    let removal = Rule::to(Peer::State, Happens::Latency(Duration::from_secs(10)));
    world.rules.add(removal.and(|call| call.says("delete tenant#acme waits#")).times(1));
    // The pull has noted that it is queued before the import comes to it.
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(Duration::from_secs(2))));
    world.ports().queue.jobs(&[only(Feed::Orders)], Duration::ZERO).await.unwrap();
    let mut pump = Pump::new(&world);
    pump.run(2 * MINUTE).await;
    assert_eq!(world.memory.items("tenant#acme", "waits#").len(), 1, "it waits for its article");
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.ports().queue.jobs(&[only(Feed::Articles)], Duration::ZERO).await.unwrap();
    pump.run(2 * MINUTE).await;
    assert_eq!(missing(&world, &orders), 0);
}
