//! What a probe asks Visma by documents of its own: an article, and an order of it (Visma sheet, sections 2 and 3).

use serde_json::{Value, json};

use super::super::Visma;
use super::super::back::{replace, stock_module};
use crate::http::classify::is_gone;
use crate::systems::probe::{Finding, Own, Seen, leave_open, taken};
use crate::words::fault::{Fault, Result};

/// What is looked at, in this order.
const FACTS: [&str; 7] = [
    "visma.stock-write",
    "visma.modified",
    "visma.row-ids",
    "visma.decimals",
    "visma.read-only",
    "visma.unknown-member",
    "visma.completed",
];

const NAME: &str = "Probe of the integration";

const REMOVE_ARTICLE: &str = "find it in Visma under articles by that number, and make it inactive";
const REMOVE_ORDER: &str =
    "find it in Visma under orders by that reference, take it back if it is shipped, and delete it";

const DRAFT: i64 = 1;
const ONGOING: i64 = 2;

struct Probe<'a> {
    visma: &'a Visma<'a>,
    own: &'a Own<'a>,
    findings: Vec<Finding>,
    article: Option<String>,
    order: Option<String>,
    /// The number of its order, once it has one.
    used: Option<i64>,
}

impl Visma<'_> {
    /// Looks at the facts that show in what becomes of documents of its own.
    pub(crate) async fn probe_writes(&self, own: &Own<'_>) -> Vec<Finding> {
        let mut probe = Probe { visma: self, own, findings: Vec::new(), article: None, order: None, used: None };
        let ended = probe.run().await;
        own.documents.clean_up(probe.clean_up()).await;
        let mut findings = probe.findings;
        if let Err(fault) = ended {
            leave_open(&mut findings, &FACTS, &fault);
        }
        findings
    }
}

