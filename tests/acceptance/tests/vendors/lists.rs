//! Lists that are refused as they are asked for are asked for more plainly.

use std::time::Duration;

use acceptance::shops::{ProcountorShop, Shop, VismaShop};
use acceptance::world::World;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

use crate::scene::{body, open};

/// Targets of calls to a list since the beginning.
fn targets(world: &World, list: &str) -> Vec<String> {
    let log = &world.vendors.visma.borrow().log;
    let of_list = log.iter().filter(|(_, target)| target.starts_with(&format!("/v2/{list}?")));
    of_list.map(|(_, target)| target.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_filter_or_an_order_of_visma_that_is_refused_in_any_words_is_left_out() {
    for (filters, orders) in [(true, false), (false, true), (true, true)] {
        let world = World::new();
        VismaShop.onboard(&world, json!({}));
        {
            let rules = &mut world.vendors.visma.borrow_mut().model.rules;
            rules.refuses_in_other_words = true;
            rules.refused_filters = if filters { vec![("orders", "ModifiedUtc")] } else { Vec::new() };
            rules.refused_orders = if orders { vec!["orders"] } else { Vec::new() };
        }
        world.tick(Kind::Visma).await;
        VismaShop.put_article(&world, 0, "Sweater");
        world.wait(Duration::from_secs(600)).await;
        world.tick(Kind::Visma).await;
        let order = VismaShop.put_order(&world, 1, &[0]);
        world.tick(Kind::Visma).await;
        assert!(body(&world, &order).is_some(), "{filters} {orders}");
        let last = targets(&world, "orders").pop().unwrap();
        assert_eq!((last.contains("$filter"), last.contains("$orderby")), (!filters, !orders), "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_filter_of_visma_has_more_terms_than_its_server_takes() {
    let world = open(Kind::Visma, json!({})).await;
    for n in 1..60 {
        VismaShop.put_article(&world, n, "Article");
    }
    for n in 0..60 {
        let customer = json!({"Id": format!("c0c00000-0000-4000-8000-{:012}", 100 + n), "CustomerNumber": format!("{n}"), "Name": "Name"});
        let mut erp = world.vendors.visma.borrow_mut();
        erp.model.put(world.now(), "acme", "customers", &customer).unwrap();
    }
    for n in 0..60 {
        VismaShop.put_order(&world, n, &[n]);
        let change = json!({"Id": format!("0d0e0000-0000-4000-8000-{n:012}"), "CustomerId": format!("c0c00000-0000-4000-8000-{:012}", 100 + n)});
        let mut erp = world.vendors.visma.borrow_mut();
        erp.model.change(world.now(), "acme", "orders", &change).unwrap();
    }
    world.tick(Kind::Visma).await;
    world.reconcile().await;
    for n in 0..60 {
        world.warehouse("count", &json!({"articleNumber": acceptance::shops::article_number(n), "numberOfItems": 3}));
    }
    world.reconcile().await;
    let mut all = targets(&world, "customers");
    assert!(all.len() >= 4 && all.len() < 8, "customers are asked for together: {}", all.len());
    all.extend(targets(&world, "articles"));
    for target in &all {
        assert!(target.matches("%20or%20").count() < 15, "{target}");
    }
    let state = simulators::Simulator::act(
        &mut world.vendors.visma.borrow_mut().model,
        world.now(),
        "state",
        &json!({"company": "acme"}),
    );
    let state = state.unwrap();
    let right = |row: &&Value| row["StockBalance"] == 3;
    assert_eq!(state["registers"]["articles"].as_array().unwrap().iter().filter(right).count(), 60);
}

#[tokio::test(start_paused = true)]
async fn only_sales_orders_of_procountor_are_asked_for_without_offers() {
    let world = open(Kind::Procountor, json!({})).await;
    let purchase = ProcountorShop::document(2, "PURCHASE_ORDER", &[0]);
    ProcountorShop.put(&world, Record::Invoice, purchase);
    let mut offer = ProcountorShop::document(3, "SALES_ORDER", &[0]);
    offer["isOffer"] = json!(true);
    ProcountorShop.put(&world, Record::Invoice, offer);
    world.tick(Kind::Procountor).await;
    let wms = world.wms();
    assert_eq!(wms["purchaseOrders"].as_array().map(Vec::len), Some(1), "{wms}");
    assert_eq!(wms["orders"].as_array().map(Vec::len), Some(0), "{wms}");
}
