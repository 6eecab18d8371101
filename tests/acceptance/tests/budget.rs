//! A vendor's rate limit holds for all tenants together, and is shared fairly.

use std::cell::RefCell;
use std::time::Duration;

use acceptance::world::{Peer, Pump, Site, World, tenant};
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use futures_util::future::join_all;
use serde_json::json;
use simulators::poweroffice::Kind as Table;

const TENANTS: usize = 20;

/// Tenants with an article and twenty orders each.
fn found() -> World {
    let world = World::new();
    let app = json!({"application_key": "app-key-0001", "subscription_key": "sub-key-0001"});
    world.memory.secret("poweroffice/app", &app);
    for n in 0..TENANTS {
        let (id, client) = (format!("shop-{n}"), format!("client-key-{n}"));
        world.memory.secret(&format!("poweroffice/{id}"), &json!({ "client_key": client }));
        world.onboard(tenant(&id, Kind::PowerOffice, json!({"start_date": "2026-01-01"})));
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let company = erp.model.client(&client);
        company.put(world.now(), Table::Customer, json!({"Id": 500, "Number": 10000, "Name": "Customer"}));
        company.put(world.now(), Table::Product, json!({"Id": 7000, "Code": "A", "Name": "Article"}));
        for order in 0..20 {
            let head = json!({"Id": format!("00000000-0000-4000-{n:04}-{order:012}"), "OrderNo": 1000 + order, "Balance": 0,
                "VoucherType": "OutgoingInvoice", "CustomerId": 500, "CustomerNo": 10000, "IsReversed": false});
            let line = json!({"Id": order, "LineType": "Normal", "SortOrder": 0, "ProductCode": "A", "Quantity": 1});
            company.put_invoice(world.now(), head, &[line]);
        }
    }
    world
}

#[tokio::test(start_paused = true)]
async fn twenty_tenants_at_once_never_exceed_the_vendors_limit_and_end_together() {
    let world = found();
    let began = world.now();
    let ended = RefCell::new(Vec::new());
    join_all((0..TENANTS).map(|n| {
        let (world, ended) = (&world, &ended);
        async move {
            let pulled = world.pull(Kind::PowerOffice, &Job::tick(&format!("shop-{n}"))).await;
            assert!(format!("{pulled:?}").contains("queued: 20"), "shop-{n}: {pulled:?}");
            ended.borrow_mut().push(world.now().duration_since(began).as_secs_f64());
        }
    }))
    .await;
    assert_eq!(world.vendors.poweroffice.borrow().model.rate_exceeded, 0);
    let ended = ended.into_inner();
    let (first, last) = (ended.iter().copied().fold(f64::MAX, f64::min), ended.iter().copied().fold(0.0, f64::max));
    println!("{TENANTS} tenants: the first was done after {first:.1} s, the last after {last:.1} s");
    assert!(first > last * 0.6, "one tenant was served long before another");
}

/// Where nobody else is in line, a process knows how it left it; where somebody was, its write is refused, and it reads.
#[tokio::test(start_paused = true)]
async fn who_stands_alone_in_line_reads_it_once() {
    let world = found();
    let read = |world: &World| world.counters.calls_of(Peer::State, "get budget#poweroffice");
    let written = |world: &World| world.counters.calls_of(Peer::State, "put budget#poweroffice");
    world.pull(Kind::PowerOffice, &Job::tick("shop-0")).await;
    let turns = written(&world);
    assert!(turns > 10 && read(&world) < turns / 2, "{} reads, {turns} turns", read(&world));
    world.counters.reset();
    let jobs = ["shop-1", "shop-2"].map(Job::tick);
    join_all(jobs.iter().map(|job| world.pull(Kind::PowerOffice, job))).await;
    assert_eq!(world.vendors.poweroffice.borrow().model.rate_exceeded, 0);
    let (reads, turns) = (read(&world), written(&world));
    println!("two in line: {reads} reads, {turns} writes");
    assert!(reads > 2 && turns < reads * 3, "{reads} reads, {turns} writes");
}

/// Every process has a clock of its own. Whoever's is behind goes by the line's: only a first turn of a clock that is ahead of
/// all others comes too early.
#[tokio::test(start_paused = true)]
async fn clocks_that_are_seconds_apart_hardly_exceed_a_limit() {
    for seconds in [1, 3, 8] {
        let world = found();
        world.vendors.poweroffice.borrow_mut().model.enforce_rate = false;
        world.clocks_apart(seconds);
        let jobs: Vec<Job> = (0..TENANTS).map(|n| Job::tick(&format!("shop-{n}"))).collect();
        world.ports().queue.jobs(&jobs, Duration::ZERO).await.unwrap();
        Pump::new(&world).run(Duration::from_secs(600)).await;
        let (over, calls) =
            (world.vendors.poweroffice.borrow().model.rate_exceeded, world.site(Site::PowerOffice).calls());
        println!("{seconds} s apart: {over} of {calls} calls over the limit");
        assert!(over * 20 < calls, "{seconds} s apart: {over} of {calls} calls over the limit");
    }
}
