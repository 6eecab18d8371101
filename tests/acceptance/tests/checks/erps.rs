//! What each ERP can lack.

use acceptance::shops::finago::IDENTITY;
use acceptance::shops::{FinagoShop, PowerOfficeShop, ProcountorShop, VismaShop};
use acceptance::world::World;
use bridge::roads::check::{Point, State};
use serde_json::{Value, json};
use simulators::procountor::{Right, Rights};
use simulators::visma::Fault;

use crate::{connected, erp, only_missing, points};

fn right(name: &str) -> Point {
    Point::Right(name.into())
}

fn module(name: &str) -> Point {
    Point::Module(name.into())
}

#[tokio::test(start_paused = true)]
async fn poweroffice_lacks_a_privilege_or_the_module_that_carries_it() {
    for name in ["Product", "Product_Full", "OutgoingInvoice", "Customer"] {
        let world = connected(&PowerOfficeShop);
        if name == "Product" {
            // Whoever writes stock reads products by that privilege.
            let mut item = world.ports().tenants.get("acme").await.unwrap().unwrap();
            item["processes"] = json!({ "stock": false });
            world.onboard(item);
            world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").privileges.remove("Product_Full");
        }
        let privileges = |invalid: bool| {
            let mut erp = world.vendors.poweroffice.borrow_mut();
            let company = erp.model.client("client-key-acme");
            company.privileges.remove(name);
            if invalid {
                company.invalid_privileges.insert(name.to_owned());
            }
        };
        privileges(false);
        only_missing(&erp(&world).await, &right(name));
        privileges(true);
        only_missing(&erp(&world).await, &module(name));
    }
    let world = connected(&PowerOfficeShop);
    world.memory.secret("poweroffice/acme", &json!({ "client_key": "of-nobody" }));
    only_missing(&erp(&world).await, &Point::Login);
}

#[tokio::test(start_paused = true)]
async fn finago_refuses_the_login_or_the_company() {
    let world = connected(&FinagoShop);
    world.memory.secret("finago/acme", &json!({ "username": "who@acme.example", "password": "wrong" }));
    only_missing(&erp(&world).await, &Point::Login);
    let world = connected(&FinagoShop);
    world.vendors.finago.borrow_mut().model.identity_mut(IDENTITY).unwrap().blocked = true;
    only_missing(&erp(&world).await, &Point::Login);
}

#[tokio::test(start_paused = true)]
async fn procountor_lacks_a_right_or_a_part_that_is_not_ordered() {
    type Change = fn(&mut Rights);
    let lacks: [(&str, Change, Point); 8] = [
        ("no products", |r| r.sales_product_register = Right::None, right("sales.productRegister")),
        ("no search", |r| r.sales_invoice_search = Right::None, right("sales.salesInvoiceSearch")),
        ("own only", |r| r.personal_sales_invoices_only = true, right("sales.personalSalesInvoicesOnly")),
        ("sees only", |r| r.sales_or_group_invoices = Right::Viewing, right("sales.salesOrGroupInvoices")),
        ("not ordered", |r| r.sales_or_group_invoices = Right::NotEnabled, module("sales.salesOrGroupInvoices")),
        ("no purchases", |r| r.purchase_invoices = Right::None, right("purchases.purchaseInvoices")),
        ("not found", |r| r.purchase_invoice_search = Right::None, right("purchases.purchaseInvoiceSearch")),
        (
            "own purchases",
            |r| r.personal_purchase_invoices_only = true,
            right("purchases.personalPurchaseInvoicesOnly"),
        ),
    ];
    for (name, change, point) in lacks {
        let world = connected(&ProcountorShop);
        change(&mut world.vendors.procountor.borrow_mut().model.company_mut(11_001).unwrap().rights);
        let report = erp(&world).await;
        assert!(points(&report, State::Missing).contains(&point), "{name}: {report:?}");
        only_missing(&report, &point);
    }
}

#[tokio::test(start_paused = true)]
async fn procountor_knows_a_dead_key_from_a_strange_client() {
    let world = connected(&ProcountorShop);
    world.vendors.procountor.borrow_mut().model.company_mut(11_001).unwrap().api_key = None;
    let report = erp(&world).await;
    only_missing(&report, &Point::Login);
    assert!(report.findings.iter().any(|finding| finding.advice.contains("connect-link acme")), "{report:?}");
    let world = connected(&ProcountorShop);
    world.memory.secret("procountor/app", &json!({ "client_id": "strange", "client_secret": "s" }));
    let report = erp(&world).await;
    only_missing(&report, &Point::Login);
    assert!(report.findings.iter().any(|finding| finding.advice.contains("procountor/app")), "{report:?}");
}

fn visma(change: impl FnOnce(&mut simulators::visma::Company)) -> World {
    let world = connected(&VismaShop);
    change(world.vendors.visma.borrow_mut().model.company_mut("acme").unwrap());
    world
}

#[tokio::test(start_paused = true)]
async fn visma_lacks_a_variant_or_a_module_or_is_closed() {
    let variant = module("Standard, Invoicing, Pro");
    let settings: [(&str, Value, Point); 5] = [
        ("CompanyStatus", json!(0), Point::Company),
        ("CompanyStatus", json!(2), Point::Company),
        ("ProductVariant", json!(3), variant.clone()),
        ("ProductVariant", json!(4), variant.clone()),
        ("ActivatedModules", json!(["api_standard"]), module("sales_standard")),
    ];
    for (member, value, point) in settings {
        let world = visma(|company| {
            company.settings.insert(member.into(), value.clone());
        });
        only_missing(&erp(&world).await, &point);
    }
    let barriers = [
        (403, 4002, module("api_standard")),
        (403, 4003, Point::Company),
        (403, 4004, Point::Company),
        (403, 4011, Point::Company),
        (403, 4012, Point::Company),
        (403, 4019, Point::Company),
        (403, 4034, Point::Company),
        (403, 4006, right("ea:sales")),
        (403, 4007, right("ea:sales")),
        (403, 4009, variant),
    ];
    for (status, code, point) in barriers {
        let world = visma(|company| company.barrier = Some(Fault::new(status, code, "No.")));
        only_missing(&erp(&world).await, &point);
    }
}

#[tokio::test(start_paused = true)]
async fn visma_s_stock_module_is_a_warning_and_a_dead_consent_asks_for_a_link() {
    let world = visma(|company| company.set_stock_module(true));
    let report = erp(&world).await;
    assert!(report.good(), "{report:?}");
    assert_eq!(points(&report, State::Warning), [module("stock")], "{report:?}");
    let world = connected(&VismaShop);
    world.vendors.visma.borrow_mut().model.oauth.change_password("acme");
    let report = erp(&world).await;
    only_missing(&report, &Point::Login);
    assert!(report.findings.iter().any(|finding| finding.advice.contains("connect-link acme")), "{report:?}");
}
