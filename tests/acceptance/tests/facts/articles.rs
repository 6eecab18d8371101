//! Journeys of articles.

use std::time::Duration;

use acceptance::answers;
use acceptance::shops::{self, ProcountorShop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

use crate::roads::{open, open_with};

fn member(world: &World, name: &str) -> Value {
    world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(0)).unwrap()[name].clone()
}

/// Of the ERPs Finago Office alone tells a weight; in which unit is a setting.
#[tokio::test(start_paused = true)]
pub async fn a_weight_is_in_kilograms() {
    for shop in shops::all().into_iter().filter(|shop| shop.kind() == Kind::Finago) {
        let settings = if answers::names("finago.weight-unit") { json!({ "weight_unit": "g" }) } else { json!({}) };
        let world = open_with(shop.as_ref(), settings).await;
        assert_eq!(member(&world, "weight").to_string(), "0.62");
    }
}

#[tokio::test(start_paused = true)]
pub async fn an_article_that_is_not_active_any_more_is_so_in_the_warehouse() {
    for shop in shops::all().into_iter().filter(|shop| shop.kind() == Kind::Procountor) {
        let world = open(shop.as_ref()).await;
        assert_eq!(member(&world, "isActive"), true);
        for active in [false, true] {
            world.wait(Duration::from_secs(4 * 3600)).await;
            ProcountorShop.change(&world, Record::Product, 3000, &json!({ "active": active }));
            world.tick(shop.kind()).await;
            assert_eq!(member(&world, "isActive"), active);
        }
        let writes = world.writes();
        world.tick(shop.kind()).await;
        assert_eq!(world.writes(), writes);
    }
}
