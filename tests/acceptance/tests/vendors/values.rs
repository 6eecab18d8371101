//! What the ERP's values are called in the warehouse: the setting `values`, for every ERP.

use std::time::Duration;

use acceptance::shops::{FinagoShop, ProcountorShop, Shop, VismaShop, article_number};
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::ports::Run;
use bridge::roads::plan::{self, values::Found};
use bridge::tenant::Tenant;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;
use simulators::poweroffice::Kind as Go;
use simulators::procountor::Kind as Record;

use crate::scene::{body, entry, invoice, line, open, put_go};

/// Where an ERP says how an order is delivered or paid: the member of Ongoing's body, a value that is mapped, one that is not.
fn member(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::PowerOffice => ("/termsOfDeliveryType/code", "DAP", "EXW"),
        Kind::Finago => ("/wayOfDelivery/code", "4", "5"),
        Kind::Procountor => ("/advanced/termsOfPaymentString", "BANK_TRANSFER", "CASH"),
        Kind::Visma => ("/wayOfDelivery/code", "B", "C"),
    }
}

/// Order `n` with this value there.
fn put(world: &World, kind: Kind, n: usize, value: &str) -> String {
    match kind {
        Kind::PowerOffice => {
            invoice(world, n, &json!({ "DeliveryTerm": value }), &[line(n * 100, 7000, &article_number(0), 2)])
        }
        Kind::Finago => {
            let mut order = FinagoShop::order(n, &[0]);
            order["DeliveryMethod"] = json!({ "Id": value, "Description": "Parcel" });
            FinagoShop::put(world, Table::Order, &order);
            (20_000 + n).to_string()
        }
        Kind::Procountor => {
            let mut order = ProcountorShop::document(n, "SALES_ORDER", &[0]);
            order["paymentInfo"] = json!({ "paymentMethod": value });
            ProcountorShop.put(world, Record::Invoice, order);
            (20_000 + n).to_string()
        }
        Kind::Visma => {
            let order = VismaShop.put_order(world, n, &[0]);
            let change = json!({
                "Id": format!("0d0e0000-0000-4000-8000-{n:012}"), "DeliveryMethodCode": value, "DeliveryMethodName": "Bud",
            });
            world.vendors.visma.borrow_mut().model.change(world.now(), "acme", "orders", &change).unwrap();
            order
        }
    }
}

fn settings(kind: Kind, map: &Value, otherwise: &str) -> Value {
    json!({ "values": [{ "feed": "orders", "at": member(kind).0, "map": map, "else": otherwise }] })
}

fn change(world: &World, kind: Kind, settings: Value) {
    world.memory.tenant(tenant("acme", kind, settings));
}

