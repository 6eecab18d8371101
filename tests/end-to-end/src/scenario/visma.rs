//! A Swedish shop on Visma eAccounting.

use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Act, Scenario, Source, Told};
use crate::warehouse::{There, decimal, list, text};

/// An article and a customer that come with the changes.
const ARTICLE: &str = "a0a00000-0000-4000-8000-000000000011";
const CUSTOMER: &str = "c0c00000-0000-4000-8000-000000000005";

/// The shop, with goods owner 162.
pub(super) fn scenario() -> Scenario {
    Scenario {
        kind: Kind::Visma,
        label: "Visma eAccounting",
        tenant_id: "demo-visma".into(),
        goods_owner: 162,
        warehouse_login: ("WSI-visma".into(), "warehouse-password-visma".into()),
        paths: ("/v2", ""),
        app: json!({ "client_id": "demo-client", "client_secret": "demo-client-secret" }),
        credentials: json!({}),
        consent: Some(Act { said: "", action: "grant", args: json!({}) }),
        settings: json!({}),
        company: json!({ "company": "demo" }),
        fill: vec![Act { said: "", action: "demo_company", args: json!({}) }],
        changes: vec![
            Act {
                said: "article KN-20 is renamed",
                action: "rename_article",
                args: json!({ "Number": "KN-20", "Name": "Kockkniv 20 cm, ask" }),
            },
            Act {
                said: "article VI-12 is new",
                action: "put_article",
                args: json!({
                    "Id": ARTICLE, "Number": "VI-12", "Name": "Visp 12 trådar", "IsActive": true, "NetPrice": 127.2,
                    "GrossPrice": 159, "UnitAbbreviation": "st", "CurrencyCode": "SEK",
                }),
            },
            Act {
                said: "",
                action: "put_customer",
                args: json!({
                    "Id": CUSTOMER, "CustomerNumber": "1005", "Name": "Café Ljusne AB", "EmailAddress": "order@ljusne.example",
                    "InvoiceAddress1": "Älvgatan 3", "InvoicePostalCode": "826 70", "InvoiceCity": "Ljusne",
                    "InvoiceCountryCode": "SE", "IsActive": true, "CurrencyCode": "SEK",
                }),
            },
            order("order 1051 is written", 1051, Some((ARTICLE, "VI-12"))),
            order("order 1052 is written, with a row that names no article", 1052, None),
        ],
        parks: vec![("1052", "/Rows/0/ArticleNumber")],
        sources,
        ships: ["1043", "1041"],
        counts: ("MU-06", 151),
        told,
    }
}

fn order(said: &'static str, number: i64, article: Option<(&str, &str)>) -> Act {
    let (id, article_number) = article.unzip();
    let row = json!({
        "LineNumber": 1, "ArticleId": id, "ArticleNumber": article_number, "Text": "Visp 12 trådar", "Quantity": 6,
        "UnitPrice": 127.2,
    });
    let args = json!({
        "Number": number, "Status": 2, "CustomerId": CUSTOMER, "CurrencyCode": "SEK", "Rows": [row],
        "OrderDate": "2026-03-02T00:00:00Z", "DeliveryCustomerName": "Café Ljusne AB", "DeliveryAddress1": "Älvgatan 3",
        "DeliveryPostalCode": "826 70", "DeliveryCity": "Ljusne", "DeliveryCountryCode": "SE",
    });
    Act { said, action: "put_order", args }
}

/// Rows with goods; texts and services are no affair of a warehouse.
fn goods(order: &Value) -> impl Iterator<Item = &Value> {
    list(&order["Rows"]).iter().filter(|row| row["IsTextRow"] != true && row["IsServiceArticle"] != true)
}

fn status(order: &Value) -> &'static str {
    match order["Status"].as_i64() {
        Some(1) => "draft",
        Some(2) => "ongoing",
        Some(3) => "shipped",
        Some(4) => "invoiced",
        _ => "unknown",
    }
}

fn sources(state: &Value) -> Vec<Source> {
    let articles = list(&state["registers"]["articles"]).iter().map(|row| {
        let name = text(&row["Name"]);
        let flows = row["IsServiceArticle"] != true;
        Source {
            feed: Feed::Articles,
            key: text(&row["Id"]),
            number: text(&row["Number"]),
            seen: name.clone(),
            wanted: flows.then(|| There::article(name, decimal(&row["NetPrice"]))),
        }
    });
    let orders = list(&state["registers"]["orders"]).iter().map(|row| {
        let whole = goods(row).all(|row| !row["ArticleNumber"].is_null());
        let number = if row["Number"].is_null() { "draft".to_owned() } else { text(&row["Number"]) };
        Source {
            feed: Feed::Orders,
            key: text(&row["Id"]),
            number,
            seen: format!("order, {}", status(row)),
            wanted: (row["Status"] == 2 && whole)
                .then(|| There::order(text(&row["DeliveryCustomerName"]), goods(row).count())),
        }
    });
    articles.chain(orders).collect()
}

fn told(state: &Value, what: Told<'_>) -> String {
    let find = |register: &str, number: &str| {
        let rows = list(&state["registers"][register]).iter();
        rows.clone().find(|row| text(&row["Number"]) == number).cloned().unwrap_or_default()
    };
    match what {
        Told::Stock(number) => text(&find("articles", number)["StockBalance"]),
        Told::Order(number) => {
            let order = find("orders", number);
            let rows = goods(&order).map(|row| {
                let delivered = decimal(&row["DeliveredQuantity"]).unwrap_or_default().normalize();
                format!("{delivered}/{}", decimal(&row["Quantity"]).unwrap_or_default().normalize())
            });
            format!("{}, {}", status(&order), rows.collect::<Vec<_>>().join(" + "))
        }
    }
}
