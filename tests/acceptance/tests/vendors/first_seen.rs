//! Orders of Procountor whose confirmation was sent before they were first seen.

use acceptance::shops::{ProcountorShop, article_number};
use acceptance::world::World;
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

use crate::scene::{body, entry, open};

fn put(world: &World, n: usize, status: &str, date: &str) -> String {
    let mut document = ProcountorShop::document(n, "SALES_ORDER", &[0]);
    document["status"] = json!(status);
    document["date"] = json!(date);
    ProcountorShop.put(world, Record::Invoice, document);
    (20_000 + n).to_string()
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_sent_when_it_is_first_seen_comes_in_from_the_first_day_on() {
    let world = open(Kind::Procountor, json!({})).await;
    let (today, before) = ("2026-03-02", "2026-03-01");
    let new = put(&world, 1, "SENT", today);
    let old = put(&world, 2, "SENT", before);
    let invoiced = put(&world, 3, "INVOICED", today);
    let invoiced_long_ago = put(&world, 4, "INVOICED", before);
    for _ in 0..3 {
        world.tick(Kind::Procountor).await;
    }
    assert!(body(&world, &new).is_some());
    assert_eq!(entry(&world, &new).outcome, Some(Outcome::Created), "an overlap that shows it again leaves it alone");
    for (order, outcome) in
        [(&old, Outcome::Filtered), (&invoiced, Outcome::Parked), (&invoiced_long_ago, Outcome::Filtered)]
    {
        assert_eq!((body(&world, order), entry(&world, order).outcome), (None, Some(outcome)), "{order}");
    }
    assert!(entry(&world, &invoiced).reason.unwrap().contains("for a person"));
    assert!(entry(&world, &old).reason.unwrap().contains("a backfill brings it"));

    // A backfill names it.
    let since = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let job = Job { since, begun: Some(world.now()), ..Job::tick("acme") };
    assert!(world.pull(Kind::Procountor, &job).await.ran().unwrap().is_ok());
    world.import_all().await;
    assert!(body(&world, &old).is_some());
    assert_eq!(body(&world, &invoiced_long_ago), None);
}

#[tokio::test(start_paused = true)]
async fn the_setting_holds_the_other_way_and_what_was_left_out_stays_out() {
    let world = open(Kind::Procountor, json!({"first_seen_sent": "filter"})).await;
    let order = put(&world, 1, "SENT", "2026-03-02");
    world.tick(Kind::Procountor).await;
    assert_eq!((body(&world, &order), entry(&world, &order).outcome), (None, Some(Outcome::Filtered)));
    world.memory.tenant(acceptance::world::tenant("acme", Kind::Procountor, json!({})));
    ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({"orderReference": "Changed"}));
    world.tick(Kind::Procountor).await;
    assert_eq!((body(&world, &order), entry(&world, &order).outcome), (None, Some(Outcome::Filtered)));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_edited_and_sent_between_two_ticks_is_updated_and_its_shipment_changes_nothing() {
    let world = open(Kind::Procountor, json!({})).await;
    let order = put(&world, 1, "UNFINISHED", "2026-03-02");
    world.tick(Kind::Procountor).await;
    let change: Value = json!({"orderReference": "Changed", "status": "SENT"});
    ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &change);
    world.tick(Kind::Procountor).await;
    assert_eq!(body(&world, &order).unwrap()["referenceNumber"], "Changed");
    let writes = world.writes();
    world.reconcile().await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 10}));
    world.warehouse("ship", &json!({"orderNumber": order}));
    world.reconcile().await;
    world.tick(Kind::Procountor).await;
    assert_eq!(world.writes(), writes);
    assert!(world.logs.text().contains("the order is SENT already"));
    assert_eq!(entry(&world, &order).outcome, Some(Outcome::Updated));
}
