//! Every trouble at every call: right after the next tick.

use acceptance::shops::{self, Shop, article_number, story};
use acceptance::world::{GOODS_OWNER, Site, World};
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use simulators::Trouble;

/// Everything has arrived; what a vendor refused is parked with its reason, to be offered again.
fn assert_right(world: &World, orders: &[String], refused: bool, when: &str) {
    let ongoing = world.vendors.ongoing.borrow();
    let parked = |feed: Feed, number: &str| {
        let entry = world.find("acme", feed, number);
        refused && entry.is_some_and(|entry| entry.outcome == Some(Outcome::Parked) && entry.reason.is_some())
    };
    for n in 0..2 {
        let number = article_number(n);
        let there = ongoing.model.article_body(GOODS_OWNER, &number).is_some();
        assert!(there || parked(Feed::Articles, &number), "{when}: article {number}");
    }
    for order in orders {
        let there = ongoing.model.order_body(GOODS_OWNER, order).is_some();
        assert!(there || parked(Feed::Orders, order), "{when}: order {order}");
    }
}

async fn every_trouble(shop: &dyn Shop, site: Site) {
    let (world, _) = story(shop).await;
    let first = world.site(site).calls();
    world.tick(shop.kind()).await;
    let last = world.site(site).calls();
    assert!(last > first, "{}: no call to {site:?}", shop.kind());
    let log = world.site(site).log();
    let undisturbed = world.writes();
    for (call, request) in log.iter().enumerate().take(last).skip(first) {
        for trouble in Trouble::ALL {
            let when = format!("{}: {trouble:?} at {site:?} call {request:?}", shop.kind());
            let (world, orders) = story(shop).await;
            assert_eq!(world.site(site).calls(), first, "{when}: the story is not the same");
            world.site(site).plan(call, trouble);
            world.tick(shop.kind()).await;
            shop.put_right(&world);
            world.tick(shop.kind()).await;
            assert_right(&world, &orders, trouble == Trouble::Refused, &when);
            // A refused record comes right by itself once it is offered again.
            for _ in 0..4 {
                world.tick(shop.kind()).await;
            }
            assert_right(&world, &orders, false, &when);
            let spare = if trouble == Trouble::LostAnswer || trouble == Trouble::MalformedBody { 2 } else { 0 };
            assert!(world.writes() <= undisturbed + spare, "{when}: {} writes", world.writes());
        }
    }
    println!("{}: {} troubles at {} calls to {site:?}", shop.kind(), Trouble::ALL.len(), last - first);
}

#[tokio::test(start_paused = true)]
async fn at_every_call_to_the_erp() {
    for shop in shops::all() {
        every_trouble(shop.as_ref(), shop.site()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn at_every_call_to_ongoing() {
    for shop in shops::all() {
        every_trouble(shop.as_ref(), Site::Ongoing).await;
    }
}
