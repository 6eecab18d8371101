//! Stock back to Finago Office: what differs is written, once, and only where the product keeps stock.

use std::time::Duration;

use acceptance::shops::{FinagoShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Site, World, tenant};
use bridge::state::journal::Back;
use bridge::systems::ongoing::Ongoing;
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;
use simulators::finago::Kind as Table;

async fn open() -> World {
    FinagoShop::stocked(json!({}), json!({})).await
}

fn writes(world: &World) -> Vec<(i64, String)> {
    let writes = FinagoShop::effects(world).stock_writes;
    writes.into_iter().map(|(product, quantity)| (product, quantity.to_string())).collect()
}

#[tokio::test(start_paused = true)]
async fn what_differs_is_written_and_what_is_equal_is_not() {
    let world = open().await;
    FinagoShop::change(&world, Table::Product, FinagoShop::product(1), &json!({ "Stock": "20.00" }));
    world.reconcile().await;
    assert_eq!(writes(&world), [(7000, "20".to_owned())]);
    let note = FinagoShop::note(&world, Back::Stock, &article_number(0)).await.unwrap();
    assert_eq!(note.reason.as_deref(), Some("stock 48 -> 20"));
    let note = FinagoShop::note(&world, Back::Stock, &article_number(2)).await.unwrap();
    assert_eq!(note.outcome, Some(Outcome::Filtered));
    assert!(note.reason.unwrap().contains("keeps no stock"));
    for _ in 0..3 {
        world.reconcile().await;
        world.tick(Kind::Finago).await;
    }
    assert_eq!(writes(&world).len(), 1);
    let calls = world.vendors.finago.borrow().model.counts.clone();
    assert_eq!((calls.calls["SetStockQuantity"], calls.ignored), (1, Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_webhooks_for_one_article_is_one_write() {
    let world = open().await;
    world.reconcile().await;
    let (before, (_, last)) = (writes(&world).len(), world.webhooks(0));
    for quantity in [7, 9, 12, 42] {
        FinagoShop::count(&world, 0, quantity);
    }
    let (payloads, _) = world.webhooks(last);
    for payload in payloads.iter().chain(payloads.iter().rev()) {
        world.post(payload).await;
    }
    world.write_back_all().await;
    assert_eq!(writes(&world)[before..], [(7000, "42".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn sellable_is_a_setting_and_never_less_than_nothing() {
    for (setting, expected) in [("sellable", "0"), ("physical", "1")] {
        let world = FinagoShop::stocked(json!({ "stock_quantity": setting }), json!({})).await;
        FinagoShop::count(&world, 0, 1);
        world.reconcile().await;
        assert_eq!(FinagoShop::stock(&world, 0), expected, "one in the house, two and a half on the order");
    }
}

#[tokio::test(start_paused = true)]
async fn an_article_without_a_product_code_is_found_by_its_number() {
    let world = open().await;
    world.reconcile().await;
    let item = Tenant::parse(&tenant("acme", Kind::Finago, json!({})), false).unwrap();
    let ongoing = Ongoing::new(&world.ports(), &item, world.now() + Duration::from_secs(60));
    for number in ["A-0%", "A-00004", "A-00005", "nowhere"] {
        let body = json!({ "goodsOwnerId": GOODS_OWNER, "articleNumber": number, "articleName": "By hand" });
        ongoing.put_article(None, number, &body).await.unwrap();
        world.warehouse("count", &json!({ "articleNumber": number, "numberOfItems": 3 }));
    }
    FinagoShop.put_article(&world, 4, "One of this number");
    for n in [5, 6] {
        FinagoShop.put_article(&world, n, "Two of this number");
        FinagoShop::change(&world, Table::Product, FinagoShop::product(n), &json!({ "No": article_number(5) }));
    }
    let before = writes(&world).len();
    world.reconcile().await;
    assert_eq!(writes(&world)[before..], [(7004, "3".to_owned())]);
    let reason = async |number: &str| FinagoShop::note(&world, Back::Stock, number).await.unwrap().reason.unwrap();
    assert!(reason("A-00005").await.contains("2 products have this number"));
    assert!(reason("A-0%").await.contains("no such product"));
    assert!(reason("nowhere").await.contains("no such product"));
}

#[tokio::test(start_paused = true)]
async fn crashes_and_troubles_change_nothing_of_the_end() {
    let story = async |step: Option<usize>, trouble: Option<(Site, usize, Trouble)>| {
        let world = open().await;
        let began: Vec<usize> = [Site::Finago, Site::Ongoing].map(|site| world.site(site).calls()).to_vec();
        world.steps.plan(step);
        if let Some((site, call, trouble)) = trouble {
            world.site(site).plan(world.site(site).calls() + call, trouble);
        }
        world.reconcile().await;
        let calls = [world.site(Site::Finago).calls() - began[0], world.site(Site::Ongoing).calls() - began[1]];
        (world, calls)
    };
    let right = async |world: World, spare: usize, when: &str| {
        world.steps.plan(None);
        for _ in 0..3 {
            world.reconcile().await;
        }
        assert_eq!((FinagoShop::stock(&world, 0), FinagoShop::stock(&world, 1)), ("20".into(), "20".into()), "{when}");
        // An absolute value may be sent again where its answer was lost.
        assert!(writes(&world).len() <= 2 + spare, "{when}: {:?}", writes(&world));
        let written = writes(&world).len();
        world.reconcile().await;
        assert_eq!(writes(&world).len(), written, "{when}");
    };
    let (world, calls) = story(None, None).await;
    let steps = world.steps.taken();
    assert!(steps > 20 && calls[0] >= 3 && calls[1] >= 2, "{steps} {calls:?}");
    for step in 0..steps {
        let (world, _) = story(Some(step), None).await;
        right(world, 0, &format!("crash at step {step}")).await;
    }
    for (site, calls) in [Site::Finago, Site::Ongoing].into_iter().zip(calls) {
        for call in 0..calls {
            for trouble in Trouble::ALL {
                let (world, _) = story(None, Some((site, call, trouble))).await;
                let lost = matches!(trouble, Trouble::LostAnswer | Trouble::MalformedBody);
                right(world, usize::from(lost), &format!("{trouble:?} at {site:?} call {call}")).await;
            }
        }
    }
    println!("finago stock: {steps} crash steps, {} troubles at {calls:?} calls", Trouble::ALL.len());
}
