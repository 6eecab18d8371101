//! How long records took, from what the ledger and the journal have.

use acceptance::consent::{Browser, status_link};
use acceptance::shops::{self, Shop, VismaShop, article_number};
use acceptance::world::{Ended, World, tenant};
use bridge::roads::freshness::{self, Freshness, OF_A_COMMAND, Took};
use bridge::tenant::Tenant;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use serde_json::json;

use crate::screen::{MINUTE, open};

async fn freshness(world: &World, shop: &dyn Shop) -> Freshness {
    let tenant = Tenant::parse(&tenant("acme", shop.kind(), json!({})), false).unwrap();
    freshness::read(&world.ports(), &tenant, OF_A_COMMAND).await.unwrap()
}

/// Whole minutes: each call of the world takes its moment.
fn minutes(took: &Took) -> (usize, Option<i64>, Option<i64>, usize) {
    let whole = |seconds: Option<i64>| seconds.map(|seconds| seconds / 60);
    (took.records, whole(took.p50_seconds), whole(took.p95_seconds), took.not_there)
}

#[tokio::test(start_paused = true)]
async fn a_change_counts_until_it_is_in_the_warehouse_and_a_shipment_until_it_is_reported() {
    for shop in shops::all() {
        let (shop, world) = (shop.as_ref(), open(shop.as_ref()).await);
        world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 90 }));
        // Three that wait for two minutes, one that waits for twelve.
        let slow = shop.put_order(&world, 1, &[0]);
        world.wait(10 * MINUTE).await;
        let others: Vec<String> = (2..=4).map(|n| shop.put_order(&world, n, &[0])).collect();
        world.wait(2 * MINUTE).await;
        world.tick(shop.kind()).await;
        let (parked, _) = shop.put_poisoned_order(&world, 9);
        world.tick(shop.kind()).await;
        let told = freshness(&world, shop).await;
        let orders = minutes(&told.to_warehouse[&Feed::Orders]);
        assert_eq!(orders, (4, Some(2), Some(12), 1), "{}: {parked} {told:?}", shop.kind());
        // Not every document has shipments flow back.
        if !shop.kind().takes_shipments() {
            assert_eq!(told.to_erp, None);
            continue;
        }
        assert_eq!(told.to_erp.as_ref().map(minutes), Some((0, None, None, 0)), "{}", shop.kind());
        world.warehouse("ship", &json!({ "orderNumber": slow }));
        world.wait(7 * MINUTE).await;
        world.reconcile().await;
        let before = freshness(&world, shop).await;
        assert_eq!(before.to_erp.as_ref().map(minutes), Some((1, Some(7), Some(7), 0)), "{}: {before:?}", shop.kind());
        // What is looked at once more is no second report.
        world.warehouse("ship", &json!({ "orderNumber": others[0] }));
        for _ in 0..3 {
            world.reconcile().await;
        }
        let told = freshness(&world, shop).await;
        assert_eq!(told.to_erp.as_ref().map(minutes), Some((2, Some(0), Some(7), 0)), "{}: {told:?}", shop.kind());
        // A week later it says nothing of how it is now.
        world.wait(8 * 24 * 60 * MINUTE).await;
        let told = freshness(&world, shop).await;
        assert_eq!(minutes(&told.to_warehouse[&Feed::Orders]).0, 0, "{}", shop.kind());
        assert_eq!(told.to_erp.as_ref().map(minutes), Some((0, None, None, 0)), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_s_page_says_how_long_it_takes() {
    let world = open(&VismaShop).await;
    let order = VismaShop.put_order(&world, 1, &[0]);
    world.wait(3 * MINUTE).await;
    world.tick(VismaShop.kind()).await;
    let own = status_link(&world, Some("acme")).await;
    let page = Browser::new(&world).get(&own).await;
    page.says("In the last 7 days half was in the warehouse within 3 min, and 95 of 100 within 3 min.");
    assert!(!page.text().contains("reported to Visma"), "{}", page.text());
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 9 }));
    world.warehouse("ship", &json!({ "orderNumber": order }));
    world.reconcile().await;
    let page = Browser::new(&world).get(&own).await;
    page.says("Of the shipments of the last 7 days half was reported to Visma within 1 min");
}

#[tokio::test(start_paused = true)]
async fn a_first_run_a_backfill_and_a_replay_say_nothing_of_how_fresh_it_is() {
    for shop in shops::all() {
        let (shop, world) = (shop.as_ref(), World::new());
        shop.onboard(&world, json!({}));
        for n in 0..3 {
            shop.put_article(&world, n, "Article");
        }
        let before = shop.put_order(&world, 1, &[0]);
        world.wait(3 * 24 * 60 * MINUTE).await;
        world.tick(shop.kind()).await;
        let articles =
            |told: &Freshness| (minutes(&told.to_warehouse[&Feed::Articles]), not_counted(told, Feed::Articles));
        let orders = |told: &Freshness| (minutes(&told.to_warehouse[&Feed::Orders]), not_counted(told, Feed::Orders));
        let told = freshness(&world, shop).await;
        assert_eq!(articles(&told), ((0, None, None, 0), 3), "{}: {told:?}", shop.kind());
        assert_eq!(orders(&told), ((0, None, None, 0), 0), "{}: {before} is of before the start", shop.kind());
        // What changes from then on is counted.
        world.wait(60 * MINUTE).await;
        shop.put_article(&world, 1, "Renamed");
        world.wait(4 * MINUTE).await;
        world.tick(shop.kind()).await;
        let told = freshness(&world, shop).await;
        assert_eq!(articles(&told), ((1, Some(4), Some(4), 0), 2), "{}: {told:?}", shop.kind());
        // A backfill brings the order of before.
        let since = world.now() - 5 * 24 * 60 * MINUTE;
        let job = Job { since: Some(since), ..Job::tick("acme") };
        assert!(matches!(world.pull(shop.kind(), &job).await, Ended::Ran(Ok(_))), "{}", shop.kind());
        world.tick(shop.kind()).await;
        let told = freshness(&world, shop).await;
        assert_eq!(orders(&told), ((0, None, None, 0), 1), "{}: {told:?}", shop.kind());
        assert_eq!(articles(&told), ((1, Some(4), Some(4), 0), 2), "{}: {told:?}", shop.kind());
        let page = Browser::new(&world).get(&status_link(&world, Some("acme")).await).await;
        page.says("Not counted: 2 that were changed before the first reading, or were sent later by hand.");
    }
}

fn not_counted(told: &Freshness, feed: Feed) -> usize {
    told.to_warehouse[&feed].not_counted
}
