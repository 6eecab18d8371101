//! Article numbers that Ongoing cannot be asked for, alone or together.

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::World;
use bridge::ports::Run;
use bridge::roads::plan;
use bridge::state::journal::{Back, Journal};
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};

const SHOP: PowerOfficeShop = PowerOfficeShop;
const CLIENT: &str = "client-key-acme";
const TABLE: simulators::poweroffice::Kind = simulators::poweroffice::Kind::Product;

fn number(n: usize) -> String {
    format!("A-long-article-number-of-{n:05}-åäö")
}

fn put(world: &World, n: usize) {
    let product = json!({"Id": 7000 + n, "Code": number(n), "Name": "Article", "ProductType": "Product",
        "IsStockItem": true, "StockOnHand": 5});
    world.vendors.poweroffice.borrow_mut().model.client(CLIENT).put(world.now(), TABLE, product);
}

/// As many articles with long numbers in Ongoing, seven of each in the house and five in the ERP.
async fn open(articles: usize) -> World {
    let world = World::new();
    SHOP.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    (0..articles).for_each(|n| put(&world, n));
    world.tick(Kind::PowerOffice).await;
    for n in 0..articles {
        world.warehouse("count", &json!({ "articleNumber": number(n), "numberOfItems": 7 }));
    }
    world
}

/// How many of the articles have the warehouse's quantity in the ERP.
fn right(world: &World, articles: usize) -> usize {
    let mut erp = world.vendors.poweroffice.borrow_mut();
    let company = erp.model.client(CLIENT);
    let stock = |n: &usize| company.get(TABLE, &(7000 + n).to_string()).map(|product| product["StockOnHand"].clone());
    (0..articles).filter(|n| stock(n) == Some(json!(7))).count()
}

async fn ticks(world: &World, articles: usize, wanted: usize) -> String {
    for tick in 1..=5 {
        world.reconcile().await;
        if right(world, articles) >= wanted {
            return tick.to_string();
        }
    }
    "never".to_owned()
}

#[tokio::test(start_paused = true)]
async fn fifty_long_article_numbers_are_asked_for_in_queries_that_ongoing_takes() {
    let world = open(60).await;
    let ticks = ticks(&world, 60, 60).await;
    println!("figure: 5 | stock of 60 articles with long numbers | before never; now ticks until right {ticks}");
    assert_eq!(ticks, "1");
    let log = &world.vendors.ongoing.borrow().log;
    let longest = log.iter().filter_map(|(_, target)| Some(target.split_once('?')?.1.len())).max().unwrap();
    assert!(longest <= 2048, "{longest}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_article_number_keeps_no_other_from_its_stock_and_is_tried_again() {
    let world = open(40).await;
    world.warehouse("configure", &json!({ "refused_article_numbers": [number(13)] }));
    let ticks = ticks(&world, 40, 39).await;
    println!(
        "figure: 5 | stock of 40 articles of which one is refused | before never; now ticks until the others are right {ticks}"
    );
    assert_eq!(ticks, "1");
    let ports = world.ports();
    let note = async || {
        let journal = Journal::new(&ports, "acme");
        journal.read(Back::Stock, &[number(13)]).await.unwrap().remove(&number(13)).unwrap()
    };
    let parked = note().await;
    assert_eq!((parked.outcome, parked.retry_at.is_some()), (Some(Outcome::Parked), true));
    assert!(parked.reason.unwrap().contains("not valid"));
    world.warehouse("configure", &json!({ "refused_article_numbers": [] }));
    for _ in 0..3 {
        world.reconcile().await;
    }
    assert_eq!(right(&world, 40), 40);
}

/// What a plan says of each article.
async fn planned(world: &World) -> Result<Vec<Value>, String> {
    let ports = plan::read_only(&world.ports(), "acme");
    let item = acceptance::world::tenant("acme", Kind::PowerOffice, json!({}));
    let tenant = Tenant::parse(&item, false).unwrap();
    let run = Run { id: "plan".into(), deadline: world.now() + std::time::Duration::from_secs(3600) };
    let silent = |_| {};
    let reading = plan::read(&ports, &run, &tenant, None, None, &silent).await.map_err(|fault| fault.to_string())?;
    let plan = plan::assess(&ports, &run, &tenant, &reading, &silent).await.map_err(|fault| fault.to_string())?;
    Ok(serde_json::to_value(plan.feeds).unwrap()[0]["records"].as_array().unwrap().clone())
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_made_with_long_numbers_and_a_refused_one() {
    let world = World::new();
    SHOP.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    (0..60).for_each(|n| put(&world, n));
    let plan = planned(&world).await;
    println!(
        "figure: 5 | plan of 60 articles with long numbers | before no plan; now {}",
        plan.as_ref().map_or("no plan", |_| "a plan")
    );
    assert!(plan.unwrap().iter().all(|record| record["step"] == "create"));
    world.warehouse("configure", &json!({ "refused_article_numbers": [number(13)] }));
    let plan = planned(&world).await;
    println!(
        "figure: 5 | plan of 60 articles of which one is refused | before no plan; now {}",
        plan.as_ref().map_or("no plan", |_| "a plan")
    );
    let steps = plan.unwrap();
    let rejected: Vec<&Value> = steps.iter().filter(|record| record["step"] != "create").collect();
    assert_eq!((steps.len(), rejected.len()), (60, 1));
    assert_eq!((rejected[0]["step"].as_str(), rejected[0]["number"].as_str()), (Some("rejected"), Some(&*number(13))));
}
