//! A shop on Finago Office.

use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::finago::{Identity, Kind as Table};

use super::{Shop, article_number};
use crate::world::{Site, World, tenant};

/// A shop on Finago Office.
pub struct FinagoShop;

/// The application's id, a GUID as the service wants it.
pub const APPLICATION: &str = "7b1d2c3e-4f50-4a61-8b72-9c83ad94be05";
/// The company's identity.
pub const IDENTITY: &str = "5d0c4a1e-7b3f-4c52-9a86-1f2e3d4c5b6a";
/// The integration's user.
pub const USER: &str = "integration@acme.example";
/// The user's password.
pub const PASSWORD: &str = "finago-pass-0001 <&>";
const CUSTOMERS: usize = 7;

fn order_no(n: usize) -> usize {
    20_000 + n
}

impl FinagoShop {
    /// The number of article `n`'s record.
    #[must_use]
    pub fn product(n: usize) -> usize {
        7000 + n
    }

    /// Stores a record.
    ///
    /// # Panics
    /// On a record that the service does not know.
    pub fn put(world: &World, table: Table, record: &Value) {
        let mut erp = world.vendors.finago.borrow_mut();
        let identity = erp.model.identity_mut(IDENTITY);
        assert!(identity.is_some_and(|identity| identity.put(table, record, world.now()).is_ok()), "{record}");
    }

    /// Changes members of a record.
    ///
    /// # Panics
    /// Where there is no such record.
    pub fn change(world: &World, table: Table, id: usize, members: &Value) {
        let mut erp = world.vendors.finago.borrow_mut();
        let identity = erp.model.identity_mut(IDENTITY);
        let id = i64::try_from(id).unwrap_or_default();
        assert!(identity.is_some_and(|identity| identity.change(table, id, members, world.now()).is_ok()), "{members}");
    }

    /// Moves order `n` to a state.
    pub fn set_state(world: &World, n: usize, state: &str) {
        Self::change(world, Table::Order, order_no(n), &json!({ "OrderStatus": state }));
    }

    /// An order in the state that is pulled; every third customer's phone and e-mail are with the company alone.
    #[must_use]
    pub fn order(n: usize, articles: &[usize]) -> Value {
        let rows: Vec<Value> = articles.iter().enumerate().map(|(at, article)| Self::row(n, at, *article)).collect();
        let reached = !n.is_multiple_of(3);
        json!({
            "OrderId": order_no(n), "OrderStatus": "Confirmed", "CustomerId": 500 + n % CUSTOMERS,
            "CustomerName": format!("Customer {n}"), "CustomerDeliveryName": format!("Warehouse of customer {n}"),
            "CustomerDeliveryPhone": if reached { "+4790000000" } else { "" },
            "InvoiceEmailAddress": if reached { format!("order{n}@example.com") } else { String::new() },
            "Addresses": { "Delivery": { "Street": format!("Street {n}\nDoor 2"), "PostalCode": "0150", "PostalArea": "OSLO", "Country": "NO" } },
            "DeliveryDate": "2026-03-08T23:00:00", "ReferenceNumber": format!("Ref {n}"), "YourReference": "Kari & Ola",
            "InvoiceTitle": "Ring first", "IncludeVAT": true, "DeliveryMethod": { "Id": 4, "Description": "Parcel" },
            "InvoiceRows": { "InvoiceRow": rows },
        })
    }

    fn row(n: usize, at: usize, article: usize) -> Value {
        json!({
            "ProductId": Self::product(article), "RowId": n * 100 + at + 1, "Name": "Something warm", "Quantity": "2.5",
            "ProductNo": article_number(article),
        })
    }
}

impl Shop for FinagoShop {
    fn kind(&self) -> Kind {
        Kind::Finago
    }

    fn site(&self) -> Site {
        Site::Finago
    }

    fn onboard(&self, world: &World, settings: Value) {
        world.memory.secret("finago/app", &json!({ "application_id": APPLICATION }));
        world.memory.secret("finago/acme", &json!({ "username": USER, "password": PASSWORD, "identity_id": IDENTITY }));
        let mut erp = world.vendors.finago.borrow_mut();
        erp.model.application_id = APPLICATION.into();
        erp.model.add_identity(Identity::new(IDENTITY, 730_114, "Acme AS"));
        erp.model.add_user(USER, PASSWORD, &[IDENTITY]);
        drop(erp);
        for n in 0..CUSTOMERS {
            Self::put(
                world,
                Table::Company,
                &json!({
                    "Id": 500 + n, "Name": format!("Customer {n} AS"), "Type": "Business", "Country": "NO",
                    "PhoneNumbers": { "Mobile": { "Value": format!("+4790000{n:03}") } },
                    "EmailAddresses": { "Primary": { "Value": format!("customer{n}@example.com") } },
                }),
            );
        }
        world.onboard(tenant("acme", Kind::Finago, settings));
    }

    fn put_article(&self, world: &World, n: usize, name: &str) {
        let product = json!({
            "Id": Self::product(n), "No": article_number(n), "Name": name, "Description": "Wool & more", "EAN1": "7090000100101",
            "Weight": "0.62", "StatusId": 1, "CategoryId": 12, "Stock": "48", "StockControlled": true,
        });
        Self::put(world, Table::Product, &product);
    }

    fn put_order(&self, world: &World, n: usize, articles: &[usize]) -> String {
        Self::put(world, Table::Order, &Self::order(n, articles));
        order_no(n).to_string()
    }

    fn put_poisoned_order(&self, world: &World, n: usize) -> (String, &'static str) {
        let mut order = Self::order(n, &[0]);
        order["InvoiceRows"]["InvoiceRow"][0]["Quantity"] = Value::Null;
        Self::put(world, Table::Order, &order);
        (order_no(n).to_string(), "/InvoiceRows/InvoiceRow/0/Quantity")
    }

    fn change_order(&self, world: &World, n: usize) -> bool {
        Self::change(world, Table::Order, order_no(n), &json!({ "ReferenceNumber": "Changed" }));
        true
    }

    fn marks(&self, n: usize) -> Vec<String> {
        vec![format!("<int>{}</int>", order_no(n))]
    }

    fn details(&self) -> &'static [&'static str] {
        &["<OrderIds>"]
    }

    fn withdraw_order(&self, world: &World, n: usize) {
        Self::set_state(world, n, "Inactive");
    }
}
