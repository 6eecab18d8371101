//! What a probe asks Visma by documents of its own: an article, and an order of it (Visma sheet, sections 2 and 3).

use jiff::civil::Date;
use serde_json::{Value, json};

use super::super::Visma;
use super::super::back::replace;
use crate::http::classify::is_gone;
use crate::systems::probe::{Finding, Seen, Tell, Written, note_lost, taken};
use crate::words::fault::{Fault, Result};

/// What is looked at, in this order.
const FACTS: [&str; 6] =
    ["visma.modified", "visma.row-ids", "visma.decimals", "visma.read-only", "visma.unknown-member", "visma.completed"];

const NAME: &str = "Probe of the integration";

const DRAFT: i64 = 1;
const ONGOING: i64 = 2;

struct Probe<'a> {
    visma: &'a Visma<'a>,
    number: &'a str,
    day: Date,
    tell: Tell<'a>,
    written: &'a mut Written,
    article: Option<String>,
    order: Option<String>,
}

impl Visma<'_> {
    /// Looks at the facts that show in what becomes of documents of its own.
    pub(crate) async fn probe_writes(&self, number: &str, day: Date, tell: Tell<'_>) -> Written {
        let mut written = Written::default();
        let mut probe = Probe { visma: self, number, day, tell, written: &mut written, article: None, order: None };
        let ended = probe.run().await;
        probe.clean_up().await;
        if let Err(fault) = ended {
            written.leave_open(&FACTS, &fault);
        }
        written
    }
}

impl Probe<'_> {
    fn found(&mut self, fact: &'static str, seen: Seen) {
        self.written.findings.push(Finding { fact, seen });
    }

    async fn run(&mut self) -> Result<()> {
        self.make().await?;
        (self.tell)("visma.row-ids");
        let read = self.read().await?;
        let whole = replace::order(&read);
        self.write(&whole).await?;
        let kept = row(&self.read().await?)["Id"] == row(&read)["Id"];
        self.found("visma.row-ids", Seen::either(kept, "kept", "renewed", "the row of an order that was written"));

        (self.tell)("visma.decimals");
        let mut finer = whole.clone();
        finer["Rows"][0]["UnitPrice"] = json!(1.005);
        self.tries("visma.decimals", &finer, "taken", "a price of three decimals").await?;
        (self.tell)("visma.read-only");
        let mut more = whole.clone();
        more["CreatedUtc"] = read["CreatedUtc"].clone();
        self.tries("visma.read-only", &more, "passed over", "an order with its CreatedUtc").await?;
        (self.tell)("visma.unknown-member");
        let mut more = whole.clone();
        more["BridgeProbe"] = json!("x");
        self.tries("visma.unknown-member", &more, "passed over", "an order with a member of no meaning").await?;
        self.complete(whole).await
    }

    /// Makes the article and the order, a draft.
    async fn make(&mut self) -> Result<()> {
        (self.tell)("visma.modified");
        let company = &self.visma.company;
        let article =
            first(&self.visma.rows(&company.articles, &[]).await?, "an article to take unit and coding from")?;
        let customer = first(&self.visma.rows(&company.customers, &[]).await?, "a customer to make an order for")?;
        let settings = company.settings().await?;
        let own = json!({
            "Number": self.number, "Name": NAME, "IsActive": true, "CodingId": article["CodingId"],
            "UnitId": article["UnitId"], "NetPrice": 0, "GrossPrice": 0,
        });
        let made = company.create(&company.articles, &own).await;
        note_lost(&mut self.written.stays, &format!("article {} in Visma", self.number), &made);
        let made = made?;
        let article = made["Id"].as_str().map(str::to_owned);
        let article = article.ok_or_else(|| Fault::Unexpected("a new article has no id".into()))?;
        self.article = Some(article.clone());
        self.written.stays.push(format!("article {} in Visma, not active", self.number));
        let order = json!({
            "CustomerId": customer["Id"], "CurrencyCode": settings["CurrencyCode"].as_str().unwrap_or("SEK"),
            "OrderDate": format!("{}T00:00:00Z", self.day), "Status": DRAFT, "EuThirdParty": false,
            "ReverseChargeOnConstructionServices": false, "RotReducedInvoicingType": 0, "YourReference": self.number,
            "Rows": [{
                "LineNumber": 1, "ArticleId": article, "ArticleNumber": self.number, "IsTextRow": false,
                "IsWorkCost": false, "EligibleForReverseChargeOnVat": false, "Quantity": 2, "DeliveredQuantity": 0,
                "UnitPrice": 1, "DiscountPercentage": 0,
            }],
        });
        let made = company.create(&company.orders, &order).await;
        note_lost(&mut self.written.stays, &format!("an order with the reference {} in Visma", self.number), &made);
        let made = made?;
        self.order = made["Id"].as_str().map(str::to_owned);
        let modified = self.read().await?["ModifiedUtc"].is_string();
        self.found("visma.modified", Seen::either(modified, "yes", "no", "an order that was just made"));
        Ok(())
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
        (self.tell)("visma.completed");
        whole["Status"] = json!(ONGOING);
        whole["Rows"][0]["DeliveredQuantity"] = json!(1);
        self.write(&whole).await?;
        if let Some(number) = self.read().await?["Number"].as_i64() {
            self.written.stays.push(format!("order number {number} in Visma, used by an order that is deleted"));
        }
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
        if let Some(order) = self.order.take()
            && let Err(fault) = self.delete(&order).await
        {
            self.written.stays.push(format!("an order of {} in Visma could NOT be deleted: {fault}", self.number));
        }
        if let Some(article) = self.article.take()
            && let Err(fault) = self.end(&article).await
        {
            self.written.stays.push(format!("article {} in Visma could NOT be ended: {fault}", self.number));
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
        company.replace(&company.articles, article, &whole).await
    }
}

fn row(order: &Value) -> &Value {
    &order["Rows"][0]
}

fn first(rows: &[Value], what: &str) -> Result<Value> {
    rows.first().cloned().ok_or_else(|| Fault::Unexpected(format!("there is not {what}")))
}
