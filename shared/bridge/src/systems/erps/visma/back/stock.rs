//! Stock into Visma: there is no call for it but the whole article's (Visma sheet, section 2, stock balance).

use rust_decimal::Decimal;
use serde_json::Value;

use super::super::company::{MOST_TERMS, is_guid};
use super::super::{Visma, key};
use super::replace;
use crate::http::classify::{is_gone, list_refused};
use crate::state::intents::{Begun, Intents};
use crate::words::domain::{Effect, StockLevel};
use crate::words::fault::{Fault, Result};
use crate::words::wire::{exact, number};

/// Articles asked for in one call, by id and number, two terms each.
const BATCH: usize = MOST_TERMS / 2;

impl Visma<'_> {
    /// Writes the levels that differ.
    pub(in super::super) async fn stock(&self, levels: &[StockLevel], intents: &Intents<'_>) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        for levels in levels.chunks(BATCH) {
            let articles = self.articles_of(levels).await?;
            for level in levels {
                effects.push(match article_of(level, &articles) {
                    Some(article) => self.level(level, article, intents).await?,
                    None => Effect::NotTaken("Visma has no article of this id or number".into()),
                });
            }
        }
        Ok(effects)
    }

    async fn level(&self, level: &StockLevel, listed: &Value, intents: &Intents<'_>) -> Result<Effect> {
        let same = || Ok(Effect::Unchanged("the stock is the same".into()));
        if balance(listed) == Some(level.quantity) {
            return same();
        }
        if listed["IsServiceArticle"] == Value::Bool(true) {
            return Ok(Effect::NotTaken("the article is a service in Visma".into()));
        }
        if let Some(module) = stock_module(&self.company.settings().await?) {
            return self.kept(intents, format!("Visma keeps the stock itself: its module {module} is active")).await;
        }
        // The write replaces everything, so it follows close upon a read of its own.
        let (company, id) = (&self.company, key(listed));
        let article = company.existing_to_replace(&company.articles, &id).await?;
        let before = balance(&article);
        if before == Some(level.quantity) {
            return same();
        }
        // Prices go back as they were read: Visma checks that they fit each other.
        let mut whole = replace::article(&article);
        whole["StockBalance"] = number(level.quantity);
        let rounded = company.replace_exact(&company.articles, &id, &whole, &replace::article_rounded(&whole)).await?;
        let after = balance(&company.existing(&company.articles, &id).await?);
        if after != Some(level.quantity) {
            // The fact `visma.stock-write`.
            let reason = "Visma took the stock and did not keep it, as when its stock module is active \
                          (visma.stock-write in docs/facts.md)";
            return self.kept(intents, reason.into()).await;
        }
        let before = before.unwrap_or(Decimal::ZERO).normalize();
        let how = if rounded { format!(", {}", replace::ROUNDED) } else { String::new() };
        Ok(Effect::Written(format!("stock {before} -> {}{how}", level.quantity.normalize())))
    }

    /// Nothing that time heals: reported once, and then only in the journal.
    async fn kept(&self, intents: &Intents<'_>, reason: String) -> Result<Effect> {
        if intents.begin("visma-stock-kept").await? == Begun::First {
            tracing::warn!(target: "stock", tenant_id = self.tenant.tenant_id, reason, "stock is not taken");
        }
        Ok(Effect::NotTaken(reason))
    }

    /// The articles of these levels. Where the filter is refused they are read by their ids.
    async fn articles_of(&self, levels: &[StockLevel]) -> Result<Vec<Value>> {
        let terms = levels.iter().flat_map(|level| {
            let by_id = id_of(level).map(|id| format!("Id eq {id}"));
            by_id.into_iter().chain([format!("Number eq '{}'", level.article_number.replace('\'', "''"))])
        });
        let filter = terms.collect::<Vec<_>>().join(" or ");
        let query = [("$filter", filter), ("$pagesize", (2 * BATCH).to_string())];
        let refusal = match self.company.list(&self.company.articles, &query).await {
            Ok((_, mut body)) => {
                let Value::Array(rows) = body["Data"].take() else {
                    return Err(Fault::Unexpected("a list is expected as /Data".into()));
                };
                return Ok(rows);
            }
            Err(fault) if list_refused(&fault) => fault,
            Err(fault) => return Err(fault),
        };
        let mut articles = Vec::new();
        for level in levels {
            let Some(id) = id_of(level) else { return Err(refusal) };
            match self.company.existing(&self.company.articles, id).await {
                Ok(article) => articles.push(article),
                Err(fault) if is_gone(&fault) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(articles)
    }
}

/// The article's id, which the mapping keeps in Ongoing as the product code.
fn id_of(level: &StockLevel) -> Option<&str> {
    level.product_code.as_deref().filter(|code| is_guid(code))
}

fn article_of<'a>(level: &StockLevel, articles: &'a [Value]) -> Option<&'a Value> {
    let has = |article: &Value, member: &str, value: &str| {
        article[member].as_str().is_some_and(|text| text.eq_ignore_ascii_case(value))
    };
    let by_id = id_of(level).and_then(|id| articles.iter().find(|article| has(article, "Id", id)));
    by_id.or_else(|| articles.iter().find(|article| article["Number"].as_str() == Some(&level.article_number)))
}

fn balance(article: &Value) -> Option<Decimal> {
    match &article["StockBalance"] {
        Value::Number(balance) => exact(&balance.to_string()).ok(),
        _ => None,
    }
}

/// The stock module, where it is active. How it is called is not documented (Visma sheet, section 4), so its name only has
/// to speak of stock; where it does not, the stock that was written does not stay.
pub(in super::super) fn stock_module(settings: &Value) -> Option<&str> {
    let modules = settings["ActivatedModules"].as_array()?.iter().filter_map(Value::as_str);
    modules.into_iter().find(|module| module.to_ascii_lowercase().contains("stock"))
}
