//! What a person does about what is parked.

use acceptance::shops::{PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::roads::repair::{self, Flow};
use bridge::state::journal::Back;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::screen::{MINUTE, open, pump, refuse_article};

fn waiting(world: &World) -> (usize, usize) {
    let count = |prefix: &str| world.memory.items("tenant#acme", prefix).len();
    (count("due#") + count("due-back#"), count("due-left"))
}

#[tokio::test(start_paused = true)]
async fn what_was_left_for_a_person_goes_with_the_next_tick_after_it_was_put_right() {
    let world = open(&PowerOfficeShop).await;
    let refused = refuse_article(&world, &article_number(1));
    PowerOfficeShop.put_article(&world, 1, "Refused");
    pump(&world, Kind::PowerOffice).run(8 * 24 * 60 * MINUTE).await;
    assert_eq!(waiting(&world), (0, 1));
    world.rules.remove(&refused);
    let entry = world.memory.items("tenant#acme", "due-left#articles#").remove(0);
    let key = entry.body["key"].as_str().unwrap();
    assert!(repair::retry(&world.ports(), "acme", Flow::In(Feed::Articles), key).await.unwrap());
    assert_eq!(waiting(&world), (1, 0));
    world.tick(Kind::PowerOffice).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(1)).is_some());
    assert_eq!(waiting(&world), (0, 0));
    // It is parked no more, and a second time does nothing.
    assert!(!repair::retry(&world.ports(), "acme", Flow::In(Feed::Articles), key).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_retry_in_vain_has_all_its_tries_again() {
    let world = open(&PowerOfficeShop).await;
    refuse_article(&world, &article_number(1));
    PowerOfficeShop.put_article(&world, 1, "Refused");
    pump(&world, Kind::PowerOffice).run(8 * 24 * 60 * MINUTE).await;
    let key = world.memory.items("tenant#acme", "due-left#articles#")[0].body["key"].as_str().unwrap().to_owned();
    assert!(repair::retry(&world.ports(), "acme", Flow::In(Feed::Articles), &key).await.unwrap());
    world.tick(Kind::PowerOffice).await;
    assert_eq!(waiting(&world), (1, 0), "tried again by itself");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_given_up_comes_again_when_it_is_changed() {
    let world = open(&PowerOfficeShop).await;
    let refused = refuse_article(&world, &article_number(1));
    PowerOfficeShop.put_article(&world, 1, "Refused");
    world.tick(Kind::PowerOffice).await;
    let entry = world.find("acme", Feed::Articles, &article_number(1)).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Parked));
    let key = world.memory.items("tenant#acme", "due#articles#")[0].body["key"].as_str().unwrap().to_owned();
    assert!(repair::drop(&world.ports(), "acme", Flow::In(Feed::Articles), &key).await.unwrap());
    assert_eq!(waiting(&world), (0, 0));
    world.rules.remove(&refused);
    let is_in = || world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(1)).is_some();
    pump(&world, Kind::PowerOffice).run(3 * 24 * 60 * MINUTE).await;
    assert!(!is_in(), "it was given up");
    PowerOfficeShop.put_article(&world, 1, "Renamed");
    world.tick(Kind::PowerOffice).await;
    assert!(is_in());
    assert!(!repair::drop(&world.ports(), "acme", Flow::In(Feed::Articles), &key).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_mapped_and_was_given_up_is_not_parked_again() {
    let world = open(&VismaShop).await;
    VismaShop.put_poisoned_order(&world, 1);
    world.tick(Kind::Visma).await;
    let key = world.memory.items("tenant#acme", "due#orders#")[0].body["key"].as_str().unwrap().to_owned();
    assert!(repair::drop(&world.ports(), "acme", Flow::In(Feed::Orders), &key).await.unwrap());
    pump(&world, Kind::Visma).run(24 * 60 * MINUTE).await;
    assert_eq!(waiting(&world), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_write_back_that_was_refused_is_tried_again_or_given_up() {
    let world = open(&VismaShop).await;
    world.reconcile().await;
    let put = |call: &acceptance::world::Call<'_>| call.what.starts_with("PUT /v2/articles");
    let refused = world.rules.add(acceptance::world::Rule::when(put, acceptance::world::Happens::Status(400)));
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    world.reconcile().await;
    assert_eq!(waiting(&world).0, 1);
    world.rules.remove(&refused);
    let flow = Flow::Back(Back::Stock);
    assert!(repair::retry(&world.ports(), "acme", flow, &article_number(0)).await.unwrap());
    world.reconcile().await;
    assert_eq!(waiting(&world), (0, 0));
    assert!(!repair::drop(&world.ports(), "acme", flow, &article_number(0)).await.unwrap());
}
