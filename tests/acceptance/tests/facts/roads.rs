//! Journeys of the way back and of rows, for every ERP that has them.

use std::time::Duration;

use acceptance::shops::{self, FinagoShop, ProcountorShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;
use simulators::{Simulator, finago, poweroffice};

pub(crate) async fn open(shop: &dyn Shop) -> World {
    open_with(shop, json!({})).await
}

/// The same with settings.
pub(crate) async fn open_with(shop: &dyn Shop, settings: Value) -> World {
    let world = World::new();
    shop.onboard(&world, settings);
    world.tick(shop.kind()).await;
    (0..2).for_each(|n| shop.put_article(&world, n, "Article"));
    if shop.kind() == Kind::PowerOffice {
        let change = |product: &mut Value| {
            product["IsStockItem"] = json!(true);
            product["StockOnHand"] = json!(5);
        };
        let mut erp = world.vendors.poweroffice.borrow_mut();
        erp.model.client("client-key-acme").change(world.now(), poweroffice::Kind::Product, "7000", change);
    }
    world.wait(Duration::from_secs(120)).await;
    world.tick(shop.kind()).await;
    world
}

/// What is still to be picked of an order.
pub(crate) fn rows(world: &World, order: &str) -> Vec<(String, f64)> {
    let wms = world.wms();
    let there = wms["orders"].as_array().unwrap().iter().find(|there| there["orderNumber"] == order).unwrap().clone();
    let rows = there["rows"].as_array().unwrap().iter();
    let row =
        |row: &Value| (row["rowNumber"].as_str().unwrap_or_default().to_owned(), row["ordered"].as_f64().unwrap());
    rows.map(row).filter(|(_, ordered)| *ordered > 0.0).collect()
}

#[tokio::test(start_paused = true)]
pub async fn rows_that_are_gone_are_not_picked() {
    for shop in shops::all() {
        // An invoice does not change.
        if shop.kind() == Kind::PowerOffice {
            continue;
        }
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0, 1]);
        world.tick(shop.kind()).await;
        assert_eq!(rows(&world, &order).len(), 2, "{}", shop.kind());
        world.wait(Duration::from_secs(3600)).await;
        shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        let left = rows(&world, &order);
        match entry.outcome {
            Some(Outcome::Updated) => assert_eq!(left.len(), 1, "{}: {left:?}", shop.kind()),
            // What Ongoing does not take is left for a person, in its words.
            Some(Outcome::Parked) => {
                assert!(entry.reason.as_deref().unwrap().contains("greater than zero"), "{}: {entry:?}", shop.kind());
            }
            _ => panic!("{}: {entry:?}", shop.kind()),
        }
    }
}

/// What the ERP says of order 1, and how often it was told.
pub(crate) fn shipped(world: &World, kind: Kind, order: &str) -> (bool, usize) {
    match kind {
        Kind::Finago => {
            let mut erp = world.vendors.finago.borrow_mut();
            let identity = erp.model.identity_mut(acceptance::shops::finago::IDENTITY).unwrap();
            let state =
                identity.record(finago::Kind::Order, order.parse().unwrap()).unwrap().body["OrderStatus"].clone();
            (state == "OrderState_Sent", identity.effects.status_changes.len())
        }
        Kind::Procountor => {
            let mails = world.vendors.procountor.borrow().model.mails(11_001, ProcountorShop::id(1));
            (mails > 0, usize::try_from(mails).unwrap())
        }
        Kind::Visma => {
            let state = Simulator::act(
                &mut world.vendors.visma.borrow_mut().model,
                world.now(),
                "state",
                &json!({"company": "acme"}),
            );
            let state = state.unwrap();
            let orders = state["registers"]["orders"].as_array().unwrap();
            let number: i64 = order.parse().unwrap();
            let there = orders.iter().find(|order| order["Number"] == number).unwrap();
            assert_eq!(orders.len(), 1, "no backorder was asked for");
            let mut rows = there["Rows"].as_array().unwrap().iter();
            let delivered = rows.all(|row| row["DeliveredQuantity"].as_i64() == Some(2));
            (there["Status"] == 3 && delivered, usize::from(there["Status"] == 3))
        }
        Kind::PowerOffice => (true, 1),
    }
}

/// Ships an order, and lets the ticks and reconciles of eight hours look at it.
pub async fn ship(world: &World, shop: &dyn Shop, order: &str) {
    world.warehouse("ship", &json!({"orderNumber": order}));
    for _ in 0..8 {
        world.wait(Duration::from_secs(3600)).await;
        world.reconcile().await;
        world.tick(shop.kind()).await;
    }
}

#[tokio::test(start_paused = true)]
pub async fn what_is_shipped_goes_back_once_or_is_left_for_a_person() {
    for shop in shops::all() {
        if shop.kind() == Kind::PowerOffice {
            continue;
        }
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        if shop.kind() == Kind::Procountor {
            ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({"status": "NOT_SENT"}));
        }
        world.tick(shop.kind()).await;
        world.reconcile().await;
        world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 10}));
        ship(&world, shop.as_ref(), &order).await;
        let (right, times) = shipped(&world, shop.kind(), &order);
        // It is left for a person, and nothing of it is done.
        let refused = || world.logs.text().contains("not supported invoice type") && times == 0;
        let told = || world.logs.text().lines().rev().take(6).collect::<Vec<_>>().join("\n");
        assert!(right && times == 1 || refused(), "{}: {times} times\n{}", shop.kind(), told());
        let status = world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, &order);
        assert_eq!(status, Some(450), "{}", shop.kind());
    }
}

