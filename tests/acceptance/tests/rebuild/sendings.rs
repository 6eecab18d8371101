//! Procountor's `/send` mails a document each time it is called: with an empty table no document is mailed twice.

use acceptance::shops::ProcountorShop;
use acceptance::world::{Ended, Happens, Rule, World};
use bridge::doors::webhook::Reply;
use bridge::ports::Run;
use bridge::roads::rebuild::fill;
use bridge::roads::repair::{self, Flow};
use bridge::state::journal::Back;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

use crate::scene::Scene;

const SHOP: ProcountorShop = ProcountorShop;
/// The installation's first company.
const COMPANY: i64 = 11_001;

fn mails(world: &World, n: usize) -> u64 {
    world.vendors.procountor.borrow().model.mails(COMPANY, ProcountorShop::id(n))
}

fn sends(world: &World) -> u64 {
    world.vendors.procountor.borrow().model.calls_of("PUT /invoices/{id}/send")
}

fn set_status(world: &World, n: usize, status: &str) {
    SHOP.change(world, Record::Invoice, ProcountorShop::id(n), &json!({ "status": status }));
}

fn status(world: &World, n: usize) -> String {
    let erp = world.vendors.procountor.borrow();
    let company = erp.model.company(COMPANY).unwrap();
    let document = company.record(world.now(), Record::Invoice, ProcountorShop::id(n)).unwrap_or_default();
    document["status"].as_str().unwrap_or_default().to_owned()
}

/// What the journal says of an order: its body, by the order's number.
fn told(scene: &Scene<'_>, at: usize) -> Value {
    let notes = scene.world.memory.items("tenant#acme", "back#shipments#");
    let is = |note: &Value| note["number"] == json!(scene.orders[at]);
    notes.into_iter().map(|item| item.body).find(is).unwrap_or_default()
}

/// Everything that can ask for a write-back: ticks, and every webhook that Ongoing ever sent, once more.
async fn everything(scene: &Scene<'_>) {
    scene.ticks(3).await;
    for payload in scene.world.webhooks(0).0 {
        assert_eq!(scene.world.post(&payload).await, Reply::Accepted);
    }
    scene.world.write_back_all().await;
    scene.world.wait(30 * crate::scene::HOUR).await;
    scene.ticks(3).await;
}

#[tokio::test(start_paused = true)]
async fn a_document_that_was_sent_is_noted_as_sent_and_never_sent_again() {
    let scene = Scene::settled(&SHOP, json!({})).await;
    assert_eq!(([1, 2].map(|n| mails(&scene.world, n)), sends(&scene.world)), ([1, 1], 2));
    scene.restore(Vec::new()).await;
    let rebuilt = scene.rebuild().await;
    let shipments = rebuilt.feeds.iter().find(|feed| feed.feed == "shipments").unwrap();
    assert_eq!((shipments.filled, shipments.left, shipments.for_a_person), (2, 0, 0), "{rebuilt:#?}");
    assert_eq!(told(&scene, 0)["outcome"], "unchanged");
    everything(&scene).await;
    assert_eq!(([1, 2].map(|n| mails(&scene.world, n)), sends(&scene.world)), ([1, 1], 2));
}

