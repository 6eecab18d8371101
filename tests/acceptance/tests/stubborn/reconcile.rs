//! Parts of the reconcile that meet a fault.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use acceptance::shops::{FinagoShop, Shop, article_number};
use acceptance::world::{Call, GOODS_OWNER, Happens, Peer, Rule, Site, World};
use serde_json::json;
use simulators::Trouble;

/// A warehouse with something to tell of three articles, whose ERP is told of shipments and of stock.
async fn open() -> World {
    let processes = json!({ "shipments": true, "stock": true });
    FinagoShop::stocked(json!({}), processes).await
}

fn orders_walk(call: &Call<'_>) -> bool {
    call.says("orderStatusChangedTimeFrom")
}

fn progress(world: &World) -> serde_json::Value {
    world.memory.items("tenant#acme", "reconcile").first().map(|item| item.body.clone()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_fault_in_the_walk_through_the_orders_keeps_no_stock_from_being_written() {
    let world = open().await;
    let broken = Happens::Trouble(Trouble::ServerError(500));
    let rule = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), broken).and(orders_walk));
    for _ in 0..2 {
        world.reconcile().await;
    }
    println!(
        "figure: 6 | stock after two ticks with a broken walk through the orders | before as it was; now {}",
        FinagoShop::stock(&world, 0)
    );
    assert_eq!((FinagoShop::stock(&world, 0).as_str(), FinagoShop::stock(&world, 1).as_str()), ("20", "20"));
    assert!(progress(&world)["stock"]["known"].is_string(), "{}", progress(&world));
    assert!(world.logs.text().contains("orders"), "the fault is reported");
    world.rules.remove(&rule);
    world.reconcile().await;
    assert!(progress(&world)["orders"]["known"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_walk_goes_on_where_it_met_a_fault_and_what_it_found_is_told() {
    let world = open().await;
    // Its second page never comes.
    let pages = Rc::new(Cell::new(0));
    let walked = Rc::clone(&pages);
    let second = move |call: &Call<'_>| {
        let is_page = orders_walk(call);
        walked.set(walked.get() + usize::from(is_page));
        is_page && !call.says("orderIdFrom=0")
    };
    let broken = Happens::Trouble(Trouble::ServerError(500));
    let rule = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), broken).and(second));
    world.warehouse("ship", &json!({ "orderNumber": "20001" }));
    world.reconcile().await;
    let told = FinagoShop::effects(&world).status_changes.len();
    println!("figure: 6 | shipments told after a tick whose second page broke | before 0; now {told}");
    assert!(told > 0);
    assert!(progress(&world)["orders"]["under_way"]["id_from"].as_i64().unwrap() > 0);
    assert!(pages.get() > 1);
    world.rules.remove(&rule);
    world.reconcile().await;
    assert!(progress(&world)["orders"]["under_way"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_still_the_end_of_its_job() {
    let world = open().await;
    let broken = Happens::Trouble(Trouble::ServerError(500));
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), broken).and(orders_walk));
    let ports = world.ports();
    let run = bridge::ports::Run { id: "r".into(), deadline: world.now() + Duration::from_secs(300) };
    assert!(bridge::roads::reconcile::job(&ports, &run, &bridge::words::envelope::Job::tick("acme")).await.is_err());
}

/// A number that a call's query has under this name.
fn member(call: &Call<'_>, name: &str) -> Option<i64> {
    let target = call.request.map(|request| request.target.as_str()).unwrap_or_default();
    target.split(&['?', '&'][..]).find_map(|part| part.strip_prefix(name)?.parse().ok())
}

/// An article with which Ongoing answers no list: what changed elsewhere is written, and the day's comparison ends.
#[tokio::test(start_paused = true)]
async fn an_article_that_no_list_can_show_holds_up_no_other() {
    let world = open().await;
    world.reconcile().await;
    let id = {
        let ongoing = world.vendors.ongoing.borrow();
        let state = ongoing.model.state(GOODS_OWNER).unwrap();
        let articles = state["articles"].as_array().unwrap();
        let of = |article: &&serde_json::Value| article["articleNumber"] == article_number(0).as_str();
        articles.iter().find(of).unwrap()["articleSystemId"].as_i64().unwrap()
    };
    let holds = move |call: &Call<'_>| {
        let page = member(call, "articleSystemIdFrom=").zip(member(call, "maxArticlesToGet="));
        page.is_some_and(|(from, most)| (from..from + most).contains(&id))
    };
    let broken = Happens::Trouble(Trouble::ServerError(500));
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), broken).and(holds));
    world.warehouse("count", &json!({ "articleNumber": article_number(1), "numberOfItems": 9 }));
    for _ in 0..2 {
        world.reconcile().await;
    }
    assert_eq!(FinagoShop::stock(&world, 1), "9", "{}", progress(&world));
    let swept = |world: &World| progress(world)["stock"]["swept"].as_str().unwrap().to_owned();
    let before = swept(&world);
    for _ in 0..100 {
        world.reconcile().await;
    }
    assert!(swept(&world) > before && progress(&world)["sweep"].is_null(), "{}", progress(&world));
}

/// An order with which Ongoing answers no list and no question: the walk passes it over, and it is parked.
#[tokio::test(start_paused = true)]
async fn an_order_that_no_list_can_show_holds_up_no_other() {
    let world = open().await;
    let shop = FinagoShop;
    for n in 11..=25 {
        shop.put_order(&world, n, &[0]);
    }
    world.tick(shop.kind()).await;
    let of = |number: i64| {
        let number = number.to_string();
        let ongoing = world.vendors.ongoing.borrow();
        let state = ongoing.model.state(GOODS_OWNER).unwrap();
        let orders = state["orders"].as_array().unwrap();
        orders.iter().find(|order| order["orderNumber"] == number.as_str()).unwrap()["orderId"].as_i64().unwrap()
    };
    let id = of(20_017);
    // Ids are given in order: whether the page has it is known by its beginning and its length.
    let holds = move |call: &Call<'_>| {
        let page = member(call, "orderIdFrom=").zip(member(call, "maxOrdersToGet="));
        page.is_some_and(|(from, most)| orders_walk(call) && (from..from + most).contains(&id))
            || call.what.ends_with(&format!("/orders/{id}"))
    };
    let broken = Happens::Trouble(Trouble::ServerError(500));
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), broken).and(holds));
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 500 }));
    for n in 11..=25 {
        world.warehouse("ship", &json!({ "orderNumber": (20_000 + n).to_string() }));
    }
    for _ in 0..3 {
        world.reconcile().await;
    }
    let note = |id: i64| world.memory.items("tenant#acme", &format!("back#shipments#{id}")).pop().map(|item| item.body);
    for n in (11..=25).filter(|n| *n != 17) {
        let note = note(of(20_000 + n)).unwrap_or_default();
        assert_eq!(note["outcome"], "updated", "order {n}: {note}; {}", progress(&world));
    }
    assert_eq!(note(id).unwrap_or_default()["outcome"], "parked", "{}", progress(&world));
    assert!(progress(&world)["orders"]["known"].is_string(), "{}", progress(&world));
}