fn stock(world: &World, kind: Kind) -> String {
    match kind {
        Kind::PowerOffice => {
            let mut erp = world.vendors.poweroffice.borrow_mut();
            erp.model.client("client-key-acme").get(poweroffice::Kind::Product, "7000").unwrap()["StockOnHand"]
                .to_string()
        }
        Kind::Finago => {
            let mut erp = world.vendors.finago.borrow_mut();
            let identity = erp.model.identity_mut(acceptance::shops::finago::IDENTITY).unwrap();
            let id = i64::try_from(FinagoShop::product(0)).unwrap();
            identity.record(finago::Kind::Product, id).unwrap().body["Stock"].as_str().unwrap_or_default().to_owned()
        }
        Kind::Visma => {
            let state = Simulator::act(
                &mut world.vendors.visma.borrow_mut().model,
                world.now(),
                "state",
                &json!({"company": "acme"}),
            );
            let articles = state.unwrap()["registers"]["articles"].as_array().cloned().unwrap();
            articles.iter().find(|article| article["Number"] == article_number(0)).unwrap()["StockBalance"].to_string()
        }
        Kind::Procountor => String::new(),
    }
}

#[tokio::test(start_paused = true)]
pub async fn stock_goes_back_and_stays_or_is_told() {
    for shop in shops::all() {
        if !shop.kind().takes_stock() {
            continue;
        }
        let world = open(shop.as_ref()).await;
        world.reconcile().await;
        world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 12}));
        for _ in 0..4 {
            world.wait(Duration::from_secs(900)).await;
            world.reconcile().await;
            world.tick(shop.kind()).await;
        }
        let there = stock(&world, shop.kind());
        // What the ERP does not keep is told by its fact, and the journal does not say that it was written.
        let not_taken = world.logs.text().contains("visma.stock-write");
        assert!(there.parse() == Ok(12.0) || not_taken && there == "0", "{}: {there}", shop.kind());
        let entry = world.find("acme", Feed::Articles, &article_number(0)).unwrap();
        assert!(matches!(entry.outcome, Some(Outcome::Created | Outcome::Updated)), "{}: {entry:?}", shop.kind());
    }
}

/// Rows of a page: the vendors give fewer than are asked for, and say so as they do of full pages. Finago's lists have no pages.
const ROWS: usize = 7;

/// Articles and orders of a first run: several pages of each.
const ARTICLES: usize = 40;
const ORDERS: usize = 20;

/// A first run as of a thousand articles, with so much smaller pages: what turns them is the same.
#[tokio::test(start_paused = true)]
pub async fn a_first_run_in_pages_arrives_whole_and_nothing_twice() {
    for shop in shops::all() {
        let world = World::new();
        world.pages.cut(Some(ROWS));
        shop.onboard(&world, json!({}));
        (0..ARTICLES).for_each(|n| shop.put_article(&world, n, &format!("Article {n}")));
        world.wait(Duration::from_secs(120)).await;
        world.tick(shop.kind()).await;
        let orders: Vec<String> = (0..ORDERS).map(|n| shop.put_order(&world, n, &[n, n + 1])).collect();
        for _ in 0..3 {
            world.wait(Duration::from_secs(300)).await;
            world.tick(shop.kind()).await;
        }
        let there = |list: &str, member: &str| -> Vec<String> {
            let rows = world.wms()[list].as_array().cloned().unwrap();
            rows.iter().filter_map(|row| row[member].as_str().map(str::to_owned)).collect()
        };
        let (articles, arrived) = (there("articles", "articleNumber"), there("orders", "orderNumber"));
        let missing = (0..ARTICLES).map(article_number).find(|number| !articles.contains(number));
        assert_eq!(missing, None, "{}", shop.kind());
        assert!(orders.iter().all(|order| arrived.contains(order)), "{}: {arrived:?}", shop.kind());
        assert_eq!(world.writes(), ARTICLES + ORDERS, "{}", shop.kind());
    }
}

/// A kit goes back as delivered, wherever the warehouse shows its picks: Visma's rows have the quantity.
#[tokio::test(start_paused = true)]
pub async fn a_kit_is_delivered_as_it_was_picked() {
    for shop in shops::all().into_iter().filter(|shop| shop.kind() == Kind::Visma) {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        world.reconcile().await;
        let parts = json!([{ "articleNumber": article_number(1), "numberOfItems": 3 }]);
        let kit = json!({
            "goodsOwnerId": GOODS_OWNER, "articleNumber": article_number(0), "articleName": "Article",
            "structureDefinition": { "articleKind": "Structure", "rows": parts },
        });
        world.warehouse_api("PUT", "articles", &kit);
        world.warehouse("ship", &json!({"orderNumber": order}));
        for _ in 0..8 {
            world.wait(Duration::from_secs(3600)).await;
            world.reconcile().await;
            world.tick(shop.kind()).await;
        }
        assert_eq!(shipped(&world, shop.kind(), &order), (true, 1), "{}", world.logs.text());
    }
}
