//! What only Procountor has: times without a zone, one resource for all documents, and what its words leave open.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use acceptance::shops::{ProcountorShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Site, World};
use bridge::state::ledger::Entry;
use bridge::tenant::Tenant;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use simulators::Trouble;
use simulators::procountor::{Kind as Record, Quirks, Right};

const SHOP: ProcountorShop = ProcountorShop;

async fn open(settings: Value) -> World {
    open_with(settings, |_| {}).await
}

/// A tenant that was seen before its first documents, on an installation with these quirks.
async fn open_with(settings: Value, quirks: impl FnOnce(&mut Quirks)) -> World {
    let world = World::new();
    quirks(&mut world.vendors.procountor.borrow_mut().model.quirks);
    SHOP.onboard(&world, settings);
    world.tick(Kind::Procountor).await;
    world
}

async fn tick(world: &World) {
    world.tick(Kind::Procountor).await;
}

async fn wait_until(world: &World, moment: &str) {
    let rest = moment.parse::<Timestamp>().unwrap().duration_since(world.now());
    world.wait(Duration::try_from(rest).unwrap()).await;
}

fn order(world: &World, n: usize) -> Option<Value> {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &(20_000 + n).to_string()).cloned()
}

fn entry(world: &World, feed: Feed, n: usize) -> Entry {
    world.find("acme", feed, &(20_000 + n).to_string()).unwrap()
}

