//! What else people do at one of many companies: articles with stock, purchase orders, invoices that are paid and credited,
//! rows that cannot be read.

use bridge::words::kind::Kind;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use simulators::finago::Kind as Office;
use simulators::poweroffice::Kind as Go;
use simulators::procountor::Kind as Record;

use super::companies::guid;
use super::{Companies, article_number};
use crate::world::{World, version};

/// The first supplier's record.
const SUPPLIERS: usize = 600;

fn id(n: usize) -> i64 {
    i64::try_from(n).unwrap_or_default()
}

/// A number in whichever form.
fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

impl Companies {
    /// Makes or renames article `n` of company `at` as one that the ERP keeps stock of; its stock stays as it is.
    pub fn put_stocked_article(&self, world: &World, at: usize, n: usize, name: &str) {
        // Somebody who renames an article has its row, and a stock that is written meanwhile is not written over.
        let late = match self.stock(world, at, n) {
            Some(_) => self.late.take(),
            None => self.late.get(),
        };
        self.stocked_article(world, at, n, name);
        self.late.set(late);
    }

    /// Makes or renames supplier `n` of company `at`, which is on Finago Office.
    pub fn put_supplier(&self, world: &World, at: usize, n: usize, name: &str) {
        let supplier = json!({ "Id": SUPPLIERS + n, "Name": name, "Type": "Supplier", "Country": "NO" });
        self.office(world, at, Office::Company, &supplier);
    }

    /// Article `n` of company `at`, which is on Finago Office, comes from this supplier from now on.
    pub fn supplied_by(&self, world: &World, at: usize, n: usize, supplier: usize) {
        self.change_office(world, at, Office::Product, id(7000 + n), &json!({ "SupplierId": SUPPLIERS + supplier }));
    }

    fn stocked_article(&self, world: &World, at: usize, n: usize, name: &str) {
        let (now, key, code) = (world.now(), self.tenant_id(at), article_number(n));
        let is_new = self.stock(world, at, n).is_none();
        match self.kind {
            Kind::PowerOffice => {
                let mut erp = world.vendors.poweroffice.borrow_mut();
                let company = erp.model.client(&key);
                if is_new {
                    let product = json!({
                        "Id": 7000 + n, "Code": code, "Name": name, "ProductType": "Product", "IsStockItem": true,
                        "StockOnHand": 0,
                    });
                    company.put(now, Go::Product, product);
                } else {
                    company.change(now, Go::Product, &(7000 + n).to_string(), |product| product["Name"] = json!(name));
                }
            }
            Kind::Finago => {
                let mut product = json!({ "Id": 7000 + n, "No": code, "Name": name });
                if is_new {
                    product = json!({
                        "Id": 7000 + n, "No": code, "Name": name, "StatusId": 1, "CategoryId": 12, "Stock": "0",
                        "StockControlled": true,
                    });
                    self.office(world, at, Office::Product, &product);
                } else {
                    self.change_office(world, at, Office::Product, id(7000 + n), &product);
                }
            }
            Kind::Procountor => return self.put_article(world, at, n, name),
            Kind::Visma => {
                let mut article = json!({ "Id": guid("a0a00000", n), "Number": code, "Name": name, "IsActive": true });
                if is_new {
                    article["StockBalance"] = json!(0);
                    self.visma(world, at, "articles", &article);
                } else {
                    self.change_visma(world, at, "articles", &article);
                }
            }
        }
        world.freshness.ready(now, self.goods_owner(at), &code);
    }

    /// What the ERP says is in the house of article `n` of company `at`; `None` where it keeps no stock or has no such
    /// article.
    #[must_use]
    pub fn stock(&self, world: &World, at: usize, n: usize) -> Option<Decimal> {
        let key = self.tenant_id(at);
        match self.kind {
            Kind::PowerOffice => {
                let mut erp = world.vendors.poweroffice.borrow_mut();
                decimal(&erp.model.client(&key).get(Go::Product, &(7000 + n).to_string())?["StockOnHand"])
            }
            Kind::Finago => {
                let mut erp = world.vendors.finago.borrow_mut();
                let identity = erp.model.identity_mut(&guid("1d0c4a1e", at))?;
                decimal(&identity.newest(Office::Product, id(7000 + n))?.body["Stock"])
            }
            Kind::Procountor => None,
            Kind::Visma => {
                let erp = world.vendors.visma.borrow();
                decimal(erp.model.newest(&key, "articles", &guid("a0a00000", n))?.get("StockBalance")?)
            }
        }
    }

