//! One scenario per ERP: everything the demo and the end-to-end test need to know about it.

mod finago;
mod parts;
mod poweroffice;
mod procountor;
mod visma;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::Result;
use crate::stack::Stack;
use crate::vendor::Vendor;

pub use parts::{Act, Source, Told};

/// Every ERP that is played.
#[must_use]
pub fn all() -> Vec<Scenario> {
    vec![poweroffice::scenario(), finago::scenario(), procountor::scenario(), visma::scenario()]
}

/// A second company on PowerOffice Go, for what would spoil the first one's story.
#[must_use]
pub fn second() -> Scenario {
    poweroffice::second()
}

/// A product of either PowerOffice company gets a new name.
#[must_use]
pub fn rename(code: &str, name: &str) -> Act {
    poweroffice::rename(code, name)
}

/// A company on an ERP, its warehouse, and what happens there.
#[derive(Clone)]
pub struct Scenario {
    /// The ERP.
    pub kind: Kind,
    /// As its vendor writes it.
    pub label: &'static str,
    /// Tenant id.
    pub tenant_id: String,
    /// Goods owner of the simulated warehouse.
    pub goods_owner: i64,
    /// That goods owner's user and password.
    pub warehouse_login: (String, String),
    /// What is added to the simulator's address: the API's base address, and the address for tokens.
    pub paths: (&'static str, &'static str),
    /// The application's secret.
    pub app: Value,
    /// The tenant's secret.
    pub credentials: Value,
    /// The action whose answer is the tenant's secret, where the ERP gives it out.
    pub consent: Option<Act>,
    /// `settings` of the tenant item, beside `start_date`.
    pub settings: Value,
    /// What names the company in every action of the simulator.
    pub company: Value,
    /// Fills the company.
    pub fill: Vec<Act>,
    /// What happens there after the first tick.
    pub changes: Vec<Act>,
    /// Numbers of what those changes bring that cannot be mapped, each with the member at fault.
    pub parks: Vec<(&'static str, &'static str)>,
    /// What there is in the ERP, of its simulator's state.
    pub sources: fn(&Value) -> Vec<Source>,
    /// Two orders that the warehouse ships, the second one partially.
    pub ships: [&'static str; 2],
    /// An article that is counted, and how many there are.
    pub counts: (&'static str, u32),
    /// What the ERP says of an order or of an article's stock, of its simulator's state.
    pub told: fn(&Value, Told<'_>) -> String,
}

impl Scenario {
    /// The company's ERP.
    ///
    /// # Errors
    /// When its simulator is not running.
    pub fn erp(&self) -> Result<Vendor> {
        Vendor::named(self.kind.word())
    }

    /// Does something in the company's ERP.
    ///
    /// # Errors
    /// When the simulator says no.
    pub async fn act(&self, act: &Act) -> Result<Value> {
        let mut args = act.args.clone();
        let company = self.company.as_object().into_iter().flatten();
        for (name, value) in company {
            args[name] = value.clone();
        }
        self.erp()?.act(act.action, &args).await
    }

    /// What there is in the ERP now.
    ///
    /// # Errors
    /// When the simulator says no.
    pub async fn in_erp(&self) -> Result<Vec<Source>> {
        let mut sources = (self.sources)(&self.state().await?);
        sources.sort_by(|a, b| (a.feed, &a.number).cmp(&(b.feed, &b.number)));
        Ok(sources)
    }

    /// The company as its simulator keeps it.
    ///
    /// # Errors
    /// When the simulator says no.
    pub async fn state(&self) -> Result<Value> {
        self.act(&Act { said: "", action: "state", args: json!({}) }).await
    }

    /// Fills the company.
    ///
    /// # Errors
    /// When the simulator says no.
    pub async fn fill(&self) -> Result {
        for act in &self.fill {
            self.act(act).await?;
        }
        Ok(())
    }

    /// The tenant item, as an operator would write it.
    ///
    /// # Errors
    /// When a simulator is not running.
    pub fn item(&self) -> Result<Value> {
        let erp = self.erp()?.address;
        let mut settings = self.settings.clone();
        // Some days before, so that the orders made when the company is filled come in.
        let before = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(72);
        if settings["start_date"].is_null() {
            settings["start_date"] = json!(before.to_string());
        }
        Ok(json!({
            "tenant_id": self.tenant_id,
            "enabled": true,
            "erp": {
                "kind": self.kind.word(),
                "base_url": format!("{erp}{}", self.paths.0),
                "auth_url": format!("{erp}{}", self.paths.1),
            },
            "ongoing": {
                "base_url": format!("{}/demo/api/v1", Vendor::named("ongoing")?.address),
                "goods_owner_id": self.goods_owner,
            },
            "settings": settings,
        }))
    }

    /// Onboards the tenant: its secrets, then its item. Nothing is deployed, nothing restarted.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub async fn onboard(&self, stack: &Stack) -> Result {
        let (kind, tenant) = (self.kind, &self.tenant_id);
        let (username, password) = &self.warehouse_login;
        let warehouse = json!({ "username": username, "password": password, "webhook_tokens": [self.webhook_token()] });
        let credentials = match &self.consent {
            Some(consent) => &self.act(consent).await?,
            None => &self.credentials,
        };
        stack.secret(&format!("{kind}/app"), &self.registered(stack).await?).await?;
        stack.secret(&format!("{kind}/{tenant}"), credentials).await?;
        stack.secret(&format!("ongoing/{tenant}"), &warehouse).await?;
        stack.tenant(&self.item()?).await
    }

    /// Tells the vendor, as whoever registers the integration there, where people are sent back to from its consent page,
    /// which is shown from now on. Returns the application's secret.
    async fn registered(&self, stack: &Stack) -> Result<Value> {
        let mut app = self.app.clone();
        if !matches!(self.kind, Kind::Procountor | Kind::Visma) {
            return Ok(app);
        }
        let callback = format!("{}/connect/{}/callback", stack.outputs.api_url.trim_end_matches('/'), self.kind);
        let args = json!({ "redirect_uri": callback, "redirect_uris": [callback], "shows_page": true });
        self.act(&Act { said: "", action: "registration", args }).await?;
        if self.kind == Kind::Procountor {
            app["redirect_uri"] = json!(callback);
        }
        Ok(app)
    }

    /// What the warehouse signs its webhooks with.
    #[must_use]
    pub fn webhook_token(&self) -> String {
        format!("webhook-token-{}", self.tenant_id)
    }

    /// Every secret text of this tenant.
    #[must_use]
    pub fn secret_texts(&self) -> Vec<String> {
        let values = [&self.app, &self.credentials].into_iter().filter_map(Value::as_object);
        let texts = values.flat_map(|members| members.values()).filter_map(Value::as_str).map(str::to_owned);
        texts.chain([self.warehouse_login.1.clone(), self.webhook_token()]).collect()
    }
}