impl Probe<'_> {
    fn found(&mut self, fact: &'static str, seen: Seen) {
        self.findings.push(Finding { fact, seen });
    }

    async fn run(&mut self) -> Result<()> {
        self.make_article().await?;
        self.stock().await?;
        self.make_order().await?;
        (self.own.tell)("visma.row-ids");
        let read = self.read().await?;
        let whole = replace::order(&read);
        self.write(&whole).await?;
        let kept = row(&self.read().await?)["Id"] == row(&read)["Id"];
        self.found("visma.row-ids", Seen::either(kept, "kept", "renewed", "the row of an order that was written"));

        (self.own.tell)("visma.decimals");
        let mut finer = whole.clone();
        finer["Rows"][0]["UnitPrice"] = json!(1.005);
        self.tries("visma.decimals", &finer, "taken", "a price of three decimals").await?;
        (self.own.tell)("visma.read-only");
        let mut more = whole.clone();
        more["CreatedUtc"] = read["CreatedUtc"].clone();
        self.tries("visma.read-only", &more, "passed over", "an order with its CreatedUtc").await?;
        (self.own.tell)("visma.unknown-member");
        let mut more = whole.clone();
        more["BridgeProbe"] = json!("x");
        self.tries("visma.unknown-member", &more, "passed over", "an order with a member of no meaning").await?;
        self.complete(whole).await
    }

    async fn make_article(&mut self) -> Result<()> {
        (self.own.tell)("visma.stock-write");
        let company = &self.visma.company;
        let article =
            first(&self.visma.rows(&company.articles, &[]).await?, "an article to take unit and coding from")?;
        let own = json!({
            "Number": self.own.number, "Name": NAME, "IsActive": true, "CodingId": article["CodingId"],
            "UnitId": article["UnitId"], "NetPrice": 0, "GrossPrice": 0,
        });
        let create = company.create(&company.articles, &own);
        let made = self.own.documents.make(self.article_told(), REMOVE_ARTICLE, create).await?;
        let article = made["Id"].as_str().map(str::to_owned);
        let article = article.ok_or_else(|| Fault::Unexpected("a new article has no id".into()))?;
        self.article = Some(article);
        Ok(())
    }

    /// Gives the article a stock of one, and takes it back.
    async fn stock(&mut self) -> Result<()> {
        let company = &self.visma.company;
        let seen = match stock_module(&company.settings().await?) {
            Some(module) => Seen::open(format!("Visma keeps the stock itself: its module {module} is active")),
            None => {
                let article = self.article.as_deref().unwrap_or_default();
                let mut whole = replace::article(&company.existing(&company.articles, article).await?);
                whole["StockBalance"] = json!(1);
                company.replace(&company.articles, article, &whole).await?;
                let kept = company.existing(&company.articles, article).await?["StockBalance"].as_f64();
                Seen::either(kept == Some(1.0), "kept", "passed over", "an article whose stock was set to 1")
            }
        };
        self.found("visma.stock-write", seen);
        Ok(())
    }

    /// Makes the order, a draft.
    async fn make_order(&mut self) -> Result<()> {
        (self.own.tell)("visma.modified");
        let company = &self.visma.company;
        let customer = first(&self.visma.rows(&company.customers, &[]).await?, "a customer to make an order for")?;
        let settings = company.settings().await?;
        let article = self.article.clone();
        let order = json!({
            "CustomerId": customer["Id"], "CurrencyCode": settings["CurrencyCode"].as_str().unwrap_or("SEK"),
            "OrderDate": format!("{}T00:00:00Z", self.own.day), "Status": DRAFT, "EuThirdParty": false,
            "ReverseChargeOnConstructionServices": false, "RotReducedInvoicingType": 0, "YourReference": self.own.number,
            "Rows": [{
                "LineNumber": 1, "ArticleId": article, "ArticleNumber": self.own.number, "IsTextRow": false,
                "IsWorkCost": false, "EligibleForReverseChargeOnVat": false, "Quantity": 2, "DeliveredQuantity": 0,
                "UnitPrice": 1, "DiscountPercentage": 0,
            }],
        });
        let create = company.create(&company.orders, &order);
        let made = self.own.documents.make(self.order_told(), REMOVE_ORDER, create).await?;
        self.order = made["Id"].as_str().map(str::to_owned);
        let modified = self.read().await?["ModifiedUtc"].is_string();
        self.found("visma.modified", Seen::either(modified, "yes", "no", "an order that was just made"));
        Ok(())
    }

    fn article_told(&self) -> String {
        format!("article {} in Visma", self.own.number)
    }

    fn order_told(&self) -> String {
        format!("an order with the reference {} in Visma", self.own.number)
    }

    fn order(&self) -> Result<&str> {
        self.order.as_deref().ok_or_else(|| Fault::Unexpected("a new order has no id".into()))
    }

    async fn read(&self) -> Result<Value> {
        self.visma.company.existing(&self.visma.company.orders, self.order()?).await
    }

    async fn write(&self, whole: &Value) -> Result<()> {
        self.visma.company.replace(&self.visma.company.orders, self.order()?, whole).await
    }

    /// Whether a body is refused, or else what becomes of it.
    async fn tries(&mut self, fact: &'static str, body: &Value, or: &'static str, what: &str) -> Result<()> {
        let tried = taken(self.write(body).await.map(|()| Value::Null))?;
        let saw = tried.as_ref().map_or_else(String::clone, |_| what.to_owned());
        self.found(fact, Seen::either(tried.is_ok(), or, "refused", saw));
        Ok(())
    }

    /// Delivers one of two.
    async fn complete(&mut self, mut whole: Value) -> Result<()> {
        (self.own.tell)("visma.completed");
        whole["Status"] = json!(ONGOING);
        whole["Rows"][0]["DeliveredQuantity"] = json!(1);
        self.write(&whole).await?;
        self.used = self.read().await?["Number"].as_i64();
        let order = self.order()?.to_owned();
        self.visma.company.step(&order, "completed").await?;
        let delivered = row(&self.read().await?)["DeliveredQuantity"].as_f64();
        let seen = match delivered {
            Some(1.0) => Seen::Answer("no", "a row of which one of two was delivered".into()),
            Some(2.0) => Seen::Answer("yes", "a row of which one of two was delivered".into()),
            other => Seen::Other(format!("one of two was delivered, and then {other:?}")),
        };
        self.found("visma.completed", seen);
        self.visma.company.step(&order, "voided").await
    }

    /// Deletes the order and ends the article. What cannot be is told.
    async fn clean_up(&mut self) {
        let documents = self.own.documents;
        if let Some(order) = self.order.take() {
            match self.delete(&order).await {
                Ok(()) => {
                    let used = |number| format!("order number {number} in Visma, used by an order that is deleted");
                    documents.ended(&self.order_told(), self.used.map(used));
                }
                Err(fault) => documents.not_ended(&self.order_told(), "deleted", &fault),
            }
        }
        if let Some(article) = self.article.take() {
            let told = self.article_told();
            match self.end(&article).await {
                Ok(()) => documents.ended(&told, Some(format!("{told}, not active"))),
                Err(fault) => documents.not_ended(&told, "ended", &fault),
            }
        }
    }

    /// One that was completed is taken back before, which is refused of one that was not.
    async fn delete(&self, order: &str) -> Result<()> {
        let company = &self.visma.company;
        let deleted = async || match company.delete(&company.orders, order).await {
            Err(fault) if !is_gone(&fault) => Err(fault),
            _ => Ok(()),
        };
        match deleted().await {
            Err(Fault::Rejected { .. }) => {
                company.step(order, "voided").await?;
                deleted().await
            }
            other => other,
        }
    }

    async fn end(&self, article: &str) -> Result<()> {
        let company = &self.visma.company;
        let mut whole = replace::article(&company.existing(&company.articles, article).await?);
        whole["IsActive"] = json!(false);
        whole["StockBalance"] = json!(0);
        company.replace(&company.articles, article, &whole).await
    }
}

fn row(order: &Value) -> &Value {
    &order["Rows"][0]
}

fn first(rows: &[Value], what: &str) -> Result<Value> {
    rows.first().cloned().ok_or_else(|| Fault::Unexpected(format!("there is not {what}")))
}
