//! Journeys in process, for every ERP by one list.

use acceptance::shops::{self, article_number};
use acceptance::world::{GOODS_OWNER, World};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn articles_and_orders_arrive() {
    for shop in shops::all() {
        let world = World::new();
        shop.onboard(&world, json!({}));
        world.tick(shop.kind()).await;
        for n in 0..5 {
            shop.put_article(&world, n, &format!("Article {n}"));
        }
        let order = shop.put_order(&world, 1, &[0, 1]);
        let summaries = world.tick(shop.kind()).await;
        println!("{}", serde_json::to_string_pretty(&summaries).unwrap());
        println!("{}", world.logs.text());
        let ongoing = world.vendors.ongoing.borrow();
        for n in 0..5 {
            assert_eq!(
                ongoing.model.article_body(GOODS_OWNER, &article_number(n)).unwrap()["articleName"],
                format!("Article {n}")
            );
        }
        assert!(ongoing.model.order_body(GOODS_OWNER, &order).is_some());
    }
}
