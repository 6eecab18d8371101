//! Ongoing: user, goods owner, statuses.

use acceptance::shops::PowerOfficeShop;
use acceptance::world::World;
use bridge::roads::check::{Point, State};
use serde_json::{Value, json};

use crate::{connected, ongoing, only_missing, points};

async fn changed(change: impl FnOnce(&mut Value)) -> World {
    let world = connected(&PowerOfficeShop);
    let mut item = world.ports().tenants.get("acme").await.unwrap().unwrap();
    change(&mut item);
    world.onboard(item);
    world
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_a_strange_goods_owner_and_a_strange_address_are_told_apart() {
    let world = connected(&PowerOfficeShop);
    world.memory.secret("ongoing/acme", &json!({ "username": "WSI-acme", "password": "wrong-7" }));
    let report = ongoing(&world).await;
    only_missing(&report, &Point::Login);
    assert!(!format!("{report:?}").contains("wrong-7"));
    let world = changed(|item| item["ongoing"]["goods_owner_id"] = json!(7)).await;
    only_missing(&ongoing(&world).await, &Point::GoodsOwner(7));
    let strange = "https://api.ongoingsystems.se/acme/api/v9";
    let world = changed(|item| item["ongoing"]["base_url"] = json!(strange)).await;
    let report = ongoing(&world).await;
    assert!(points(&report, State::Missing).contains(&Point::Reach), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_status_that_the_warehouse_does_not_have_is_a_warning() {
    let world = changed(|item| item["ongoing"]["shipped_statuses"] = json!([450, 451])).await;
    let report = ongoing(&world).await;
    assert_eq!(points(&report, State::Warning), [Point::Status(451)], "{report:?}");
    assert!(report.good());
}
