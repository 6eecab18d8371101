//! A Norwegian shop on Finago Office.

use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Act, Scenario, Source, Told};
use crate::warehouse::{There, list, text};

/// The shop, with goods owner 160.
pub(super) fn scenario() -> Scenario {
    let login = json!({
        "username": "integrasjon@fjordutstyr.example", "password": "fjord-og-fjell",
        "identity_id": "5d0c4a1e-7b3f-4c52-9a86-1f2e3d4c5b6a",
    });
    Scenario {
        kind: Kind::Finago,
        label: "Finago Office",
        tenant_id: "demo-finago".into(),
        goods_owner: 160,
        warehouse_login: ("WSI-finago".into(), "warehouse-password-finago".into()),
        paths: ("", ""),
        app: json!({ "application_id": "0c5e7a52-2f6b-4d0e-9a3c-6b1f8d2e4a70" }),
        company: json!({ "identity": login["identity_id"] }),
        fill: vec![Act {
            said: "",
            action: "demo_company",
            args: json!({ "username": login["username"], "password": login["password"] }),
        }],
        credentials: login,
        consent: None,
        settings: json!({}),
        changes: vec![
            Act {
                said: "product FJ-4002 is renamed",
                action: "rename_product",
                args: json!({ "id": 107, "name": "Termos 1,0 l, blå" }),
            },
            Act { said: "order 20004 is confirmed", action: "confirm_order", args: json!({ "id": 20004 }) },
            Act {
                said: "order 20009 is written, with a line that has no quantity",
                action: "put_order",
                args: json!({ "order": {
                    "OrderId": 20009, "OrderStatus": "Confirmed", "CustomerId": 503, "CustomerName": "Røros Turlag",
                    "CustomerDeliveryName": "Røros Turlag",
                    "InvoiceRows": { "InvoiceRow": [{ "ProductId": 109, "RowId": 1, "Name": "Ullsokker, 2 par", "Quantity": null }] },
                }}),
            },
        ],
        parks: vec![("20009", "/InvoiceRows/InvoiceRow/0/Quantity")],
        sources,
        ships: ["20002", "20001"],
        counts: ("FJ-6001", 117),
        told,
    }
}

fn rows(order: &Value) -> &[Value] {
    list(&order["InvoiceRows"]["InvoiceRow"])
}

fn sources(state: &Value) -> Vec<Source> {
    let products = list(&state["products"]).iter().map(|row| Source {
        feed: Feed::Articles,
        key: text(&row["Id"]),
        number: text(&row["No"]),
        seen: text(&row["Name"]),
        wanted: Some(There::article(text(&row["Name"]), None)),
    });
    let orders = list(&state["orders"]).iter().map(|row| {
        let status = text(&row["OrderStatus"]);
        let whole = rows(row).iter().all(|line| !text(&line["Quantity"]).is_empty());
        let flows = status == "Confirmed" && whole;
        Source {
            feed: Feed::Orders,
            key: text(&row["OrderId"]),
            number: text(&row["OrderId"]),
            seen: format!("order, {}", status.to_lowercase()),
            wanted: flows.then(|| There::order(text(&row["CustomerDeliveryName"]), rows(row).len())),
        }
    });
    products.chain(orders).collect()
}

fn told(state: &Value, what: Told<'_>) -> String {
    let find = |table: &str, member: &str, number: &str| {
        list(&state[table]).iter().find(|row| text(&row[member]) == number).cloned().unwrap_or_default()
    };
    match what {
        Told::Order(number) => text(&find("orders", "OrderId", number)["OrderStatus"]),
        Told::Stock(number) => text(&find("products", "No", number)["Stock"]),
    }
}
