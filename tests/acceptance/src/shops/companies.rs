//! Many companies on one ERP, each with a goods owner of its own and few records.

use std::cell::Cell;

use bridge::words::kind::Kind;
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulators::finago::{Identity, Kind as Office};
use simulators::poweroffice::Kind as Go;
use simulators::procountor::Kind as Record;

use super::article_number;
use super::finago::APPLICATION;
use crate::world::{World, tenant};

/// Companies on one ERP, numbered from 0.
pub struct Companies {
    pub(super) kind: Kind,
    count: usize,
    /// Procountor's ids of them.
    pub(super) ids: Vec<i64>,
    /// What is written is seen so much later than it says.
    pub(super) late: Cell<SignedDuration>,
}

pub(super) fn guid(kind: &str, n: usize) -> String {
    format!("{kind}-0000-4000-8000-{n:012}")
}

impl Companies {
    /// Founds so many, onboards each as a tenant with these settings, and gives each its goods owner.
    ///
    /// # Panics
    /// On settings of the simulators that exclude it.
    #[must_use]
    pub fn found(world: &World, kind: Kind, count: usize, settings: &Value) -> Self {
        let mut all = Self { kind, count, ids: Vec::new(), late: Cell::default() };
        all.register(world);
        for at in 0..count {
            let (tenant_id, user) = (all.tenant_id(at), format!("WSI-{}", all.tenant_id(at)));
            let goods_owner = all.goods_owner(at);
            world.vendors.ongoing.borrow_mut().model.add_goods_owner(goods_owner, &user, "ongoing-pass-0001");
            world.memory.secret(
                &format!("ongoing/{tenant_id}"),
                &json!({ "username": user, "password": "ongoing-pass-0001", "webhook_tokens": ["webhook-token-0001"] }),
            );
            let kept = all.company(world, at);
            world.memory.secret(&format!("{kind}/{tenant_id}"), &kept);
            let mut item = tenant(&tenant_id, kind, settings.clone());
            item["ongoing"]["goods_owner_id"] = json!(goods_owner);
            world.onboard(item);
        }
        all
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The tenant of company `at`.
    #[must_use]
    pub fn tenant_id(&self, at: usize) -> String {
        format!("{}-{at:04}", self.kind)
    }

    /// The goods owner of company `at`, of no other company on any ERP.
    #[must_use]
    pub fn goods_owner(&self, at: usize) -> i64 {
        let erp = Kind::ALL.iter().position(|kind| *kind == self.kind).unwrap_or_default();
        i64::try_from((erp + 1) * 100_000 + at).unwrap_or_default()
    }

    /// Whether a goods owner is one of these companies'.
    #[must_use]
    pub fn has(&self, goods_owner: i64) -> bool {
        (self.goods_owner(0)..self.goods_owner(self.count)).contains(&goods_owner)
    }

    /// The integration's registration with the vendor.
    fn register(&self, world: &World) {
        let app = match self.kind {
            Kind::PowerOffice => json!({ "application_key": "app-key-0001", "subscription_key": "sub-key-0001" }),
            Kind::Finago => {
                world.vendors.finago.borrow_mut().model.application_id = APPLICATION.into();
                json!({ "application_id": APPLICATION })
            }
            Kind::Procountor => {
                let client = world.vendors.procountor.borrow().model.client.clone();
                json!({ "client_id": client.id, "client_secret": client.secret, "redirect_uri": client.redirect_uri })
            }
            Kind::Visma => {
                world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = false;
                json!({ "client_id": "visma-client-0001", "client_secret": "visma-secret-0001" })
            }
        };
        world.memory.secret(&format!("{}/app", self.kind), &app);
    }

    /// Founds company `at` with one customer; its secret.
    fn company(&mut self, world: &World, at: usize) -> Value {
        let (now, key) = (world.now(), self.tenant_id(at));
        match self.kind {
            Kind::PowerOffice => {
                let customer =
                    json!({ "Id": 500, "Number": 10_000, "Name": "Customer", "EmailAddress": "one@example.com" });
                world.vendors.poweroffice.borrow_mut().model.client(&key).put(now, Go::Customer, customer);
                json!({ "client_key": key })
            }
            Kind::Finago => {
                let identity = guid("1d0c4a1e", at);
                let number = i64::try_from(730_000 + at).unwrap_or_default();
                let mut erp = world.vendors.finago.borrow_mut();
                erp.model.add_identity(Identity::new(&identity, number, "Many AS"));
                erp.model.add_user(&format!("{key}@example.com"), "finago-pass-0001", &[&identity]);
                drop(erp);
                let company = json!({ "Id": 500, "Name": "Customer AS", "Type": "Business", "Country": "NO" });
                self.office(world, at, Office::Company, &company);
                json!({
                    "username": format!("{key}@example.com"), "password": "finago-pass-0001", "identity_id": identity,
                })
            }
            Kind::Procountor => {
                let mut erp = world.vendors.procountor.borrow_mut();
                let id = erp.model.add_company(now, "Many Oy");
                self.ids.push(id);
                if let Some(company) = erp.model.company_mut(id) {
                    company.api_key = Some(key.clone());
                }
                json!({ "api_key": key })
            }
            Kind::Visma => {
                let mut erp = world.vendors.visma.borrow_mut();
                erp.model.add_company(&key);
                let token = erp.model.grant(now, &key);
                let customer = json!({ "Id": guid("c0c00000", 0), "CustomerNumber": "10000", "Name": "Customer" });
                let put = erp.model.put(now, &key, "customers", &customer);
                put.unwrap_or_else(|reason| panic!("customers: {reason}"));
                json!({ "refresh_token": token })
            }
        }
    }

    pub(super) fn office(&self, world: &World, at: usize, table: Office, record: &Value) {
        let (now, mut erp) = (world.now(), world.vendors.finago.borrow_mut());
        let identity = erp.model.identity_mut(&guid("1d0c4a1e", at));
        let put = identity.map(|identity| identity.put_late(table, record, now, now + self.late.get()));
        assert!(put.is_some_and(|put| put.is_ok()), "{record}");
    }

    pub(super) fn procountor(&self, world: &World, at: usize, kind: Record, record: Value) {
        let (now, mut erp) = (world.now(), world.vendors.procountor.borrow_mut());
        let put = erp.model.put_late(now, now + self.late.get(), self.ids[at], kind, record);
        put.unwrap_or_else(|reason| panic!("put: {reason}"));
    }

    pub(super) fn visma(&self, world: &World, at: usize, register: &str, record: &Value) {
        let (now, key, mut erp) = (world.now(), self.tenant_id(at), world.vendors.visma.borrow_mut());
        let put = match self.late.get() {
            late if late.is_zero() => erp.model.put(now, &key, register, record),
            late => erp.model.put_late(now, now + late, &key, register, record),
        };
        put.unwrap_or_else(|reason| panic!("{register}: {reason}"));
    }

    /// The ERP's own id of article `n`.
    #[must_use]
    pub fn article_key(&self, n: usize) -> String {
        match self.kind {
            Kind::PowerOffice | Kind::Finago => (7000 + n).to_string(),
            Kind::Procountor => (3000 + n).to_string(),
            Kind::Visma => guid("a0a00000", n),
        }
    }

    /// The id of order `n` in an ERP of this kind.
    #[must_use]
    pub fn order_key(kind: Kind, n: usize) -> String {
        match kind {
            Kind::PowerOffice => guid("00000000", n),
            Kind::Finago => (20_000 + n).to_string(),
            Kind::Procountor => (70_000 + n).to_string(),
            Kind::Visma => guid("0d0e0000", n),
        }
    }

    /// Makes or changes article `n` of company `at`, which is ready from now on.
    pub fn put_article(&self, world: &World, at: usize, n: usize, name: &str) {
        let (code, now) = (article_number(n), world.now());
        match self.kind {
            Kind::PowerOffice => {
                let product = json!({ "Id": 7000 + n, "Code": code, "Name": name, "ProductType": "Product" });
                let key = self.tenant_id(at);
                world.vendors.poweroffice.borrow_mut().model.client(&key).put(now, Go::Product, product);
            }
            Kind::Finago => {
                let product = json!({
                    "Id": 7000 + n, "No": code, "Name": name, "StatusId": 1, "CategoryId": 12, "Stock": "48",
                    "StockControlled": true,
                });
                self.office(world, at, Office::Product, &product);
            }
            Kind::Procountor => {
                let product = json!({
                    "id": 3000 + n, "type": "SALES", "code": code, "name": name, "unit": "PIECE", "price": 14.95,
                    "active": true, "currency": "EUR",
                });
                self.procountor(world, at, Record::Product, product);
            }
            Kind::Visma => {
                let article = json!({ "Id": guid("a0a00000", n), "Number": code, "Name": name, "IsActive": true });
                self.visma(world, at, "articles", &article);
            }
        }
        world.freshness.ready(now, self.goods_owner(at), &code);
    }

    /// Makes order `n` of company `at` with a row of each of these articles, ready from now on; its number.
    pub fn put_order(&self, world: &World, at: usize, n: usize, articles: &[usize]) -> String {
        let (now, number) = (world.now(), 20_000 + n);
        let rows = |row: fn(usize, usize, usize) -> Value| -> Vec<Value> {
            articles.iter().enumerate().map(|(index, article)| row(n, index, *article)).collect()
        };
        match self.kind {
            Kind::PowerOffice => {
                let header = json!({
                    "Id": guid("00000000", n), "OrderNo": number, "VoucherType": "OutgoingInvoice", "CustomerId": 500,
                    "CustomerNo": 10_000, "CurrencyCode": "NOK", "IsReversed": false, "Balance": 0,
                    "InvoiceNo": 30_000 + n, "TotalAmount": 299,
                });
                let lines = rows(|n, index, article| {
                    json!({ "Id": n * 100 + index, "LineType": "Normal", "SortOrder": index,
                        "ProductId": 7000 + article, "ProductCode": article_number(article), "Quantity": 2 })
                });
                let key = self.tenant_id(at);
                world.vendors.poweroffice.borrow_mut().model.client(&key).put_invoice(now, header, &lines);
            }
            Kind::Finago => {
                let lines = rows(
                    |n, index, article| json!({ "ProductId": 7000 + article, "RowId": n * 100 + index, "Name": "Row", "Quantity": "2" }),
                );
                let order = json!({
                    "OrderId": number, "OrderStatus": "Confirmed", "CustomerId": 500, "CustomerName": "Customer",
                    "Addresses": { "Delivery": { "Street": "Street 1", "PostalCode": "0150", "PostalArea": "OSLO", "Country": "NO" } },
                    "InvoiceRows": { "InvoiceRow": lines },
                });
                self.office(world, at, Office::Order, &order);
            }
            Kind::Procountor => {
                let lines = rows(|n, index, article| {
                    json!({ "id": n * 100 + index, "productId": 3000 + article, "product": "Row",
                        "productCode": article_number(article), "quantity": 2, "unit": "PIECE", "unitPrice": 14.95,
                        "discountPercent": 0, "vatPercent": 25.5 })
                });
                let order = json!({
                    "id": 70_000 + n, "type": "SALES_ORDER", "invoiceNumber": number, "language": "FINNISH",
                    "partnerId": 900,
                    "counterParty": { "customerNumber": "C", "counterPartyAddress": {
                        "name": "Asiakas Oy", "street": "Katu 1", "zip": "33200", "city": "TAMPERE", "country": "FINLAND",
                    } },
                    "invoiceRows": lines,
                });
                self.procountor(world, at, Record::Invoice, order);
            }
            Kind::Visma => {
                let lines = rows(|n, index, article| {
                    json!({ "Id": guid("40400000", n * 100 + index), "LineNumber": index + 1,
                        "ArticleId": guid("a0a00000", article), "ArticleNumber": article_number(article), "Text": "Row",
                        "Quantity": 2, "UnitPrice": 149.5, "Amount": 299, "IsTextRow": false })
                });
                let order = json!({
                    "Id": guid("0d0e0000", n), "Number": number, "Status": 2, "CustomerId": guid("c0c00000", 0),
                    "CurrencyCode": "SEK", "OrderDate": "2026-03-02T00:00:00Z", "Amount": 299,
                    "DeliveryCustomerName": "Customer", "DeliveryAddress1": "Street 1", "DeliveryPostalCode": "582 23",
                    "DeliveryCity": "Town", "DeliveryCountryCode": "SE", "InvoiceCustomerName": "Customer",
                    "InvoiceCity": "Town", "Rows": lines,
                });
                self.visma(world, at, "orders", &order);
            }
        }
        world.freshness.ready(now, self.goods_owner(at), &number.to_string());
        number.to_string()
    }
}
