//! Nothing of a tenant in any request, message, item, log line or error of another, and no secret anywhere but on its way
//! to its own host: fifty tenants, every road, every trouble, in one process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod check;
mod markers;
mod scenario;
mod tenants;

use std::collections::BTreeSet;

use acceptance::world::World;

#[tokio::test(start_paused = true)]
async fn nothing_of_fifty_tenants_is_in_another_s_and_no_secret_is_in_any() {
    let world = World::new();
    world.watch.begin();
    let mut known = tenants::onboard(&world);
    let mut said = scenario::all_roads(&world).await;
    known.append(&mut said.consents);
    every_road_was_taken(&world, &said);
    let seen = check::calls(&world, known);
    check::kept(&world, &seen);
    check::said(&world, &seen, &said);
}

/// What is not there cannot leak: the story really went everywhere.
fn every_road_was_taken(world: &World, said: &scenario::Responses) {
    for outcome in ["queued", "created", "updated", "unchanged", "parked", "invalid", "refreshed"] {
        let field = format!("\"outcome\":\"{outcome}\"");
        assert!(world.logs.text().contains(&field), "no record was {outcome}");
    }
    for target in ["tick", "record", "feed", "connection", "webhook", "tenant"] {
        let field = format!("\"target\":\"{target}\"");
        assert!(world.logs.text().contains(&field), "no line of {target}");
    }
    assert!(!world.memory.items("unreadable", "").is_empty(), "nothing was unreadable");
    assert!(said.panics > 20 && said.crashes > 20, "{} panics, {} crashes", said.panics, said.crashes);
    for who in tenants::ALL {
        let state = world.vendors.ongoing.borrow().model.state(tenants::goods_owner(who)).unwrap();
        let count = |list: &str| state[list].as_array().map_or(0, Vec::len);
        assert!(count("articles") >= 2 && count("orders") >= 2, "{who} {}: {}", tenants::kind(who), state);
        assert!(!world.memory.items(&format!("tenant#{}", tenants::id(who)), "ledger#orders#").is_empty(), "{who}");
    }
    let shipped: BTreeSet<String> = world
        .watch
        .items()
        .into_iter()
        .filter(|item| item.sk.starts_with("back#shipments#") && item.body["outcome"] == "updated")
        .map(|item| item.pk)
        .collect();
    assert!(shipped.len() > 20, "{} companies were told of a shipment", shipped.len());
}
