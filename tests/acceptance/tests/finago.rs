//! Finago Office: what is its own.

use std::time::Duration;

use acceptance::shops::finago::{FinagoShop, IDENTITY};
use acceptance::shops::{Shop, article_number};
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::tenant::Tenant;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;

const SHOP: FinagoShop = FinagoShop;

#[tokio::test(start_paused = true)]
async fn phone_and_e_mail_come_from_the_company_where_the_order_has_none() {
    let world = FinagoShop::open(json!({"notify_by_email": true, "notify_by_sms": true})).await;
    SHOP.put_article(&world, 0, "Article");
    let (bare, own) = (SHOP.put_order(&world, 3, &[0]), SHOP.put_order(&world, 4, &[0]));
    world.tick(Kind::Finago).await;
    let bare = FinagoShop::sent_order(&world, &bare).unwrap();
    assert_eq!(bare["consignee"]["advanced"]["emailNotification"]["value"], "customer3@example.com");
    assert_eq!(bare["consignee"]["advanced"]["smsNotification"]["value"], "+4790000003");
    assert_eq!(bare["smsNotification"], json!({"value": "+4790000003", "toBeNotified": true}));
    let own = FinagoShop::sent_order(&world, &own).unwrap();
    assert_eq!(own["emailNotification"], json!({"value": "order4@example.com", "toBeNotified": true}));
    // Row 31: the article was named by its record alone.
    assert_eq!(own["orderLines"][0]["articleNumber"], article_number(0));
    assert_eq!(own["deliveryDate"], "2026-03-09");
    FinagoShop::assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn an_order_waits_for_its_article() {
    let world = FinagoShop::open(json!({})).await;
    let number = SHOP.put_order(&world, 1, &[0]);
    world.tick(Kind::Finago).await;
    let entry = world.find("acme", Feed::Orders, &number).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Parked));
    SHOP.put_article(&world, 0, "Article");
    for _ in 0..2 {
        world.tick(Kind::Finago).await;
    }
    assert!(FinagoShop::sent_order(&world, &number).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_state_that_is_not_pulled_withdraws_only_where_it_means_so() {
    for (state, outcome) in [
        ("Web", Outcome::Cancelled),
        ("Draft", Outcome::Cancelled),
        ("OrderState_Sent", Outcome::Filtered),
        ("Invoiced", Outcome::Filtered),
        ("Pack", Outcome::Filtered),
    ] {
        let world = FinagoShop::open(json!({})).await;
        SHOP.put_article(&world, 0, "Article");
        let number = SHOP.put_order(&world, 1, &[0]);
        world.tick(Kind::Finago).await;
        let before = world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, &number);
        FinagoShop::set_state(&world, 1, state);
        for _ in 0..3 {
            world.tick(Kind::Finago).await;
            let entry = world.find("acme", Feed::Orders, &number).unwrap();
            assert_eq!(entry.outcome, Some(outcome), "{state}");
        }
        let after = world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, &number);
        assert_eq!(after, if outcome == Outcome::Cancelled { Some(1000) } else { before }, "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn order_statuses_choose_what_comes_in() {
    let world = FinagoShop::open(json!({"order_statuses": ["Confirmed", "Web"]})).await;
    SHOP.put_article(&world, 0, "Article");
    let numbers: Vec<String> = (1..=3).map(|n| SHOP.put_order(&world, n, &[0])).collect();
    FinagoShop::set_state(&world, 2, "Web");
    FinagoShop::set_state(&world, 3, "Offer");
    world.tick(Kind::Finago).await;
    let there: Vec<bool> = numbers.iter().map(|number| FinagoShop::sent_order(&world, number).is_some()).collect();
    assert_eq!(there, [true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_backfill_reads_the_sync_list_in_batches() {
    let world = FinagoShop::open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    world.tick(Kind::Finago).await;
    let now = world.now();
    {
        let mut erp = world.vendors.finago.borrow_mut();
        let identity = erp.model.identity_mut(IDENTITY).unwrap();
        // More than the plain search stands, from longer ago than it goes back.
        for n in 0..1100 {
            let record = FinagoShop::order(n, &[0]);
            identity.put(Table::Order, &record, now - jiff::SignedDuration::from_hours(24 * 200)).unwrap();
        }
    }
    let (lists, reads) = (FinagoShop::calls(&world, "GetOrderSyncList"), FinagoShop::calls(&world, "GetInvoices"));
    let job: Job =
        serde_json::from_value(json!({"tenant_id": "acme", "feeds": ["orders"], "since": "2025-01-01T00:00:00Z"}))
            .unwrap();
    world.pull(Kind::Finago, &job).await;
    world.pull_jobs(Kind::Finago).await;
    assert_eq!(world.queued().len(), 1100);
    assert_eq!(FinagoShop::calls(&world, "GetOrderSyncList") - lists, 1);
    assert_eq!(FinagoShop::calls(&world, "GetInvoices") - reads, 5, "250 at a time");
    FinagoShop::assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_committed_late_are_not_lost() {
    let world = FinagoShop::open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    let now = world.now();
    {
        let mut erp = world.vendors.finago.borrow_mut();
        let identity = erp.model.identity_mut(IDENTITY).unwrap();
        let visible = now + jiff::SignedDuration::from_mins(20);
        identity.put_late(Table::Order, &FinagoShop::order(1, &[0]), now, visible).unwrap();
    }
    world.wait(Duration::from_secs(60)).await;
    let shown = SHOP.put_order(&world, 2, &[0]);
    world.tick(Kind::Finago).await;
    assert!(FinagoShop::sent_order(&world, &shown).is_some() && FinagoShop::sent_order(&world, "20001").is_none());
    for _ in 0..2 {
        world.tick(Kind::Finago).await;
    }
    assert!(FinagoShop::sent_order(&world, "20001").is_some());
}

#[tokio::test(start_paused = true)]
async fn filters_and_further_fields_ask_for_what_they_need() {
    let settings = json!({
        "filters": [{"feed": "articles", "path": "/StockControlled", "in": [true]},
            {"feed": "orders", "path": "/ExternalStatus", "in": [6]}],
        "extra_fields": [{"feed": "orders", "from": "/Company/Name", "to": "/freeText1"},
            {"feed": "orders", "from": "/InvoiceRows/InvoiceRow/0/Name", "to": "/freeText2"},
            {"feed": "articles", "from": "/Price", "to": "/customerPrice"}],
    });
    let world = FinagoShop::open(settings).await;
    SHOP.put_article(&world, 0, "Article");
    SHOP.put_article(&world, 1, "Service");
    let product = |n| FinagoShop::product(n);
    FinagoShop::change(&world, Table::Product, product(0), &json!({"Price": "249.5"}));
    FinagoShop::change(&world, Table::Product, product(1), &json!({"StockControlled": false}));
    let (wanted, unwanted) = (SHOP.put_order(&world, 1, &[0]), SHOP.put_order(&world, 2, &[0]));
    FinagoShop::change(&world, Table::Order, 20_001, &json!({"ExternalStatus": 6}));
    world.tick(Kind::Finago).await;
    assert_eq!(FinagoShop::article(&world, 0).unwrap()["customerPrice"], json!(249.5));
    assert_eq!(FinagoShop::article(&world, 1), None);
    let body = FinagoShop::sent_order(&world, &wanted).unwrap();
    assert_eq!((&body["freeText1"], &body["freeText2"]), (&json!("Customer 1 AS"), &json!("Something warm")));
    assert_eq!(FinagoShop::sent_order(&world, &unwanted), None);
    FinagoShop::assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn a_product_without_a_number_and_an_order_without_goods_stay_out() {
    let world = FinagoShop::open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"No": ""}));
    let number = SHOP.put_order(&world, 1, &[0]);
    let text = json!({"InvoiceRows": {"InvoiceRow": [{"RowId": 1, "Name": "Thank you", "Type": "Text"}]}});
    FinagoShop::change(&world, Table::Order, 20_001, &text);
    world.tick(Kind::Finago).await;
    let entries = world.ledger("acme", Feed::Articles);
    assert_eq!(entries[0].1.outcome, Some(Outcome::Parked));
    assert!(entries[0].1.reason.as_deref().unwrap().contains("/No"));
    let entry = world.find("acme", Feed::Orders, &number).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Filtered));
    assert!(entry.reason.unwrap().contains("no row of the order is goods to pick"));
}

#[tokio::test(start_paused = true)]
async fn the_former_name_behaves_the_same() {
    let mut sent = Vec::new();
    for kind in ["finago", "24sevenoffice"] {
        let world = World::new();
        SHOP.onboard(&world, json!({}));
        let mut item = tenant("acme", Kind::Finago, json!({}));
        item["erp"]["kind"] = json!(kind);
        world.memory.tenant(item);
        world.tick(Kind::Finago).await;
        SHOP.put_article(&world, 0, "Article");
        SHOP.put_order(&world, 1, &[0]);
        world.tick(Kind::Finago).await;
        sent.push(world.wms());
    }
    assert_eq!(sent[0], sent[1]);
    assert_eq!(sent[1]["orders"].as_array().unwrap().len(), 1);
}

#[test]
fn settings_that_name_no_state_are_refused_with_their_path() {
    let faults = |settings: Value| -> Vec<String> {
        let parsed = Tenant::parse(&tenant("acme", Kind::Finago, settings), false);
        parsed.err().into_iter().flatten().map(|fault| fault.path).collect()
    };
    let good = json!({"order_statuses": ["Confirmed", "Web"], "shipped_status": "OrderState_Sent",
        "import_status": "Pack", "stock_quantity": "sellable"});
    assert_eq!(faults(good), Vec::<String>::new());
    let bad = json!({"order_statuses": ["Confirmed", "Sent", 2], "shipped_status": "Sent", "import_status": "Picked"});
    let paths = [
        "/settings/order_statuses/1",
        "/settings/order_statuses/2",
        "/settings/shipped_status",
        "/settings/import_status",
    ];
    assert_eq!(faults(bad), paths);
    assert_eq!(faults(json!({"product_types": ["Product"]})), ["/settings/product_types"]);
}
