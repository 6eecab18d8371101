//! Stock: the whole article is written, and nothing of it changes but the stock.

use std::time::Duration;

use acceptance::shops::{Shop, VismaShop, article_number};
use acceptance::world::{Site, World, tenant};
use bridge::doors::webhook::Reply;
use bridge::ports::Item;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::Trouble;

use crate::fixture::act;

fn id(n: usize) -> String {
    format!("a0a00000-0000-4000-8000-{n:012}")
}

/// Three articles in Ongoing, each with a stock of five in the ERP; the first has everything that an article can have.
async fn open(settings: Value) -> World {
    let world = World::new();
    VismaShop.onboard(&world, settings);
    world.tick(Kind::Visma).await;
    for n in 0..3 {
        VismaShop.put_article(&world, n, "Something warm");
        act(&world, "change_article", json!({"Id": id(n), "StockBalance": 5, "StockBalanceAvailable": 5}));
    }
    let coding = json!({"Name": "Goods 25 %", "Type": "Goods", "VatRatePercent": 25, "IsActive": true});
    let coding = {
        let mut erp = world.vendors.visma.borrow_mut();
        erp.model.put(world.now(), "acme", "articleaccountcodings", &coding).unwrap()
    };
    let everything = json!({
        "Id": id(0), "CodingId": coding, "NameEnglish": "Warm", "NetPriceWithDiscount": 140.25, "HouseWorkType": 2,
        "SendToWebshop": true, "UsesMoss": true, "ArticleLabels": [{"Id": id(99), "Name": "Wool", "Description": "x"}],
        "Notes": [id(98)], "Note": "Keep dry", "IsStock": true, "StockLocationReference": "A-1", "FreightCosts": 1.125,
        "UpdateStockPrices": true, "Barcodes": [{"Barcode": "7312340000282", "BarcodeType": 0}],
        "GreenTechnologyType": 1, "DiscountPercentage": 0.0625, "CurrencyCode": "EUR", "OrderingPoint": 3,
        "PurchasePriceWithCurrency": 7.123, "FreightCostWithCurrency": 0.1, "SupplierId": id(97),
        "SupplierArticleNumber": "S-1", "StockValue": 401.25,
    });
    act(&world, "change_article", everything);
    world.tick(Kind::Visma).await;
    world
}

fn article(world: &World, n: usize) -> Value {
    let erp = world.vendors.visma.borrow();
    Value::Object(erp.model.record("acme", "articles", &id(n)).unwrap().clone())
}

fn stock(world: &World, n: usize) -> String {
    article(world, n)["StockBalance"].to_string()
}

fn puts(world: &World) -> usize {
    let log = &world.vendors.visma.borrow().log;
    log.iter().filter(|(method, target)| method == "PUT" && target.starts_with("/v2/articles/")).count()
}

fn count(world: &World, n: usize, quantity: i64) {
    world.warehouse("count", &json!({"articleNumber": article_number(n), "numberOfItems": quantity}));
}

