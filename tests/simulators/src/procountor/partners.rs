//! `/businesspartners`, as far as somebody might look for a phone number (section 2).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Procountor;
use super::paging::{Query, Sorting, details, envelope, ids};
use super::records::Seen;
use crate::Response;

/// What a partner cannot be without.
pub(super) fn complete(partner: &mut Map<String, Value>) {
    for (name, value) in [
        ("type", json!("CUSTOMER")),
        ("name", json!("Asiakas Oy")),
        ("paymentInfo", json!({ "paymentMethod": "BANK_TRANSFER", "currency": "EUR" })),
        ("registryInfo", json!({ "active": true })),
    ] {
        partner.entry(name).or_insert(value);
    }
}

impl Procountor {
    pub(super) fn list_partners(&self, now: Timestamp, company: i64, query: &Query) -> Result<Response, Response> {
        let company = self.of(company)?;
        let types = query.choices("type", &["CUSTOMER", "SUPPLIER", "PERSON"])?;
        let active = query.flag("active")?.unwrap_or(true);
        let in_window = query.window(self.quirks.start_is_inclusive)?;
        let sorting = Sorting::of(query)?;
        let (size, page) =
            (query.size()?, usize::try_from(query.integer("page")?.unwrap_or_default()).unwrap_or_default());
        let previous = query.integer("previousId")?.unwrap_or_default();
        let number =
            |seen: &Seen<'_>| seen.member("invoicingInfo")["customerNumber"].as_str() == query.text("customerNumber");
        let mut rows: Vec<Seen<'_>> = company
            .partners
            .all(now)
            .filter(|seen| types.is_empty() || types.contains(&seen.text("type")))
            .filter(|seen| (seen.member("registryInfo")["active"] == true) == active)
            .filter(|seen| query.text("customerNumber").is_none() || number(seen))
            .filter(|seen| in_window(seen))
            .collect();
        let total = self.quirks.total_count.then_some(rows.len());
        rows.retain(|seen| sorting.is_after(seen.id, previous));
        sorting.sort(&mut rows);
        let results = rows.iter().skip(page * size).take(size).map(short).collect();
        Ok(envelope(results, page, size, total))
    }

    pub(super) fn show_partners(&self, now: Timestamp, company: i64, asked: &str) -> Result<Response, Response> {
        let company = self.of(company)?;
        let asked = ids(asked)?;
        let found = asked.iter().filter_map(|id| company.partners.get(now, *id));
        details(&asked, found.map(|seen| Value::Object(seen.body.clone())).collect(), self.quirks.one_is_a_list)
    }
}

fn short(seen: &Seen<'_>) -> Value {
    let mut item = Map::new();
    for name in ["id", "name", "type", "version"] {
        if let Some(value) = seen.body.get(name) {
            item.insert(name.into(), value.clone());
        }
    }
    let registry = &seen.member("registryInfo");
    item.insert("registryInfo".into(), json!({ "active": registry["active"] }));
    if let Some(invoicing) = seen.body.get("invoicingInfo").and_then(Value::as_object) {
        let kept = |name: &&str| invoicing.contains_key(*name);
        let some = ["customerNumber", "identifier", "identifierType"].into_iter().filter(kept);
        let some: Map<String, Value> = some.map(|name| (name.to_owned(), invoicing[name].clone())).collect();
        item.insert("invoicingInfo".into(), Value::Object(some));
    }
    Value::Object(item)
}
