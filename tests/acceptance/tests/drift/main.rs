//! Vendors change without notice: under every drift of every vendor what is new is told by call and member, once a day each
//! and never with a value, what nothing hangs on alarms nobody, and the work goes on.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::deployment::{RECONCILE, pull_of};
use acceptance::world::{Peer, Pump, Site, World};
use bridge::roads::check;
use bridge::roads::status::{self, Estate};
use bridge::state::schema_drift::{self, Met};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::metric::Metric;
use serde_json::json;
use simulators::Drift;

const HOUR: Duration = Duration::from_secs(3600);

/// A company with an order of an article in the warehouse.
async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    shop.put_order(&world, 0, &[0]);
    world.tick(shop.kind()).await;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 90 }));
    world.reconcile().await;
    world
}

async fn met(world: &World) -> Vec<Met> {
    schema_drift::read(&world.ports()).await.unwrap()
}

/// Kind, place and whether it is required of all that is told of a system.
async fn told(world: &World, system: &str) -> Vec<(&'static str, String, bool)> {
    let of = met(world).await.into_iter().map(|met| met.drift).filter(|drift| drift.system == system);
    of.map(|drift| (drift.kind.word(), drift.path, drift.required)).collect()
}

fn alarmed(world: &World) -> usize {
    world.logs.counted().iter().filter(|one| one.metric == Metric::SchemaDrift).count()
}

fn in_the_warehouse(world: &World, number: &str, list: &str, member: &str) -> bool {
    world.wms()[list].as_array().unwrap().iter().any(|one| one[member] == number)
}

async fn estate(world: &World) -> Estate {
    let estate = status::read(&world.ports(), "bridge", true, &world.memory.tenant_items()).await.unwrap();
    Estate { dead_letters: Some(Vec::new()), alarms: Some(Vec::new()), ..estate }
}

/// Where a drift is told: kind, place, whether it is required.
type Place = (&'static str, &'static str, bool);

/// The drifts of a site, each with one place at which it has to be told.
fn drifts(site: Site) -> Vec<(Drift, Place)> {
    match site {
        Site::PowerOffice => vec![
            (Drift::Word("ProductType"), ("unknown_word", "GET Products /ProductType", false)),
            (Drift::Word("VoucherType"), ("unknown_word", "GET OutgoingInvoices /VoucherType", true)),
            (Drift::Gone("Code"), ("member_gone", "GET Products /Code", true)),
            (Drift::Gone("LineType"), ("member_gone", "GET OutgoingInvoices/*/Lines /LineType", false)),
            (Drift::Members("UnitPrice"), ("other_type", "GET Products /UnitPrice", false)),
            (Drift::Status("/Products?", 418), ("unknown_status", "GET Products 418", false)),
            (Drift::ErrorBody("/Products?", 400), ("unknown_error_body", "GET Products 400", false)),
        ],
        Site::Finago => vec![
            (Drift::Word("OrderStatus"), ("unknown_word", "GetInvoices /OrderStatus", false)),
            (Drift::Gone("RowId"), ("member_gone", "GetInvoices /InvoiceRows/InvoiceRow/*/RowId", true)),
            (Drift::Members("Description"), ("other_type", "GetProducts /Description", false)),
            (Drift::Status("ProductService", 418), ("unknown_status", "POST ProductService.asmx 418", false)),
            (Drift::ErrorBody("ProductService", 400), ("unknown_error_body", "POST ProductService.asmx 400", false)),
        ],
        Site::Procountor => vec![
            (Drift::Word("status"), ("unknown_word", "GET invoices /status", true)),
            (Drift::Gone("version"), ("member_gone", "GET products /version", true)),
            (Drift::Members("unit"), ("other_type", "GET products /unit", false)),
            (Drift::Status("/products", 418), ("unknown_status", "GET products 418", false)),
            (Drift::ErrorBody("/products", 400), ("unknown_error_body", "GET products 400", false)),
        ],
        Site::Visma => vec![
            (Drift::Word("Status"), ("unknown_word", "GET orders /Status", true)),
            (Drift::Gone("Name"), ("member_gone", "GET articles /Name", false)),
            (Drift::Members("NetPrice"), ("other_type", "GET articles /NetPrice", false)),
            (Drift::Status("/articles", 418), ("unknown_status", "GET articles 418", false)),
            (Drift::ErrorBody("/articles", 400), ("unknown_error_body", "GET articles 400", false)),
        ],
        Site::Ongoing => vec![
            (Drift::Word("articleKind"), ("unknown_word", "GET articles /articleKind", false)),
            (Drift::Gone("orderStatus"), ("member_gone", "GET orders /orderInfo/orderStatus", true)),
            (Drift::Members("shippedTime"), ("other_type", "GET orders /orderInfo/shippedTime", false)),
            (Drift::Status("/orders?", 418), ("unknown_status", "GET orders 418", false)),
            (Drift::ErrorBody("/orders?", 400), ("unknown_error_body", "GET orders 400", false)),
        ],
    }
}

/// A journey under a drift: an article and an order of it, a shipment, two ticks each way.
async fn journey(shop: &dyn Shop, world: &World) -> String {
    shop.put_article(world, 1, "Lamp");
    let order = shop.put_order(world, 1, &[0]);
    let shipped = world.wms()["orders"][0]["orderNumber"].as_str().unwrap().to_owned();
    world.warehouse("ship", &json!({ "orderNumber": shipped }));
    for _ in 0..2 {
        world.tick(shop.kind()).await;
        world.reconcile().await;
        // Another process knows nothing of what this one told.
        world.new_process();
    }
    order
}

