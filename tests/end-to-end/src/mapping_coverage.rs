//! Which rows of an ERP's mapping table a company's records have used.

use std::collections::BTreeSet;

use acceptance::rows::{What, document};
use bridge::words::feed::Feed;
use serde_json::{Value, json};

use crate::Result;
use crate::scenario::Scenario;
use crate::vendor::Vendor;
use crate::warehouse::list;

/// How many rows of the table have brought a value to Ongoing, and how many rows it has that go there at all.
///
/// # Errors
/// When the table cannot be read, or the simulator says no.
pub async fn exercised(scenario: &Scenario, ongoing: &Vendor) -> Result<(usize, usize)> {
    let state = ongoing.act("state", &json!({ "goodsOwnerId": scenario.goods_owner })).await?;
    let (mut reached, mut all) = (BTreeSet::new(), BTreeSet::new());
    for section in document(scenario.kind)?.sections {
        let records = list(
            &state[match section.feed {
                Feed::Articles | Feed::Suppliers => "articles",
                Feed::PurchaseOrders => "purchaseOrders",
                Feed::Orders => "orders",
            }],
        );
        // Rows whose number is a small letter alone are in nobody's document.
        for row in section.rows.iter().filter(|row| !matches!(row.number.as_bytes(), [b'a'..=b'z'])) {
            for entry in &row.bodies {
                let What::Value(pointer) = &entry.what else { continue };
                all.insert(row.number.clone());
                if records.iter().any(|record| has(&record["body"], pointer)) {
                    reached.insert(row.number.clone());
                }
            }
        }
    }
    Ok((reached.len(), all.len()))
}

/// Whether there is a value at the pointer, in which a name in braces stands for any place of a list.
fn has(body: &Value, pointer: &str) -> bool {
    let Some((name, rest)) = pointer.strip_prefix('/').map(|path| path.split_once('/').unwrap_or((path, ""))) else {
        return !body.is_null();
    };
    let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
    if name.starts_with('{') { list(body).iter().any(|one| has(one, &rest)) } else { has(&body[name], &rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_braces_is_any_place_of_a_list() {
        let body = json!({ "orderLines": [{ "comment": null }, { "comment": "a" }], "consignee": { "name": "b" } });
        assert!(has(&body, "/orderLines/{row}/comment"));
        assert!(has(&body, "/consignee/name"));
        assert!(!has(&body, "/orderLines/{row}/rowNumber"));
        assert!(!has(&body, "/consignee/city"));
    }
}
