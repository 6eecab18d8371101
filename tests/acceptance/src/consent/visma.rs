//! A company on Visma eAccounting, and what its bookkeeper clicks.

use bridge::words::kind::Kind;
use serde_json::json;

use super::{Browser, at_vendor};
use crate::world::{World, tenant};

/// A tenant that nobody has connected yet, and a company whose person says yes.
pub fn open() -> World {
    let world = World::new();
    app(&world, "visma-secret-0001");
    world.vendors.visma.borrow_mut().model.add_company("acme");
    consenting(&world, Some("acme"));
    world.onboard(tenant("acme", Kind::Visma, json!({})));
    world
}

/// The bridge's own registration at the vendor's.
pub fn app(world: &World, secret: &str) {
    world.memory.secret("visma/app", &json!({"client_id": "visma-client-0001", "client_secret": secret}));
}

/// Whose person says yes to what is asked; nobody's says no.
pub fn consenting(world: &World, company: Option<&str>) {
    world.vendors.visma.borrow_mut().model.oauth.rules.consenting = company.map(str::to_owned);
}

/// From the click to where the vendor sends the person back.
pub async fn consent(world: &World, browser: &Browser<'_>, link: &str) -> String {
    let authorize = browser.click(link).await;
    at_vendor(world, &world.vendors.visma, &authorize).unwrap()
}
