//! The articles that an order's rows name: by their numbers, or by the ERP's own ids of them. One that is not there yet is
//! waited for.

use super::Done;
use crate::state::ledger::{Ledger, WaitsFor};
use crate::systems::ongoing::{Articles, Ongoing};
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// An article that is not there yet.
pub(super) struct Missing {
    pub why: Fault,
    waits_for: WaitsFor,
}

impl From<Missing> for Done {
    fn from(Missing { why, waits_for }: Missing) -> Self {
        Self { waits_for: Some(waits_for), ..Self::because(Outcome::Parked, why.to_string()) }
    }
}

/// The article number of an ERP product id: by the ledger, else by Ongoing's product code, else the order waits for the
/// article (Ongoing sheet, section 5.4).
pub(super) async fn article_number(
    ongoing: &Ongoing,
    ledger: &Ledger<'_>,
    product_code: Option<&str>,
    at: &str,
) -> Result<Result<String, Missing>> {
    let Some(product_code) = product_code else {
        return Err(Fault::rejected(at, "the row names no article"));
    };
    let known = ledger.get(Feed::Articles, product_code).await?.entry.ongoing;
    if let Some(article) = known {
        return Ok(Ok(article.number));
    }
    let found = ongoing.articles_by_product_code(product_code).await?;
    let number = match found.as_slice() {
        [article] => article.article_number.clone(),
        _ => None,
    };
    Ok(number.ok_or_else(|| {
        let why = format!("the article with the ERP's product id {product_code} has not arrived yet");
        Missing { why: Fault::rejected(at, why), waits_for: WaitsFor::ArticleKey(product_code.to_owned()) }
    }))
}

/// What Ongoing refused for a reason of its own words: if it does not have an article that the record names, that is what
/// is waited for. One read, for what is refused alone.
pub(super) async fn refused(ongoing: &Ongoing, record: &Record, refusal: Fault) -> Result<Done> {
    let done = Done::because(Outcome::Parked, refusal.to_string());
    if !matches!((record, &refusal), (Record::Order(_) | Record::PurchaseOrder(_), Fault::Rejected { .. })) {
        return Ok(done);
    }
    let numbers: Vec<String> = record.article_numbers().map(str::to_owned).collect();
    let Articles { found, refused } = match ongoing.articles(&numbers).await {
        Ok(articles) => articles,
        Err(fault) if fault.passes_by_itself() => return Err(fault),
        // It is parked all the same, and tried again by time.
        Err(_) => return Ok(done),
    };
    let is_known = |number: &String| {
        found.iter().any(|(article, _)| article.article_number.as_ref() == Some(number))
            || refused.iter().any(|(refused, _)| refused == number)
    };
    let missing = numbers.into_iter().find(|number| !is_known(number));
    Ok(Done { waits_for: missing.map(WaitsFor::ArticleNumber), ..done })
}
