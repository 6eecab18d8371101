//! What is broken in a demo that was kept, so that somebody looks for the cause; and put right again.

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};

use crate::Result;
use crate::scenario::{self, Act, Scenario};
use crate::stack::Stack;
use crate::vendor::Vendor;
use crate::warehouse::list;

/// How long what is broken may take to be noticed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The warehouse's system gives no answer.
    Ongoing,
    /// An ERP refuses the login.
    ErpLogin,
    /// An order cannot be mapped.
    Order,
    /// An order names an article that the warehouse has not.
    Article,
}

/// What was broken, and how the cause is found.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// What happened.
    pub what: String,
    /// The words behind `bridgectl` that find the cause.
    pub command: String,
    /// What its answer has.
    pub cause: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, command, .. } = self;
        write!(
            f,
            "Broken: {what}\n\n  find the cause    bridgectl {command}\n  put it right      cargo xtask demo --mend"
        )
    }
}

impl Break {
    /// Everything that can be broken.
    pub const ALL: [Self; 4] = [Self::Order, Self::Article, Self::ErpLogin, Self::Ongoing];

    /// By the word of the command line.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.word() == word)
    }

    /// The word of the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ongoing => "ongoing",
            Self::ErpLogin => "erp-login",
            Self::Order => "order",
            Self::Article => "article",
        }
    }

    /// Breaks it, and lets it be met.
    ///
    /// # Errors
    /// When a simulator says no, or nobody meets it.
    pub async fn happen(self, stack: &Stack) -> Result<Broken> {
        let (shop, visma) = (scenario(Kind::PowerOffice)?, scenario(Kind::Visma)?);
        match self {
            Self::Ongoing => {
                down(true).await?;
                // Another name each time, so that there is something to bring.
                let name = format!("Lue Finse {}", jiff::Timestamp::now().as_second());
                shop.act(&scenario::rename("LUE-300", &name)).await?;
                stack.pull(shop.kind, &json!({ "tenant_id": shop.tenant_id })).await?;
                met(async || Ok(stack.import_fails(&shop.tenant_id).await?.then_some(()))).await?;
                Ok(Broken {
                    what: "Ongoing WMS answers 503 to every call, and an article waits for it.".into(),
                    command: "status".into(),
                    cause: "Ongoing is down since".into(),
                })
            }
            Self::ErpLogin => {
                visma.act(&Act { said: "", action: "change_password", args: json!({}) }).await?;
                visma.act(&Act { said: "", action: "expire_access", args: json!({}) }).await?;
                stack.pull(visma.kind, &json!({ "tenant_id": visma.tenant_id })).await?;
                Ok(Broken {
                    what: "the password behind the consent at Visma was changed; a pull has met it.".into(),
                    command: "status".into(),
                    cause: format!("bridgectl connect-link {}", visma.tenant_id),
                })
            }
            Self::Order => {
                let number = order(stack, |_| ("TER-500".into(), Value::Null)).await?;
                Ok(Broken {
                    what: format!("order {number} has a line without a quantity."),
                    command: format!("where {number}"),
                    cause: "/Lines/0/Quantity".into(),
                })
            }
            Self::Article => {
                // One that nobody has: another each time, since a mend brings it.
                let number = order(stack, |number| (format!("NY-{number}"), json!(2))).await?;
                Ok(Broken {
                    what: format!("order {number} has not arrived in the warehouse."),
                    command: format!("where {number}"),
                    cause: format!("waits for article NY-{number}"),
                })
            }
        }
    }
}

/// Puts right what was broken; what was not stays as it is.
///
/// # Errors
/// When a simulator says no.
pub async fn mend(stack: &Stack) -> Result {
    down(false).await?;
    let (shop, visma) = (scenario(Kind::PowerOffice)?, scenario(Kind::Visma)?);
    visma.onboard(stack).await?;
    let state = shop.state().await?;
    for code in unknown_articles(&state) {
        let product = json!({ "record": { "Code": code, "Name": "Nyhet", "UnitPrice": 99, "IsActive": true } });
        shop.act(&Act { said: "", action: "put_product", args: product }).await?;
    }
    for invoice in list(&state["OutgoingInvoices"]) {
        if let Some(record) = with_quantities(invoice) {
            shop.act(&Act { said: "", action: "put_invoice", args: json!({ "record": record }) }).await?;
        }
    }
    for scenario in [&shop, &visma] {
        stack.pull(scenario.kind, &json!({ "tenant_id": scenario.tenant_id })).await?;
    }
    Ok(())
}

/// What [`mend`] did.
pub const MENDED: &str = "\
Put right: Ongoing WMS answers, Visma has a new consent, the article is there,
and no order has a line without a quantity. What waits for another try goes when
that is due: bridgectl status";

