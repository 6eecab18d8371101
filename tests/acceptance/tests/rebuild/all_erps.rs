//! The same story for every ERP: settled, lost, filled, and then nothing is written; what differs goes the ordinary roads.

use acceptance::shops::{self, Shop, article_number};
use bridge::roads::rebuild::{Rebuild, Refused, fill};
use bridge::state::reconcile_lease::ReconcileLease;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::scene::{HOUR, Scene};

fn names(rebuilt: &Rebuild, feed: &str) -> Vec<String> {
    let left = rebuilt.left.iter().filter(|left| left.feed == feed);
    left.map(|left| left.number.clone().unwrap_or_else(|| left.key.clone())).collect()
}

fn counts(rebuilt: &Rebuild, feed: &str) -> (usize, usize, usize, usize) {
    let found = rebuilt.feeds.iter().find(|found| found.feed == feed).unwrap();
    (found.filled, found.by_id, found.left, found.for_a_person)
}

#[tokio::test(start_paused = true)]
async fn a_lost_table_is_filled_and_then_nothing_is_written_to_anybody() {
    for shop in shops::all() {
        let kind = shop.kind();
        let scene = Scene::settled(shop.as_ref(), json!({})).await;
        scene.restore(Vec::new()).await;
        let rebuilt = scene.rebuild().await;
        assert_eq!(counts(&rebuilt, "articles"), (4, 0, 0, 0), "{kind}: {rebuilt:#?}");
        let orders = counts(&rebuilt, "orders");
        assert_eq!((orders.0 + orders.1, orders.2, orders.3), (4, 0, 0), "{kind}: {rebuilt:#?}");
        assert_eq!((names(&rebuilt, "shipments"), &rebuilt.for_a_person), (vec![], &vec![]), "{kind}: {rebuilt:#?}");
        let told = rebuilt.feeds.iter().find(|feed| feed.feed == "shipments");
        assert!(told.is_none_or(|told| told.filled == 2), "{kind}: {rebuilt:#?}");
        let before = scene.sent();
        let parked = scene.world.logs.count("parked");
        scene.ticks(3).await;
        for payload in scene.world.webhooks(0).0 {
            scene.world.post(&payload).await;
        }
        scene.world.write_back_all().await;
        scene.world.wait(30 * HOUR).await;
        scene.ticks(3).await;
        assert_eq!(scene.written_since(before), Vec::<String>::new(), "{kind}: {rebuilt:#?}");
        assert_eq!(scene.world.logs.count("parked"), parked, "{kind}");
        assert_eq!(scene.world.logs.count("blocked"), 0, "{kind}");
        // Found by their numbers as before.
        for order in &scene.orders {
            assert!(
                scene.world.find("acme", Feed::Orders, order).is_some_and(|entry| entry.ongoing.is_some()),
                "{kind}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_on_either_side_is_listed_and_goes_the_ordinary_roads() {
    for shop in shops::all() {
        let kind = shop.kind();
        let scene = Scene::settled(shop.as_ref(), json!({})).await;
        scene.restore(Vec::new()).await;
        // Renamed in Ongoing by hand, renamed in the ERP, new in the ERP, taken back in the ERP.
        let mut body = scene.article(1);
        body["articleName"] = json!("Somebody's name");
        scene.world.warehouse_api("PUT", "articles", &body);
        shop.put_article(&scene.world, 2, "A newer name");
        shop.put_article(&scene.world, 7, "New");
        shop.withdraw_order(&scene.world, 4);
        let rebuilt = scene.rebuild().await;
        let mut left = names(&rebuilt, "articles");
        left.sort();
        assert_eq!(left, [1, 2, 7].map(article_number), "{kind}: {rebuilt:#?}");
        let by_hand = rebuilt.left.iter().find(|left| left.number.as_deref() == Some(&article_number(1))).unwrap();
        assert!(by_hand.why.contains("/articleName"), "{kind}: {}", by_hand.why);
        assert!(
            counts(&rebuilt, "orders").1 >= 1,
            "{kind}: the order that was taken back is known by its id: {rebuilt:#?}"
        );
        let writes = scene.world.writes();
        scene.ticks(4).await;
        let name = |n: usize| scene.article(n)["articleName"].clone();
        assert_eq!([1, 2, 7].map(name), ["Article 1", "A newer name", "New"], "{kind}");
        let status = |at: usize| {
            let ongoing = scene.world.vendors.ongoing.borrow();
            ongoing.model.order_status(acceptance::world::GOODS_OWNER, &scene.orders[at])
        };
        assert_eq!((status(3), status(2)), (Some(1000), Some(300)), "{kind}");
        assert_eq!(scene.world.writes() - writes, 4, "{kind}: three articles and a cancellation");
        let entry = scene.world.find("acme", Feed::Orders, &scene.orders[3]).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Cancelled), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_picked_after_the_filling_is_told_of_an_order_that_the_erp_hands_out_no_more() {
    let shop = shops::VismaShop;
    let scene = Scene::settled(&shop, json!({})).await;
    scene.restore(Vec::new()).await;
    scene.rebuild().await;
    scene.ticks(2).await;
    let before = scene.sent();
    scene.world.warehouse("pick", &json!({ "orderNumber": scene.orders[1] }));
    scene.world.warehouse("collect", &json!({ "orderNumber": scene.orders[1] }));
    scene.ticks(2).await;
    let written = scene.written_since(before);
    assert!(written.iter().any(|call| call.starts_with("PUT ") && call.contains("/orders/")), "{written:?}");
}

#[tokio::test(start_paused = true)]
async fn an_article_that_was_renumbered_while_the_table_was_lost_becomes_no_second_one() {
    let shop = shops::PowerOfficeShop;
    let scene = Scene::settled(&shop, json!({})).await;
    scene.restore(Vec::new()).await;
    let product = json!({
        "Id": 7001, "Code": "A-NEW", "Name": "Article 1", "UnitPrice": 149.5, "UnitCost": 80.25, "ProductType": "Product",
        "ProductGroupId": 1, "ProductGroupCode": "G1", "UnitOfMeasureCode": "EA",
    });
    let table = simulators::poweroffice::Kind::Product;
    scene.world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put(scene.world.now(), table, product);
    let rebuilt = scene.rebuild().await;
    assert_eq!((counts(&rebuilt, "articles"), names(&rebuilt, "articles")), ((3, 1, 1, 0), vec!["A-NEW".to_owned()]));
    scene.ticks(3).await;
    let all = scene.world.wms();
    let mut numbers: Vec<&str> =
        all["articles"].as_array().unwrap().iter().filter_map(|article| article["articleNumber"].as_str()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["A-00000", "A-00002", "A-00003", "A-NEW"]);
}

#[tokio::test(start_paused = true)]
async fn purchase_orders_are_filled_and_cancelled_like_orders() {
    let shop = shops::ProcountorShop;
    let scene = Scene::settled(&shop, json!({})).await;
    let put = |n: usize| {
        let order = shops::ProcountorShop::document(n, "PURCHASE_ORDER", &[0]);
        shop.put(&scene.world, simulators::procountor::Kind::Invoice, order);
    };
    [8, 9].into_iter().for_each(put);
    scene.ticks(2).await;
    scene.world.wait(4 * HOUR).await;
    scene.restore(Vec::new()).await;
    shop.withdraw_order(&scene.world, 9);
    let rebuilt = scene.rebuild().await;
    assert_eq!(counts(&rebuilt, "purchase_orders"), (1, 1, 0, 0), "{rebuilt:#?}");
    let writes = scene.world.writes();
    scene.ticks(3).await;
    assert_eq!(scene.world.writes() - writes, 1, "the cancellation alone");
    let entry = scene.world.find("acme", Feed::PurchaseOrders, "20009").unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn whoever_works_on_the_tenant_is_not_met() {
    let shop = shops::PowerOfficeShop;
    let scene = Scene::settled(&shop as &dyn Shop, json!({})).await;
    scene.restore(Vec::new()).await;
    let (filling, _) = scene.read().await;
    let ports = scene.world.ports();
    let run = bridge::ports::Run { id: "other".into(), deadline: scene.world.now() + HOUR };
    let lease = ReconcileLease::take(&ports, "acme", &run).await.unwrap().unwrap();
    let before = scene.backup();
    let refused = fill(&ports, &run, &filling, &|_| ()).await;
    assert_eq!(refused, Err(Refused::AtWork("a look of the reconcile")));
    let kept = |items: Vec<bridge::ports::Item>| items.into_iter().filter(|item| item.sk != "lease#pull").count();
    assert_eq!(kept(scene.backup()), kept(before), "nothing was noted");
    let progress = lease.progress();
    lease.give_back(&ports, progress).await.unwrap();
    assert_eq!(fill(&ports, &run, &filling, &|_| ()).await, Ok(()));
    // The same again finds everything noted.
    let (again, told) = scene.read().await;
    assert!(!again.has_work(), "{told:#?}");
    assert_eq!(told.filled(), 0, "{told:#?}");
}