    /// Which version the name of article `n` of company `at` is of in Visma; `None` where this is another ERP or there is no
    /// such article.
    #[must_use]
    pub fn article_version(&self, world: &World, at: usize, n: usize) -> Option<u64> {
        let (key, erp) = (self.tenant_id(at), world.vendors.visma.borrow());
        let article = erp.model.newest(&key, "articles", &guid("a0a00000", n))?;
        version(article.get("Name")?.as_str()?)
    }

    /// Order `n` of company `at` is not for the warehouse yet: it is not paid, or no more than a draft. `false` where this
    /// ERP has no such thing.
    pub fn hold(&self, world: &World, at: usize, n: usize) -> bool {
        let members = match self.kind {
            Kind::PowerOffice => json!({ "Balance": 299 }),
            Kind::Finago => json!({ "OrderStatus": "Offer" }),
            Kind::Procountor => return false,
            Kind::Visma => json!({ "Status": 1 }),
        };
        self.change_order(world, at, n, members);
        true
    }

    /// The invoice of order `n` of company `at` is paid, or the draft is made an order.
    pub fn confirm(&self, world: &World, at: usize, n: usize) {
        match self.kind {
            Kind::PowerOffice => self.change_order(world, at, n, json!({ "Balance": 0 })),
            Kind::Finago | Kind::Procountor | Kind::Visma => return self.release(world, at, n),
        }
        world.freshness.ready(world.now(), self.goods_owner(at), &(20_000 + n).to_string());
    }

    /// The invoice of order `n` of company `at` is credited whole; `false` where this ERP has no such thing.
    pub fn credit(&self, world: &World, at: usize, n: usize) -> bool {
        if self.kind != Kind::PowerOffice {
            return false;
        }
        let (now, key, invoice) = (world.now(), self.tenant_id(at), guid("00000000", n));
        let mut erp = world.vendors.poweroffice.borrow_mut();
        let company = erp.model.client(&key);
        let lines: Vec<Value> = company.lines_of(&invoice).to_vec();
        company.credit(now, &invoice, &json!({ "lines": lines })).is_ok()
    }

