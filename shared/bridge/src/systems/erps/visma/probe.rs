//! What a probe asks Visma eAccounting by reading (Visma sheet, section 2).

mod writes;

use serde_json::Value;

use super::company::{Endpoint, MOST_TERMS};
use super::{ORDER_STAMPS, Visma};
use crate::http::classify::{list_refused, visma_code};
use crate::systems::probe::{Finding, Seen, Tell, look};
use crate::words::fault::Result;

/// Terms that pass elsewhere (Visma sheet, section 6).
const TERMS: usize = 19;

const SINCE: &str = "2000-01-01T00:00:00Z";

impl Visma<'_> {
    /// Looks at the facts that reads can settle.
    pub(crate) async fn probe_reads(&self, tell: Tell<'_>) -> Vec<Finding> {
        let (articles, orders) = (&self.company.articles, &self.company.orders);
        vec![
            look("visma.modified", tell, async { Ok(modified(&self.rows(orders, &[]).await?)) }).await,
            look("visma.times", tell, async {
                let mut rows = self.rows(orders, &[]).await?;
                rows.extend(self.rows(articles, &[]).await?);
                let stamps = rows.iter().flat_map(|row| [&row["CreatedUtc"], &row["ChangedUtc"]]);
                Ok(times(stamps.filter_map(Value::as_str)))
            })
            .await,
            look("visma.or-terms", tell, self.or_terms()).await,
            look("visma.order-filter", tell, async {
                let filter = format!("{} gt {SINCE}", ORDER_STAMPS[0]);
                let taken = self.takes(orders, &[("$filter", filter)]).await?;
                Ok(Seen::either(taken, "none", "ModifiedUtc", "orders by a filter of ModifiedUtc"))
            })
            .await,
            look("visma.order-sort", tell, async {
                let taken = self.takes(orders, &[("$orderby", "Id asc".to_owned())]).await?;
                Ok(Seen::either(taken, "it can", "it cannot", "orders sorted by Id"))
            })
            .await,
            look("visma.refusal-words", tell, self.refusal_words()).await,
        ]
    }

    pub(super) async fn rows(&self, endpoint: &Endpoint, query: &[(&str, String)]) -> Result<Vec<Value>> {
        let query: Vec<(&str, String)> = query.iter().cloned().chain([("$pagesize", "200".to_owned())]).collect();
        let (_, body) = self.company.list(endpoint, &query).await?;
        Ok(body["Data"].as_array().cloned().unwrap_or_default())
    }

    async fn takes(&self, endpoint: &Endpoint, query: &[(&str, String)]) -> Result<bool> {
        match self.rows(endpoint, query).await {
            Ok(_) => Ok(true),
            Err(fault) if list_refused(&fault) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    async fn or_terms(&self) -> Result<Seen> {
        let terms = |many: usize| {
            let terms: Vec<String> = (0..many).map(|n| format!("Number eq 'bridge-probe-{n}'")).collect();
            [("$filter", terms.join(" or "))]
        };
        let saw = |many: usize| format!("articles by an `or` of {many} terms");
        for (many, word) in [(TERMS, "19"), (MOST_TERMS, "15")] {
            if self.takes(&self.company.articles, &terms(many)).await? {
                return Ok(Seen::Answer(word, saw(many)));
            }
        }
        Ok(Seen::Other(format!("{} are refused", saw(MOST_TERMS))))
    }

    /// Asks for what no list has.
    async fn refusal_words(&self) -> Result<Seen> {
        match self.rows(&self.company.orders, &[("$filter", "BridgeProbe eq 1".to_owned())]).await {
            Ok(_) => Ok(Seen::Other("a filter by a member that is not there is taken".into())),
            Err(fault) if list_refused(&fault) => {
                let vendor_s = visma_code(&fault).is_some();
                Ok(Seen::either(vendor_s, "the vendor's", "the server's own", fault.to_string()))
            }
            Err(fault) => Err(fault),
        }
    }
}

fn modified(orders: &[Value]) -> Seen {
    let without = |order: &&Value| order["ModifiedUtc"].is_null() && order["CreatedUtc"].is_string();
    let as_made = |order: &&Value| order["ModifiedUtc"].is_string() && order["ModifiedUtc"] == order["CreatedUtc"];
    if orders.iter().any(|order| without(&order)) {
        return Seen::Answer("no", "an order without ModifiedUtc".into());
    }
    if orders.iter().any(|order| as_made(&order)) {
        return Seen::Answer("yes", "an order whose ModifiedUtc is its CreatedUtc".into());
    }
    Seen::open("there is no order that was never edited")
}

fn times<'a>(stamps: impl Iterator<Item = &'a str>) -> Seen {
    let Some(stamp) = stamps.max_by_key(|stamp| stamp.len()) else { return Seen::open("there are no records") };
    let saw = format!("a time of {} characters, such as {}", stamp.len(), shape(stamp));
    let digits = stamp.split_once('.').map_or(0, |(_, digits)| digits.trim_end_matches('Z').len());
    match (stamp.ends_with('Z'), digits) {
        (true, _) => Seen::Answer("with Z", saw),
        (false, 7) => Seen::Answer("seven digits, no zone", saw),
        (false, 3) => Seen::Answer("milliseconds, no zone", saw),
        _ => Seen::Other(saw),
    }
}

/// A time with its digits taken out: how it is spelled is asked, and not which it is.
fn shape(stamp: &str) -> String {
    stamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}
