//! A Norwegian shop on PowerOffice Go.

use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Act, Scenario, Source, Told};
use crate::warehouse::{There, decimal, list, text};

/// The shop, with goods owner 159.
pub(super) fn scenario() -> Scenario {
    Scenario {
        kind: Kind::PowerOffice,
        label: "PowerOffice Go",
        tenant_id: "demo-poweroffice".into(),
        goods_owner: 159,
        warehouse_login: ("WSI-poweroffice".into(), "warehouse-password-poweroffice".into()),
        paths: ("/v2", "/OAuth/Token"),
        app: json!({ "application_key": "demo-application", "subscription_key": "demo-subscription" }),
        credentials: json!({ "client_key": "demo-client-poweroffice" }),
        settings: json!({}),
        consent: None,
        company: json!({ "client_key": "demo-client-poweroffice" }),
        fill: vec![Act { said: "", action: "demo_company", args: json!({}) }],
        changes: vec![
            Act {
                said: "product LUE-300 is renamed",
                action: "rename_product",
                args: json!({ "code": "LUE-300", "name": "Lue Finse, blå" }),
            },
            Act { said: "invoice 20005 is paid", action: "pay_invoice", args: json!({ "OrderNo": 20005 }) },
            Act {
                said: "invoice 20009 is written, with a line that has no quantity",
                action: "put_invoice",
                args: json!({ "record": {
                    "OrderNo": 20009, "InvoiceNo": 50009, "VoucherType": "OutgoingInvoice", "CustomerNo": 10009,
                    "CurrencyCode": "NOK", "Balance": 0, "IsReversed": false,
                    "CustomerId": 990_009, "Customer": { "Id": 990_009, "Number": 10009, "Name": "Fjellstua", "LegalName": "Fjellstua AS",
                        "EmailAddress": "post@fjellstua.example",
                        "MailAddress": { "AddressLine1": "Setervegen 1", "ZipCode": "2680", "City": "Vågå" } },
                    "Lines": [{ "LineType": "Normal", "ProductCode": "TER-500", "Description": "Termos", "Quantity": null }],
                }}),
            },
        ],
        parks: vec![("20009", "/Lines/0/Quantity")],
        sources,
        ships: ["20002", "20001"],
        counts: ("TER-500", 37),
        told,
    }
}

/// A second company of the same application, with nothing in common with the first.
pub(super) fn second() -> Scenario {
    Scenario {
        tenant_id: "demo-second".into(),
        goods_owner: 169,
        warehouse_login: ("WSI-second".into(), "warehouse-password-second".into()),
        credentials: json!({ "client_key": "demo-client-second" }),
        company: json!({ "client_key": "demo-client-second" }),
        ..scenario()
    }
}

/// Gives a product a new name.
pub(super) fn rename(code: &str, name: &str) -> Act {
    Act { said: "a product is renamed", action: "rename_product", args: json!({ "code": code, "name": name }) }
}

fn sources(state: &Value) -> Vec<Source> {
    let find = |table: &str, member: &str, wanted: &Value| {
        list(&state[table]).iter().find(|row| row[member] == *wanted).cloned().unwrap_or_default()
    };
    let products = list(&state["Products"]).iter().map(|row| {
        let group = find("ProductGroups", "Id", &row["ProductGroupId"]);
        let price = decimal(&row["UnitPrice"]).or_else(|| decimal(&group["UnitPrice"]));
        Source {
            feed: Feed::Articles,
            key: text(&row["Id"]),
            number: text(&row["Code"]),
            seen: text(&row["Name"]),
            wanted: Some(There::article(text(&row["Name"]), price)),
        }
    });
    let invoices = list(&state["OutgoingInvoices"]).iter().map(|row| {
        let customer = find("Customers", "Number", &row["CustomerNo"]);
        let lines = list(&row["Lines"]).iter().filter(|line| line["LineType"] != "Text");
        let (count, whole) = (lines.clone().count(), lines.clone().all(|line| !line["Quantity"].is_null()));
        let kind = if row["VoucherType"] == "OutgoingCreditNote" { "credit note" } else { "invoice" };
        let paid = decimal(&row["Balance"]).is_some_and(|balance| balance.is_zero());
        let reversed = row["IsReversed"] == true;
        let state = if reversed {
            "reversed"
        } else if paid {
            "paid"
        } else {
            "not paid"
        };
        let flows = kind == "invoice" && paid && !reversed && whole;
        Source {
            feed: Feed::Orders,
            key: text(&row["Id"]),
            number: text(&row["OrderNo"]),
            seen: format!("{kind}, {state}"),
            wanted: flows.then(|| There::order(name(&customer), count)),
        }
    });
    products.chain(invoices).collect()
}

/// As row 20 of the document joins it: a company of the demo has both names, the one within the other; a person first and
/// last.
fn name(customer: &Value) -> String {
    let mut parts = ["LegalName", "Name", "FirstName", "LastName"].map(|part| text(&customer[part]));
    if parts[0].contains(&parts[1]) {
        parts[1].clear();
    }
    let mut kept: Vec<String> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept.join(" ")
}

/// Its document has nothing to say when an order is shipped.
fn told(state: &Value, what: Told<'_>) -> String {
    match what {
        Told::Order(_) => String::new(),
        Told::Stock(number) => {
            let product = list(&state["Products"]).iter().find(|row| row["Code"] == number);
            product.map(|row| text(&row["StockOnHand"])).unwrap_or_default()
        }
    }
}
