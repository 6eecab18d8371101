//! What a check of a connection says, for every ERP by one list and for Ongoing: all good where it is, and each thing that
//! can be missing by its own name; and that it only looks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod erps;
mod false_positives;
mod goods;
mod ongoing;

use std::time::Duration;

use acceptance::shops::{self, Shop};
use acceptance::world::World;
use bridge::roads::check::{self, Point, Report, State};
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::Trouble;

/// A shop's connection as it is after onboarding.
fn connected(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    world
}

async fn tenant(world: &World) -> Tenant {
    let item = world.ports().tenants.get("acme").await.unwrap().unwrap();
    Tenant::parse(&item, false).unwrap()
}

async fn erp(world: &World) -> Report {
    let tenant = tenant(world).await;
    // A process of its own, as the operator's command is.
    world.new_process();
    check::erp(&world.ports(), &tenant, world.now() + Duration::from_secs(300)).await
}

async fn ongoing(world: &World) -> Report {
    let tenant = tenant(world).await;
    check::ongoing(&world.ports(), &tenant, world.now() + Duration::from_secs(300)).await
}

fn points(report: &Report, state: State) -> Vec<Point> {
    report.findings.iter().filter(|finding| finding.state == state).map(|finding| finding.point.clone()).collect()
}

/// Exactly this is missing, it says what to do, and every point is told once.
fn only_missing(report: &Report, point: &Point) {
    assert_eq!(points(report, State::Missing), std::slice::from_ref(point), "{report:?}");
    assert!(!report.good());
    for finding in &report.findings {
        assert_eq!(finding.state == State::Missing, !finding.advice.is_empty(), "{finding:?}");
        assert_eq!(report.findings.iter().filter(|other| other.point == finding.point).count(), 1, "{finding:?}");
    }
}

fn secrets(shop: &dyn Shop) -> [String; 2] {
    ["app", "acme"].map(|name| format!("{}/{name}", shop.kind()))
}

#[tokio::test(start_paused = true)]
async fn a_good_connection_is_good_in_every_point_and_told_by_its_company_s_name() {
    for shop in shops::all() {
        let world = connected(shop.as_ref());
        let report = erp(&world).await;
        assert!(report.good(), "{}: {report:?}", shop.kind());
        assert_eq!(points(&report, State::Good).len(), report.findings.len(), "{}: {report:?}", shop.kind());
        // The first four have more than a newer one need have.
        let kind = shop.kind();
        let least =
            if matches!(kind, Kind::PowerOffice | Kind::Finago | Kind::Procountor | Kind::Visma) { 6 } else { 4 };
        assert!(report.findings.len() >= least, "{kind}: {report:?}");
        assert!(report.company.as_deref().is_some_and(|name| !name.is_empty()), "{report:?}");
        let report = ongoing(&world).await;
        assert!(report.good(), "{report:?}");
        assert_eq!(points(&report, State::Good).len(), 4, "{report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_writes_nothing() {
    for shop in shops::all() {
        let world = connected(shop.as_ref());
        let (tenant, ports) = (tenant(&world).await, world.ports());
        // The edges of a plan refuse every write but those that all callers of an ERP share.
        let quiet = bridge::roads::plan::read_only(&ports, "acme");
        let deadline = world.now() + Duration::from_secs(300);
        assert!(check::erp(&quiet, &tenant, deadline).await.good(), "{}", shop.kind());
        assert!(check::ongoing(&quiet, &tenant, deadline).await.good(), "{}", shop.kind());
        assert_eq!(world.writes(), 0);
        let mut calls = world.site(shop.site()).log();
        calls.extend(world.site(acceptance::world::Site::Ongoing).log());
        // SOAP asks by POST too.
        let asks = |(method, target): &(String, String)| {
            method == "GET" || target.contains("oken") || target.contains(".asmx")
        };
        assert!(calls.iter().all(asks), "{}: {calls:?}", shop.kind());
        assert!(calls.len() <= 9, "{}: {} calls are not the cheapest", shop.kind(), calls.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_not_there_or_not_as_expected_is_named() {
    for shop in shops::all() {
        for name in secrets(shop.as_ref()) {
            for value in [json!({ "colour": "red-7-secret" }), json!("red-7-secret")] {
                let world = connected(shop.as_ref());
                world.memory.secret(&name, &value);
                let report = erp(&world).await;
                only_missing(&report, &Point::Secret(name.clone()));
                assert!(!format!("{report:?}").contains("red-7"), "{report:?}");
                assert!(points(&report, State::Unknown).contains(&Point::Login), "{report:?}");
            }
        }
        let world = connected(shop.as_ref());
        let mut item = world.ports().tenants.get("acme").await.unwrap().unwrap();
        item["tenant_id"] = json!("other");
        let other = Tenant::parse(&item, false).unwrap();
        let report = check::erp(&world.ports(), &other, world.now() + Duration::from_secs(300)).await;
        only_missing(&report, &Point::Secret(format!("{}/other", shop.kind())));
    }
}

#[tokio::test(start_paused = true)]
async fn a_system_that_does_not_answer_is_told_apart_from_one_that_refuses() {
    for shop in shops::all() {
        let world = connected(shop.as_ref());
        (0..40).for_each(|call| world.site(shop.site()).plan(call, Trouble::ServerError(503)));
        let report = erp(&world).await;
        only_missing(&report, &Point::Reach);
        let world = connected(shop.as_ref());
        let site = acceptance::world::Site::Ongoing;
        (0..40).for_each(|call| world.site(site).plan(call, Trouble::LostAnswer));
        only_missing(&ongoing(&world).await, &Point::Reach);
    }
}

#[tokio::test(start_paused = true)]
async fn under_every_trouble_at_every_call_a_check_ends_in_a_report() {
    for shop in shops::all() {
        for trouble in Trouble::ALL {
            for call in 0..8 {
                let world = connected(shop.as_ref());
                world.site(shop.site()).plan(call, trouble);
                let report = erp(&world).await;
                let told = report.good() || !points(&report, State::Missing).is_empty();
                assert!(told, "{} {trouble:?} {call}: {report:?}", shop.kind());
            }
        }
    }
}
