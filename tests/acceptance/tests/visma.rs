//! What only Visma has: refused filters, moments in three forms, statuses, rows that are not goods, pages that move.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use acceptance::shops::{Shop, VismaShop, article_number};
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::systems::erp::{NothingKnown, What};
use bridge::systems::erps;
use bridge::tenant::Tenant;
use bridge::words::cursor::Cursor;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::visma::TimeForm;

async fn open(settings: Value) -> World {
    let world = World::new();
    VismaShop.onboard(&world, settings);
    world.tick(Kind::Visma).await;
    world
}

fn act(world: &World, action: &str, mut args: Value) -> Value {
    args["company"] = json!("acme");
    let mut erp = world.vendors.visma.borrow_mut();
    let done = simulators::Simulator::act(&mut erp.model, world.now(), action, &args);
    done.unwrap_or_else(|reason| panic!("{action}: {reason}"))
}

fn body(world: &World, order: &str) -> Option<Value> {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, order).cloned()
}

fn outcome(world: &World, order: &str) -> Option<Outcome> {
    world.find("acme", Feed::Orders, order).and_then(|entry| entry.outcome)
}

/// Calls to a list since the beginning whose target holds this text.
fn calls(world: &World, list: &str, text: &str) -> usize {
    let log = &world.vendors.visma.borrow().log;
    log.iter().filter(|(_, target)| target.starts_with(&format!("/v2/{list}")) && target.contains(text)).count()
}

/// The keys of every change from a cursor on, and the cursor at the end.
async fn read(world: &World, feed: Feed, from: Cursor) -> (Vec<String>, Cursor) {
    let ports = world.ports();
    let tenant = Tenant::parse(&tenant("acme", Kind::Visma, json!({})), false).unwrap();
    let erp = erps::connect(&ports, &tenant, world.now() + Duration::from_secs(300));
    let (mut keys, mut cursor) = (Vec::new(), from);
    for _ in 0..50 {
        let page = erp.changes(feed, &cursor, &NothingKnown).await.unwrap();
        let unread = page.changes.iter().find(|change| matches!(change.what, What::Unread(_)));
        assert!(unread.is_none(), "{unread:?}");
        keys.extend(page.changes.into_iter().map(|change| change.key));
        cursor = page.cursor;
        if !page.more {
            return (keys, cursor);
        }
    }
    panic!("the list has no end");
}

#[tokio::test(start_paused = true)]
async fn a_refused_filter_makes_the_whole_list_be_read_and_is_not_tried_again_for_a_day() {
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    let early = VismaShop.put_order(&world, 9, &[0]);
    world.vendors.visma.borrow_mut().model.rules.refused_filters = vec![("orders", "ModifiedUtc")];
    world.wait(Duration::from_secs(60)).await;
    world.tick(Kind::Visma).await;
    VismaShop.put_article(&world, 0, "Article");
    let order = VismaShop.put_order(&world, 1, &[0]);
    for _ in 0..4 {
        world.tick(Kind::Visma).await;
    }
    assert!(body(&world, &order).is_some());
    assert!(body(&world, &early).is_none(), "it was made before the tenant was first seen");
    assert_eq!(calls(&world, "orders", "$filter"), 1);
    let writes = world.writes();
    VismaShop.change_order(&world, 1);
    world.tick(Kind::Visma).await;
    assert_eq!(world.writes(), writes + 1);
    VismaShop.withdraw_order(&world, 1);
    world.tick(Kind::Visma).await;
    assert_eq!(outcome(&world, &order), Some(Outcome::Cancelled));

    world.vendors.visma.borrow_mut().model.rules.refused_filters.clear();
    world.wait(Duration::from_secs(24 * 3600)).await;
    world.tick(Kind::Visma).await;
    world.tick(Kind::Visma).await;
    assert_eq!(calls(&world, "orders", "$filter"), 3, "after a day the filter is tried again, and kept");
}

