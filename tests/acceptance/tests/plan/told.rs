//! What a plan says beside what would be done: values that are mapped, and orders that come in although they were sent.

use acceptance::shops::{ProcountorShop, Shop};
use serde_json::json;
use simulators::procountor::Kind as Record;

use crate::fixture::Fixture;

fn marks(plan: &bridge::roads::plan::Plan, number: &str) -> Vec<String> {
    let mut records = plan.feeds.iter().flat_map(|feed| &feed.records);
    records.find(|record| record.number.as_deref() == Some(number)).unwrap().marks.clone()
}

#[tokio::test(start_paused = true)]
async fn an_order_that_would_come_in_as_sent_is_told_before_it_does() {
    let fixture = Fixture::new(&ProcountorShop, json!({ "start_date": "2026-03-01" }));
    let order = fixture.filled().await;
    let change = |status: &str| {
        let change = json!({ "status": status, "date": "2026-03-02" });
        ProcountorShop.change(&fixture.world, Record::Invoice, ProcountorShop::id(1), &change);
    };
    change("SENT");
    let (_, plan) = fixture.plan(None).await;
    assert_eq!(fixture.step(&plan, &order).word(), "create");
    let told = marks(&plan, &order);
    assert!(matches!(told.as_slice(), [one] if one.contains("SENT") && one.contains("first_seen_sent")), "{told:?}");
    change("NOT_SENT");
    let (_, plan) = fixture.plan(None).await;
    assert_eq!((fixture.step(&plan, &order).word(), marks(&plan, &order)), ("create", vec![]));

    // One that the warehouse has already is not told again.
    fixture.world.tick(ProcountorShop.kind()).await;
    change("SENT");
    let (_, plan) = fixture.plan(None).await;
    assert_eq!(marks(&plan, &order), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn values_that_are_mapped_are_told_with_the_map_that_says_so() {
    let settings = json!({
        "start_date": "2026-03-01",
        "values": [{ "feed": "orders", "at": "/consignee/countryCode", "map": { "FI": "SF" } }],
    });
    let fixture = Fixture::new(&ProcountorShop, settings);
    let order = fixture.filled().await;
    let (reading, plan) = fixture.plan(None).await;
    assert_eq!(marks(&plan, &order), [r#"/consignee/countryCode: "FI" -> "SF" (/settings/values/0)"#]);
    fixture.apply(reading, &plan).await.unwrap();
    fixture.world.import_all().await;
    let sent = fixture.world.vendors.ongoing.borrow().model.order_body(159, &order).cloned().unwrap();
    assert_eq!(sent["consignee"]["countryCode"], "SF");
}
