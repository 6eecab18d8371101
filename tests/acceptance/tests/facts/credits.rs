//! Journeys of invoices that are credited: what is credited does not leave the house unseen.

use std::time::Duration;

use acceptance::answers;
use acceptance::shops::{self, PowerOfficeShop, Shop as _};
use acceptance::world::World;
use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;

use crate::roads::open;

fn entry(world: &World, order: &str) -> Entry {
    world.find("acme", Feed::Orders, order).unwrap()
}

/// Left out or withdrawn, or parked for a person with the credit note's number and the fact.
fn is_seen(entry: &Entry, settled: Outcome, note: &str) -> bool {
    let says = |text: &str| entry.reason.as_deref().is_some_and(|reason| reason.contains(text));
    let parked = entry.outcome == Some(Outcome::Parked) && says(note) && says("poweroffice.credit-link");
    entry.outcome == Some(settled) && says(note) || parked && answers::names("poweroffice.credit-link")
}

#[tokio::test(start_paused = true)]
pub async fn what_is_credited_is_not_shipped_unseen() {
    if shops::only().is_some_and(|only| only != Kind::PowerOffice) {
        return;
    }
    let (shop, tick) = (PowerOfficeShop, Duration::from_secs(900));
    let world = open(&shop).await;
    let unpaid = shop.put_unpaid(&world, 1);
    let note = shop.credit(&world, 1);
    let (paid, other) = (shop.put_order(&world, 2, &[0]), shop.put_order(&world, 3, &[0]));
    for _ in 0..2 {
        world.wait(tick).await;
        world.tick(Kind::PowerOffice).await;
    }
    let left = entry(&world, &unpaid);
    assert!(is_seen(&left, Outcome::Filtered, &note), "{left:?}");
    assert_eq!(
        (entry(&world, &paid).outcome, entry(&world, &other).outcome),
        (Some(Outcome::Created), Some(Outcome::Created))
    );

    // A later one, when the pull is past the invoice.
    world.wait(Duration::from_secs(2 * 24 * 3600)).await;
    let note = shop.credit(&world, 2);
    for _ in 0..3 {
        world.wait(tick).await;
        world.tick(Kind::PowerOffice).await;
        let taken = entry(&world, &paid);
        assert!(is_seen(&taken, Outcome::Cancelled, &note), "{taken:?}");
    }
    assert_eq!(entry(&world, &other).outcome, Some(Outcome::Created));
}