/// What is sold, and is no product.
fn unknown_articles(state: &Value) -> BTreeSet<String> {
    let codes = |rows: &Value, member: &str| -> BTreeSet<String> {
        list(rows).iter().filter_map(|row| row[member].as_str()).map(str::to_owned).collect()
    };
    let sold = list(&state["OutgoingInvoices"]).iter().flat_map(|invoice| codes(&invoice["Lines"], "ProductCode"));
    let known = codes(&state["Products"], "Code");
    sold.filter(|code| !known.contains(code)).collect()
}

/// An invoice with one of each where a line says nothing; `None` where every line has a quantity.
fn with_quantities(invoice: &Value) -> Option<Value> {
    let mut whole = invoice.clone();
    let lines = whole["Lines"].as_array_mut()?.iter_mut();
    let lacking: Vec<&mut Value> =
        lines.filter(|line| line["LineType"] != "Text" && line["Quantity"].is_null()).collect();
    if lacking.is_empty() {
        return None;
    }
    lacking.into_iter().for_each(|line| line["Quantity"] = json!(1));
    Some(whole)
}

/// A paid order of one line in the Norwegian shop, pulled, and parked for what is wrong with that line. Its number.
async fn order(stack: &Stack, line: impl FnOnce(i64) -> (String, Value)) -> Result<String> {
    let shop = scenario(Kind::PowerOffice)?;
    let state = shop.state().await?;
    let numbers = list(&state["OutgoingInvoices"]).iter().filter_map(|invoice| invoice["OrderNo"].as_i64());
    let number = numbers.max().unwrap_or_default() + 1;
    let (article, quantity) = line(number);
    let record = json!({
        "OrderNo": number, "InvoiceNo": number + 30_000, "VoucherType": "OutgoingInvoice", "CustomerNo": 10009,
        "CustomerId": 990_009, "CurrencyCode": "NOK", "Balance": 0, "IsReversed": false,
        "Lines": [{ "LineType": "Normal", "ProductCode": article, "Description": article, "Quantity": quantity }],
    });
    shop.act(&Act { said: "", action: "put_invoice", args: json!({ "record": record }) }).await?;
    stack.pull(shop.kind, &json!({ "tenant_id": shop.tenant_id })).await?;
    let number = number.to_string();
    met(async || {
        let ledger = stack.ledger(&shop.tenant_id).await?;
        let parked = |entry: &&bridge::state::ledger::Entry| {
            entry.number.as_deref() == Some(number.as_str()) && entry.outcome == Some(Outcome::Parked)
        };
        Ok(ledger.values().find(parked).map(|_| ()))
    })
    .await?;
    Ok(number)
}

/// The warehouse's system answers nobody, or all again.
async fn down(down: bool) -> Result {
    Vendor::named("ongoing")?.act("down", &json!({ "down": down })).await.map(|_| ())
}

/// Waits until somebody has met it.
async fn met(mut look: impl AsyncFnMut() -> Result<Option<()>>) -> Result {
    let until = Instant::now() + PATIENCE;
    while look().await?.is_none() {
        if Instant::now() > until {
            return Err(format!("it is broken, and after {} s nobody has met it", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

fn scenario(kind: Kind) -> Result<Scenario> {
    let found = scenario::all().into_iter().find(|scenario| scenario.kind == kind);
    found.ok_or_else(|| format!("there is no scenario for {kind}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_told_in_eighty_columns_with_the_command_that_finds_it() {
        let broken = Broken {
            what: "the password behind the consent at Visma was changed; a pull has met it.".into(),
            command: "where 1234567".into(),
            cause: "x".into(),
        };
        let text = broken.to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.contains("bridgectl where 1234567") && text.contains("--mend"), "{text}");
        assert!(MENDED.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn every_word_of_the_command_line_breaks_something() {
        assert!(Break::ALL.iter().all(|what| Break::named(what.word()) == Some(*what)));
        assert_eq!(Break::named("all"), None);
        let told = include_str!("../../../../tools/xtask/src/demo_arguments.rs");
        assert!(Break::ALL.iter().all(|what| told.contains(&format!("(\"{}\", ", what.word()))));
    }

    #[test]
    fn what_is_sold_and_is_no_product_is_made_one() {
        let line = |code: &str| json!({ "ProductCode": code });
        let state = json!({
            "Products": [{ "Code": "TER-500" }],
            "OutgoingInvoices": [{ "Lines": [line("TER-500"), line("NY-1"), { "LineType": "Text" }] }, { "Lines": [line("NY-1")] }],
        });
        assert_eq!(unknown_articles(&state).into_iter().collect::<Vec<_>>(), ["NY-1"]);
    }

    #[test]
    fn a_line_without_a_quantity_is_given_one() {
        let line = |quantity: Value| json!({ "LineType": "Normal", "Quantity": quantity });
        let invoice = |quantity: Value| json!({ "Id": "a", "Lines": [{ "LineType": "Text" }, line(quantity)] });
        assert_eq!(with_quantities(&invoice(Value::Null)), Some(invoice(json!(1))));
        assert_eq!(with_quantities(&invoice(json!(2))), None);
    }
}
