//! The articles that an order's rows name: by their numbers, or by the ERP's own ids of them. One that is not there yet is
//! waited for.

use super::Done;
use crate::state::ledger::{Ledger, WaitsFor};
use crate::systems::ongoing::{Articles, Ongoing};
use crate::tenant::Tenant;
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// An article that is not there yet.
pub(in crate::roads) struct Missing {
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
pub(in crate::roads) async fn article_number(
    ongoing: &Ongoing,
    ledger: &Ledger<'_>,
    tenant: &Tenant,
    product_code: Option<&str>,
    at: &str,
) -> Result<Result<String, Missing>> {
    let Some(product_code) = product_code else {
        return Err(Fault::rejected(at, "the row names no article"));
    };
    let known = ledger.get(Feed::Articles, product_code).await?.entry;
    if let Some(article) = known.ongoing {
        return Ok(Ok(article.number));
    }
    // Left out as an article, and set aside as a line.
    if let Some(number) = known.number.as_ref().filter(|number| tenant.settings.is_not_goods(number)) {
        return Ok(Ok(number.clone()));
    }
    let found = ongoing.articles_by_product_code(product_code).await?;
    let number = match found.as_slice() {
        [article] => article.article_number.clone(),
        _ => None,
    };
    Ok(number.ok_or_else(|| {
        let why = format!("the article with the ERP's product id {product_code} has not arrived yet");
        let named = known.number.map(|number| {
            let left_out = known.reason.filter(|_| known.outcome == Some(Outcome::Filtered));
            format!("; {}{}", absence(&number), left_out.map(|why| format!(": {why}")).unwrap_or_default())
        });
        let why = why + &named.unwrap_or_default();
        Missing { why: Fault::rejected(at, why), waits_for: WaitsFor::ArticleKey(product_code.to_owned()) }
    }))
}

/// What Ongoing refused for a reason of its own words: if it does not have an article that the record names, that is what
/// is waited for. One read, for what is refused alone.
pub(super) async fn refused(ongoing: &Ongoing, tenant: &Tenant, record: &Record, refusal: Fault) -> Result<Done> {
    let done = Done::because(Outcome::Parked, refusal.to_string());
    if !matches!((record, &refusal), (Record::Order(_) | Record::PurchaseOrder(_), Fault::Rejected { .. })) {
        return Ok(done);
    }
    let goods = record.article_numbers().filter(|number| !tenant.settings.is_not_goods(number));
    let mut numbers: Vec<String> = goods.map(str::to_owned).collect();
    numbers.sort_unstable();
    numbers.dedup();
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
    let missing: Vec<String> = numbers.into_iter().filter(|number| !is_known(number)).collect();
    if missing.is_empty() {
        return Ok(done);
    }
    let reason = Some(format!("{refusal}; {}", absence(&missing.join(", "))));
    Ok(Done { reason, waits_for: missing.into_iter().next().map(WaitsFor::ArticleNumber), ..done })
}

/// What to say of articles that Ongoing does not have.
pub(super) fn absence(numbers: &str) -> String {
    format!("not in Ongoing: {numbers} (freight, fees and the like are listed in the setting not_goods)")
}
