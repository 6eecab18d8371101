//! What the tests of stubborn records have in common.

use std::rc::Rc;

use acceptance::shops::Shop;
use acceptance::world::{Call, GOODS_OWNER, Happens, Peer, Rule, World};
use bridge::roads::pull::{End, Summary};
use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;

/// A company whose first tick has passed, with one article.
pub async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    world.tick(shop.kind()).await;
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world
}

/// From now on the ERP breaks on every call that says one of these.
pub fn breaks_on(world: &World, shop: &dyn Shop, marks: Vec<String>) -> Rc<Rule> {
    breaks_where(world, shop, move |call| marks.iter().any(|mark| call.says(mark)))
}

/// From now on the ERP breaks on every call for which this holds.
pub fn breaks_where(world: &World, shop: &dyn Shop, holds: impl Fn(&Call<'_>) -> bool + 'static) -> Rc<Rule> {
    let broken = Happens::Trouble(Trouble::ServerError(500));
    world.rules.add(Rule::to(Peer::Vendor(shop.site()), broken).and(holds))
}

/// Of these orders, those that have arrived in Ongoing.
pub fn arrived<'a>(world: &World, orders: &'a [String]) -> Vec<&'a str> {
    let ongoing = world.vendors.ongoing.borrow();
    let is_there = |number: &&String| ongoing.model.order_body(GOODS_OWNER, number).is_some();
    orders.iter().filter(is_there).map(String::as_str).collect()
}

/// The ledger's entries of orders that are parked, by key.
pub fn parked(world: &World) -> Vec<(String, Entry)> {
    let entries = world.ledger("acme", Feed::Orders).into_iter();
    entries.filter(|(_, entry)| entry.outcome == Some(Outcome::Parked)).collect()
}

/// How the orders' feed ended.
pub fn end(summaries: &[Summary]) -> End {
    summaries.iter().flat_map(|summary| &summary.feeds).find(|feed| feed.feed == Feed::Orders).unwrap().end
}
