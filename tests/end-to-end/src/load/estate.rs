//! The tenants of the load: their companies, goods owners, secrets and items.

use std::net::TcpListener;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::Result;
use crate::stack::Stack;
use crate::vendor::Vendor;

/// Tenants on each ERP; those of Finago meet a peer that takes calls and never answers.
const TENANTS: [(Kind, i64); 3] = [(Kind::PowerOffice, 140), (Kind::Visma, 40), (Kind::Finago, 20)];

/// Every so many-th company on PowerOffice has an invoice that cannot be mapped.
const POISON_EVERY: i64 = 10;

/// What a company has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub articles: u64,
    pub orders: u64,
}

impl Size {
    pub(super) const SMALL: Self = Self { articles: 10, orders: 2 };
    pub(super) const NO_ORDERS: Self = Self { articles: 10, orders: 0 };
    pub(super) const SMALLEST: Self = Self { articles: 2, orders: 1 };
    pub(super) const ONE_ARTICLE: Self = Self { articles: 1, orders: 0 };
    /// A hundred times as many articles.
    pub(super) const LARGE: Self = Self { articles: 1_000, orders: 2 };

    pub(super) fn records(self) -> u64 {
        self.articles + self.orders
    }
}

/// A tenant.
pub(super) struct Tenant {
    pub kind: Kind,
    pub id: String,
    pub goods_owner: i64,
    pub size: Size,
    number: i64,
}

impl Tenant {
    /// Whether its ERP takes calls and never answers.
    pub(super) fn hangs(&self) -> bool {
        self.kind == Kind::Finago
    }
}

/// All of them.
pub(super) struct Estate {
    pub tenants: Vec<Tenant>,
}

impl Estate {
    pub(super) fn new() -> Self {
        Self::of(&TENANTS, |kind, number| match (kind, number) {
            (Kind::PowerOffice, 0) => Size::LARGE,
            (Kind::PowerOffice, _) => Size::SMALL,
            _ => Size::NO_ORDERS,
        })
    }

    /// So many tenants on each ERP, each with what `size` says of it.
    pub(super) fn of(counts: &[(Kind, i64)], size: impl Fn(Kind, i64) -> Size) -> Self {
        let mut tenants = Vec::new();
        for &(kind, count) in counts {
            for number in 0..count {
                let size = size(kind, number);
                let goods_owner = 10_000 + i64::try_from(tenants.len()).unwrap_or_default();
                tenants.push(Tenant { kind, id: format!("load-{kind}-{number}"), goods_owner, size, number });
            }
        }
        Self { tenants }
    }

    /// Fills the companies and onboards the tenants.
    pub(super) async fn set_up(&self, stack: &Stack) -> Result {
        stack
            .secret(
                "poweroffice/app",
                &json!({ "application_key": "demo-application", "subscription_key": "demo-subscription" }),
            )
            .await?;
        stack
            .secret("visma/app", &json!({ "client_id": "demo-client", "client_secret": "demo-client-secret" }))
            .await?;
        stack.secret("finago/app", &json!({ "application_id": "00000000-0000-4000-8000-000000000001" })).await?;
        let silent = silent_peer()?;
        let ongoing = Vendor::named("ongoing")?;
        for tenant in &self.tenants {
            let (user, password) = (format!("WSI-{}", tenant.id), format!("password-of-{}", tenant.id));
            let owner = json!({ "goodsOwnerId": tenant.goods_owner, "username": user, "password": password });
            ongoing.act("add_goods_owner", &owner).await?;
            let credentials = tenant.fill().await?;
            stack.secret(&format!("{}/{}", tenant.kind, tenant.id), &credentials).await?;
            let warehouse =
                json!({ "username": user, "password": password, "webhook_tokens": ["a-token-of-the-load"] });
            stack.secret(&format!("ongoing/{}", tenant.id), &warehouse).await?;
            stack.tenant(&tenant.item(&ongoing, &silent)?).await?;
        }
        Ok(())
    }
}

