//! Freight, fees and services are on orders and are neither picked nor in the way of what is; nor is what nobody ordered.

use std::time::Duration;

use acceptance::shops::{FinagoShop, ProcountorShop, Shop, VismaShop, article_number};
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;
use simulators::poweroffice::Kind as Go;
use simulators::procountor::Kind as Record;

use crate::scene::{body, entry, invoice, line, open, put_go, rows};

fn act(world: &World, action: &str, mut args: Value) -> Value {
    args["company"] = json!("acme");
    let mut erp = world.vendors.visma.borrow_mut();
    let done = simulators::Simulator::act(&mut erp.model, world.now(), action, &args);
    done.unwrap_or_else(|reason| panic!("{action}: {reason}"))
}

#[tokio::test(start_paused = true)]
async fn services_and_listed_articles_of_poweroffice_are_texts() {
    for settings in [json!({"not_goods": ["FEE-*"]}), json!({"not_goods": ["FEE-*"], "product_types": ["Product"]})] {
        let world = open(Kind::PowerOffice, settings).await;
        put_go(
            &world,
            Go::Product,
            json!({"Id": 7100, "Code": "FREIGHT", "Name": "Freight", "ProductType": "Service"}),
        );
        put_go(&world, Go::Product, json!({"Id": 7102, "Code": "OLD", "ProductType": "Service", "IsArchived": true}));
        put_go(&world, Go::Product, json!({"Id": 7101, "Code": "FEE-1", "Name": "Fee", "ProductType": "Product"}));
        let goods = article_number(0);
        let mixed =
            [line(1, 7000, &goods, 2), line(2, 7100, "FREIGHT", 1), line(3, 7101, "FEE-1", 1), line(4, 7102, "OLD", 1)];
        let order = invoice(&world, 1, &json!({}), &mixed);
        let bare = invoice(&world, 2, &json!({}), &mixed[1..]);
        world.tick(Kind::PowerOffice).await;
        let sent = body(&world, &order).unwrap();
        let texts = vec!["FREIGHT, described", "FEE-1, described", "OLD, described"];
        assert_eq!(rows(&sent), (vec![goods.as_str()], texts));
        assert_eq!(body(&world, &bare), None);
        assert_eq!(entry(&world, &bare).outcome, Some(Outcome::Filtered));
        let listed = world.find("acme", Feed::Articles, "FEE-1").unwrap();
        assert_eq!((listed.outcome, listed.ongoing), (Some(Outcome::Filtered), None));
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_of_an_article_that_does_not_come_in_parks_its_order_and_says_what_to_do() {
    let filters = json!([{"feed": "articles", "path": "/Name", "in": ["Sweater"]}]);
    let world = open(Kind::PowerOffice, json!({ "filters": filters })).await;
    put_go(&world, Go::Product, json!({"Id": 7100, "Code": "PALLET", "Name": "Pallet", "ProductType": "Product"}));
    let lines = [line(1, 7000, &article_number(0), 2), line(2, 7100, "PALLET", 1)];
    let order = invoice(&world, 1, &json!({}), &lines);
    world.tick(Kind::PowerOffice).await;
    let parked = entry(&world, &order);
    assert_eq!(parked.outcome, Some(Outcome::Parked));
    let reason = parked.reason.unwrap();
    assert!(
        reason.contains("PALLET") && reason.contains("not_goods") && !reason.contains(&article_number(0)),
        "{reason}"
    );

    // A later order moves the pull past this one.
    world.wait(Duration::from_secs(3600)).await;
    invoice(&world, 2, &json!({}), &lines[..1]);
    world.tick(Kind::PowerOffice).await;
    // Once it is listed, the order goes by itself: nobody has to read it again.
    world.memory.tenant(tenant("acme", Kind::PowerOffice, json!({ "filters": filters, "not_goods": ["PALLET"] })));
    world.wait(Duration::from_secs(3600)).await;
    world.tick(Kind::PowerOffice).await;
    assert_eq!(rows(&body(&world, &order).unwrap()), (vec![article_number(0).as_str()], vec!["PALLET, described"]));
}

#[tokio::test(start_paused = true)]
async fn products_of_finago_are_goods_unless_they_are_listed_whether_or_not_it_keeps_their_stock() {
    let filters = json!([{"feed": "articles", "path": "/StockControlled", "in": [true]}]);
    let world = open(Kind::Finago, json!({ "filters": filters })).await;
    FinagoShop.put_article(&world, 1, "Freight");
    FinagoShop::change(&world, Table::Product, FinagoShop::product(1), &json!({"StockControlled": false}));
    let order = FinagoShop.put_order(&world, 1, &[0, 1]);
    let bare = FinagoShop.put_order(&world, 2, &[1]);
    world.tick(Kind::Finago).await;
    let parked = entry(&world, &order);
    assert_eq!(parked.outcome, Some(Outcome::Parked));
    let reason = parked.reason.unwrap();
    assert!(reason.contains(&article_number(1)) && reason.contains("not_goods"), "{reason}");

    let settings = json!({ "filters": filters, "not_goods": [article_number(1)] });
    world.memory.tenant(tenant("acme", Kind::Finago, settings));
    world.wait(Duration::from_secs(3600)).await;
    world.tick(Kind::Finago).await;
    assert_eq!(rows(&body(&world, &order).unwrap()), (vec![article_number(0).as_str()], vec![]));
    // It was handed out before the setting said so.
    assert_eq!(body(&world, &bare), None);
    assert_eq!(entry(&world, &bare).outcome, Some(Outcome::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn a_product_that_finago_keeps_no_stock_of_is_goods_to_the_warehouse() {
    let world = open(Kind::Finago, json!({"not_goods": ["FREIGHT"]})).await;
    FinagoShop.put_article(&world, 1, "Made to order");
    FinagoShop::change(&world, Table::Product, FinagoShop::product(1), &json!({"StockControlled": false}));
    FinagoShop.put_article(&world, 2, "Freight");
    FinagoShop::change(&world, Table::Product, FinagoShop::product(2), &json!({"No": "FREIGHT"}));
    let mut order = FinagoShop::order(1, &[0, 1, 2]);
    order["InvoiceRows"]["InvoiceRow"][2]["ProductNo"] = json!("FREIGHT");
    FinagoShop::put(&world, Table::Order, &order);
    world.tick(Kind::Finago).await;
    let (first, second) = (article_number(0), article_number(1));
    assert_eq!(rows(&body(&world, "20001").unwrap()), (vec![first.as_str(), second.as_str()], vec![]));
    assert!(world.logs.text().contains("/InvoiceRows/InvoiceRow/2"));
}

#[tokio::test(start_paused = true)]
async fn listed_rows_of_procountor_stay_out_with_a_reason() {
    let world = open(Kind::Procountor, json!({"not_goods": ["RAHTI"]})).await;
    let mut document = ProcountorShop::document(1, "SALES_ORDER", &[0, 1]);
    document["invoiceRows"][1]["productCode"] = json!("RAHTI");
    ProcountorShop.put(&world, Record::Invoice, document);
    world.tick(Kind::Procountor).await;
    assert_eq!(rows(&body(&world, "20001").unwrap()), (vec![article_number(0).as_str()], vec![]));
    let logs = world.logs.text();
    assert!(logs.contains("/invoiceRows/1") && logs.contains("listed in not_goods"));
}

#[tokio::test(start_paused = true)]
async fn freight_of_visma_is_a_text_and_goes_out_with_its_order() {
    let world = open(Kind::Visma, json!({"not_goods": ["FRAKT"], "create_backorder": true})).await;
    act(&world, "put_article", json!({"Number": "FRAKT", "Name": "Frakt", "IsActive": true, "NetPrice": 49}));
    let order = VismaShop.put_order(&world, 1, &[0]);
    let number = order.parse::<i64>().unwrap();
    let row = |line: i64, article: &str| json!({"LineNumber": line, "ArticleNumber": article, "Text": article, "Quantity": 2, "UnitPrice": 10});
    let rows_of = json!([row(1, &article_number(0)), row(2, "FRAKT")]);
    act(&world, "change_order", json!({"Number": number, "Rows": rows_of}));
    world.tick(Kind::Visma).await;
    assert_eq!(rows(&body(&world, &order).unwrap()), (vec![article_number(0).as_str()], vec!["FRAKT"]));
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "FRAKT").is_none());

    world.reconcile().await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 10}));
    world.warehouse("ship", &json!({"orderNumber": order}));
    world.reconcile().await;
    let state = act(&world, "state", json!({}));
    let shipped =
        state["registers"]["orders"].as_array().unwrap().iter().find(|order| order["Number"] == number).unwrap();
    assert_eq!(shipped["Status"], 3, "{shipped}");
    let delivered: Vec<String> =
        shipped["Rows"].as_array().unwrap().iter().map(|row| row["DeliveredQuantity"].to_string()).collect();
    assert_eq!(delivered, ["2", "2"]);
    assert!(!world.logs.text().contains("backorder for the rest"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ordered_or_comes_back_is_never_picked() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let goods = article_number(0);
    let lines = [line(1, 7000, &goods, 2), line(2, 7000, &goods, -1), line(3, 7000, &goods, 0)];
    let order = invoice(&world, 1, &json!({}), &lines);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(rows(&body(&world, &order).unwrap()), (vec![goods.as_str()], vec![]));
    assert!(world.logs.text().contains("/Lines/1") && world.logs.text().contains("/Lines/2"));

    let world = open(Kind::Finago, json!({})).await;
    let mut order = FinagoShop::order(1, &[0, 0, 0]);
    for (at, quantity) in [(1, "-1"), (2, "0")] {
        order["InvoiceRows"]["InvoiceRow"][at]["Quantity"] = json!(quantity);
    }
    FinagoShop::put(&world, Table::Order, &order);
    world.tick(Kind::Finago).await;
    assert_eq!(rows(&body(&world, "20001").unwrap()), (vec![goods.as_str()], vec![]));

    // Visma's rows have the default of a number that is left out.
    let world = open(Kind::Visma, json!({})).await;
    let order = VismaShop.put_order(&world, 1, &[0]);
    let row = |line: i64, quantity: Value| json!({"LineNumber": line, "ArticleNumber": article_number(0), "Quantity": quantity, "UnitPrice": 1});
    let rows_of = json!([row(1, json!(2)), row(2, Value::Null)]);
    act(&world, "change_order", json!({"Number": order.parse::<i64>().unwrap(), "Rows": rows_of}));
    world.tick(Kind::Visma).await;
    assert_eq!(rows(&body(&world, &order).unwrap()), (vec![goods.as_str()], vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_bundle_of_finago_goes_by_the_setting() {
    for (bundles, picked) in [(json!(null), vec![0, 1, 2]), (json!("main"), vec![0, 2]), (json!("parts"), vec![1, 2])] {
        let world = open(Kind::Finago, json!({ "bundles": bundles })).await;
        FinagoShop.put_article(&world, 1, "Part");
        FinagoShop.put_article(&world, 2, "Other");
        let mut order = FinagoShop::order(1, &[0, 1, 2]);
        order["InvoiceRows"]["InvoiceRow"][1]["Hidden"] = json!("true");
        FinagoShop::put(&world, Table::Order, &order);
        world.tick(Kind::Finago).await;
        let numbers: Vec<String> = picked.into_iter().map(article_number).collect();
        assert_eq!(rows(&body(&world, "20001").unwrap()).0, numbers, "{bundles}");
    }
}
