//! The dry run of a tenant, for every ERP by one list: a plan says what will happen and changes nothing; applied, exactly
//! that happens, or what moved in between is named.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod fixture;
mod moved;
mod told;

use acceptance::shops::{self, article_number};
use acceptance::world::World;
use bridge::ports::{Item, Put};
use bridge::roads::plan::Step;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use bridge::words::secret::Secret;
use serde_json::json;

use fixture::{Fixture, steps};

#[tokio::test(start_paused = true)]
async fn a_first_pull_is_planned_without_a_trace_and_applied_as_planned() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        let order = fixture.filled().await;
        let before = fixture.trace();
        let (reading, plan) = fixture.plan(None).await;
        assert_eq!(fixture.trace(), before, "{}: a plan left something behind", shop.kind());
        let mut created = vec![(article_number(0), "create"), (article_number(1), "create"), (order, "create")];
        created.sort_unstable();
        assert_eq!(steps(&plan), created, "{}", shop.kind());

        let applied = fixture.apply(reading, &plan).await.unwrap();
        assert_eq!(applied.feeds.iter().map(|(_, counts)| counts.queued).sum::<usize>(), 3, "{}", shop.kind());
        let under_way = fixture.became(&plan).await;
        assert!(under_way.iter().all(|one| one.outcome.is_none() && one.as_planned), "{}", shop.kind());
        fixture.world.import_all().await;
        let became = fixture.became(&plan).await;
        assert!(became.iter().all(|one| one.outcome == Some(Outcome::Created) && one.as_planned), "{became:?}");
        assert_eq!((fixture.world.writes(), became.len()), (3, 3), "{}", shop.kind());
        // The cursors stand where they would after a pull.
        for _ in 0..3 {
            fixture.world.tick(shop.kind()).await;
        }
        assert_eq!(fixture.world.writes(), 3, "{}", shop.kind());
        let (_, plan) = fixture.plan(None).await;
        assert!(steps(&plan).iter().all(|(_, step)| *step == "unchanged"), "{}: {:?}", shop.kind(), steps(&plan));
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_is_planned_member_by_member() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({}));
        let order = fixture.pulled().await;
        shop.put_article(&fixture.world, 0, "Another name");
        let changes = shop.change_order(&fixture.world, 1);
        let (reading, plan) = fixture.plan(None).await;
        let Step::Update { changes: members, .. } = fixture.step(&plan, &article_number(0)) else {
            panic!("{}: {:?}", shop.kind(), plan)
        };
        let [member] = members.as_slice() else { panic!("{}: {members:?}", shop.kind()) };
        assert_eq!(member.path, "/articleName", "{}", shop.kind());
        assert_eq!((&member.before, &member.after), (&json!("Article 0"), &json!("Another name")), "{}", shop.kind());
        if changes {
            assert_eq!(fixture.step(&plan, &order).word(), "update", "{}", shop.kind());
        }
        let writes = fixture.world.writes();
        fixture.apply(reading, &plan).await.unwrap();
        fixture.world.import_all().await;
        assert_eq!(fixture.world.writes() - writes, 1 + usize::from(changes), "{}", shop.kind());
        assert!(fixture.became(&plan).await.iter().all(|one| one.as_planned), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_or_must_not_be_imported_says_why() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({}));
        let order = fixture.pulled().await;
        let (poisoned, member) = shop.put_poisoned_order(&fixture.world, 3);
        shop.withdraw_order(&fixture.world, 1);
        let (_, plan) = fixture.plan(None).await;
        let Step::Rejected { reason } = fixture.step(&plan, &poisoned) else { panic!("{}: {plan:?}", shop.kind()) };
        assert!(reason.contains(member), "{}: {reason}", shop.kind());
        assert_eq!(fixture.step(&plan, &order).word(), "cancel", "{}", shop.kind());

        fixture.world.warehouse("set_status", &json!({ "orderNumber": order, "number": 320 }));
        let (reading, plan) = fixture.plan(None).await;
        let Step::Blocked { reason } = fixture.step(&plan, &order) else { panic!("{}: {plan:?}", shop.kind()) };
        assert!(reason.contains("started") && reason.contains("320"), "{}: {reason}", shop.kind());
        fixture.apply(reading, &plan).await.unwrap();
        fixture.world.import_all().await;
        assert!(fixture.became(&plan).await.iter().all(|one| one.as_planned), "{}", shop.kind());
        let entry = fixture.world.find("acme", Feed::Orders, &order).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Blocked), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_for_an_article_that_is_nowhere_is_no_good_plan() {
    for shop in shops::all() {
        let world = World::new();
        shop.onboard(&world, json!({}));
        let fixture = Fixture::of(world, shop.as_ref(), json!({ "start_date": "2026-03-01" }), &["orders"]);
        let order = fixture.filled().await;
        let (_, plan) = fixture.plan(None).await;
        let Step::Rejected { reason } = fixture.step(&plan, &order) else { panic!("{}: {plan:?}", shop.kind()) };
        assert!(reason.contains("/orderLines/0/articleNumber"), "{}: {reason}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_backfill_is_planned_from_its_moment_and_moves_no_cursor() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-02T10:00:00Z" }));
        let early = fixture.filled().await;
        fixture.world.wait(std::time::Duration::from_secs(4 * 3600)).await;
        fixture.world.tick(shop.kind()).await;
        let cursors = fixture.world.memory.items("tenant#acme", "cursor#");
        let (_, plan) = fixture.plan(None).await;
        assert!(!steps(&plan).iter().any(|(number, _)| *number == early), "{}", shop.kind());
        let (reading, plan) = fixture.plan(Some("2026-03-01T00:00:00Z")).await;
        assert_eq!(fixture.step(&plan, &early).word(), "create", "{}", shop.kind());
        fixture.apply(reading, &plan).await.unwrap();
        fixture.world.import_all().await;
        assert!(fixture.became(&plan).await.iter().all(|one| one.as_planned), "{}", shop.kind());
        assert_eq!(fixture.world.memory.items("tenant#acme", "cursor#"), cursors, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_is_counted_and_left_to_the_ticks() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({}));
        fixture.pulled().await;
        shop.put_poisoned_order(&fixture.world, 3);
        fixture.world.tick(shop.kind()).await;
        let before = fixture.trace();
        let (_, plan) = fixture.plan(None).await;
        let counts: Vec<_> = plan.feeds.iter().map(|feed| (feed.feed, feed.parked)).collect();
        assert_eq!(counts, [(Feed::Articles, 0), (Feed::Orders, 1)], "{}", shop.kind());
        assert_eq!(fixture.trace(), before, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_survives_its_file() {
    for shop in shops::all() {
        let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
        fixture.filled().await;
        let (_, plan) = fixture.plan(None).await;
        let file = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<bridge::roads::plan::Plan>(&file).unwrap(), plan, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn the_edges_of_a_plan_let_nothing_of_its_own_out() {
    let world = World::new();
    let ports = bridge::roads::plan::read_only(&world.ports(), "acme");
    let item = |pk: &str| Item { pk: pk.into(), sk: "x".into(), rev: 1, body: json!({}), expires: None };
    for pk in ["tenant#acme", "unreadable", "tenant#other"] {
        assert!(ports.state.put(item(pk)).await.is_err(), "{pk}");
        assert!(ports.state.delete(pk, "x", 1).await.is_err(), "{pk}");
    }
    for pk in ["budget#visma", "session#finago", "refresh#visma"] {
        assert_eq!(ports.state.put(item(pk)).await, Ok(Put::Done), "{pk}");
    }
    let value = || Secret::new("{}".into());
    assert!(ports.secrets.put("visma/acme", &value()).await.is_ok(), "a token that was exchanged exists nowhere else");
    for name in ["visma/other", "ongoing/acme", "visma/app"] {
        assert!(ports.secrets.put(name, &value()).await.is_err(), "{name}");
        assert!(ports.secrets.set(name, &value()).await.is_err(), "{name}");
    }
    assert!(ports.queue.jobs(&[Job::tick("acme")], std::time::Duration::ZERO).await.is_err());
    assert!(ports.queue.import(&[]).await.is_err() && ports.queue.write_back(&[]).await.is_err());
}
