//! A shop on Visma eAccounting, whose client keeps its refresh token as newer ones do: one that rotates can be lost for
//! good by a crash or a lost answer, and has tests of its own.

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Shop, article_number};
use crate::answers;
use crate::world::{Site, World, tenant};

/// A shop on Visma eAccounting.
pub struct VismaShop;

const COMPANY: &str = "acme";
const CUSTOMERS: usize = 7;

fn order_no(n: usize) -> usize {
    1_000 + n
}

fn id(kind: &str, n: usize) -> String {
    format!("{kind}-0000-4000-8000-{n:012}")
}

impl VismaShop {
    fn put(world: &World, register: &str, record: &Value) {
        let mut erp = world.vendors.visma.borrow_mut();
        let put = erp.model.put(world.now(), COMPANY, register, record);
        put.unwrap_or_else(|reason| panic!("{register}: {reason}"));
    }

    fn change(world: &World, n: usize, mut change: Value) {
        change["Id"] = json!(id("0d0e0000", n));
        let mut erp = world.vendors.visma.borrow_mut();
        let changed = erp.model.change(world.now(), COMPANY, "orders", &change);
        changed.unwrap_or_else(|reason| panic!("order {n}: {reason}"));
    }

    fn order(n: usize, rows: &[Value]) -> Value {
        json!({
            "Id": id("0d0e0000", n), "Number": order_no(n), "Status": 2, "CustomerId": id("c0c00000", n % CUSTOMERS),
            "CurrencyCode": "SEK", "OrderDate": "2026-03-02T00:00:00Z", "DeliveryDate": "2026-03-09T00:00:00Z",
            "YourReference": format!("Ref {n}"), "Amount": 299, "Rows": rows,
            "DeliveryCustomerName": format!("Customer {n}"), "DeliveryAddress1": format!("Street {n}"),
            "DeliveryPostalCode": "582 23", "DeliveryCity": "Linköping", "DeliveryCountryCode": "SE",
            "InvoiceCustomerName": format!("Customer {n} AB"), "InvoiceCity": "Linköping",
        })
    }

    fn row(n: usize, index: usize, article: usize) -> Value {
        json!({
            "Id": id("40400000", n * 100 + index), "LineNumber": index + 1, "ArticleId": id("a0a00000", article),
            "ArticleNumber": article_number(article), "Text": "Something warm", "Quantity": 2, "UnitPrice": 149.5,
            "Amount": 299, "IsTextRow": false,
        })
    }

    /// Gives the tenant a fresh consent, as the consent page does.
    pub fn consent(world: &World, tenant_id: &str) {
        let token = world.vendors.visma.borrow_mut().model.grant(world.now(), COMPANY);
        world.memory.secret(&format!("visma/{tenant_id}"), &json!({ "refresh_token": token }));
    }
}

impl Shop for VismaShop {
    fn kind(&self) -> Kind {
        Kind::Visma
    }

    fn site(&self) -> Site {
        Site::Visma
    }

    fn onboard(&self, world: &World, settings: Value) {
        world
            .memory
            .secret("visma/app", &json!({"client_id": "visma-client-0001", "client_secret": "visma-secret-0001"}));
        // Where nothing is assumed of it, consents do not hang together.
        if !answers::names("visma.refresh-token") {
            world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = false;
        }
        world.vendors.visma.borrow_mut().model.add_company(COMPANY);
        Self::consent(world, "acme");
        for n in 0..CUSTOMERS {
            Self::put(
                world,
                "customers",
                &json!({
                    "Id": id("c0c00000", n), "CustomerNumber": format!("{}", 10_000 + n), "Name": format!("Customer {n}"),
                    "EmailAddress": format!("customer{n}@example.com"), "ContactPersonMobile": format!("070-174 06 {n:02}"),
                }),
            );
        }
        world.onboard(tenant("acme", Kind::Visma, settings));
    }

    fn put_article(&self, world: &World, n: usize, name: &str) {
        Self::put(
            world,
            "articles",
            &json!({
                "Id": id("a0a00000", n), "Number": article_number(n), "Name": name, "IsActive": true, "NetPrice": 149.5,
                "GrossPrice": 186.88, "PurchasePrice": 80.25, "UnitAbbreviation": "st",
            }),
        );
    }

    fn put_order(&self, world: &World, n: usize, articles: &[usize]) -> String {
        let rows: Vec<Value> =
            articles.iter().enumerate().map(|(index, article)| Self::row(n, index, *article)).collect();
        Self::put(world, "orders", &Self::order(n, &rows));
        order_no(n).to_string()
    }

    fn put_poisoned_order(&self, world: &World, n: usize) -> (String, &'static str) {
        let mut row = Self::row(n, 0, 0);
        (row["ArticleId"], row["ArticleNumber"]) = (Value::Null, Value::Null);
        Self::put(world, "orders", &Self::order(n, &[row]));
        (order_no(n).to_string(), "/Rows/0/ArticleNumber")
    }

    fn change_order(&self, world: &World, n: usize) -> bool {
        Self::change(world, n, json!({"YourReference": "Changed"}));
        true
    }

    fn marks(&self, n: usize) -> Vec<String> {
        vec![id("c0c00000", n % CUSTOMERS)]
    }

    fn details(&self) -> &'static [&'static str] {
        &["/customers"]
    }

    fn withdraw_order(&self, world: &World, n: usize) {
        Self::change(world, n, json!({"Status": 1}));
    }
    fn put_right(&self, world: &World) {
        let stopped = |item: &bridge::ports::Item| item.body.get("needs_consent").is_some();
        if world.memory.items("refresh#visma", "acme").iter().any(stopped) {
            Self::consent(world, "acme");
        }
    }
}
