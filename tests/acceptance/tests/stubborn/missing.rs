//! A record that its list has shown and that is not there when it is read by its key: a replica lags, or it is gone.

use std::time::Duration;

use acceptance::shops::finago::IDENTITY;
use acceptance::shops::{self, Shop};
use acceptance::world::World;
use bridge::ports::State as _;
use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use jiff::Timestamp;
use serde_json::{Value, json};
use simulators::finago::Kind as Office;
use simulators::procountor::Kind as Record;

use super::scene::{arrived, breaks_on, open, parked};

const PROCOUNTOR: i64 = 11_001;

fn visma_id(n: usize) -> String {
    format!("0d0e0000-0000-4000-8000-{n:012}")
}

/// Takes order `n` out of the ERP as far as readers see; what it was.
fn hide(world: &World, kind: Kind, n: usize) -> Value {
    let (finago, procountor) = (i64::try_from(20_000 + n).unwrap(), i64::try_from(70_000 + n).unwrap());
    match kind {
        Kind::Finago => {
            let mut erp = world.vendors.finago.borrow_mut();
            let identity = erp.model.identity_mut(IDENTITY).unwrap();
            let shown = identity.record(Office::Order, finago).unwrap().shown();
            assert!(identity.delete(Office::Order, finago));
            shown
        }
        Kind::Procountor => {
            let mut erp = world.vendors.procountor.borrow_mut();
            let company = erp.model.company(PROCOUNTOR).unwrap();
            let shown = company.record(world.now(), Record::Invoice, procountor).unwrap();
            erp.model.delete(PROCOUNTOR, Record::Invoice, procountor).unwrap();
            shown
        }
        Kind::Visma => {
            let mut erp = world.vendors.visma.borrow_mut();
            let shown = Value::Object(erp.model.record("acme", "orders", &visma_id(n)).unwrap().clone());
            erp.model.delete("acme", "orders", &json!({ "Id": visma_id(n) })).unwrap();
            shown
        }
        Kind::PowerOffice => panic!("it stays unread"),
    }
}

/// Shows it again as it was, changed when it was.
fn show(world: &World, kind: Kind, record: &Value, changed: Timestamp) {
    match kind {
        Kind::Finago => {
            let mut erp = world.vendors.finago.borrow_mut();
            erp.model.identity_mut(IDENTITY).unwrap().put(Office::Order, record, changed).unwrap();
        }
        Kind::Procountor => {
            let mut erp = world.vendors.procountor.borrow_mut();
            erp.model.put(changed, PROCOUNTOR, Record::Invoice, record.clone()).unwrap();
        }
        Kind::Visma => {
            world.vendors.visma.borrow_mut().model.put(changed, "acme", "orders", record).unwrap();
        }
        Kind::PowerOffice => panic!("it stays unread"),
    }
}

/// Order 1 was listed and could not be read, and the list has moved on since; when it was made.
async fn unread(shop: &dyn Shop) -> (World, String, Timestamp) {
    let world = open(shop).await;
    let rule = breaks_on(&world, shop, shop.marks(1));
    let made = world.now();
    let order = shop.put_order(&world, 1, &[0]);
    // Until its next try is hours away, and no overlap shows it any more.
    for _ in 0..20 {
        world.tick(shop.kind()).await;
    }
    world.wait(Duration::from_secs(24 * 3600)).await;
    world.rules.remove(&rule);
    (world, order, made)
}

fn entry(world: &World) -> Entry {
    let (_, entry) = world.ledger("acme", Feed::Orders).remove(0);
    entry
}

fn of_those_that_say_gone() -> impl Iterator<Item = Box<dyn Shop>> {
    shops::all().into_iter().filter(|shop| shop.kind() != Kind::PowerOffice)
}

#[tokio::test(start_paused = true)]
async fn at_one_look_it_is_parked_still_and_comes_when_it_is_there_again() {
    for shop in of_those_that_say_gone() {
        let (kind, (world, order, made)) = (shop.kind(), unread(shop.as_ref()).await);
        let tries = parked(&world)[0].1.parked.as_ref().unwrap().attempt;
        let record = hide(&world, kind, 1);
        world.tick(kind).await;
        let entry = entry(&world);
        let parked = entry.parked.as_ref().unwrap_or_else(|| panic!("{kind}: {entry:?}"));
        assert!(parked.unread && parked.attempt == tries + 1, "{kind}: {entry:?}");
        show(&world, kind, &record, made);
        world.wait(Duration::from_secs(24 * 3600)).await;
        world.tick(kind).await;
        assert_eq!(arrived(&world, &[order]).len(), 1, "{kind}: {entry:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn at_two_looks_it_is_left_out_until_a_list_shows_it() {
    for shop in of_those_that_say_gone() {
        let (kind, (world, order, made)) = (shop.kind(), unread(shop.as_ref()).await);
        let record = hide(&world, kind, 1);
        world.tick(kind).await;
        world.tick(kind).await;
        assert_eq!(entry(&world).outcome, Some(Outcome::Parked), "{kind}: it is not its turn yet");
        world.wait(Duration::from_secs(24 * 3600)).await;
        world.tick(kind).await;
        let entry = entry(&world);
        assert_eq!((entry.outcome, entry.parked.is_some()), (Some(Outcome::Filtered), false), "{kind}: {entry:?}");
        assert!(entry.reason.as_deref().is_some_and(|reason| reason.contains("gone in")), "{kind}: {entry:?}");
        // In the version that was seen: a list that begins further back shows it.
        show(&world, kind, &record, made);
        for item in world.memory.items("tenant#acme", "cursor#orders") {
            world.memory.delete(&item.pk, &item.sk, item.rev).await.unwrap();
        }
        world.tick(kind).await;
        assert_eq!(arrived(&world, &[order]).len(), 1, "{kind}");
    }
}
