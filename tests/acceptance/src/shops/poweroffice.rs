//! A shop on PowerOffice Go.

use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::poweroffice::Kind as Table;

use super::{Shop, article_number};
use crate::world::{Site, World, tenant};

/// A shop on PowerOffice Go.
pub struct PowerOfficeShop;

const CLIENT: &str = "client-key-acme";
const CUSTOMERS: usize = 7;

fn order_no(n: usize) -> usize {
    20_000 + n
}

impl PowerOfficeShop {
    fn invoice(n: usize) -> String {
        format!("00000000-0000-4000-8000-{n:012}")
    }

    fn header(n: usize) -> Value {
        json!({
            "Id": Self::invoice(n), "OrderNo": order_no(n), "InvoiceNo": 30_000 + n, "VoucherType": "OutgoingInvoice",
            "CustomerId": 500 + n % CUSTOMERS, "CustomerNo": 10_000 + n % CUSTOMERS, "CurrencyCode": "NOK",
            "DeliveryDate": "2026-03-09", "CustomerReference": format!("Ref {n}"), "IsReversed": false, "Balance": 0,
        })
    }

    /// An invoice of one article that is not paid.
    pub fn put_unpaid(&self, world: &World, n: usize) -> String {
        let order = self.put_order(world, n, &[0]);
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let left = erp
            .model
            .client(CLIENT)
            .get(Table::Invoice, &Self::invoice(n))
            .map(|invoice| invoice["TotalAmount"].clone())
            .unwrap_or_default();
        erp.model
            .client(CLIENT)
            .change(world.now(), Table::Invoice, &Self::invoice(n), |invoice| invoice["Balance"] = left);
        order
    }

    /// Credits all of an invoice; the note's number.
    ///
    /// # Panics
    /// When there is no such invoice.
    pub fn credit(&self, world: &World, n: usize) -> String {
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let note = erp.model.client(CLIENT).credit(world.now(), &Self::invoice(n), &json!({}));
        note.unwrap_or_else(|reason| panic!("{reason}"))["InvoiceNo"].to_string()
    }

    fn line(n: usize, index: usize, article: usize) -> Value {
        json!({
            "Id": n * 100 + index, "LineType": "Normal", "SortOrder": index, "ProductId": 7000 + article,
            "ProductCode": article_number(article),
            "Description": "Something warm", "Quantity": 2, "ProductUnitPrice": 149.5, "Allowance": 0, "NetAmount": 299,
        })
    }
}

impl Shop for PowerOfficeShop {
    fn kind(&self) -> Kind {
        Kind::PowerOffice
    }

    fn site(&self) -> Site {
        Site::PowerOffice
    }

    fn onboard(&self, world: &World, settings: Value) {
        world
            .memory
            .secret("poweroffice/app", &json!({"application_key": "app-key-0001", "subscription_key": "sub-key-0001"}));
        world.memory.secret("poweroffice/acme", &json!({ "client_key": CLIENT }));
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let company = erp.model.client(CLIENT);
        let now = world.now();
        company.put(now, Table::ProductGroup, json!({"Id": 1, "Code": "G1", "Name": "Clothes", "UnitPrice": 99}));
        for n in 0..CUSTOMERS {
            company.put(now, Table::Customer, json!({
                "Id": 500 + n, "Number": 10_000 + n, "Name": format!("Customer {n}"), "LegalName": format!("Customer {n} AS"),
                "EmailAddress": format!("customer{n}@example.com"), "PhoneNumber": format!("+47 900 00 {n:03}"),
                "MailAddress": {"AddressLine1": format!("Street {n}"), "ZipCode": format!("0{n}50"), "City": "Oslo", "CountryCode": "NO"},
            }));
        }
        drop(erp);
        world.onboard(tenant("acme", Kind::PowerOffice, settings));
    }

    fn put_article(&self, world: &World, n: usize, name: &str) {
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let product = json!({
            "Id": 7000 + n, "Code": article_number(n), "Name": name, "UnitPrice": 149.5, "UnitCost": 80.25,
            "ProductType": "Product", "ProductGroupId": 1, "ProductGroupCode": "G1", "UnitOfMeasureCode": "EA",
        });
        erp.model.client(CLIENT).put(world.now(), Table::Product, product);
    }

    fn put_order(&self, world: &World, n: usize, articles: &[usize]) -> String {
        let lines: Vec<Value> =
            articles.iter().enumerate().map(|(index, article)| Self::line(n, index, *article)).collect();
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let mut header = Self::header(n);
        header["TotalAmount"] = json!(299 * lines.len());
        erp.model.client(CLIENT).put_invoice(world.now(), header, &lines);
        order_no(n).to_string()
    }

    fn put_poisoned_order(&self, world: &World, n: usize) -> (String, &'static str) {
        let mut line = Self::line(n, 0, 0);
        line["Quantity"] = Value::Null;
        let mut erp = world.vendors.poweroffice.borrow_mut();
        erp.model.client(CLIENT).put_invoice(world.now(), Self::header(n), &[line]);
        (order_no(n).to_string(), "/Lines/0/Quantity")
    }

    fn change_order(&self, world: &World, n: usize) -> bool {
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let now = world.now();
        erp.model.client(CLIENT).change(now, Table::Invoice, &Self::invoice(n), |invoice| {
            invoice["CustomerReference"] = json!("Changed");
            invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string());
        });
        true
    }

    fn marks(&self, n: usize) -> Vec<String> {
        vec![Self::invoice(n)]
    }

    fn details(&self) -> &'static [&'static str] {
        &["/Lines", "/OutgoingInvoices/"]
    }

    fn withdraw_order(&self, world: &World, n: usize) {
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let now = world.now();
        erp.model.client(CLIENT).change(now, Table::Invoice, &Self::invoice(n), |invoice| {
            invoice["IsReversed"] = json!(true);
            invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string());
        });
    }
}