/// Whatever the vendor's words leave open, 450 orders and an offer among them arrive as they are.
#[tokio::test(start_paused = true)]
async fn everything_arrives_under_every_reading_of_the_vendors_words() {
    let readings: [fn(&mut Quirks); 9] = [
        |_| {},
        |quirks| quirks.previous_id_on_invoices = false,
        |quirks| quirks.start_is_inclusive = false,
        |quirks| quirks.fraction_digits = 7,
        |quirks| quirks.total_count = false,
        |quirks| quirks.offers_leak = true,
        |quirks| quirks.nulls = true,
        |quirks| quirks.zone = TimeZone::UTC,
        |quirks| quirks.zone = TimeZone::get("America/New_York").unwrap(),
    ];
    for (reading, quirks) in readings.into_iter().enumerate() {
        // An installation may stand in any zone, so the beginning is a date.
        let world = open_with(json!({"start_date": "2026-03-01"}), quirks).await;
        SHOP.put_article(&world, 0, "Article");
        (0..450).for_each(|n| drop(SHOP.put_order(&world, n, &[0])));
        let mut offer = ProcountorShop::document(900, "SALES_ORDER", &[0]);
        offer["isOffer"] = json!(true);
        SHOP.put(&world, Record::Invoice, offer);
        for _ in 0..4 {
            tick(&world).await;
            // What was read as soon as it changed is read once more.
            world.wait(Duration::from_secs(15)).await;
        }
        let missing: Vec<usize> = (0..450).filter(|n| order(&world, *n).is_none()).collect();
        assert!(missing.is_empty(), "reading {reading}: {missing:?}");
        assert!(order(&world, 900).is_none(), "reading {reading}");
        SHOP.change_order(&world, 77);
        tick(&world).await;
        world.wait(Duration::from_secs(15)).await;
        assert_eq!(order(&world, 77).unwrap()["referenceNumber"], "Changed", "reading {reading}");
        let writes = world.writes();
        tick(&world).await;
        assert_eq!(world.writes(), writes, "reading {reading}");
        let erp = world.vendors.procountor.borrow();
        assert_eq!(erp.model.throttled, 0, "reading {reading}");
        // What changed right before a tick is read twice, and what is open once an hour, twice where pages go by number; a tick
        // without changes reads no details again.
        let details = erp.model.calls_of("GET /invoices/{id}");
        assert!(details < 70, "reading {reading}: {details}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_in_the_hour_that_autumn_repeats_arrives() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    // Finnish clocks go from 04:00 back to 03:00 at 01:00 UTC.
    wait_until(&world, "2026-10-25T00:40:00Z").await;
    SHOP.put_order(&world, 1, &[0]);
    tick(&world).await;
    assert!(order(&world, 1).is_some());
    let first = entry(&world, Feed::Orders, 1).seen.unwrap().version;
    wait_until(&world, "2026-10-25T01:20:00Z").await;
    SHOP.change_order(&world, 1);
    SHOP.put_order(&world, 2, &[0]);
    tick(&world).await;
    assert_eq!(order(&world, 1).unwrap()["referenceNumber"], "Changed");
    assert!(order(&world, 2).is_some());
    let entry = entry(&world, Feed::Orders, 1);
    assert_eq!(entry.outcome, Some(Outcome::Updated));
    assert!(entry.seen.unwrap().version > first);
}

/// Its `Date` header tells whole seconds, so a change in the second of its reading seems to lie ahead: it is of the second
/// round all the same.
#[tokio::test(start_paused = true)]
async fn an_edit_in_the_second_of_the_reading_is_of_the_second_round() {
    let world = open_with(json!({}), |quirks| quirks.fraction_digits = 3).await;
    SHOP.put_article(&world, 0, "Article");
    SHOP.put_order(&world, 1, &[0]);
    let edit = |text: &str| SHOP.change(&world, Record::Invoice, 70_001, &json!({"orderReference": text}));
    for (at, text) in [("2026-10-25T00:46:07.5Z", "First"), ("2026-10-25T01:01:14.5Z", "Second")] {
        wait_until(&world, at).await;
        edit(text);
        tick(&world).await;
        assert_eq!(order(&world, 1).unwrap()["referenceNumber"], text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_becomes_visible_late_arrives() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    let late = world.now() + Duration::from_secs(50 * 60);
    let document = ProcountorShop::document(1, "SALES_ORDER", &[0]);
    let put = |erp: &mut simulators::procountor::Procountor| {
        erp.put_late(world.now(), late, 11_001, Record::Invoice, document).unwrap();
    };
    put(&mut world.vendors.procountor.borrow_mut().model);
    for n in 2..5 {
        SHOP.put_order(&world, n, &[0]);
        tick(&world).await;
    }
    assert!(order(&world, 1).is_none());
    tick(&world).await;
    tick(&world).await;
    assert!(order(&world, 1).is_some());
}

/// Its times tell seconds: what is edited again in the second in which it was read has the same version.
#[tokio::test(start_paused = true)]
async fn an_edit_in_the_second_of_the_reading_arrives() {
    let world = open_with(json!({}), |quirks| quirks.fraction_digits = 0).await;
    SHOP.put_article(&world, 0, "Article");
    tick(&world).await;
    world.wait(Duration::from_millis(1_000 - u64::from(world.now().subsec_millisecond().unsigned_abs()))).await;
    let second = world.now().as_second();
    SHOP.put_order(&world, 1, &[0]);
    let pulled = world.pull(Kind::Procountor, &Job::tick("acme")).await;
    assert!(SHOP.change_order(&world, 1) && world.now().as_second() == second, "{pulled:?}");
    world.import_all().await;
    world.wait(Duration::from_secs(900)).await;
    tick(&world).await;
    let arrived = order(&world, 1).unwrap().to_string();
    assert!(arrived.contains("Changed"), "{arrived}");
    // It is read once more, and then known, but for the look at what is open, once an hour.
    tick(&world).await;
    let details = || world.vendors.procountor.borrow().model.calls_of("GET /invoices/{id}");
    let before = details();
    tick(&world).await;
    assert_eq!(details(), before);
}

#[tokio::test(start_paused = true)]
async fn what_happens_between_the_list_and_the_details_is_seen() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    (1..=3).for_each(|n| drop(SHOP.put_order(&world, n, &[0])));
    {
        let mut erp = world.vendors.procountor.borrow_mut();
        let at = |n: usize| json!({"company": 11_001, "id": ProcountorShop::id(n)});
        // The second list of the tick: purchase orders come first.
        erp.model.interject("GET /invoices", 2, "delete_invoice", at(1));
        erp.model.interject("GET /invoices", 2, "invalidate", at(2));
    }
    tick(&world).await;
    assert!(order(&world, 1).is_none() && order(&world, 2).is_none() && order(&world, 3).is_some());
    assert_eq!(entry(&world, Feed::Orders, 1).outcome, Some(Outcome::Parked));
    assert_eq!(entry(&world, Feed::Orders, 2).outcome, Some(Outcome::Filtered));
    // Read again by its id, the deleted one is gone; it is left out once a second look says so.
    tick(&world).await;
    assert_eq!(entry(&world, Feed::Orders, 1).outcome, Some(Outcome::Parked));
    for _ in 0..8 {
        tick(&world).await;
    }
    let deleted = entry(&world, Feed::Orders, 1);
    assert_eq!(deleted.outcome, Some(Outcome::Filtered));
    assert!(deleted.reason.unwrap().contains("gone"));
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_read_holds_nothing_up_and_comes_once_it_can() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    (1..=3).for_each(|n| drop(SHOP.put_order(&world, n, &[0])));
    let first = world.site(Site::Procountor).calls();
    // Products, those that are not active, purchase orders, orders, the batch; then the first by itself, the other two, and the
    // second by itself.
    for call in [4, 6, 7] {
        world.site(Site::Procountor).plan(first + call, Trouble::Refused);
    }
    tick(&world).await;
    assert!(order(&world, 1).is_some() && order(&world, 3).is_some() && order(&world, 2).is_none());
    assert_eq!(entry(&world, Feed::Orders, 2).outcome, Some(Outcome::Parked));
    tick(&world).await;
    assert!(order(&world, 2).is_some());
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_no_goods_are_left_out_and_the_log_says_so() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    let mut document = ProcountorShop::document(1, "SALES_ORDER", &[0, 0, 0]);
    document["invoiceRows"][0]["productCode"] = Value::Null;
    document["invoiceRows"][2]["quantity"] = json!(-1);
    document["language"] = json!("LATVIAN");
    SHOP.put(&world, Record::Invoice, document);
    tick(&world).await;
    let body = order(&world, 1).unwrap();
    assert_eq!(body["orderLines"].as_array().unwrap().len(), 1);
    assert_eq!(body["orderLines"][0]["rowNumber"], "101");
    assert_eq!(body.get("languageCode"), None);
    for path in ["/invoiceRows/0", "/invoiceRows/2", "/language"] {
        assert!(world.logs.text().contains(path), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_country_is_the_counterpartys_else_the_companys_and_an_unknown_one_parks_its_order() {
    let world = open(json!({})).await;
    world.vendors.procountor.borrow_mut().model.company_mut(11_001).unwrap().country = "SWEDEN".into();
    SHOP.put_article(&world, 0, "Article");
    for (n, country) in [(1, json!("FINLAND")), (2, Value::Null), (3, json!("ATLANTIS"))] {
        let mut document = ProcountorShop::document(n, "SALES_ORDER", &[0]);
        document["counterParty"]["counterPartyAddress"]["country"] = country;
        SHOP.put(&world, Record::Invoice, document);
    }
    tick(&world).await;
    assert_eq!(order(&world, 1).unwrap()["consignee"]["countryCode"], "FI");
    assert_eq!(order(&world, 2).unwrap()["consignee"]["countryCode"], "SE");
    let parked = entry(&world, Feed::Orders, 3);
    assert_eq!(parked.outcome, Some(Outcome::Parked));
    assert!(parked.reason.unwrap().contains("/counterParty/counterPartyAddress/country"));
}

#[tokio::test(start_paused = true)]
async fn settings_of_articles() {
    let settings = json!({"product_types": ["SALES", "PURCHASE"], "article_price": "stockValuationPrice"});
    let world = open(settings).await;
    SHOP.put_article(&world, 0, "Sold");
    let product = |id: i64, kind: &str, code: Value| json!({"id": id, "type": kind, "code": code, "price": 7.5});
    SHOP.put(&world, Record::Product, product(4001, "PURCHASE", json!("P-1")));
    SHOP.put(&world, Record::Product, product(4002, "TRAVEL", json!("T-1")));
    SHOP.put(&world, Record::Product, product(4003, "SALES", Value::Null));
    tick(&world).await;
    let ongoing = world.vendors.ongoing.borrow();
    let body = ongoing.model.article_body(GOODS_OWNER, "P-1").unwrap();
    assert_eq!(body["stockValuationPrice"], json!(7.5));
    assert_eq!(body.get("customerPrice"), None);
    assert!(ongoing.model.article_body(GOODS_OWNER, &article_number(0)).is_some());
    assert!(ongoing.model.article_body(GOODS_OWNER, "T-1").is_none());
    let skipped = world.ledger("acme", Feed::Articles).into_iter().find(|(key, _)| key == "4003").unwrap().1;
    assert_eq!(skipped.outcome, Some(Outcome::Filtered));
}

#[tokio::test(start_paused = true)]
async fn a_product_type_that_is_added_later_comes_in_from_its_beginning() {
    let world = open(json!({})).await;
    SHOP.put(&world, Record::Product, json!({"id": 4001, "type": "PURCHASE", "code": "P-1", "name": "Bought"}));
    wait_until(&world, "2026-03-05T07:00:00Z").await;
    SHOP.put_article(&world, 0, "Sold");
    tick(&world).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "P-1").is_none());
    let settings = json!({"product_types": ["SALES", "PURCHASE"]});
    world.onboard(acceptance::world::tenant("acme", Kind::Procountor, settings));
    tick(&world).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "P-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn settings_of_orders() {
    let settings = json!({
        "order_statuses": ["NOT_SENT"], "notify_by_email": true, "notify_by_sms": true,
        "extra_fields": [{"feed": "orders", "from": "/partnerId", "to": "/freeText1"}],
        "filters": [{"feed": "orders", "path": "/invoiceChannel", "in": ["EMAIL"]}],
    });
    let world = open(settings).await;
    SHOP.put_article(&world, 0, "Article");
    let mobile = json!({"id": 901, "name": "A", "registryInfo": {"mobilePhone": "+358 40 1"}});
    let person = json!({"id": 902, "name": "B", "contactPersons": [{"id": 1, "phone": "+358 40 2"}]});
    SHOP.put(&world, Record::Partner, mobile);
    SHOP.put(&world, Record::Partner, person);
    for (n, status, channel) in
        [(1, "NOT_SENT", "EMAIL"), (2, "NOT_SENT", "EMAIL"), (3, "NOT_SENT", "EMAIL"), (4, "NOT_SENT", "MAIL")]
    {
        let mut document = ProcountorShop::document(n, "SALES_ORDER", &[0]);
        document["status"] = json!(status);
        document["invoiceChannel"] = json!(channel);
        SHOP.put(&world, Record::Invoice, document);
    }
    SHOP.put_order(&world, 5, &[0]);
    tick(&world).await;
    let body = order(&world, 1).unwrap();
    assert_eq!(body["freeText1"], "901");
    assert_eq!(body["emailNotification"], json!({"value": "customer1@example.com", "toBeNotified": true}));
    assert_eq!(body["smsNotification"], json!({"value": "+358 40 1", "toBeNotified": true}));
    assert_eq!(order(&world, 2).unwrap()["smsNotification"]["value"], "+358 40 2");
    // Nobody in the register has a number.
    assert_eq!(order(&world, 3).unwrap()["smsNotification"], json!({"toBeNotified": false}));
    for (n, word) in [(4, "/invoiceChannel"), (5, "UNFINISHED")] {
        assert!(order(&world, n).is_none());
        assert!(entry(&world, Feed::Orders, n).reason.unwrap().contains(word));
    }
}

#[tokio::test(start_paused = true)]
async fn texts_longer_than_ongoing_takes_are_cut_and_say_so() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    let mut document = ProcountorShop::document(1, "SALES_ORDER", &[0]);
    document["notes"] = json!("ä".repeat(501));
    document["orderReference"] = json!("R".repeat(50));
    SHOP.put(&world, Record::Invoice, document);
    tick(&world).await;
    let body = order(&world, 1).unwrap();
    assert_eq!(body["orderRemark"], format!("{}…", "ä".repeat(499)));
    assert_eq!(body["referenceNumber"], "R".repeat(50));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_the_warehouse_has_is_updated_when_it_is_sent_whatever_becomes_of_what_is_first_seen_as_sent() {
    let world = open(json!({"first_seen_sent": "filter"})).await;
    SHOP.put_article(&world, 0, "Article");
    SHOP.put_order(&world, 1, &[0]);
    tick(&world).await;
    let change = json!({"status": "SENT", "orderReference": "Changed"});
    SHOP.change(&world, Record::Invoice, ProcountorShop::id(1), &change);
    tick(&world).await;
    assert_eq!(order(&world, 1).unwrap()["referenceNumber"], "Changed");
    assert_eq!(entry(&world, Feed::Orders, 1).outcome, Some(Outcome::Updated));
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_missing_stops_its_own_feed_only() {
    let world = open(json!({})).await;
    world.vendors.procountor.borrow_mut().model.company_mut(11_001).unwrap().rights.purchase_invoice_search =
        Right::None;
    SHOP.put_article(&world, 0, "Article");
    SHOP.put_order(&world, 1, &[0]);
    let summaries = world.tick(Kind::Procountor).await;
    assert!(order(&world, 1).is_some());
    let fault = summaries[0].feeds.iter().find(|feed| feed.feed == Feed::PurchaseOrders).unwrap().fault.clone();
    assert!(fault.unwrap().contains("Insufficient user rights"));
}

#[tokio::test(start_paused = true)]
async fn one_token_serves_its_hour_and_a_revoked_key_is_a_persons_affair() {
    let world = open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    // Four ticks an hour; the last five minutes of the hour are not used.
    for _ in 0..3 {
        tick(&world).await;
    }
    assert_eq!(world.vendors.procountor.borrow().model.logins, 1);
    tick(&world).await;
    assert_eq!(world.vendors.procountor.borrow().model.logins, 2);

    {
        let mut erp = world.vendors.procountor.borrow_mut();
        erp.model.company_mut(11_001).unwrap().api_key = None;
        erp.model.expire_tokens();
    }
    let summaries = world.tick(Kind::Procountor).await;
    let fault = summaries[0].feeds[0].fault.clone().unwrap();
    assert!(fault.contains("not authorized"), "{fault}");
    assert!(!world.logs.text().contains("api-key-acme") && !world.memory.dump().contains("api-key-acme"));
}

#[test]
fn words_that_procountor_does_not_have_are_refused_with_their_path() {
    let settings = json!({"order_statuses": ["NOT_SENT", "CONFIRMED", 2], "product_types": ["Sales"]});
    let item = acceptance::world::tenant("acme", Kind::Procountor, settings);
    let faults = Tenant::parse(&item, false).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["/settings/order_statuses/1", "/settings/order_statuses/2", "/settings/product_types/0"]);
}
