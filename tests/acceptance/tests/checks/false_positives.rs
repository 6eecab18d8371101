//! Conditions that a careless check would report as good, or as something else.

use std::time::Duration;

use acceptance::shops::finago::USER;
use acceptance::shops::{self, FinagoShop, PowerOfficeShop, ProcountorShop, Shop, VismaShop};
use acceptance::world::{Site, World};
use bridge::ports::Item;
use bridge::roads::check::{self, Point, State};
use bridge::tenant::Tenant;
use serde_json::{Value, json};
use simulators::procountor::Right;

use crate::{connected, erp, ongoing, only_missing, points, tenant};

/// A shop whose tenant item was changed.
async fn changed(shop: &dyn Shop, change: impl FnOnce(&mut Value)) -> World {
    let world = connected(shop);
    let mut item = world.ports().tenants.get("acme").await.unwrap().unwrap();
    change(&mut item);
    world.onboard(item);
    world
}

#[tokio::test(start_paused = true)]
async fn a_privilege_to_write_is_one_to_read_and_what_is_never_read_needs_none() {
    let world = connected(&PowerOfficeShop);
    let full = ["Product_Full", "OutgoingInvoice_Full", "Customer_Full"];
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").privileges = full.map(str::to_owned).into();
    let report = erp(&world).await;
    assert!(report.good(), "{report:?}");
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.tick(PowerOfficeShop.kind()).await;
    PowerOfficeShop.put_order(&world, 1, &[0]);
    world.tick(PowerOfficeShop.kind()).await;
    assert_eq!(world.wms()["orders"].as_array().map(Vec::len), Some(1), "what is called good works");
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_of_an_earlier_login_does_not_hide_that_it_is_refused_now() {
    for shop in [&PowerOfficeShop as &dyn Shop, &FinagoShop, &ProcountorShop] {
        let world = connected(shop);
        let (tenant, ports) = (tenant(&world).await, world.ports());
        let look = async || check::erp(&ports, &tenant, world.now() + Duration::from_secs(300)).await;
        assert!(look().await.good(), "{}", shop.kind());
        match shop.site() {
            Site::PowerOffice => {
                world.memory.secret("poweroffice/acme", &json!({ "client_key": "of-nobody" }));
            }
            Site::Procountor => world.memory.secret("procountor/acme", &json!({ "api_key": "of-nobody" })),
            _ => {
                let mut finago = world.vendors.finago.borrow_mut();
                let user = finago.model.users.iter_mut().find(|user| user.username == USER).unwrap();
                user.password = "changed".into();
            }
        }
        only_missing(&look().await, &Point::Login);
    }
}

#[tokio::test(start_paused = true)]
async fn visma_knows_a_dead_consent_from_a_strange_client() {
    let world = connected(&VismaShop);
    world.memory.secret("visma/app", &json!({ "client_id": "visma-client-0001", "client_secret": "wrong-7" }));
    let report = erp(&world).await;
    only_missing(&report, &Point::Login);
    let advice = format!("{report:?}");
    assert!(
        advice.contains("visma/app") && !advice.contains("connect-link") && !advice.contains("wrong-7"),
        "{advice}"
    );
}

#[tokio::test(start_paused = true)]
async fn rights_that_are_not_told_are_not_good() {
    let world = connected(&ProcountorShop);
    world.vendors.procountor.borrow_mut().model.company_mut(11_001).unwrap().rights_are_secret = true;
    let report = erp(&world).await;
    only_missing(&report, &Point::Right("users.rights".into()));
    let unknown = points(&report, State::Unknown);
    assert!(unknown.contains(&Point::Right("sales.salesOrGroupInvoices".into())), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn shipments_are_read_before_they_are_sent() {
    let world = changed(&ProcountorShop, |item| item["processes"] = json!({ "orders": false })).await;
    assert!(erp(&world).await.good());
    world.vendors.procountor.borrow_mut().model.company_mut(11_001).unwrap().rights.sales_invoice_search = Right::None;
    only_missing(&erp(&world).await, &Point::Right("sales.salesInvoiceSearch".into()));
}

#[tokio::test(start_paused = true)]
async fn a_login_takes_its_turn_in_the_shared_budget_and_a_spent_one_is_no_dead_host() {
    for shop in [&PowerOfficeShop as &dyn Shop, &FinagoShop, &ProcountorShop] {
        let world = connected(shop);
        let ports = world.ports();
        let body = json!({ "next_free": (world.now() + Duration::from_secs(3600)).to_string() });
        let pk = format!("budget#{}", shop.kind());
        let spent = Item { pk, sk: "slots".into(), rev: 1, body, expires: None };
        ports.state.put(spent).await.unwrap();
        let report = erp(&world).await;
        assert_eq!(world.site(shop.site()).calls(), 0, "{}", shop.kind());
        assert_eq!(points(&report, State::Missing), [], "{report:?}");
        assert!(points(&report, State::Unknown).contains(&Point::Reach) && !report.good(), "{report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_that_may_not_be_called_is_not_taken_for_refused_credentials() {
    for shop in shops::all() {
        let world = changed(shop.as_ref(), |item| {
            item["erp"]["base_url"] = json!("http://127.0.0.1:9");
            item["erp"]["auth_url"] = json!("http://127.0.0.1:9");
            item["ongoing"]["base_url"] = json!("http://127.0.0.1:9");
            if item["erp"]["kind"] == "finago" {
                item["erp"].as_object_mut().unwrap().remove("auth_url");
            }
        })
        .await;
        let item = world.ports().tenants.get("acme").await.unwrap().unwrap();
        let tenant = Tenant::parse(&item, true).unwrap();
        let deadline = world.now() + Duration::from_secs(300);
        only_missing(&check::erp(&world.ports(), &tenant, deadline).await, &Point::Reach);
        only_missing(&check::ongoing(&world.ports(), &tenant, deadline).await, &Point::Reach);
    }
}

#[tokio::test(start_paused = true)]
async fn a_warehouse_that_begins_at_another_status_is_a_warning() {
    let world = changed(&PowerOfficeShop, |item| item["ongoing"]["started_from_status"] = json!(321)).await;
    let report = ongoing(&world).await;
    assert_eq!(points(&report, State::Warning), [Point::Status(321)], "{report:?}");
    assert!(report.good());
}
