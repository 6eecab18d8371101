//! What a person repairs with the operator's command: dead letters go back, records are mapped again, two tenants that meet are
//! refused, and a tenant that is gone is forgotten.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dead_letters;
mod forgotten;
mod identity;
mod replay;

use std::rc::Rc;
use std::time::Duration;

use acceptance::shops::Shop;
use acceptance::world::{Call, Happens, Peer, Rule, Site, World};
use bridge::ports::Run;
use bridge::tenant::Tenant;
use serde_json::{Value, json};

/// A company with an article in Ongoing.
async fn open(shop: &dyn Shop, settings: Value) -> World {
    let world = World::new();
    shop.onboard(&world, settings);
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world
}

async fn tenant(world: &World, id: &str) -> Tenant {
    let item = world.ports().tenants.get(id).await.unwrap().unwrap();
    Tenant::parse(&item, false).unwrap()
}

fn run(world: &World) -> Run {
    Run { id: "by-hand".into(), deadline: world.now() + Duration::from_secs(3600) }
}

/// Ongoing takes nothing.
fn ongoing_is_down(world: &World) -> Rc<Rule> {
    let writes = |call: &Call<'_>| call.peer == Peer::Vendor(Site::Ongoing) && call.what.starts_with("PUT");
    world.rules.add(Rule::when(writes, Happens::Status(503)))
}

/// What lies in a queue is received as often as a message may be.
fn give_up(world: &World, queue: &str) -> usize {
    let queue = world.memory.queue(queue);
    while !queue.is_empty(world.now()) {
        let received = queue.receive(world.now(), 10);
        for message in &received {
            queue.change_visibility(world.now(), message, Duration::ZERO);
        }
    }
    queue.dead_letters(world.now()).len()
}

/// Changes a tenant item.
async fn change_item(world: &World, id: &str, change: impl FnOnce(&mut Value)) {
    let mut item = world.ports().tenants.get(id).await.unwrap().unwrap_or_else(|| json!({}));
    change(&mut item);
    world.onboard(item);
}
