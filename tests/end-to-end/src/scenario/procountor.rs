//! A Finnish wholesaler on Procountor.

use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Act, Scenario, Source, Told};
use crate::warehouse::{There, decimal, list, text};

/// The installation's first company.
const COMPANY: i64 = 11_001;

/// What is not yet sent or done with.
const PULLED: [&str; 4] = ["UNFINISHED", "NOT_SENT", "APPROVED", "STARTED"];

/// The wholesaler, with goods owner 161.
pub(super) fn scenario() -> Scenario {
    let key = "demo-api-key-procountor";
    Scenario {
        kind: Kind::Procountor,
        label: "Procountor",
        tenant_id: "demo-procountor".into(),
        goods_owner: 161,
        warehouse_login: ("WSI-procountor".into(), "warehouse-password-procountor".into()),
        paths: ("", ""),
        app: json!({
            "client_id": "bridgeClient", "client_secret": "s3cret-of-the-bridge",
            "redirect_uri": "https://bridge.example/connect/procountor/callback",
        }),
        credentials: json!({ "api_key": key }),
        consent: None,
        settings: json!({}),
        company: json!({ "company": COMPANY }),
        fill: vec![
            Act { said: "", action: "demo_company", args: json!({ "api_key": key }) },
            // What is bought by the sack is sold by the sack too: a purchase order names an article of the warehouse.
            Act {
                said: "",
                action: "put_product",
                args: json!({ "record": {
                    "type": "SALES", "code": "SA-9001", "name": "Raakakahvi, säkki 60 kg", "unit": "SACK", "price": 389,
                    "vat": 25.5, "defaultAccount": "3000",
                }}),
            },
        ],
        changes: vec![
            Act {
                said: "product MU-4001 is renamed",
                action: "rename_product",
                args: json!({ "code": "MU-4001", "name": "Muki 3 dl, vihreä" }),
            },
            Act {
                said: "offer 1005 is accepted",
                action: "change_invoice",
                args: json!({ "id": 70_005, "change": { "isOffer": false } }),
            },
            Act {
                said: "order 1009 is written, with a row that has no quantity",
                action: "put_invoice",
                args: json!({ "record": {
                    "type": "SALES_ORDER", "invoiceNumber": 1009, "orderReference": "PO-5509", "language": "FINNISH",
                    "counterParty": { "email": "kauppa@lumikki.example", "counterPartyAddress": {
                        "name": "Kahvila Lumikki Oy", "street": "Torikatu 2", "zip": "80100", "city": "JOENSUU", "country": "FINLAND" } },
                    "invoiceRows": [{ "productId": 3006, "product": "Muki 3 dl, harmaa", "productCode": "MU-4001",
                        "quantity": null, "unit": "PIECE", "unitPrice": 11.6, "discountPercent": 0, "vatPercent": 25.5 }],
                }}),
            },
        ],
        parks: vec![("1009", "/invoiceRows/0/quantity")],
        sources,
        ships: ["1001", "1002"],
        counts: ("KP-1001", 41),
        told,
    }
}

fn sources(state: &Value) -> Vec<Source> {
    let products = list(&state["products"]).iter().map(|row| {
        let sold = row["type"] == "SALES";
        let (code, name) = (text(&row["code"]), text(&row["name"]));
        Source {
            feed: Feed::Articles,
            key: text(&row["id"]),
            // A product for purchase may have the code of one for sale.
            number: if sold { code } else { format!("{code} buy") },
            seen: name.clone(),
            wanted: sold.then(|| There::article(name, decimal(&row["price"]))),
        }
    });
    let invoices = list(&state["invoices"]).iter().map(|row| {
        let (purchase, status) = (row["type"] == "PURCHASE_ORDER", text(&row["status"]));
        let rows = list(&row["invoiceRows"]);
        let whole = rows.iter().all(|row| !row["quantity"].is_null());
        let offer = row["isOffer"] == true;
        let what = if purchase {
            "purchase"
        } else if offer {
            "offer"
        } else {
            "order"
        };
        let flows = !offer && whole && (purchase || PULLED.contains(&status.as_str()));
        Source {
            feed: if purchase { Feed::PurchaseOrders } else { Feed::Orders },
            key: text(&row["id"]),
            number: text(&row["invoiceNumber"]),
            seen: format!("{what}, {}", status.to_lowercase().replace('_', " ")),
            wanted: flows.then(|| There::order(text(&row["counterParty"]["counterPartyAddress"]["name"]), rows.len())),
        }
    });
    products.chain(invoices).collect()
}

/// Its API has no stock to write.
fn told(state: &Value, what: Told<'_>) -> String {
    match what {
        Told::Stock(_) => String::new(),
        Told::Order(number) => {
            let order = list(&state["invoices"]).iter().find(|row| text(&row["invoiceNumber"]) == number);
            let order = order.cloned().unwrap_or_default();
            let status = text(&order["status"]).to_lowercase().replace('_', " ");
            match state["mails"][text(&order["id"])].as_u64() {
                None | Some(0) => status,
                Some(1) => format!("{status}, 1 mail"),
                Some(mails) => format!("{status}, {mails} mails"),
            }
        }
    }
}
