//! A shipment whose order's import has not been noted yet.

use std::time::Duration;

use acceptance::shops::{self, Shop};
use acceptance::world::deployment::{IMPORT, RECONCILE, pull_of};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Pump, Rule, World};
use bridge::words::feed::Feed;
use serde_json::json;

use crate::reasons::{MINUTE, seconds_until};

/// A world with stock and an order, and what happens to the note of the order's first import.
async fn ordered(shop: &dyn Shop, happens: Happens) -> (World, String) {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world.warehouse("count", &json!({ "articleNumber": shops::article_number(0), "numberOfItems": 50 }));
    let order = shop.put_order(&world, 1, &[0]);
    let note = |call: &acceptance::world::Call<'_>| {
        call.function == Some(IMPORT.name) && call.says("put tenant#acme ledger#orders#")
    };
    world.rules.add(Rule::to(Peer::State, happens).and(note).times(1));
    (world, order)
}

/// The warehouse ships as soon as it has the order, and tells it.
async fn ship_at_once(pump: &mut Pump<'_>, world: &World, order: &str) {
    let is_there = || world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, order).is_some();
    seconds_until(pump, world, is_there).await;
    world.warehouse("ship", &json!({ "orderNumber": order }));
    for payload in world.webhooks(0).0 {
        world.post(&payload).await;
    }
}

/// Whether the ERP was told of the shipment.
fn is_told(world: &World) -> bool {
    let notes = world.memory.items("tenant#acme", "back#shipments#");
    notes.first().is_some_and(|note| note.body["written"].is_string())
}

/// The process that made the order dies before its note; until the message comes again nobody knows that the order is the
/// ERP's. The warehouse is quicker.
#[tokio::test(start_paused = true)]
async fn a_shipment_goes_back_when_its_order_is_noted() {
    for shop in shops::all().into_iter().filter(|shop| shop.kind().takes_shipments()) {
        let kind = shop.kind();
        let (world, order) = ordered(shop.as_ref(), Happens::Hangs).await;
        let mut pump = Pump::new(&world).scheduled([pull_of(kind), RECONCILE]);
        ship_at_once(&mut pump, &world, &order).await;
        pump.run(Duration::from_secs(30)).await;
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.ongoing, None, "{kind}: nobody knows yet");
        let noted = || world.find("acme", Feed::Orders, &order).is_some_and(|entry| entry.ongoing.is_some());
        seconds_until(&mut pump, &world, noted).await;
        let took = seconds_until(&mut pump, &world, || is_told(&world)).await;
        println!(
            "figure: 8 | {kind}: the order of a shipment is noted: seconds until the shipment is back (before: 778) | {took}"
        );
        assert!(took < 10, "{kind}: {took}");
        pump.run(40 * MINUTE).await;
    }
}

/// The note is on its way while the warehouse ships: the notice comes once more, and not with the next reconcile.
#[tokio::test(start_paused = true)]
async fn a_shipment_that_is_told_before_the_note_goes_back_soon_after_it() {
    for shop in shops::all().into_iter().filter(|shop| shop.kind().takes_shipments()) {
        let kind = shop.kind();
        let (world, order) = ordered(shop.as_ref(), Happens::Latency(Duration::from_secs(3))).await;
        let mut pump = Pump::new(&world).scheduled([pull_of(kind), RECONCILE]);
        ship_at_once(&mut pump, &world, &order).await;
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.ongoing, None, "{kind}: nobody knows yet");
        let took = seconds_until(&mut pump, &world, || is_told(&world)).await;
        assert!(took < 60, "{kind}: {took}");
    }
}
