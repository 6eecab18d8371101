//! Journeys in process, for every ERP by one list.

use acceptance::shops::{self, Shop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};

/// A tenant that was seen before its first orders.
async fn open(shop: &dyn Shop, settings: Value) -> World {
    let world = World::new();
    shop.onboard(&world, settings);
    world.tick(shop.kind()).await;
    world
}

fn names(world: &World, count: usize) -> Vec<Option<String>> {
    let ongoing = world.vendors.ongoing.borrow();
    (0..count)
        .map(|n| Some(ongoing.model.article_body(GOODS_OWNER, &article_number(n))?["articleName"].as_str()?.to_owned()))
        .collect()
}

fn has_order(world: &World, number: &str) -> bool {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, number).is_some()
}

#[tokio::test(start_paused = true)]
pub(crate) async fn articles_and_orders_arrive_and_a_second_tick_sends_nothing() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        (0..5).for_each(|n| shop.put_article(&world, n, &format!("Article {n}")));
        let order = shop.put_order(&world, 1, &[0, 1]);
        world.tick(shop.kind()).await;
        assert_eq!(
            names(&world, 5),
            (0..5).map(|n| Some(format!("Article {n}"))).collect::<Vec<_>>(),
            "{}",
            shop.kind()
        );
        assert!(has_order(&world, &order), "{}", shop.kind());
        let found = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(found.outcome, Some(Outcome::Created), "{}", shop.kind());

        let writes = world.writes();
        for _ in 0..3 {
            world.tick(shop.kind()).await;
        }
        assert_eq!(world.writes(), writes, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn a_renamed_article_is_updated_and_nothing_else() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        (0..5).for_each(|n| shop.put_article(&world, n, &format!("Article {n}")));
        world.tick(shop.kind()).await;
        let writes = world.writes();
        shop.put_article(&world, 3, "Another name");
        world.tick(shop.kind()).await;
        assert_eq!(world.writes(), writes + 1, "{}", shop.kind());
        assert_eq!(names(&world, 5)[3].as_deref(), Some("Another name"), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn orders_before_the_start_date_stay_out_until_a_backfill() {
    for shop in shops::all() {
        let world = World::new();
        shop.onboard(&world, json!({"start_date": "2026-03-02T09:00:00Z"}));
        shop.put_article(&world, 0, "Article");
        let early = shop.put_order(&world, 1, &[0]);
        world.wait(std::time::Duration::from_secs(4 * 3600)).await;
        let late = shop.put_order(&world, 2, &[0]);
        world.tick(shop.kind()).await;
        assert!(!has_order(&world, &early), "{}", shop.kind());
        assert!(has_order(&world, &late), "{}", shop.kind());

        let job = serde_json::from_value(json!({"tenant_id": "acme", "since": "2026-03-01T00:00:00Z"})).unwrap();
        world.pull(shop.kind(), &job).await;
        world.import_all().await;
        assert!(has_order(&world, &early), "{}", shop.kind());
        let writes = world.writes();
        world.tick(shop.kind()).await;
        assert_eq!(world.writes(), writes, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn a_poisoned_order_is_parked_by_name_and_all_others_arrive() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        shop.put_article(&world, 0, "Article");
        let (poisoned, member) = shop.put_poisoned_order(&world, 3);
        let good: Vec<String> = [1, 2, 4, 5].iter().map(|n| shop.put_order(&world, *n, &[0])).collect();
        world.tick(shop.kind()).await;
        for order in good {
            assert!(has_order(&world, &order), "{} {order}", shop.kind());
        }
        assert!(!has_order(&world, &poisoned), "{}", shop.kind());
        let entry = world.find("acme", Feed::Orders, &poisoned).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Parked), "{}", shop.kind());
        assert!(entry.reason.as_deref().unwrap().contains(member), "{}: {:?}", shop.kind(), entry.reason);
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn an_order_that_the_warehouse_started_keeps_what_it_has() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        shop.put_article(&world, 0, "Article");
        let order = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        let before = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned();
        world.warehouse("set_status", &json!({"orderNumber": order, "number": 320}));
        if !shop.change_order(&world, 1) {
            continue;
        }
        world.tick(shop.kind()).await;
        assert_eq!(world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned(), before);
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Blocked), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn a_changed_order_is_updated_until_the_warehouse_starts() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        shop.put_article(&world, 0, "Article");
        let order = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        let before = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned();
        if !shop.change_order(&world, 1) {
            continue;
        }
        world.tick(shop.kind()).await;
        assert_ne!(world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned(), before);
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Updated), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn an_order_withdrawn_in_the_erp_is_cancelled_unless_started() {
    for shop in shops::all() {
        for started in [false, true] {
            let world = open(shop.as_ref(), json!({})).await;
            shop.put_article(&world, 0, "Article");
            let order = shop.put_order(&world, 1, &[0]);
            world.tick(shop.kind()).await;
            if started {
                world.warehouse("set_status", &json!({"orderNumber": order, "number": 320}));
            }
            shop.withdraw_order(&world, 1);
            world.tick(shop.kind()).await;
            let status = world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, &order);
            assert_eq!(status, Some(if started { 320 } else { 1000 }), "{}", shop.kind());
            let entry = world.find("acme", Feed::Orders, &order).unwrap();
            let outcome = if started { Outcome::Blocked } else { Outcome::Cancelled };
            assert_eq!(entry.outcome, Some(outcome), "{}", shop.kind());
        }
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn a_thousand_articles_and_two_hundred_orders_arrive_complete() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        (0..1000).for_each(|n| shop.put_article(&world, n, &format!("Article {n}")));
        let orders: Vec<String> = (0..200).map(|n| shop.put_order(&world, n, &[n, n + 1])).collect();
        // A run that is out of time goes on at the next tick.
        for _ in 0..3 {
            world.tick(shop.kind()).await;
        }
        assert_eq!(names(&world, 1000), (0..1000).map(|n| Some(format!("Article {n}"))).collect::<Vec<_>>());
        for order in orders {
            assert!(has_order(&world, &order), "{} {order}", shop.kind());
        }
        assert_eq!(world.logs.count("parked"), 0, "{}", shop.kind());
        assert_eq!(world.writes(), 1200, "{}", shop.kind());
        assert_eq!(world.most_in_flight(), 1, "{}", shop.kind());
        let writes = world.writes();
        world.tick(shop.kind()).await;
        assert_eq!(world.writes(), writes, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn filters_and_extra_fields_of_the_tenant() {
    let shop = shops::PowerOfficeShop;
    let settings = json!({
        "filters": [{"feed": "articles", "path": "/Name", "in": ["Wanted"]}],
        "extra_fields": [{"feed": "orders", "from": "/InvoiceNo", "to": "/freeText1"}],
        "notify_by_sms": false,
    });
    let world = open(&shop, settings).await;
    shop.put_article(&world, 0, "Wanted");
    shop.put_article(&world, 1, "Unwanted");
    let order = shop.put_order(&world, 1, &[0]);
    world.tick(shop.kind()).await;
    assert_eq!(names(&world, 2), [Some("Wanted".to_owned()), None]);
    let entry = world.find("acme", Feed::Articles, &article_number(1)).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Filtered));
    assert!(entry.reason.unwrap().contains("/Name"));
    let body = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned().unwrap();
    assert_eq!(body["freeText1"], json!("30001"));
    assert_eq!(body["smsNotification"]["toBeNotified"], json!(false));
    assert_eq!(body["emailNotification"]["toBeNotified"], json!(true));
}