#[tokio::test(start_paused = true)]
async fn a_listed_value_goes_as_the_warehouse_s_word_and_another_one_by_else() {
    for kind in Kind::ALL {
        let (at, listed, other) = member(kind);
        for otherwise in ["keep", "drop", "park"] {
            let world = open(kind, settings(kind, &json!({ listed: "DHL" }), otherwise)).await;
            let orders = [put(&world, kind, 1, listed), put(&world, kind, 2, other)];
            world.tick(kind).await;
            assert_eq!(body(&world, &orders[0]).unwrap().pointer(at), Some(&json!("DHL")), "{kind}");
            let sent = body(&world, &orders[1]);
            match otherwise {
                "keep" => assert_eq!(sent.unwrap().pointer(at), Some(&json!(other)), "{kind}"),
                "drop" => assert_eq!(sent.unwrap().pointer(at), None, "{kind}"),
                _ => {
                    assert_eq!(sent, None, "{kind}");
                    let parked = entry(&world, &orders[1]);
                    let reason = parked.reason.unwrap();
                    assert_eq!(parked.outcome, Some(Outcome::Parked));
                    assert!(reason.contains(at) && reason.contains(other) && reason.contains("values/0"), "{reason}");

                    // Once it is listed, the order goes by itself.
                    change(&world, kind, settings(kind, &json!({ listed: "DHL", other: "PN" }), otherwise));
                    world.wait(Duration::from_secs(3600)).await;
                    world.tick(kind).await;
                    assert_eq!(body(&world, &orders[1]).unwrap().pointer(at), Some(&json!("PN")), "{kind}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_map_reaches_what_is_in_the_warehouse_by_a_backfill_once() {
    for kind in Kind::ALL {
        let (at, listed, _) = member(kind);
        let world = open(kind, settings(kind, &json!({ listed: "DHL" }), "keep")).await;
        let order = put(&world, kind, 1, listed);
        world.tick(kind).await;
        change(&world, kind, settings(kind, &json!({ listed: "PN" }), "keep"));
        let since = Some("2026-01-01T00:00:00Z".parse().unwrap());
        for writes in [1, 0] {
            let before = world.writes();
            world.wait(Duration::from_secs(3600)).await;
            let job = Job { since, begun: Some(world.now()), ..Job::tick("acme") };
            assert!(world.pull(kind, &job).await.ran().unwrap().is_ok());
            world.import_all().await;
            assert_eq!(body(&world, &order).unwrap().pointer(at), Some(&json!("PN")), "{kind}");
            assert_eq!(world.writes() - before, writes, "{kind}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_is_mapped_by_the_settings_of_its_import() {
    for kind in Kind::ALL {
        let (at, listed, _) = member(kind);
        let world = open(kind, settings(kind, &json!({ listed: "DHL" }), "keep")).await;
        let order = put(&world, kind, 1, listed);
        assert!(world.pull(kind, &Job::tick("acme")).await.ran().unwrap().is_ok());
        change(&world, kind, settings(kind, &json!({ listed: "PN" }), "keep"));
        world.import_all().await;
        assert_eq!(body(&world, &order).unwrap().pointer(at), Some(&json!("PN")), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn units_of_articles_and_the_delivery_of_purchase_orders_are_mapped() {
    for (kind, unit) in [(Kind::PowerOffice, "EA"), (Kind::Procountor, "PIECE"), (Kind::Visma, "st")] {
        let maps = json!({ "values": [
            { "feed": "articles", "at": "/unitCode", "map": { unit: "PCS" } },
            { "feed": "purchase_orders", "at": "/wayOfDelivery/code", "map": { "COURIER": "BUD" } },
        ]});
        let mut maps = maps;
        if kind != Kind::Procountor {
            maps["values"].as_array_mut().unwrap().pop();
        }
        let world = open(kind, maps).await;
        if kind == Kind::Procountor {
            let mut order = ProcountorShop::document(2, "PURCHASE_ORDER", &[0]);
            order["deliveryMethod"] = json!("COURIER");
            ProcountorShop.put(&world, Record::Invoice, order);
        }
        world.tick(kind).await;
        let sent = world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(0)).cloned().unwrap();
        assert_eq!(sent["unitCode"], "PCS", "{kind}");
        if kind == Kind::Procountor {
            let sent = world.vendors.ongoing.borrow().model.purchase_order_body(GOODS_OWNER, "20002").cloned().unwrap();
            // The document has one word for both, and the name goes with the code.
            assert_eq!(sent["wayOfDelivery"], json!({ "code": "BUD", "name": "BUD" }));
        }
    }
    // Finago's document has no unit; the group, or any other member, is mapped as well.
    let maps = json!({ "values": [{ "feed": "articles", "at": "/description", "map": { "Wool & more": "Wool" } }] });
    let world = open(Kind::Finago, maps).await;
    world.tick(Kind::Finago).await;
    let sent = world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(0)).cloned().unwrap();
    assert_eq!(sent["description"], "Wool");
}

#[tokio::test(start_paused = true)]
async fn extra_fields_are_mapped_too_and_take_the_shape_of_their_member() {
    let settings = json!({
        "extra_fields": [{ "feed": "articles", "from": "/ProductGroupCode", "to": "/freeValues/freeDecimal1" }],
        "values": [{ "feed": "articles", "at": "/freeValues/freeDecimal1", "map": { "G1": "7" }, "else": "drop" }],
    });
    let world = open(Kind::PowerOffice, settings).await;
    put_go(&world, Go::Product, json!({ "Id": 7009, "Code": "X", "ProductType": "Product", "ProductGroupCode": "G2" }));
    world.tick(Kind::PowerOffice).await;
    let sent = |number: &str| world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, number).cloned().unwrap();
    assert_eq!(sent(&article_number(0))["freeValues"], json!({ "freeDecimal1": 7 }));
    assert_eq!(sent("X").get("freeValues"), None);
}

async fn found(world: &World, at: &str) -> Found {
    let item = world.ports().tenants.get("acme").await.unwrap().unwrap();
    let tenant = Tenant::parse(&item, false).unwrap();
    let run = Run { id: "values".into(), deadline: world.now() + Duration::from_secs(600) };
    let ports = plan::read_only(&world.ports(), "acme");
    let since = "2026-01-01T00:00:00Z".parse().unwrap();
    plan::values::found(&ports, &run, &tenant, (Feed::Orders, at), since, &|_| ()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_values_that_there_are_can_be_counted_without_a_trace() {
    for kind in Kind::ALL {
        let (at, listed, other) = member(kind);
        let world = open(kind, settings(kind, &json!({ listed: "DHL" }), "park")).await;
        (1..=3).for_each(|n| drop(put(&world, kind, n, listed)));
        put(&world, kind, 4, other);
        world.tick(kind).await;
        let trace = format!("{:?}", world.memory.items("tenant#acme", ""));
        let (writes, queued) = (world.writes(), world.queued().len());
        let found = found(&world, at).await;
        let told: Vec<_> =
            found.values.iter().map(|one| (one.value.as_str(), one.times, one.listed, one.parks)).collect();
        assert_eq!(told, [(listed, 3, true, false), (other, 1, false, true)], "{kind}");
        assert_eq!((found.records, found.without, found.unmapped, found.fault), (4, 0, 0, None), "{kind}");
        assert_eq!(found.values[0].becomes, "DHL");
        assert_eq!(format!("{:?}", world.memory.items("tenant#acme", "")), trace, "{kind}");
        assert_eq!((world.writes(), world.queued().len()), (writes, queued), "{kind}");
    }
}
