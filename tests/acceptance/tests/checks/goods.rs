//! Articles that are goods although the ERP keeps no stock of them are named, since freight and fees are among them.

use std::time::Duration;

use acceptance::shops::{self, FinagoShop, Shop, VismaShop, article_number};
use acceptance::world::World;
use bridge::roads::check::{self, Finding, Point, State};
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::tenant;

/// Article `n`, of which the ERP keeps stock or not.
fn put(world: &World, shop: &dyn Shop, n: usize, keeps: bool) {
    shop.put_article(world, n, "Article");
    match shop.kind() {
        Kind::PowerOffice => {
            let table = simulators::poweroffice::Kind::Product;
            let change = |product: &mut Value| product["IsStockItem"] = json!(keeps);
            let mut erp = world.vendors.poweroffice.borrow_mut();
            erp.model.client("client-key-acme").change(world.now(), table, &(7000 + n).to_string(), change);
        }
        Kind::Finago => {
            let (table, id) = (simulators::finago::Kind::Product, FinagoShop::product(n));
            FinagoShop::change(world, table, id, &json!({ "StockControlled": keeps }));
        }
        Kind::Visma => {
            let change = json!({ "Id": format!("a0a00000-0000-4000-8000-{n:012}"), "IsStock": keeps });
            world.vendors.visma.borrow_mut().model.change(world.now(), "acme", "articles", &change).unwrap();
        }
        Kind::Procountor => {}
    }
}

async fn goods(world: &World) -> Option<Finding> {
    let tenant = tenant(world).await;
    world.new_process();
    let quiet = bridge::roads::plan::read_only(&world.ports(), "acme");
    check::goods(&quiet, &tenant, world.now() + Duration::from_secs(300)).await
}

#[tokio::test(start_paused = true)]
async fn articles_that_the_erp_keeps_no_stock_of_are_named_unless_they_are_listed() {
    for shop in shops::all() {
        let world = World::new();
        shop.onboard(&world, json!({ "not_goods": [article_number(2)] }));
        (0..4).for_each(|n| put(&world, shop.as_ref(), n, n == 0));
        let found = goods(&world).await;
        if !shop.kind().takes_stock() {
            assert_eq!(found, None, "its API has no such flag");
            continue;
        }
        let found = found.unwrap();
        assert_eq!((found.point, found.state), (Point::Articles, State::Warning), "{}", shop.kind());
        let named = |n: usize| found.advice.contains(&article_number(n));
        assert!(named(1) && named(3) && !named(0) && !named(2), "{}: {}", shop.kind(), found.advice);
        assert!(found.advice.contains("2 of 3 articles") && found.advice.contains("not_goods"), "{}", found.advice);
        assert!(found.advice.lines().all(|line| line.chars().count() <= 74), "{}", found.advice);
        assert_eq!(world.writes(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_erp_has_more_than_is_looked_at_that_is_said() {
    for keeps in [true, false] {
        let world = World::new();
        VismaShop.onboard(&world, json!({}));
        (0..2_600).for_each(|n| put(&world, &VismaShop, n, keeps));
        let found = goods(&world).await.unwrap();
        assert_eq!(found.state == State::Good, keeps, "{}", found.advice);
        let last = found.advice.lines().last().unwrap_or_default();
        assert!(last.starts_with("only the first 2") && last.ends_with("the ERP has more"), "{}", found.advice);
    }
}

#[tokio::test(start_paused = true)]
async fn many_are_counted_and_only_some_named() {
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    (0..120).for_each(|n| put(&world, &VismaShop, n, n > 99));
    let found = goods(&world).await.unwrap();
    assert!(found.advice.contains("100 of 120") && found.advice.contains("and 80 more"), "{}", found.advice);
}
