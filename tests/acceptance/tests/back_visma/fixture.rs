//! Fixture: one order that uses every member an order can have, in Ongoing and in stock.

use acceptance::shops::{Shop, VismaShop, article_number};
use acceptance::world::{World, tenant};
use bridge::doors::webhook::Reply;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::visma::Rules;

/// A way to behave.
pub(crate) type Form = fn(&mut Rules);

pub(crate) const ORDER: &str = "0d0e0000-0000-4000-8000-000000000001";
pub(crate) const NUMBER: &str = "1001";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

pub(crate) fn id(kind: &str, n: usize) -> String {
    format!("{kind}-0000-4000-8000-{n:012}")
}

pub(crate) fn act(world: &World, action: &str, mut args: Value) -> Value {
    args["company"] = json!("acme");
    let mut erp = world.vendors.visma.borrow_mut();
    let done = simulators::Simulator::act(&mut erp.model, world.now(), action, &args);
    done.unwrap_or_else(|reason| panic!("{action}: {reason}"))
}

fn row(line: usize, article: usize, quantity: &str) -> Value {
    let quantity: Value = serde_json::from_str(quantity).unwrap();
    json!({
        "Id": id("40400000", line), "LineNumber": line, "ArticleId": id("a0a00000", article),
        "ArticleNumber": article_number(article), "Text": format!("Row {line}"), "Quantity": quantity,
        "UnitPrice": 149.5, "DiscountPercentage": 0.25, "Amount": 560.625, "IsTextRow": false, "IsWorkCost": true,
        "WorkHours": 1.5, "MaterialCosts": 12.25, "WorkCostType": 3, "EligibleForReverseChargeOnVat": true,
        "CostCenterItemId1": id("cc000000", 1), "ProjectId": id("99900000", 2), "GreenTechnologyType": 1,
        "ContributionMargin": {"Percent": 0.4},
    })
}

/// Five of the first article, a text, one and a half hours of a service, two of the second article.
fn order() -> Value {
    let text = json!({"Id": id("40400000", 2), "LineNumber": 2, "IsTextRow": true, "Text": "Handle with care"});
    let mut order = json!({
        "Id": ORDER, "Number": 1001, "Status": 2, "CustomerId": id("c0c00000", 1), "CurrencyCode": "SEK",
        "OrderDate": "2026-03-02T00:00:00Z", "DeliveryDate": "2026-03-09T00:00:00Z", "Amount": 1234.56,
        "DeliveryCustomerName": "Customer", "DeliveryAddress1": "Street 1", "DeliveryAddress2": "c/o",
        "DeliveryPostalCode": "582 23", "DeliveryCity": "Linköping", "DeliveryCountryCode": "SE",
        "InvoiceCustomerName": "Customer AB", "InvoiceAddress1": "Box 1", "InvoicePostalCode": "1", "InvoiceCity": "Kumla",
        "DeliveryMethodCode": "PNV", "DeliveryMethodName": "PostNord", "DeliveryTermCode": "DDP",
        "Rows": [row(1, 0, "5"), text, row(3, 9, "1.5"), row(4, 1, "2")],
    });
    let more = json!({
        "VatAmount": 308.64, "RoundingsAmount": -0.2, "DeliveredVatAmount": 0.5, "DeliveredRoundingsAmount": 0.25,
        "YourReference": "Åsa", "OurReference": "Maja", "BuyersOrderReference": "PO-7",
        "TermsOfPaymentId": id("77700000", 1), "EuThirdParty": true, "ReverseChargeOnConstructionServices": true,
        "RotReducedInvoicingType": 2, "RotPropertyType": 1, "HouseWorkAmount": 99.5,
        "HouseWorkAutomaticDistribution": true, "HouseWorkCorporateIdentityNumber": "559900-0143",
        "HouseWorkPropertyName": "House", "UsesGreenTechnology": true, "ContributionMargin": {"Amount": 5},
        "Persons": [{"Id": NOBODY, "Ssn": "191212121212", "Amount": 9.99}],
        "IncludesVat": true, "CreatedFromQuoteId": id("55500000", 1), "Notes": [id("66600000", 1)],
        "MaxAllowedTaxReductionAmount": 75000, "RotReducedInvoicingPercent": 0.5,
    });
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// The order is in Ongoing, and the shelves are full; stock does not flow back.
pub(crate) async fn open_with(settings: Value, processes: Value, rules: impl FnOnce(&mut Rules)) -> World {
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    let mut item = tenant("acme", Kind::Visma, settings);
    item["processes"] = processes;
    world.onboard(item);
    rules(&mut world.vendors.visma.borrow_mut().model.rules);
    world.tick(Kind::Visma).await;
    for n in [0, 1] {
        VismaShop.put_article(&world, n, "Something warm");
    }
    let service =
        json!({"Id": id("a0a00000", 9), "Number": article_number(9), "Name": "Work", "IsServiceArticle": true});
    act(&world, "put_article", service);
    act(&world, "put_order", order());
    world.tick(Kind::Visma).await;
    for n in [0, 1] {
        world.warehouse("count", &json!({"articleNumber": article_number(n), "numberOfItems": 50}));
    }
    world
}

pub(crate) async fn open(settings: Value) -> World {
    open_with(settings, json!({"stock": false}), |_| {}).await
}

pub(crate) fn erp_order(world: &World) -> Value {
    let erp = world.vendors.visma.borrow();
    Value::Object(erp.model.record("acme", "orders", ORDER).unwrap().clone())
}

/// Status, and delivered of every row.
pub(crate) fn delivered(world: &World) -> (i64, Vec<String>) {
    let order = erp_order(world);
    let rows = order["Rows"].as_array().unwrap().iter().map(|row| row["DeliveredQuantity"].to_string());
    (order["Status"].as_i64().unwrap(), rows.collect())
}

pub(crate) fn rows<const N: usize>(quantities: [&str; N]) -> Vec<String> {
    quantities.map(str::to_owned).to_vec()
}

/// Calls that write an order: how it was replaced, completed, voided, and given a backorder.
pub(crate) fn effects(world: &World) -> [usize; 4] {
    let log = &world.vendors.visma.borrow().log;
    let count = |method: &str, end: &str| {
        let orders = log.iter().filter(|(_, target)| target.starts_with("/v2/orders/"));
        orders.filter(|(made, target)| made == method && target.ends_with(end)).count()
    };
    [count("PUT", ""), count("POST", "/completed"), count("POST", "/voided"), count("POST", "/backorder")]
}

pub(crate) fn orders(world: &World) -> usize {
    act(world, "state", json!({}))["registers"]["orders"].as_array().unwrap().len()
}

pub(crate) fn ship(world: &World, quantities: Value) -> Vec<Value> {
    let (_, before) = world.webhooks(0);
    let mut args = json!({"orderNumber": NUMBER, "waybill": "WB-1", "parcels": ["P-1", "P-2"]});
    if !quantities.is_null() {
        args["rows"] = quantities;
    }
    world.warehouse("ship", &args);
    world.webhooks(before).0
}

pub(crate) async fn post_all(world: &World, payloads: &[Value]) {
    for payload in payloads {
        assert_eq!(world.post(payload).await, Reply::Accepted);
    }
    world.write_back_all().await;
}

pub(crate) fn note(world: &World) -> Value {
    let items = world.memory.items("tenant#acme", "back#shipments#");
    items.first().map(|item| item.body.clone()).unwrap_or_default()
}

/// Partly: three of the first article, one of the second.
pub(crate) fn partly() -> Value {
    json!({ id("40400000", 1): 3, id("40400000", 4): 1 })
}
