//! A company on Procountor, and what its bookkeeper clicks.

use bridge::words::kind::Kind;
use serde_json::json;

use super::{Browser, Page, at_vendor};
use crate::world::{World, tenant};

/// The company's id at the vendor's.
pub const COMPANY: i64 = 11_001;

/// A tenant that nobody has connected yet, and a company at the vendor's.
pub fn open() -> World {
    let world = World::new();
    let mut erp = world.vendors.procountor.borrow_mut();
    let client = erp.model.client.clone();
    erp.model.add_company(world.now(), "Kauppa Oy");
    drop(erp);
    world.memory.secret(
        "procountor/app",
        &json!({"client_id": client.id, "client_secret": client.secret, "redirect_uri": client.redirect_uri}),
    );
    world.onboard(tenant("acme", Kind::Procountor, json!({})));
    world
}

/// The key that the company's person sees in the vendor's screens.
pub fn key(world: &World, company: i64) -> String {
    world.vendors.procountor.borrow().model.company(company).unwrap().api_key.clone().unwrap()
}

/// From the click to where the vendor sends the person back.
pub async fn consent(world: &World, browser: &Browser<'_>, link: &str, company: i64) -> String {
    let login = browser.click(link).await;
    let shown = at_vendor(world, &world.vendors.procountor, &login).unwrap_err();
    assert!(shown.contains("Kauppa Oy"), "{shown}");
    at_vendor(world, &world.vendors.procountor, &format!("{login}&company={company}")).unwrap()
}

/// The key in the page's form.
pub async fn paste(browser: &Browser<'_>, link: &str, key: &str) -> Page {
    let page = browser.get(link).await;
    browser.hide(key);
    browser.press(&page, "key", &[("api_key", key)]).await
}