#[tokio::test(start_paused = true)]
async fn a_drift_is_told_once_a_day_and_the_work_goes_on() {
    let mut journeys = 0;
    for shop in shops::all() {
        let shop = shop.as_ref();
        for site in [shop.site(), Site::Ongoing] {
            let system = if site == Site::Ongoing { "ongoing" } else { shop.kind().word() };
            // Nobody reads its orders where no shipment flows back, nor its articles where no stock does.
            let is_read = |(_, (_, path, _)): &(Drift, Place)| {
                let (kind, of_orders) = (shop.kind(), path.contains("orders"));
                site != Site::Ongoing || if of_orders { kind.takes_shipments() } else { kind.takes_stock() }
            };
            for (drift, place) in drifts(site).into_iter().filter(is_read) {
                let what = format!("{} {site:?} {drift:?}", shop.kind());
                let world = open(shop).await;
                assert_eq!(met(&world).await, [], "{what}: before");
                world.site(site).drift(Some(drift.clone()));
                journey(shop, &world).await;
                let all = told(&world, system).await;
                let (kind, path, required) = place;
                assert!(all.contains(&(kind, path.to_owned(), required)), "{what}: {all:?}");
                let any_required = all.iter().any(|(.., required)| *required);
                assert_eq!(alarmed(&world) > 0, any_required, "{what}: {all:?} {:?}", met(&world).await);
                assert!(!any_required || estate(&world).await.needs_a_person(), "{what}");
                // One item each, written once, however many answers had it; told by the log once and without a value.
                for item in world.memory.items(schema_drift::PK, "") {
                    assert_eq!(item.rev, 1, "{what}: {}", item.sk);
                    assert!(!item.body.to_string().contains("Novelty"), "{what}: {}", item.body);
                }
                // The next day it is told again, by whichever process; and when it is over, no more.
                world.new_process();
                world.wait(24 * HOUR).await;
                shop.put_article(&world, 2, "Shelf");
                shop.put_order(&world, 2, &[0]);
                world.tick(shop.kind()).await;
                world.reconcile().await;
                let days = |all: &[Met]| all.iter().map(|met| met.days).max();
                assert_eq!(days(&met(&world).await), Some(2), "{what}");
                world.site(site).drift(None);
                let before = world.memory.items(schema_drift::PK, "");
                shop.put_article(&world, 3, "Chair");
                let order = shop.put_order(&world, 3, &[0]);
                Pump::new(&world).scheduled([pull_of(shop.kind()), RECONCILE]).run(26 * HOUR).await;
                assert_eq!(world.memory.items(schema_drift::PK, ""), before, "{what}: it is over");
                assert!(in_the_warehouse(&world, &article_number(3), "articles", "articleNumber"), "{what}");
                let entry = world.find("acme", Feed::Orders, &order);
                assert!(in_the_warehouse(&world, &order, "orders", "orderNumber"), "{what}: {entry:?}");
                let log = world.logs.text();
                let mut lines = log.lines().filter(|line| line.contains("schema_drift"));
                assert!(lines.clone().count() > 0 && lines.all(|line| !line.contains("Novelty")), "{what}");
                journeys += 1;
            }
        }
    }
    println!("figure: 12 | {journeys} journeys under a drift, each told by call and member");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_or_written_where_nothing_drifts() {
    for shop in shops::all() {
        let shop = shop.as_ref();
        let world = open(shop).await;
        journey(shop, &world).await;
        let named = |call: &str| world.counters.calls_of(Peer::State, call);
        assert_eq!(named(schema_drift::PK), 0, "{}: nobody looks", shop.kind());
        assert_eq!(met(&world).await, [], "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn the_screen_and_a_check_name_what_is_new_and_what_to_do() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    world.site(Site::PowerOffice).drift(Some(Drift::Gone("Code")));
    journey(&shop, &world).await;
    let screen = status::screen(80, &estate(&world).await, &jiff::tz::TimeZone::UTC);
    let lines: Vec<&str> = screen.lines().skip_while(|line| !line.contains("schema drift")).take(2).collect();
    assert_eq!(
        lines,
        [
            "✗ schema drift  PowerOffice: a member is gone, GET Products /Code since 07:45",
            "                → see \"Schema drift\" in infra/runbook.md"
        ],
        "{screen}"
    );
    let tenant = Tenant::parse(&world.memory.tenant_items()[0], false).unwrap();
    let deadline = world.now() + HOUR;
    let answers = |report: check::Report| {
        let found = report.findings.into_iter().find(|found| found.point == check::Point::Answers);
        found.map(|found| (found.state, found.advice))
    };
    assert_eq!(
        answers(check::erp(&world.ports(), &tenant, deadline).await),
        Some((check::State::Warning, "a member is gone, GET Products /Code (required)".to_owned()))
    );
    assert_eq!(answers(check::ongoing(&world.ports(), &tenant, deadline).await), None);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_longer_than_was_asked_for_is_told_and_read_whole() {
    let shop = VismaShop;
    let world = open(&shop).await;
    for n in 1..=520 {
        let body = json!({ "goodsOwnerId": 159, "articleNumber": format!("HAND-{n}"), "articleName": "Made by hand" });
        world.warehouse_api("PUT", "articles", &body);
    }
    world.site(Site::Ongoing).drift(Some(Drift::Size("maxArticlesToGet")));
    Pump::new(&world).scheduled([RECONCILE]).run(25 * HOUR).await;
    assert_eq!(told(&world, "ongoing").await, [("page_too_long", "GET articles".to_owned(), false)]);
    assert_eq!((alarmed(&world), estate(&world).await.needs_a_person()), (0, true), "nobody pulls, and that is all");
}
