//! Stock goes to the product that was counted, and the journal says written only of what was.

use acceptance::shops::{FinagoShop, article_number};
use acceptance::world::World;
use bridge::state::journal::{Back, Journal, Note};
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;
use simulators::poweroffice::Kind as Go;

use crate::scene::{open, put_go};

async fn note(world: &World, number: &str) -> Note {
    let ports = world.ports();
    let notes = Journal::new(&ports, "acme").read(Back::Stock, &[number.to_owned()]).await.unwrap();
    notes.into_values().next().unwrap_or_default()
}

fn on_hand(world: &World, id: usize) -> Value {
    let mut erp = world.vendors.poweroffice.borrow_mut();
    erp.model.client("client-key-acme").get(Go::Product, &id.to_string()).unwrap()["StockOnHand"].clone()
}

async fn counted(world: &World, kind: Kind, numbers: &[&str]) {
    world.tick(kind).await;
    world.reconcile().await;
    for number in numbers {
        world.warehouse("count", &json!({"articleNumber": number, "numberOfItems": 7}));
    }
    world.reconcile().await;
}

#[tokio::test(start_paused = true)]
async fn codes_with_commas_and_blanks_get_their_stock() {
    let world = open(Kind::PowerOffice, json!({})).await;
    for (id, code) in [(7100, "A, 1"), (7101, " B-1 "), (7102, "C-1")] {
        let product = json!({"Id": id, "Code": code, "Name": "x", "ProductType": "Product", "IsStockItem": true, "StockOnHand": 1});
        put_go(&world, Go::Product, product);
    }
    counted(&world, Kind::PowerOffice, &["A, 1", "B-1", "C-1"]).await;
    assert_eq!([7100, 7101, 7102].map(|id| on_hand(&world, id)), [json!(7), json!(7), json!(7)]);
}

#[tokio::test(start_paused = true)]
async fn a_patch_that_changes_nothing_is_not_written() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let product = json!({"Id": 7000, "Code": article_number(0), "Name": "x", "ProductType": "Product", "IsStockItem": true, "StockOnHand": 1});
    put_go(&world, Go::Product, product);
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").passes_over_patches = true;
    counted(&world, Kind::PowerOffice, &[&article_number(0)]).await;
    let noted = note(&world, &article_number(0)).await;
    assert_eq!((noted.outcome, noted.written), (Some(Outcome::Parked), None), "{:?}", noted.reason);
    assert!(noted.reason.unwrap().contains("answers with 1"));

    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").passes_over_patches = false;
    world.wait(std::time::Duration::from_secs(3600)).await;
    world.reconcile().await;
    assert_eq!(on_hand(&world, 7000), json!(7));
}

#[tokio::test(start_paused = true)]
async fn what_the_erp_has_no_place_for_is_not_called_written() {
    let world = open(Kind::PowerOffice, json!({})).await;
    counted(&world, Kind::PowerOffice, &[&article_number(0)]).await;
    let noted = note(&world, &article_number(0)).await;
    assert_eq!((noted.outcome, noted.written), (Some(Outcome::Filtered), None), "it is no stock item");
    // Once it is one, the next count finds it.
    let product = json!({"Id": 7000, "Code": article_number(0), "Name": "x", "ProductType": "Product", "IsStockItem": true, "StockOnHand": 1});
    put_go(&world, Go::Product, product);
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 7}));
    world.wait(std::time::Duration::from_secs(25 * 3600)).await;
    world.reconcile().await;
    assert_eq!(on_hand(&world, 7000), json!(7));
}

#[tokio::test(start_paused = true)]
async fn stock_of_finago_never_goes_to_a_product_of_another_number() {
    let world = open(Kind::Finago, json!({})).await;
    world.tick(Kind::Finago).await;
    world.reconcile().await;
    // Renamed, and the warehouse has not heard of it.
    FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"No": "SHOES"}));
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 7}));
    world.reconcile().await;
    assert_eq!(FinagoShop::stock(&world, 0), "0", "as it was when the number was the same");
    let noted = note(&world, &article_number(0)).await;
    // Zero is what was written before.
    assert_eq!((noted.outcome, noted.written.as_deref()), (Some(Outcome::Parked), Some("0")));
    assert!(noted.reason.unwrap().contains("SHOES"));
    // The rename arrives, and the stock with it.
    world.tick(Kind::Finago).await;
    world.warehouse("count", &json!({"articleNumber": "SHOES", "numberOfItems": 8}));
    world.reconcile().await;
    assert_eq!(FinagoShop::stock(&world, 0), "8");
}