    /// The first row of order `n` of company `at` cannot be read from now on, or can again and is of this article.
    pub fn break_row(&self, world: &World, at: usize, n: usize, mended: Option<usize>) {
        let (now, key) = (world.now(), self.tenant_id(at));
        let quantity = |text: bool| match mended {
            None => Value::Null,
            Some(_) if text => json!("2"),
            Some(_) => json!(2),
        };
        match self.kind {
            Kind::PowerOffice => {
                let (invoice, mut erp) = (guid("00000000", n), world.vendors.poweroffice.borrow_mut());
                let company = erp.model.client(&key);
                let mut lines = company.lines_of(&invoice).to_vec();
                lines[0]["Quantity"] = quantity(false);
                company.place_lines(&invoice, lines);
                company.change(now, Go::Invoice, &invoice, |invoice| {
                    invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string());
                });
            }
            Kind::Finago => {
                let mut erp = world.vendors.finago.borrow_mut();
                let identity = erp.model.identity_mut(&guid("1d0c4a1e", at));
                let stored =
                    identity.and_then(|identity| Some(identity.newest(Office::Order, id(20_000 + n))?.body.clone()));
                drop(erp);
                let mut rows = stored.map(|body| body["InvoiceRows"].clone()).unwrap_or_default();
                match &mut rows["InvoiceRow"] {
                    Value::Array(rows) => rows[0]["Quantity"] = quantity(true),
                    row => row["Quantity"] = quantity(true),
                }
                self.change_order(world, at, n, json!({ "InvoiceRows": rows }));
            }
            Kind::Procountor => {
                let erp = world.vendors.procountor.borrow();
                let company = erp.model.company(self.ids[at]);
                let stored = company.and_then(|company| company.newest(Record::Invoice, id(70_000 + n)).cloned());
                drop(erp);
                let mut rows = stored.map(|body| body["invoiceRows"].clone()).unwrap_or_default();
                rows[0]["quantity"] = quantity(false);
                self.change_order(world, at, n, json!({ "invoiceRows": rows }));
            }
            Kind::Visma => {
                let erp = world.vendors.visma.borrow();
                let stored = erp.model.newest(&key, "orders", &guid("0d0e0000", n)).cloned();
                drop(erp);
                let mut rows = stored.and_then(|body| body.get("Rows").cloned()).unwrap_or_default();
                let (key, number) = match mended {
                    None => (Value::Null, Value::Null),
                    Some(article) => (json!(guid("a0a00000", article)), json!(article_number(article))),
                };
                (rows[0]["ArticleId"], rows[0]["ArticleNumber"]) = (key, number);
                self.change_order(world, at, n, json!({ "Rows": rows }));
            }
        }
    }

    /// Makes or changes purchase order `n` of company `at`; `false` where this ERP has none.
    pub fn put_purchase_order(&self, world: &World, at: usize, n: usize, articles: &[usize], remark: &str) -> bool {
        if self.kind != Kind::Procountor {
            return false;
        }
        let row = |(index, article): (usize, &usize)| {
            json!({ "id": 500_000 + n * 100 + index, "productId": 3000 + article, "product": "Row",
                "productCode": article_number(*article), "quantity": 5, "unit": "PIECE", "unitPrice": 9.95,
                "discountPercent": 0, "vatPercent": 25.5 })
        };
        let rows: Vec<Value> = articles.iter().enumerate().map(row).collect();
        self.procountor(
            world,
            at,
            Record::Invoice,
            json!({
                "id": 90_000 + n, "type": "PURCHASE_ORDER", "invoiceNumber": 40_000 + n, "language": "FINNISH",
                "partnerId": 901, "notes": remark,
                "counterParty": { "customerNumber": "S", "counterPartyAddress": {
                    "name": "Toimittaja Oy", "street": "Katu 2", "zip": "33200", "city": "TAMPERE", "country": "FINLAND",
                } },
                "invoiceRows": rows,
            }),
        );
        true
    }

    /// Purchase order `n` of company `at` is taken back.
    pub fn withdraw_purchase_order(&self, world: &World, at: usize, n: usize) {
        let (now, key) = (world.now(), self.ids[at]);
        let mut erp = world.vendors.procountor.borrow_mut();
        let changed = erp.model.change(now, key, Record::Invoice, id(90_000 + n), &json!({ "status": "INVALIDATED" }));
        changed.unwrap_or_else(|reason| panic!("purchase order {n}: {reason}"));
    }

    /// A worker receives purchase order `n` of company `at`, if the warehouse lets it be done.
    pub fn receive(&self, world: &World, at: usize, n: usize) -> bool {
        let args = json!({ "goodsOwnerId": self.goods_owner(at), "purchaseOrderNumber": (40_000 + n).to_string() });
        self.worker(world, "receive", &args)
    }

    /// A worker ships order `n` of company `at`, one piece less of its first row.
    pub fn ship_short(&self, world: &World, at: usize, n: usize, waybill: &str) -> bool {
        let state = world.vendors.ongoing.borrow().model.state(self.goods_owner(at)).unwrap_or_default();
        let number = json!((20_000 + n).to_string());
        let orders = state["orders"].as_array().cloned().unwrap_or_default();
        let Some(order) = orders.into_iter().find(|order| order["orderNumber"] == number) else { return false };
        let mut rows = Map::new();
        for (index, row) in order["rows"].as_array().into_iter().flatten().enumerate() {
            let left = decimal(&row["ordered"]).unwrap_or_default() - decimal(&row["picked"]).unwrap_or_default();
            let less = if index == 0 { Decimal::ONE } else { Decimal::ZERO };
            let quantity = (left - less).max(Decimal::ZERO).to_string();
            rows.insert(row["rowNumber"].as_str().unwrap_or_default().to_owned(), json!(quantity.parse::<f64>().ok()));
        }
        self.warehouse(world, at, n, "ship", json!({ "rows": rows, "waybill": waybill }))
    }

    /// What order `n` of company `at` did not ship goes under another number, and is shipped; Ongoing's id of that order.
    /// `names`: it has the record's id.
    pub fn ship_rest(&self, world: &World, at: usize, n: usize, names: bool) -> Option<String> {
        let (number, owner) = ((20_000 + n).to_string(), self.goods_owner(at));
        let rest = format!("{number}-1");
        let made = json!({ "goodsOwnerId": owner, "orderNumber": number, "number": rest, "namesRecord": names });
        let mut warehouse = world.vendors.ongoing.borrow_mut();
        let made = simulators::Simulator::act(&mut warehouse.model, world.now(), "back_order", &made).ok()?;
        let shipped = json!({ "goodsOwnerId": owner, "orderNumber": rest });
        simulators::Simulator::act(&mut warehouse.model, world.now(), "ship", &shipped).ok()?;
        Some(made["orderInfo"]["orderId"].to_string())
    }

    /// The company's consent is withdrawn; `false` where this ERP's consents do not end like that.
    pub fn loses_consent(&self, world: &World, at: usize) -> bool {
        if self.kind == Kind::Visma {
            let (key, mut erp) = (self.tenant_id(at), world.vendors.visma.borrow_mut());
            erp.model.oauth.change_password(&key);
            erp.model.oauth.expire_access(&key);
        }
        self.kind == Kind::Visma
    }
}
