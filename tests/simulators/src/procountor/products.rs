//! `/products` (section 2).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::paging::{Query, Sorting, details, envelope, ids};
use super::records::Seen;
use super::{Procountor, errors};
use crate::Response;

const TYPES: [&str; 3] = ["SALES", "PURCHASE", "TRAVEL"];
const OPTIONAL: [&str; 9] = [
    "code",
    "unit",
    "vat",
    "vatStatus",
    "defaultAccount",
    "bookkeepingAccount",
    "productGroupId",
    "startDate",
    "endDate",
];

/// What a product cannot be without.
pub(super) fn complete(product: &mut Map<String, Value>) {
    for (name, value) in [
        ("type", json!("SALES")),
        ("name", json!("Product")),
        ("discount", json!(0)),
        ("price", json!(0)),
        ("active", json!(true)),
        ("currency", json!("EUR")),
    ] {
        product.entry(name).or_insert(value);
    }
}

impl Procountor {
    pub(super) fn list_products(&self, now: Timestamp, company: i64, query: &Query) -> Result<Response, Response> {
        let company = self.of(company)?;
        let asked = query.text("type");
        if asked.is_some_and(|asked| !TYPES.contains(&asked)) {
            return Err(errors::invalid("type", "Invalid value."));
        }
        let types: &[&str] = asked.as_ref().map_or(&["SALES", "PURCHASE"], std::slice::from_ref);
        if !types.iter().any(|product_type| company.rights.sees_products(product_type)) {
            return Err(errors::forbidden("Insufficient user rights."));
        }
        let in_window = query.window(self.quirks.start_is_inclusive)?;
        // Where nobody asks, the inactive ones may be left out.
        let active = query.flag("active")?.or((!self.quirks.lists_inactive).then_some(true));
        let groups = query.list("group");
        let contains = |seen: &Seen<'_>, name: &str| query.text(name).is_none_or(|part| seen.text(name).contains(part));
        let sorting = Sorting::of(query)?;
        let (size, previous) = (query.size()?, query.integer("previousId")?.unwrap_or_default());
        let mut rows: Vec<Seen<'_>> = company
            .products
            .all(now)
            .filter(|seen| types.contains(&seen.text("type")) && company.rights.sees_products(seen.text("type")))
            .filter(|seen| active.is_none_or(|active| seen.flag("active") == active))
            .filter(|seen| contains(seen, "code") && contains(seen, "name"))
            .filter(|seen| groups.is_empty() || in_group(seen, &groups))
            .filter(|seen| in_window(seen))
            .collect();
        let total = self.quirks.total_count.then_some(rows.len());
        // "Only ids after this one", whatever the order: going on downwards gives the same rows again.
        rows.retain(|seen| seen.id > previous);
        sorting.sort(&mut rows);
        let localized = query.flag("includeLocalizations")?.unwrap_or_default();
        let results = rows.iter().take(size).map(|seen| self.spell_product(seen, localized)).collect();
        Ok(envelope(results, 0, size, total))
    }

    pub(super) fn show_products(
        &self,
        now: Timestamp,
        company: i64,
        asked: &str,
        query: &Query,
    ) -> Result<Response, Response> {
        let company = self.of(company)?;
        let localized = query.flag("includeLocalizations")?.unwrap_or_default();
        let asked = ids(asked)?;
        let found = asked.iter().filter_map(|id| company.products.get(now, *id));
        let seen = found.filter(|seen| company.rights.sees_products(seen.text("type")));
        details(&asked, seen.map(|seen| self.spell_product(&seen, localized)).collect(), self.quirks.one_is_a_list)
    }

    fn spell_product(&self, seen: &Seen<'_>, localized: bool) -> Value {
        let mut body = seen.body.clone();
        if !localized {
            body.remove("productLocalizations");
        }
        self.spell_nulls(&mut body, &OPTIONAL);
        Value::Object(body)
    }

    /// Where the installation spells absent members, it spells them `null`.
    pub(super) fn spell_nulls(&self, body: &mut Map<String, Value>, optional: &[&str]) {
        if self.quirks.nulls {
            for name in optional {
                body.entry(*name).or_insert(Value::Null);
            }
        }
    }
}

fn in_group(seen: &Seen<'_>, groups: &[&str]) -> bool {
    seen.integer("productGroupId").is_some_and(|group| groups.contains(&group.to_string().as_str()))
}