fn note(world: &World, n: usize) -> Value {
    let items = world.memory.items("tenant#acme", &format!("back#stock#{}", article_number(n)));
    items.first().map(|item| item.body.clone()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_webhooks_is_one_write_and_only_the_stock_changes() {
    for strict in [false, true] {
        let world = open(json!({})).await;
        world.vendors.visma.borrow_mut().model.rules.refuse_read_only_members = strict;
        let mut expected = article(&world, 0);
        let (_, before) = world.webhooks(0);
        for quantity in [7, 9, 12, 42] {
            count(&world, 0, quantity);
        }
        let payloads = world.webhooks(before).0;
        for payload in payloads.iter().chain(payloads.iter().rev()) {
            assert_eq!(world.post(payload).await, Reply::Accepted);
        }
        world.write_back_all().await;
        let after = article(&world, 0);
        for member in ["ChangedUtc", "StockBalanceManuallyChangedUtc"] {
            assert_ne!(expected[member], after[member], "{member}");
            expected[member] = after[member].clone();
        }
        expected["StockBalance"] = json!(42);
        expected["StockBalanceAvailable"] = json!(42);
        assert_eq!((after, puts(&world)), (expected, 1));
        for payload in &payloads {
            world.post(payload).await;
        }
        world.write_back_all().await;
        assert_eq!(puts(&world), 1);
        // The article's own time moved, and nothing of it is news for Ongoing.
        let (writes, wms) = (world.writes(), world.wms());
        world.tick(Kind::Visma).await;
        assert_eq!((world.writes(), world.wms()), (writes, wms));
    }
}

/// No write has a condition: whatever comes between the reading of an article and its writing is lost.
#[tokio::test(start_paused = true)]
async fn nothing_is_waited_for_between_the_reading_of_an_article_and_its_writing() {
    let world = open(json!({})).await;
    let (_, before) = world.webhooks(0);
    count(&world, 0, 7);
    for payload in world.webhooks(before).0 {
        assert_eq!(world.post(&payload).await, Reply::Accepted);
    }
    let read = format!("/v2/articles/{}", id(0));
    let others = async {
        let is_read = || world.vendors.visma.borrow().log.iter().any(|(_, target)| *target == read);
        while !is_read() {
            world.wait(Duration::from_millis(1)).await;
        }
        // Other tenants take the turns of the next seconds.
        let (pk, sk) = ("budget#visma/articles".to_owned(), "slots".to_owned());
        let rev = world.memory.items(&pk, &sk).first().map_or(0, |item| item.rev);
        let body = json!({ "next_free": (world.now() + Duration::from_secs(8)).to_string() });
        world.ports().state.put(Item { pk, sk, rev: rev + 1, body, expires: None }).await.unwrap();
        world.wait(Duration::from_secs(2)).await;
        act(&world, "change_article", json!({"Id": id(0), "Name": "Somebody's edit"}));
    };
    tokio::join!(world.write_back_all(), others);
    assert_eq!((stock(&world, 0), article(&world, 0)["Name"].as_str()), ("7".to_owned(), Some("Somebody's edit")));
}

#[tokio::test(start_paused = true)]
async fn with_every_webhook_lost_one_tick_makes_it_right() {
    let world = open(json!({})).await;
    count(&world, 2, 5);
    world.reconcile().await;
    count(&world, 0, 3);
    count(&world, 1, 8);
    let before = puts(&world);
    world.wait(Duration::from_secs(30 * 3600)).await;
    world.reconcile().await;
    assert_eq!((stock(&world, 0), stock(&world, 1), stock(&world, 2)), ("3".into(), "8".into(), "5".into()));
    assert_eq!(puts(&world) - before, 2, "an equal level is not written");
    for _ in 0..5 {
        world.reconcile().await;
    }
    assert_eq!(puts(&world) - before, 2);
}

#[tokio::test(start_paused = true)]
async fn sellable_stock_is_clamped_at_nothing() {
    let world = open(json!({"stock_quantity": "sellable"})).await;
    count(&world, 0, 1);
    VismaShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Visma).await;
    world.reconcile().await;
    // One in the house, two on the order: minus one to sell.
    assert_eq!(stock(&world, 0), "0");
}

#[tokio::test(start_paused = true)]
async fn an_article_is_found_by_its_number_where_its_id_is_no_longer_visma_s() {
    let world = open(json!({})).await;
    let mut again = article(&world, 1);
    again["Id"] = json!(id(11));
    {
        let mut erp = world.vendors.visma.borrow_mut();
        erp.model.delete("acme", "articles", &json!({"Id": id(1)})).unwrap();
        erp.model.put(world.now(), "acme", "articles", &again).unwrap();
        erp.model.delete("acme", "articles", &json!({"Id": id(2)})).unwrap();
    }
    count(&world, 1, 8);
    count(&world, 2, 9);
    world.reconcile().await;
    assert_eq!(stock(&world, 11), "8");
    assert!(note(&world, 2)["reason"].as_str().unwrap().contains("no article"), "{}", note(&world, 2));
}

#[tokio::test(start_paused = true)]
async fn a_stock_that_visma_keeps_itself_is_reported_once() {
    let world = open(json!({})).await;
    act(&world, "stock_module", json!({"active": true}));
    for quantity in [7, 9] {
        for n in 0..3 {
            count(&world, n, quantity);
        }
        world.reconcile().await;
    }
    assert_eq!((stock(&world, 0), puts(&world)), ("5".into(), 0));
    assert_eq!(note(&world, 1)["outcome"], "filtered");
    assert!(note(&world, 1)["reason"].as_str().unwrap().contains("stock_standard"), "{}", note(&world, 1));
    assert_eq!(world.logs.text().matches("stock is not taken").count(), 1);
    // Switched off again: the daily look at everything writes it.
    act(&world, "stock_module", json!({"active": false}));
    world.wait(Duration::from_secs(25 * 3600)).await;
    world.reconcile().await;
    assert_eq!((stock(&world, 0), stock(&world, 2)), ("9".into(), "9".into()));
}

#[tokio::test(start_paused = true)]
async fn a_stock_that_did_not_stick_is_reported_once() {
    let world = open(json!({})).await;
    // The module has a name that says nothing to us: only reading back shows it.
    world.vendors.visma.borrow_mut().model.company_mut("acme").unwrap().keeps_stock = true;
    for (n, quantity) in [(0, 7), (1, 7), (2, 5)] {
        count(&world, n, quantity);
    }
    world.reconcile().await;
    assert_eq!((stock(&world, 0), puts(&world)), ("5".into(), 2));
    assert!(note(&world, 0)["reason"].as_str().unwrap().contains("did not keep it"), "{}", note(&world, 0));
    assert_eq!(world.logs.text().matches("stock is not taken").count(), 1);
    world.reconcile().await;
    assert_eq!(puts(&world), 2, "not tried at every tick");
}

#[tokio::test(start_paused = true)]
async fn switched_off_writes_nothing() {
    let world = open(json!({})).await;
    let mut item = tenant("acme", Kind::Visma, json!({}));
    item["processes"] = json!({"stock": false});
    world.onboard(item);
    count(&world, 0, 7);
    for payload in world.webhooks(0).0 {
        world.post(&payload).await;
    }
    world.write_back_all().await;
    world.reconcile().await;
    assert_eq!((stock(&world, 0), puts(&world)), ("5".into(), 0));
}

async fn counted() -> (World, Value) {
    let world = open(json!({})).await;
    for n in 1..3 {
        count(&world, n, 5);
    }
    count(&world, 0, 3);
    let payload = world.webhooks(0).0.pop().unwrap();
    (world, payload)
}

#[tokio::test(start_paused = true)]
async fn crashes_and_troubles_change_nothing_of_the_end() {
    let (world, payload) = counted().await;
    let first: Vec<(Site, usize)> = [Site::Visma, Site::Ongoing].map(|site| (site, world.site(site).calls())).to_vec();
    world.steps.plan(None);
    world.post(&payload).await;
    world.write_back_all().await;
    let names = world.steps.names();
    let calls: Vec<usize> = first.iter().map(|(site, first)| world.site(*site).calls() - first).collect();
    assert_eq!((stock(&world, 0), puts(&world)), ("3".into(), 1));
    for (step, name) in names.iter().enumerate() {
        let (world, payload) = counted().await;
        world.steps.plan(Some(step));
        world.post(&payload).await;
        world.write_back_all().await;
        world.steps.plan(None);
        world.reconcile().await;
        world.reconcile().await;
        assert_eq!((stock(&world, 0), puts(&world)), ("3".into(), 1), "crash at step {step}, {name}");
    }
    for ((site, first), calls) in first.into_iter().zip(&calls) {
        for call in first..first + calls {
            for trouble in Trouble::ALL {
                let (world, payload) = counted().await;
                world.site(site).plan(call, trouble);
                world.post(&payload).await;
                world.write_back_all().await;
                VismaShop.put_right(&world);
                world.reconcile().await;
                world.reconcile().await;
                let when = format!("{trouble:?} at {:?}", world.site(site).log()[call]);
                assert_eq!(stock(&world, 0), "3", "{when}: {}", note(&world, 0));
                let once = matches!(trouble, Trouble::LostAnswer | Trouble::MalformedBody);
                assert!(puts(&world) <= if once { 1 } else { 2 }, "{when}");
            }
        }
    }
    println!("visma stock: {} crash steps, {calls:?} calls", names.len());
}