#[tokio::test(start_paused = true)]
async fn a_document_whose_status_does_not_show_its_sending_waits_for_a_person_and_is_not_mailed_again() {
    // Fallen back behind its sending; moved to where no way leads to being sent.
    for (status_now, says) in [
        ("NOT_SENT", "although its log has"),
        ("UNFINISHED", "although its log has"),
        ("APPROVED", "no way from APPROVED"),
    ] {
        let scene = Scene::settled(&SHOP, json!({})).await;
        scene.restore(Vec::new()).await;
        set_status(&scene.world, 1, status_now);
        let rebuilt = scene.rebuild().await;
        let [person] = rebuilt.for_a_person.as_slice() else { panic!("{status_now}: {rebuilt:#?}") };
        assert_eq!(person.number.as_ref(), Some(&scene.orders[0]), "{status_now}");
        assert!(person.why.contains(says), "{status_now}: {}", person.why);
        let note = told(&scene, 0);
        assert_eq!((&note["outcome"], note.get("retry_at")), (&json!("parked"), None), "{status_now}: {note}");
        assert_eq!(scene.world.memory.items("tenant#acme", "due-left-back#shipments#").len(), 1, "{status_now}");
        everything(&scene).await;
        assert_eq!(([1, 2].map(|n| mails(&scene.world, n)), sends(&scene.world)), ([1, 1], 2), "{status_now}");
        assert_eq!(told(&scene, 0)["outcome"], "parked", "{status_now}: {}", told(&scene, 0));
        // Given up, it may be looked at once more, and is not mailed either.
        let (flow, key) = (Flow::Back(Back::Shipments), &person.key);
        assert_eq!(repair::drop(&scene.world.ports(), "acme", flow, key).await, Ok(true), "{status_now}");
        everything(&scene).await;
        assert_eq!((mails(&scene.world, 1), sends(&scene.world)), (1, 2), "{status_now}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_filling_its_log_keeps_it_from_being_mailed_again() {
    let scene = Scene::settled(&SHOP, json!({ "start_date": crate::scene::SINCE })).await;
    scene.restore(Vec::new()).await;
    set_status(&scene.world, 1, "NOT_SENT");
    // The restored estate knows since when, and nothing else.
    let seen = json!({ "at": crate::scene::SINCE });
    let pk = "tenant#acme".to_owned();
    let item = bridge::ports::Item { pk, sk: "first_seen".into(), rev: 1, body: seen, expires: None };
    bridge::ports::State::put(&*scene.world.memory, item).await.unwrap();
    scene.ticks(3).await;
    // Nothing is known of it here, so that its sending is a first one: its own log is asked all the same.
    assert_eq!((mails(&scene.world, 1), sends(&scene.world)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_read_tells_nothing() {
    let scene = Scene::settled(&SHOP, json!({})).await;
    scene.restore(Vec::new()).await;
    set_status(&scene.world, 1, "NOT_SENT");
    let rule = scene.world.rules.add(Rule::when(|call| call.what.contains("/transactions"), Happens::Status(403)));
    let rebuilt = scene.rebuild().await;
    assert!(rule.met() > 0);
    let [person] = rebuilt.for_a_person.as_slice() else { panic!("{rebuilt:#?}") };
    assert!(person.why.contains("its log cannot be read"), "{}", person.why);
    everything(&scene).await;
    scene.world.rules.clear();
    everything(&scene).await;
    assert_eq!((mails(&scene.world, 1), sends(&scene.world)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn what_was_shipped_while_the_table_was_lost_is_sent_once_a_quarter_of_an_hour_later() {
    let scene = Scene::settled(&SHOP, json!({})).await;
    scene.restore(Vec::new()).await;
    scene.ship(2, json!({}));
    let rebuilt = scene.rebuild().await;
    assert!(rebuilt.left.iter().any(|left| left.feed == "shipments" && left.number.as_ref() == Some(&scene.orders[2])));
    assert_eq!(rebuilt.for_a_person, []);
    everything(&scene).await;
    assert_eq!(([1, 2, 3].map(|n| mails(&scene.world, n)), sends(&scene.world)), ([1, 1, 1], 3));
    assert_eq!(status(&scene.world, 3), "SENT");
}

#[tokio::test(start_paused = true)]
async fn a_person_who_finds_that_it_was_never_sent_has_it_sent_and_once() {
    let scene = Scene::settled(&SHOP, json!({})).await;
    scene.restore(Vec::new()).await;
    set_status(&scene.world, 3, "APPROVED");
    scene.ship(2, json!({}));
    let rebuilt = scene.rebuild().await;
    let [person] = rebuilt.for_a_person.as_slice() else { panic!("{rebuilt:#?}") };
    let key = person.key.clone();
    everything(&scene).await;
    assert_eq!(mails(&scene.world, 3), 0);
    set_status(&scene.world, 3, "NOT_SENT");
    let flow = Flow::Back(Back::Shipments);
    assert_eq!(repair::retry(&scene.world.ports(), "acme", flow, &key).await, Ok(true));
    everything(&scene).await;
    assert_eq!((mails(&scene.world, 3), status(&scene.world, 3).as_str()), (1, "SENT"));
}

#[tokio::test(start_paused = true)]
async fn a_filling_that_dies_at_any_step_is_gone_on_with_and_mails_nothing_twice() {
    // The first steps are the guards; of the entries behind them some will do.
    for step in (0..24).chain((24..).step_by(9)) {
        let scene = Scene::settled(&SHOP, json!({})).await;
        scene.restore(Vec::new()).await;
        set_status(&scene.world, 1, "NOT_SENT");
        scene.ship(2, json!({}));
        let (filling, _) = scene.read().await;
        let run = Run { id: "bridgectl-dies".into(), deadline: scene.world.now() + crate::scene::HOUR };
        let ports = scene.world.ports();
        scene.world.steps.plan(Some(step));
        let ended = scene.world.alive(fill(&ports, &run, &filling, &|_| ())).await;
        scene.world.steps.plan(None);
        // What it held runs out by itself.
        scene.world.wait(crate::scene::HOUR).await;
        let again = scene.rebuild().await;
        assert!(again.whole, "{step}: {again:#?}");
        everything(&scene).await;
        let mailed = [1, 2, 3].map(|n| mails(&scene.world, n));
        assert_eq!((mailed, sends(&scene.world)), ([1, 1, 1], 3), "{step}: {again:#?}");
        if let Ended::Ran(filled) = ended {
            assert!(filled.is_ok() && step > 40, "{step}: {filled:?}");
            break;
        }
    }
}