impl Tenant {
    /// Fills its company; returns its secret.
    async fn fill(&self) -> Result<Value> {
        match self.kind {
            Kind::PowerOffice => self.fill_poweroffice().await,
            Kind::Visma => self.fill_visma().await,
            _ => Ok(json!({ "username": "nobody", "password": "not-there" })),
        }
    }

    async fn fill_poweroffice(&self) -> Result<Value> {
        let (erp, client) = (Vendor::named("poweroffice")?, format!("client-of-{}", self.id));
        erp.act("put_company", &json!({ "client_key": client, "record": {} })).await?;
        for n in 0..self.size.articles {
            let product = json!({ "Code": format!("A-{n}"), "Name": format!("Article {n}"), "ProductType": "Product", "UnitPrice": 10 });
            erp.act("put_product", &json!({ "client_key": client, "record": product })).await?;
        }
        for n in 0..self.size.orders {
            let invoice = self.invoice(20_001 + n + 1_000 * self.number.unsigned_abs(), json!(2));
            erp.act("put_invoice", &json!({ "client_key": client, "record": invoice })).await?;
        }
        if self.number % POISON_EVERY == 1 {
            erp.act("put_invoice", &json!({ "client_key": client, "record": self.invoice(20_900, Value::Null) }))
                .await?;
        }
        Ok(json!({ "client_key": client }))
    }

    fn invoice(&self, number: u64, quantity: Value) -> Value {
        json!({
            "OrderNo": number, "InvoiceNo": 30_000 + number, "VoucherType": "OutgoingInvoice", "CustomerNo": 10_009,
            "CurrencyCode": "NOK", "Balance": 0, "IsReversed": false, "CustomerId": 990_009,
            "Customer": { "Id": 990_009, "Number": 10_009, "Name": "Fjellstua", "LegalName": "Fjellstua AS",
                "MailAddress": { "AddressLine1": "Setervegen 1", "ZipCode": "2680", "City": "Vågå" } },
            "Lines": [{ "LineType": "Normal", "ProductCode": "A-0", "Description": "Article 0", "Quantity": quantity }],
        })
    }

    async fn fill_visma(&self) -> Result<Value> {
        let (erp, company) = (Vendor::named("visma")?, self.id.clone());
        erp.act("add_company", &json!({ "company": company })).await?;
        for n in 0..self.size.articles {
            let article = json!({
                "company": company, "Id": format!("a0a0{:04}-0000-4000-8000-{n:012}", self.number), "Number": format!("V-{n}"),
                "Name": format!("Article {n}"), "IsActive": true, "NetPrice": 10, "GrossPrice": 12.5,
                "UnitAbbreviation": "st", "CurrencyCode": "SEK",
            });
            erp.act("put_article", &article).await?;
        }
        erp.act("grant", &json!({ "company": company })).await
    }

    fn item(&self, ongoing: &Vendor, silent: &str) -> Result<Value> {
        let erp = match self.kind {
            Kind::PowerOffice => {
                let address = Vendor::named("poweroffice")?.address;
                json!({ "kind": "poweroffice", "base_url": format!("{address}/v2"), "auth_url": format!("{address}/OAuth/Token") })
            }
            Kind::Visma => {
                let address = Vendor::named("visma")?.address;
                json!({ "kind": "visma", "base_url": format!("{address}/v2"), "auth_url": address })
            }
            kind => json!({ "kind": kind.word(), "base_url": silent }),
        };
        let start = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(72);
        Ok(json!({
            "tenant_id": self.id,
            "enabled": true,
            "erp": erp,
            "ongoing": { "base_url": format!("{}/demo/api/v1", ongoing.address), "goods_owner_id": self.goods_owner },
            "settings": { "start_date": start.to_string() },
        }))
    }
}

/// A peer on loopback that takes connections and says nothing. It lives as long as the program.
fn silent_peer() -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming().flatten() {
            kept.push(stream);
        }
    });
    Ok(address)
}
