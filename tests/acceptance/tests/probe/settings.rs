//! The settings that a probe names make it right.

use std::time::Duration;

use acceptance::answers;
use acceptance::shops::{ProcountorShop, Shop as _, article_number};
use acceptance::world::{World, tenant};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::facts::Fact;
use simulators::procountor::Kind as Record;

use crate::scene::under;

fn answer(id: &str, word: &'static str) -> answers::Answers {
    vec![(Fact::named(id).unwrap(), word)]
}

/// Whether an order that is made right after the tenant is first seen arrives.
fn arrives(settings: Value) -> bool {
    under(&answer("procountor.zone", "UTC"), || async {
        let world = World::new();
        ProcountorShop.onboard(&world, settings);
        world.tick(Kind::Procountor).await;
        ProcountorShop.put_article(&world, 0, "Article");
        world.wait(Duration::from_secs(60)).await;
        let order = ProcountorShop.put_order(&world, 1, &[0]);
        for _ in 0..2 {
            world.wait(Duration::from_secs(900)).await;
            world.tick(Kind::Procountor).await;
        }
        world.find("acme", Feed::Orders, &order).is_some()
    })
}

#[test]
fn where_times_are_utc_an_earlier_start_date_misses_nothing() {
    assert!(!arrives(json!({})), "the setting is not needed any more");
    assert!(arrives(json!({ "start_date": "2026-03-02T04:00:00Z" })));
}

/// Whether a shipment is left for a person.
fn is_left(shipments: bool) -> bool {
    under(&answer("procountor.send-orders", "refused"), || async {
        let world = World::new();
        ProcountorShop.onboard(&world, json!({}));
        let mut item = tenant("acme", Kind::Procountor, json!({}));
        item["processes"] = json!({ "shipments": shipments });
        world.onboard(item);
        world.tick(Kind::Procountor).await;
        ProcountorShop.put_article(&world, 0, "Article");
        world.wait(Duration::from_secs(120)).await;
        world.tick(Kind::Procountor).await;
        let order = ProcountorShop.put_order(&world, 1, &[0]);
        ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({ "status": "NOT_SENT" }));
        world.tick(Kind::Procountor).await;
        world.reconcile().await;
        world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 10 }));
        world.warehouse("ship", &json!({ "orderNumber": order }));
        for _ in 0..3 {
            world.wait(Duration::from_secs(3600)).await;
            world.reconcile().await;
        }
        world.logs.text().contains("not supported invoice type")
    })
}

#[test]
fn where_orders_cannot_be_sent_no_shipment_is_left_without_the_process() {
    assert!(is_left(true), "the setting is not needed any more");
    assert!(!is_left(false));
}
