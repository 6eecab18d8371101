//! Finago Office: what is its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use acceptance::shops::finago::{FinagoShop, IDENTITY, PASSWORD, USER};
use acceptance::shops::{Shop, article_number};
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::envelope::Job;
use bridge::erp::{Feed, Kind};
use bridge::outcome::Outcome;
use bridge::tenant::Tenant;
use serde_json::{Value, json};
use simulators::finago::{FilterClock, Identity, Kind as Table};

const SHOP: FinagoShop = FinagoShop;

async fn open(settings: Value) -> World {
    let world = World::new();
    SHOP.onboard(&world, settings);
    world.tick(Kind::Finago).await;
    world
}

fn article(world: &World, n: usize) -> Option<Value> {
    world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(n)).cloned()
}

fn order(world: &World, number: &str) -> Option<Value> {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, number).cloned()
}

fn calls(world: &World, operation: &str) -> usize {
    world.vendors.finago.borrow().model.counts.calls.get(operation).copied().unwrap_or_default()
}

/// Every element of every request was one that the service's description has.
fn assert_described(world: &World) {
    assert_eq!(world.vendors.finago.borrow().model.counts.ignored, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn one_session_serves_all_invocations_and_is_renewed_when_it_is_gone() {
    let world = open(json!({})).await;
    assert_eq!(calls(&world, "Login"), 1);
    // A process that knows nothing takes the session from the table.
    world.new_process();
    SHOP.put_article(&world, 0, "Article");
    world.tick(Kind::Finago).await;
    assert_eq!((calls(&world, "Login"), article(&world, 0).is_some()), (1, true));
    world.vendors.finago.borrow_mut().model.expire_sessions();
    SHOP.put_article(&world, 1, "Article");
    world.tick(Kind::Finago).await;
    assert_eq!((calls(&world, "Login"), article(&world, 1).is_some()), (2, true));
    assert_eq!(world.memory.items("session#finago", "acme").len(), 1);
    let session = world.memory.items("session#finago", "acme")[0].body["session"].as_str().unwrap().to_owned();
    assert!(!session.is_empty());
    for secret in [session.as_str(), PASSWORD] {
        assert!(!world.logs.text().contains(secret), "a secret is logged");
    }
    assert!(!world.memory.dump().contains(PASSWORD));
    assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn the_identity_of_the_secret_is_the_company_that_is_pulled() {
    const OTHER: &str = "11111111-2222-4333-8444-555555555555";
    let world = open(json!({})).await;
    {
        let mut erp = world.vendors.finago.borrow_mut();
        let mut other = Identity::new(OTHER, 730_115, "Other AS");
        other.put(Table::Product, &json!({"Id": 1, "No": "OTHER", "Name": "Other"}), world.now()).unwrap();
        erp.model.add_identity(other);
        erp.model.users.clear();
        erp.model.add_user(USER, PASSWORD, &[IDENTITY, OTHER]);
    }
    let exists = |number: &str| world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, number).is_some();
    world.tick(Kind::Finago).await;
    assert!(!exists("OTHER"));
    // Another identity in the secret is another session.
    world.memory.secret("finago/acme", &json!({"username": USER, "password": PASSWORD, "identity_id": OTHER}));
    world.tick(Kind::Finago).await;
    assert!(exists("OTHER"));
    assert_eq!(calls(&world, "Login"), 2);
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_and_a_blocked_identity_stop_the_tenant() {
    for blocked in [false, true] {
        let world = World::new();
        SHOP.onboard(&world, json!({}));
        if blocked {
            world.vendors.finago.borrow_mut().model.identity_mut(IDENTITY).unwrap().blocked = true;
        } else {
            world.memory.secret("finago/acme", &json!({"username": USER, "password": "wrong"}));
        }
        let summaries = world.tick(Kind::Finago).await;
        assert_eq!(summaries[0].feeds.len(), 1, "the other feeds are not tried");
        let fault = summaries[0].feeds[0].fault.as_deref().unwrap();
        assert!(fault.starts_with("not authorized"), "{fault}");
        assert_eq!(calls(&world, "Login"), 2, "once more with fresh secrets");
    }
}

#[tokio::test(start_paused = true)]
async fn phone_and_e_mail_come_from_the_company_where_the_order_has_none() {
    let world = open(json!({"notify_by_email": true, "notify_by_sms": true})).await;
    SHOP.put_article(&world, 0, "Article");
    let (bare, own) = (SHOP.put_order(&world, 3, &[0]), SHOP.put_order(&world, 4, &[0]));
    world.tick(Kind::Finago).await;
    let bare = order(&world, &bare).unwrap();
    assert_eq!(bare["consignee"]["advanced"]["emailNotification"]["value"], "customer3@example.com");
    assert_eq!(bare["consignee"]["advanced"]["smsNotification"]["value"], "+4790000003");
    assert_eq!(bare["smsNotification"], json!({"value": "+4790000003", "toBeNotified": true}));
    let own = order(&world, &own).unwrap();
    assert_eq!(own["emailNotification"], json!({"value": "order4@example.com", "toBeNotified": true}));
    // Row 31: the article was named by its record alone.
    assert_eq!(own["orderLines"][0]["articleNumber"], article_number(0));
    assert_eq!(own["deliveryDate"], "2026-03-09");
    assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn an_order_waits_for_its_article() {
    let world = open(json!({})).await;
    let number = SHOP.put_order(&world, 1, &[0]);
    world.tick(Kind::Finago).await;
    let entry = world.find("acme", Feed::Orders, &number).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Parked));
    SHOP.put_article(&world, 0, "Article");
    for _ in 0..2 {
        world.tick(Kind::Finago).await;
    }
    assert!(order(&world, &number).is_some());
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
        let world = open(json!({})).await;
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
    let world = open(json!({"order_statuses": ["Confirmed", "Web"]})).await;
    SHOP.put_article(&world, 0, "Article");
    let numbers: Vec<String> = (1..=3).map(|n| SHOP.put_order(&world, n, &[0])).collect();
    FinagoShop::set_state(&world, 2, "Web");
    FinagoShop::set_state(&world, 3, "Offer");
    world.tick(Kind::Finago).await;
    let there: Vec<bool> = numbers.iter().map(|number| order(&world, number).is_some()).collect();
    assert_eq!(there, [true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_backfill_reads_the_sync_list_in_batches() {
    let world = open(json!({})).await;
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
    let (lists, reads) = (calls(&world, "GetOrderSyncList"), calls(&world, "GetInvoices"));
    let job: Job =
        serde_json::from_value(json!({"tenant_id": "acme", "feeds": ["orders"], "since": "2025-01-01T00:00:00Z"}))
            .unwrap();
    world.pull(Kind::Finago, &job).await;
    world.pull_jobs(Kind::Finago).await;
    assert_eq!(world.queued().len(), 1100);
    assert_eq!(calls(&world, "GetOrderSyncList") - lists, 1);
    assert_eq!(calls(&world, "GetInvoices") - reads, 5, "250 at a time");
    assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn suppliers_travel_with_the_articles_that_refer_to_them() {
    let world = World::new();
    SHOP.onboard(&world, json!({"filters": [{"feed": "suppliers", "path": "/Type", "in": ["Supplier"]}]}));
    let mut item =
        tenant("acme", Kind::Finago, json!({"filters": [{"feed": "suppliers", "path": "/Type", "in": ["Supplier"]}]}));
    item["processes"] = json!({"suppliers": true});
    let supplier = json!({"Id": 601, "Name": "Weaver AS", "Type": "Supplier",
        "Addresses": {"Post": {"Street": "Mill Road 4", "PostalCode": "6800", "PostalArea": "FØRDE", "Country": "NO"}}});
    FinagoShop::put(&world, Table::Company, &supplier);
    for n in 0..3 {
        SHOP.put_article(&world, n, "Article");
    }
    let refers = |n: usize, id: i64| {
        FinagoShop::change(&world, Table::Product, FinagoShop::product(n), &json!({"SupplierId": id}))
    };
    refers(0, 601);
    refers(1, 601);
    // A customer is no supplier by the tenant's filter.
    refers(2, 500);

    // Switched off, nothing of it is sent; switched on, what refers to a supplier is sent again.
    world.tick(Kind::Finago).await;
    assert_eq!(article(&world, 0).unwrap().get("supplierInfo"), None);
    world.memory.tenant(item);
    // Beyond the overlap of the articles themselves.
    world.wait(Duration::from_secs(5 * 3600)).await;
    let writes = world.writes();
    world.tick(Kind::Finago).await;
    assert_eq!(world.writes(), writes + 2);
    let info = article(&world, 0).unwrap()["supplierInfo"].clone();
    assert_eq!(info["supplierNumber"], "601");
    assert_eq!(info["supplierName"], "Weaver AS");
    assert_eq!(info["advanced"]["supplierAddress"]["city"], "FØRDE");
    assert_eq!(article(&world, 2).unwrap().get("supplierInfo"), None);

    // A change of the supplier alone.
    world.wait(Duration::from_secs(5 * 3600)).await;
    FinagoShop::change(&world, Table::Company, 601, &json!({"Name": "Weaver & Sons AS"}));
    world.tick(Kind::Finago).await;
    assert_eq!(world.writes(), writes + 4);
    assert_eq!(article(&world, 1).unwrap()["supplierInfo"]["supplierName"], "Weaver & Sons AS");
    for _ in 0..3 {
        world.tick(Kind::Finago).await;
    }
    assert_eq!(world.writes(), writes + 4);
    assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn a_crash_while_a_supplier_changes_loses_nothing() {
    let story = async || {
        let world = World::new();
        SHOP.onboard(&world, json!({}));
        let mut item = tenant("acme", Kind::Finago, json!({}));
        item["processes"] = json!({"suppliers": true});
        world.memory.tenant(item);
        FinagoShop::put(&world, Table::Company, &json!({"Id": 601, "Name": "Before"}));
        SHOP.put_article(&world, 0, "Article");
        FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"SupplierId": 601}));
        world.tick(Kind::Finago).await;
        world.wait(Duration::from_secs(5 * 3600)).await;
        FinagoShop::change(&world, Table::Company, 601, &json!({"Name": "After"}));
        world
    };
    let world = story().await;
    world.steps.plan(None);
    world.tick(Kind::Finago).await;
    let (steps, writes) = (world.steps.taken(), world.writes());
    assert!(steps > 20, "{steps}");
    for step in 0..steps {
        let world = story().await;
        world.steps.plan(Some(step));
        world.tick(Kind::Finago).await;
        world.steps.plan(None);
        world.tick(Kind::Finago).await;
        assert_eq!(article(&world, 0).unwrap()["supplierInfo"]["supplierName"], "After", "crash at step {step}");
        assert!(world.writes() <= writes + 1, "crash at step {step}: {} writes", world.writes());
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_leaves_open_makes_no_difference() {
    let changes: [fn(&mut simulators::finago::Rules); 6] = [
        |rules| rules.write_defaults = true,
        |rules| rules.filter_inclusive = true,
        |rules| rules.filter_clock = FilterClock::Oslo,
        |rules| rules.filter_clock = FilterClock::Behind(jiff::SignedDuration::from_mins(150)),
        |rules| rules.one_session_per_user = true,
        |rules| rules.session_idle = jiff::SignedDuration::from_mins(5),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let world = open(json!({})).await;
        change(&mut world.vendors.finago.borrow_mut().model.rules);
        SHOP.put_article(&world, 0, "Article");
        let number = SHOP.put_order(&world, 1, &[0]);
        world.tick(Kind::Finago).await;
        let body = order(&world, &number).unwrap_or_else(|| panic!("rule {index}"));
        assert!(!body.to_string().contains("2147483648") && !body.to_string().contains("0001-01-01"), "{body}");
        SHOP.change_order(&world, 1);
        world.tick(Kind::Finago).await;
        assert_eq!(order(&world, &number).unwrap()["referenceNumber"], "Changed", "rule {index}");
        let writes = world.writes();
        world.tick(Kind::Finago).await;
        assert_eq!(world.writes(), writes, "rule {index}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_in_the_hour_that_norway_skips_is_never_sent() {
    let world = open(json!({})).await;
    world.vendors.finago.borrow_mut().model.rules.filter_clock = FilterClock::Oslo;
    let target: jiff::Timestamp = "2026-03-29T05:29:00Z".parse().unwrap();
    world.wait(Duration::try_from(target.duration_since(world.now())).unwrap()).await;
    SHOP.put_article(&world, 0, "Article");
    for _ in 0..4 {
        for feed in &world.tick(Kind::Finago).await[0].feeds {
            assert_eq!(feed.fault, None);
        }
    }
    assert!(article(&world, 0).is_some());
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_committed_late_are_not_lost() {
    let world = open(json!({})).await;
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
    assert!(order(&world, &shown).is_some() && order(&world, "20001").is_none());
    for _ in 0..2 {
        world.tick(Kind::Finago).await;
    }
    assert!(order(&world, "20001").is_some());
}

#[tokio::test(start_paused = true)]
async fn the_hours_calls_are_not_used_up_and_a_quarantine_is_waited_for() {
    let world = open(json!({})).await;
    world.vendors.finago.borrow_mut().model.rules.calls_per_hour = 2;
    world.vendors.finago.borrow_mut().model.rules.hourly_limit_status = 500;
    SHOP.put_article(&world, 0, "Article");
    let summaries = world.tick(Kind::Finago).await;
    let faults: Vec<&str> = summaries[0].feeds.iter().filter_map(|feed| feed.fault.as_deref()).collect();
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.starts_with("asked to slow down")), "{faults:?}");
    world.vendors.finago.borrow_mut().model.rules.calls_per_hour = 7200;
    world.tick(Kind::Finago).await;
    assert!(article(&world, 0).is_some());
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
    let world = open(settings).await;
    SHOP.put_article(&world, 0, "Article");
    SHOP.put_article(&world, 1, "Service");
    let product = |n| FinagoShop::product(n);
    FinagoShop::change(&world, Table::Product, product(0), &json!({"Price": "249.5"}));
    FinagoShop::change(&world, Table::Product, product(1), &json!({"StockControlled": false}));
    let (wanted, unwanted) = (SHOP.put_order(&world, 1, &[0]), SHOP.put_order(&world, 2, &[0]));
    FinagoShop::change(&world, Table::Order, 20_001, &json!({"ExternalStatus": 6}));
    world.tick(Kind::Finago).await;
    assert_eq!(article(&world, 0).unwrap()["customerPrice"], json!(249.5));
    assert_eq!(article(&world, 1), None);
    let body = order(&world, &wanted).unwrap();
    assert_eq!((&body["freeText1"], &body["freeText2"]), (&json!("Customer 1 AS"), &json!("Something warm")));
    assert_eq!(order(&world, &unwanted), None);
    assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn a_product_without_a_number_and_an_order_without_goods_stay_out() {
    let world = open(json!({})).await;
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
    assert!(entry.reason.unwrap().contains("no row of the order names a product"));
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

#[test]
fn the_fixture_with_a_supplier_is_the_product_and_the_company() {
    let fixture = |name: &str| acceptance::rows::fixture(Kind::Finago, name).unwrap();
    let mut product = fixture("product");
    assert_eq!(product["SupplierId"], fixture("company")["Id"]);
    product["Supplier"] = fixture("company");
    assert_eq!(product, fixture("product-with-supplier"));
}
