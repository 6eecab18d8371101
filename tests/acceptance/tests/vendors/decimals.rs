//! Visma shows more decimals than it takes: they go back as they were read, and rounded only where they are refused.

use acceptance::shops::{Shop, VismaShop, article_number};
use acceptance::world::World;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::scene::open;

fn act(world: &World, action: &str, mut args: Value) -> Value {
    args["company"] = json!("acme");
    let mut erp = world.vendors.visma.borrow_mut();
    let done = simulators::Simulator::act(&mut erp.model, world.now(), action, &args);
    done.unwrap_or_else(|reason| panic!("{action}: {reason}"))
}

fn record(world: &World, register: &str, number: &Value) -> Value {
    let state = act(world, "state", json!({}));
    let rows = state["registers"][register].as_array().unwrap();
    rows.iter().find(|row| row["Number"] == *number).unwrap().clone()
}

/// An order of 1.234 pieces at 149.505 kronor, shipped in full.
async fn shipped(refuses: bool) -> (World, Value) {
    let world = open(Kind::Visma, json!({"create_backorder": true})).await;
    world.vendors.visma.borrow_mut().model.rules.refuses_decimals = refuses;
    let order = VismaShop.put_order(&world, 1, &[0]);
    let number = json!(order.parse::<i64>().unwrap());
    let quantity: Value = serde_json::from_str("1.234").unwrap();
    let price: Value = serde_json::from_str("149.505").unwrap();
    let row = json!({"LineNumber": 1, "ArticleNumber": article_number(0), "Quantity": quantity, "UnitPrice": price});
    act(&world, "change_order", json!({"Number": number, "Rows": [row], "CurrencyCode": "SEK"}));
    world.tick(Kind::Visma).await;
    world.reconcile().await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 10}));
    world.warehouse("ship", &json!({"orderNumber": order}));
    world.reconcile().await;
    let order = record(&world, "orders", &number);
    (world, order)
}

#[tokio::test(start_paused = true)]
async fn what_visma_takes_goes_back_as_it_was_read() {
    let (world, order) = shipped(false).await;
    let row = &order["Rows"][0];
    assert_eq!((row["UnitPrice"].to_string(), row["DeliveredQuantity"].to_string()), ("149.505".into(), "1.23".into()));
    assert_eq!(order["Status"], 3);
    assert!(!world.logs.text().contains("rounded"));
}

#[tokio::test(start_paused = true)]
async fn refused_decimals_are_rounded_and_said_and_a_full_delivery_is_not_short() {
    let (world, order) = shipped(true).await;
    let row = &order["Rows"][0];
    assert_eq!(order["Status"], 3, "{order}");
    assert_eq!((row["UnitPrice"].to_string(), row["DeliveredQuantity"].to_string()), ("149.51".into(), "1.23".into()));
    assert!(world.logs.text().contains("with decimals rounded"));
    assert_eq!(act(&world, "state", json!({}))["backorders"], json!({}), "1.234 of 1.234 is everything");
}

#[tokio::test(start_paused = true)]
async fn the_stock_of_an_article_whose_price_has_more_decimals_is_written() {
    let world = open(Kind::Visma, json!({})).await;
    let (net, gross): (Value, Value) =
        (serde_json::from_str("149.504").unwrap(), serde_json::from_str("186.88").unwrap());
    let article = json!({"Number": article_number(0), "NetPrice": net, "GrossPrice": gross});
    act(&world, "change_article", article);
    world.tick(Kind::Visma).await;
    world.reconcile().await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 7}));
    world.reconcile().await;
    let article = record(&world, "articles", &json!(article_number(0)));
    assert_eq!((article["StockBalance"].to_string(), article["NetPrice"].to_string()), ("7".into(), "149.5".into()));
    assert!(world.logs.text().contains("with decimals rounded"));
}
