//! A shop on Procountor.

use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

use super::{Shop, article_number};
use crate::world::{Site, World, tenant};

/// A shop on Procountor.
pub struct ProcountorShop;

const API_KEY: &str = "api-key-acme";
/// The installation's first company.
const COMPANY: i64 = 11_001;

fn number(n: usize) -> usize {
    20_000 + n
}

fn id(n: usize) -> i64 {
    i64::try_from(70_000 + n).unwrap_or_default()
}

impl ProcountorShop {
    /// Puts any record into the company.
    ///
    /// # Panics
    /// When the simulator refuses it.
    pub fn put(&self, world: &World, kind: Record, record: Value) {
        let put = world.vendors.procountor.borrow_mut().model.put(world.now(), COMPANY, kind, record);
        put.unwrap_or_else(|reason| panic!("put: {reason}"));
    }

    /// Changes any record of the company.
    ///
    /// # Panics
    /// When the simulator refuses it.
    pub fn change(&self, world: &World, kind: Record, id: i64, change: &Value) {
        let changed = world.vendors.procountor.borrow_mut().model.change(world.now(), COMPANY, kind, id, change);
        changed.unwrap_or_else(|reason| panic!("change: {reason}"));
    }

    /// Document `n` of a type, with a row for each of these articles.
    #[must_use]
    pub fn document(n: usize, kind: &str, articles: &[usize]) -> Value {
        let row = |(index, article): (usize, &usize)| {
            json!({
                "id": n * 100 + index, "productId": 3000 + article, "product": "Something warm",
                "productCode": article_number(*article), "quantity": 2, "unit": "PIECE", "unitPrice": 14.95,
                "discountPercent": 0, "vatPercent": 25.5,
            })
        };
        json!({
            "id": id(n), "type": kind, "invoiceNumber": number(n), "orderReference": format!("Ref {n}"),
            "language": "FINNISH", "partnerId": 900 + n % 7,
            "counterParty": {
                "customerNumber": format!("C-{}", n % 7), "email": format!("customer{}@example.com", n % 7),
                "counterPartyAddress": {
                    "name": format!("Asiakas {} Oy", n % 7), "street": format!("Katu {n}"), "zip": "33200",
                    "city": "TAMPERE", "country": "FINLAND",
                },
            },
            "invoiceRows": articles.iter().enumerate().map(row).collect::<Vec<_>>(),
        })
    }

    /// The id of document `n`.
    #[must_use]
    pub fn id(n: usize) -> i64 {
        id(n)
    }
}

impl Shop for ProcountorShop {
    fn kind(&self) -> Kind {
        Kind::Procountor
    }

    fn site(&self) -> Site {
        Site::Procountor
    }

    fn onboard(&self, world: &World, settings: Value) {
        let mut erp = world.vendors.procountor.borrow_mut();
        let client = erp.model.client.clone();
        let company = erp.model.add_company(world.now(), "Kauppa Oy");
        if let Some(company) = erp.model.company_mut(company) {
            company.api_key = Some(API_KEY.to_owned());
        }
        drop(erp);
        world.memory.secret(
            "procountor/app",
            &json!({"client_id": client.id, "client_secret": client.secret, "redirect_uri": client.redirect_uri}),
        );
        world.memory.secret("procountor/acme", &json!({ "api_key": API_KEY }));
        world.onboard(tenant("acme", Kind::Procountor, settings));
    }

    fn put_article(&self, world: &World, n: usize, name: &str) {
        let product = json!({
            "id": 3000 + n, "type": "SALES", "code": article_number(n), "name": name, "unit": "PIECE", "price": 14.95,
            "active": true, "currency": "EUR",
        });
        self.put(world, Record::Product, product);
    }

    fn put_order(&self, world: &World, n: usize, articles: &[usize]) -> String {
        self.put(world, Record::Invoice, Self::document(n, "SALES_ORDER", articles));
        number(n).to_string()
    }

    fn put_poisoned_order(&self, world: &World, n: usize) -> (String, &'static str) {
        let mut order = Self::document(n, "SALES_ORDER", &[0]);
        order["invoiceRows"][0]["quantity"] = Value::Null;
        self.put(world, Record::Invoice, order);
        (number(n).to_string(), "/invoiceRows/0/quantity")
    }

    fn change_order(&self, world: &World, n: usize) -> bool {
        self.change(world, Record::Invoice, id(n), &json!({"orderReference": "Changed"}));
        true
    }

    fn marks(&self, n: usize) -> Vec<String> {
        vec![id(n).to_string()]
    }

    fn details(&self) -> &'static [&'static str] {
        &["/invoices/"]
    }

    fn withdraw_order(&self, world: &World, n: usize) {
        self.change(world, Record::Invoice, id(n), &json!({"status": "INVALIDATED"}));
    }
}