#[tokio::test(start_paused = true)]
async fn moments_without_a_zone_and_orders_that_were_never_edited() {
    for form in [TimeForm::Zulu, TimeForm::SevenDigitsNoZone, TimeForm::MillisecondsNoZone] {
        for null_until_edited in [true, false] {
            let world = World::new();
            {
                let rules = &mut world.vendors.visma.borrow_mut().model.rules;
                (rules.time_form, rules.modified_is_null_until_edited) = (form, null_until_edited);
                // Its clock is not ours.
                rules.clock_ahead = jiff::SignedDuration::from_mins(-90);
            }
            VismaShop.onboard(&world, json!({"start_date": "2026-03-01"}));
            world.tick(Kind::Visma).await;
            VismaShop.put_article(&world, 0, "Article");
            let order = VismaShop.put_order(&world, 1, &[0]);
            world.tick(Kind::Visma).await;
            assert!(body(&world, &order).is_some(), "{form:?}");
            let writes = world.writes();
            for _ in 0..3 {
                world.tick(Kind::Visma).await;
            }
            assert_eq!(world.writes(), writes, "{form:?}");
            VismaShop.change_order(&world, 1);
            world.tick(Kind::Visma).await;
            assert_eq!(body(&world, &order).unwrap()["referenceNumber"], "Changed", "{form:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_committed_late_is_seen() {
    let world = open(json!({})).await;
    let (now, seen) = (world.now(), world.now() + Duration::from_secs(240));
    let article = json!({"Number": article_number(3), "Name": "Late", "IsActive": true});
    world.vendors.visma.borrow_mut().model.put_late(now, seen, "acme", "articles", &article).unwrap();
    world.wait(Duration::from_secs(200)).await;
    world.tick(Kind::Visma).await;
    world.tick(Kind::Visma).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(3)).is_some());
}

/// A tick that finds nothing writes no cursor, however many there are; what comes after them is found.
#[tokio::test(start_paused = true)]
async fn a_list_that_has_nothing_leaves_the_cursor_where_it_was() {
    let world = open(json!({})).await;
    VismaShop.put_article(&world, 0, "One");
    let settled = |world: &World| world.memory.items("tenant#acme", "cursor#articles").remove(0).rev;
    for _ in 0..2 {
        world.wait(Duration::from_secs(900)).await;
        world.tick(Kind::Visma).await;
    }
    let before = settled(&world);
    for _ in 0..20 {
        world.wait(Duration::from_secs(900)).await;
        world.tick(Kind::Visma).await;
    }
    assert_eq!(settled(&world), before);
    VismaShop.put_article(&world, 1, "Another");
    world.wait(Duration::from_secs(900)).await;
    world.tick(Kind::Visma).await;
    assert_eq!(world.writes(), 2);
    assert!(settled(&world) > before);
}

#[tokio::test(start_paused = true)]
async fn drafts_stay_out_and_shipped_orders_stay_as_they_are() {
    let world = open(json!({})).await;
    VismaShop.put_article(&world, 0, "Article");
    let (draft, order) = (VismaShop.put_order(&world, 1, &[0]), VismaShop.put_order(&world, 2, &[0]));
    VismaShop.withdraw_order(&world, 1);
    world.tick(Kind::Visma).await;
    assert_eq!((body(&world, &draft), outcome(&world, &draft)), (None, Some(Outcome::Filtered)));
    for status in [3, 4] {
        let writes = world.writes();
        act(&world, "change_order", json!({"Number": order.parse::<i64>().unwrap(), "Status": status}));
        world.tick(Kind::Visma).await;
        assert_eq!((world.writes(), outcome(&world, &order)), (writes, Some(Outcome::Filtered)));
    }
    act(&world, "change_order", json!({"Number": draft.parse::<i64>().unwrap(), "Status": 2}));
    world.tick(Kind::Visma).await;
    assert!(body(&world, &draft).is_some());

    let world = open(json!({"order_statuses": [1, 2]})).await;
    VismaShop.put_article(&world, 0, "Article");
    let draft = VismaShop.put_order(&world, 1, &[0]);
    VismaShop.withdraw_order(&world, 1);
    world.tick(Kind::Visma).await;
    assert!(body(&world, &draft).is_some());
}

#[tokio::test(start_paused = true)]
async fn rows_of_goods_are_lines_texts_and_services_are_text_lines_and_the_rest_is_left_out() {
    let world = open(json!({})).await;
    VismaShop.put_article(&world, 0, "Article");
    let order = VismaShop.put_order(&world, 1, &[0]);
    let row = |line: i64, more: Value| {
        let mut row = json!({"LineNumber": line, "ArticleNumber": article_number(0), "Quantity": 2, "UnitPrice": 10,
            "DiscountPercentage": 0.125, "Amount": 17.5});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    let number = order.parse::<i64>().unwrap();
    let rows = json!([
        row(1, json!({})),
        row(2, json!({"IsTextRow": true, "ArticleNumber": null, "Text": "Ring first", "Quantity": 0})),
        row(3, json!({"IsServiceArticle": true, "Text": "Mounting"})),
        row(4, json!({"Quantity": -1})),
        row(5, json!({"Quantity": 0})),
    ]);
    act(&world, "change_order", json!({"Number": number, "Rows": rows}));
    world.tick(Kind::Visma).await;
    let sent = body(&world, &order).unwrap();
    let lines = sent["orderLines"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["externalId"], "1");
    assert_eq!(lines[0]["prices"]["discountPercentage"].to_string(), "12.5");
    assert_eq!(lines[0]["prices"]["linePrice"].to_string(), "20");
    assert_eq!(sent["advanced"]["orderTextLines"].as_array().unwrap().len(), 2);
    assert_eq!(sent["advanced"]["orderTextLines"][0]["comment"], "Ring first");
    assert_eq!(sent["advanced"]["orderTextLines"][1]["comment"], "Mounting");
    assert_eq!(world.logs.text().matches("above zero").count(), 2);

    // Nothing is left to pick.
    act(&world, "change_order", json!({"Number": number, "Rows": [row(3, json!({"IsServiceArticle": true}))]}));
    world.tick(Kind::Visma).await;
    assert_eq!(outcome(&world, &order), Some(Outcome::Cancelled));
    world.tick(Kind::Visma).await;
    assert_eq!(outcome(&world, &order), Some(Outcome::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn service_articles_stay_out() {
    let world = open(json!({})).await;
    let service = json!({"Number": "MO-1", "Name": "Work", "IsActive": true, "IsServiceArticle": true});
    act(&world, "put_article", service);
    world.tick(Kind::Visma).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "MO-1").is_none());
    assert_eq!(world.find("acme", Feed::Articles, "MO-1").unwrap().outcome, Some(Outcome::Filtered));
}

#[tokio::test(start_paused = true)]
async fn a_record_deleted_between_two_pages_hides_no_other() {
    let world = open(json!({})).await;
    for n in 0..450 {
        VismaShop.put_order(&world, n, &[0]);
    }
    world.wait(Duration::from_secs(600)).await;
    let first = json!({"company": "acme", "Number": 1000});
    act(&world, "after_page", json!({"action": "delete_order", "args": first}));
    let since = Cursor::Since("2026-03-01T00:00:00Z".parse().unwrap());
    let (mut keys, next) = read(&world, Feed::Orders, since).await;
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 450, "every order was seen, the deleted one before it went");
    let (again, _) = read(&world, Feed::Orders, next).await;
    assert!(again.is_empty(), "the cursor moved");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_holds_still_is_read_again_by_the_next_run() {
    let world = open(json!({})).await;
    for n in 0..450 {
        VismaShop.put_order(&world, n, &[0]);
    }
    world.wait(Duration::from_secs(600)).await;
    let since = Cursor::Since("2026-03-01T00:00:00Z".parse().unwrap());
    // After every answered list one is deleted.
    for n in 0..100 {
        let args = json!({"company": "acme", "Number": 1000 + n});
        act(&world, "after_page", json!({"action": "delete_order", "args": args}));
    }
    let (_, next) = read(&world, Feed::Orders, since).await;
    let (again, _) = read(&world, Feed::Orders, next).await;
    assert!(!again.is_empty(), "nothing was claimed");
}

#[tokio::test(start_paused = true)]
async fn customers_come_in_batches_and_singly_where_batches_are_refused() {
    for refused in [false, true] {
        let world = open(json!({})).await;
        if refused {
            world.vendors.visma.borrow_mut().model.rules.refused_filters = vec![("customers", "Id")];
        }
        VismaShop.put_article(&world, 0, "Article");
        let orders: Vec<String> = (0..20).map(|n| VismaShop.put_order(&world, n, &[0])).collect();
        world.tick(Kind::Visma).await;
        for order in &orders {
            let body = body(&world, order).unwrap();
            assert!(body["emailNotification"]["value"].as_str().unwrap().ends_with("@example.com"));
        }
        // Seven customers: one call, or one refused and one each.
        assert_eq!(calls(&world, "customers", ""), if refused { 8 } else { 1 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_that_cannot_be_read_now_holds_its_order_back_and_no_other() {
    let begun = async || {
        let world = open(json!({})).await;
        world.vendors.visma.borrow_mut().model.rules.refused_filters = vec![("customers", "Id")];
        VismaShop.put_article(&world, 0, "Article");
        let orders = [VismaShop.put_order(&world, 1, &[0]), VismaShop.put_order(&world, 2, &[0])];
        (world, orders)
    };
    let (world, _) = begun().await;
    world.tick(Kind::Visma).await;
    let single = world.vendors.visma.borrow().log.iter().position(|(_, target)| target.contains("/customers/"));
    let (world, orders) = begun().await;
    for again in 0..4 {
        world.vendors.visma.borrow_mut().plan(single.unwrap() + again, simulators::Trouble::ServerError(503));
    }
    world.tick(Kind::Visma).await;
    assert_eq!(
        (outcome(&world, &orders[0]), outcome(&world, &orders[1])),
        (Some(Outcome::Parked), Some(Outcome::Created))
    );
    world.tick(Kind::Visma).await;
    assert_eq!(outcome(&world, &orders[0]), Some(Outcome::Created));
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_keep_the_budget_of_an_endpoint() {
    let world = open(json!({})).await;
    world.vendors.visma.borrow_mut().model.rules.refused_filters = vec![("customers", "Id")];
    for n in 0..700 {
        let id = format!("cccc0000-0000-4000-8000-{n:012}");
        act(&world, "put_customer", json!({"Id": id, "CustomerNumber": n.to_string(), "Name": "Somebody"}));
        let number = VismaShop.put_order(&world, n, &[0]).parse::<i64>().unwrap();
        act(&world, "change_order", json!({"Number": number, "CustomerId": id}));
    }
    let since = || Cursor::Since("2026-03-01T00:00:00Z".parse().unwrap());
    let began = world.now();
    let ((one, _), (other, _)) = tokio::join!(read(&world, Feed::Orders, since()), read(&world, Feed::Orders, since()));
    for mut keys in [one, other] {
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 700);
    }
    assert_eq!(world.vendors.visma.borrow().model.pace.refused, 0);
    assert!(world.now().duration_since(began) > jiff::SignedDuration::from_secs(140), "nothing was paced");
}

#[test]
fn statuses_that_visma_does_not_have_are_refused_by_their_path() {
    let faults = |statuses: Value| -> Vec<String> {
        let item = tenant("acme", Kind::Visma, json!({ "order_statuses": statuses }));
        Tenant::parse(&item, false).err().unwrap_or_default().into_iter().map(|fault| fault.path).collect()
    };
    assert_eq!(faults(json!([2, "3"])), Vec::<String>::new());
    assert_eq!(faults(json!([2, "Confirmed", 5])), ["/settings/order_statuses/1", "/settings/order_statuses/2"]);
    assert_eq!(faults(json!([])), ["/settings/order_statuses"]);
    let item = tenant("acme", Kind::Visma, json!({ "product_types": ["SALES"] }));
    assert_eq!(Tenant::parse(&item, false).unwrap_err()[0].path, "/settings/product_types");
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_customer_is_gone_is_parked_alone() {
    let world = open(json!({})).await;
    VismaShop.put_article(&world, 0, "Article");
    let (lost, good) = (VismaShop.put_order(&world, 1, &[0]), VismaShop.put_order(&world, 2, &[0]));
    let nobody = json!({"Number": lost.parse::<i64>().unwrap(), "CustomerId": "dead0000-0000-4000-8000-000000000001"});
    act(&world, "change_order", nobody);
    world.tick(Kind::Visma).await;
    assert_eq!((outcome(&world, &lost), outcome(&world, &good)), (Some(Outcome::Parked), Some(Outcome::Created)));
}

#[tokio::test(start_paused = true)]
async fn settings_of_the_tenant() {
    let settings = json!({
        "filters": [{"feed": "orders", "path": "/Customer/CustomerNumber", "in": [10001]}],
        "extra_fields": [
            {"feed": "orders", "from": "/OrderDate", "to": "/freeText1"},
            {"feed": "articles", "from": "/Company/CountryCode", "to": "/countryOfOriginCode"},
        ],
        "notify_by_email": true,
        "notify_by_sms": true,
    });
    let world = open(settings).await;
    VismaShop.put_article(&world, 0, "Article");
    let (wanted, other) = (VismaShop.put_order(&world, 1, &[0]), VismaShop.put_order(&world, 2, &[0]));
    world.tick(Kind::Visma).await;
    assert_eq!(outcome(&world, &other), Some(Outcome::Filtered));
    let body = body(&world, &wanted).unwrap();
    assert_eq!(body["freeText1"], "2026-03-02T00:00:00Z");
    assert_eq!(body["emailNotification"]["toBeNotified"], true);
    assert_eq!(body["smsNotification"], json!({"value": "070-174 06 01", "toBeNotified": true}));
    let article = world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(0)).cloned();
    assert_eq!(article.unwrap()["countryOfOriginCode"], "SE");
}
