//! Changes between a plan and its application: every changed record is named, and nothing is written.

use std::time::Duration;

use acceptance::shops::{self, article_number};
use bridge::ports::Run;
use bridge::roads::plan::{Moved, Refused};
use bridge::state::pull_lease::{PullLease, Taken, Work};
use serde_json::json;

use crate::fixture::Fixture;

fn moved(refused: Refused) -> Vec<Moved> {
    match refused {
        Refused::Moved(moved) => moved,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_changed_in_the_erp_is_named_and_nothing_is_written() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        fixture.filled().await;
        let (_, plan) = fixture.plan(None).await;
        shop.put_article(&fixture.world, 1, "Meanwhile");
        shop.put_article(&fixture.world, 2, "New");
        fixture.world.wait(Duration::from_secs(60)).await;
        let before = fixture.trace();
        let reading = fixture.read(None, Some(&plan)).await;
        let named = moved(fixture.apply(reading, &plan).await.unwrap_err());
        let named: Vec<_> =
            named.iter().map(|one| (one.number.clone().unwrap_or_default(), one.why.as_str())).collect();
        let expected =
            [(article_number(1), "it was changed in the ERP"), (article_number(2), "it came after the plan was made")];
        assert_eq!(named.len(), 2, "{}: {named:?}", shop.kind());
        assert!(expected.iter().all(|one| named.contains(one)), "{}: {named:?}", shop.kind());
        assert_eq!((fixture.trace(), fixture.stored()), (before, 0), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_the_warehouse_began_is_named() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({}));
        let order = fixture.pulled().await;
        shop.withdraw_order(&fixture.world, 1);
        let (reading, plan) = fixture.plan(None).await;
        assert_eq!(fixture.step(&plan, &order).word(), "cancel", "{}", shop.kind());
        fixture.world.warehouse("set_status", &json!({ "orderNumber": order, "number": 320 }));
        let named = moved(fixture.apply(reading, &plan).await.unwrap_err());
        let [one] = named.as_slice() else { panic!("{}: {named:?}", shop.kind()) };
        assert_eq!((one.number.as_deref(), one.why.as_str()), (Some(&*order), "cancel was planned, now it is blocked"));
        assert_eq!(fixture.stored(), 0, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_warehouse_does_after_the_last_look_is_named_by_what_became() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({}));
        let order = fixture.pulled().await;
        shop.withdraw_order(&fixture.world, 1);
        let (reading, plan) = fixture.plan(None).await;
        fixture.apply(reading, &plan).await.unwrap();
        fixture.world.warehouse("set_status", &json!({ "orderNumber": order, "number": 320 }));
        fixture.world.import_all().await;
        let became = fixture.became(&plan).await;
        let not: Vec<_> = became.iter().filter(|one| !one.as_planned).collect();
        let [one] = not.as_slice() else { panic!("{}: {became:?}", shop.kind()) };
        assert_eq!(one.number.as_deref(), Some(&*order), "{}", shop.kind());
        assert!(one.reason.as_deref().unwrap().contains("started"), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_tick_in_between_is_named_and_one_at_the_same_time_is_waited_for_by_nobody() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        fixture.filled().await;
        let (reading, plan) = fixture.plan(None).await;
        fixture.world.tick(shop.kind()).await;
        let writes = fixture.world.writes();
        let named = moved(fixture.apply(reading, &plan).await.unwrap_err());
        assert!(!named.is_empty(), "{}", shop.kind());
        assert_eq!((fixture.world.writes(), fixture.stored()), (writes, 0), "{}", shop.kind());

        shop.put_article(&fixture.world, 0, "Another name");
        fixture.world.wait(Duration::from_secs(60)).await;
        let (reading, plan) = fixture.plan(None).await;
        let ports = fixture.world.ports();
        let run = Run { id: "tick".into(), deadline: fixture.world.now() + Duration::from_secs(300) };
        let Taken::Mine(lease) = PullLease::take(&ports, "acme", Work::Whole, None, &run).await.unwrap() else {
            panic!("nobody else has it");
        };
        let named = moved(fixture.apply(reading, &plan).await.unwrap_err());
        assert_eq!(named[0].why, "a pull is at work on it", "{}", shop.kind());
        lease.give_back(&ports).await.unwrap();
        // No lease of the refused one is left behind.
        let (reading, plan) = fixture.plan(None).await;
        fixture.apply(reading, &plan).await.unwrap();
        fixture.world.import_all().await;
        assert_eq!((fixture.world.writes(), fixture.stored()), (writes + 1, 1), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_not_whole_is_not_applied() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        fixture.filled().await;
        let site = fixture.world.site(shop.site());
        let calls = site.calls();
        (calls..calls + 40).for_each(|call| site.plan(call, simulators::Trouble::ServerError(500)));
        let (reading, plan) = fixture.plan(None).await;
        assert!(!plan.whole(), "{}", shop.kind());
        let refused = fixture.apply(reading, &plan).await.unwrap_err();
        assert!(matches!(refused, Refused::NotWhole(_)), "{}: {refused:?}", shop.kind());
        assert_eq!(fixture.stored(), 0, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_tick_does_not_move_a_backfill_from_under_its_plan() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-02T10:00:00Z" }));
        let early = fixture.filled().await;
        fixture.world.wait(Duration::from_secs(4 * 3600)).await;
        fixture.world.tick(shop.kind()).await;
        // Articles come in full; with a backfill of orders alone nothing but the tick is between plan and application.
        let (reading, plan) = fixture.plan(Some("2026-03-01T00:00:00Z")).await;
        let before = fixture.world.memory.items("tenant#acme", "cursor#");
        fixture.world.wait(Duration::from_secs(3600)).await;
        fixture.world.tick(shop.kind()).await;
        let moved = fixture.world.memory.items("tenant#acme", "cursor#") != before;
        fixture.apply(reading, &plan).await.unwrap_or_else(|refused| panic!("{} {moved}: {refused:?}", shop.kind()));
        fixture.world.import_all().await;
        assert!(fixture.became(&plan).await.iter().all(|one| one.as_planned), "{} {early}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_handing_out_that_breaks_off_says_that_the_item_is_stored_and_the_ticks_go_on() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        fixture.filled().await;
        let (reading, plan) = fixture.plan(None).await;
        let refused = fixture.apply_without_queue(reading, &plan).await.unwrap_err();
        assert!(matches!(refused, Refused::BrokeOff(_)), "{}: {refused:?}", shop.kind());
        assert_eq!(fixture.stored(), 1, "{}", shop.kind());
        fixture.world.tick(shop.kind()).await;
        assert_eq!(fixture.world.writes(), 3, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_held_as_long_as_it_is_renewed_and_not_after_another_took_it() {
    let fixture = Fixture::new(&shops::PowerOfficeShop, json!({}));
    let ports = fixture.world.ports();
    let run = |seconds: u64| Run { id: "r".into(), deadline: fixture.world.now() + Duration::from_secs(seconds) };
    let take = async || PullLease::take(&ports, "acme", Work::Part, None, &run(60)).await.unwrap();
    let Taken::Mine(mut held) = take().await else { panic!("nobody else has it") };
    fixture.world.wait(Duration::from_secs(50)).await;
    held.renew(&ports, fixture.world.now() + Duration::from_secs(60)).await.unwrap();
    fixture.world.wait(Duration::from_secs(50)).await;
    assert!(matches!(take().await, Taken::Held(Work::Part)), "it was renewed");
    fixture.world.wait(Duration::from_secs(50)).await;
    let Taken::Mine(other) = take().await else { panic!("it ran out") };
    assert!(held.renew(&ports, fixture.world.now() + Duration::from_secs(60)).await.is_err());
    other.give_back(&ports).await.unwrap();
}
