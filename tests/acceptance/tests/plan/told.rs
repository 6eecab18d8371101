//! What a plan says beside what would be done: values that are mapped, and orders that come in although they were sent.

use acceptance::shops::{self, ProcountorShop, Shop};
use bridge::words::outcome::Outcome;
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

/// The ledger, which has not seen it, notes that it was created.
#[tokio::test(start_paused = true)]
async fn what_ongoing_had_before_the_integration_is_updated_in_the_plan_and_behind_it() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        fixture.filled().await;
        let (_, plan) = fixture.plan(None).await;
        let number = plan.feeds.iter().flat_map(|feed| &feed.records).find_map(|record| record.number.clone()).unwrap();
        let body = json!({ "goodsOwnerId": 159, "articleNumber": number, "articleName": "typed by hand" });
        fixture.world.warehouse_api("PUT", "articles", &body);
        let (reading, plan) = fixture.plan(None).await;
        assert_eq!(fixture.step(&plan, &number).word(), "update", "{}", shop.kind());
        fixture.apply(reading, &plan).await.unwrap();
        fixture.world.import_all().await;
        let became = fixture.became(&plan).await;
        let outcome = |planned: &str| {
            let of = became.iter().filter(|one| one.planned == planned);
            of.map(|one| (one.outcome, one.as_planned)).collect::<Vec<_>>()
        };
        assert_eq!(outcome("update"), [(Some(Outcome::Updated), true)], "{}: {became:?}", shop.kind());
        assert_eq!(outcome("create"), [(Some(Outcome::Created), true); 2], "{}: {became:?}", shop.kind());
    }
}
