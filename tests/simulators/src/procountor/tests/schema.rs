//! Fixtures and answers against the vendor's own schemas, where the vendor's document is at hand.

use std::path::Path;

use super::*;
use crate::procountor::clock;
use crate::spec;

fn vendor() -> Option<Value> {
    let text = spec::folder().and_then(|folder| std::fs::read(folder.join("procountor-openapi.json")).ok());
    if text.is_none() {
        println!("left out: the vendor's OpenAPI document is not here");
    }
    text.map(|text| serde_json::from_slice(&text).unwrap())
}

fn fixture(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/procountor");
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

/// Faults but those of date-times for having no offset, which the vendor's never have.
fn faults(spec: &Value, schema: &str, value: &Value) -> Vec<String> {
    let mut faults = spec::check(spec, schema, value);
    faults.retain(|fault| {
        let (path, _) = fault.split_once(": ").unwrap();
        let naive = value.pointer(path).and_then(Value::as_str).is_some_and(|text| clock::parse(text).is_some());
        !(naive && fault.ends_with("is no \"date-time\""))
    });
    faults
}

/// Members at any depth that the schema declares and the value lacks.
fn lacking(spec: &Value, schema: &str, value: &Value, path: &str) -> Vec<String> {
    let mut lacking: Vec<String> =
        spec::missing(spec, schema, value).into_iter().map(|name| format!("{path}/{name}")).collect();
    for (name, property) in spec["components"]["schemas"][schema]["properties"].as_object().into_iter().flatten() {
        let reference = property["$ref"].as_str().or_else(|| property["items"]["$ref"].as_str()).unwrap_or_default();
        let inner = reference.rsplit('/').next().unwrap_or_default();
        let one = std::slice::from_ref(&value[name]);
        for each in value[name].as_array().map_or(one, Vec::as_slice).iter().filter(|each| each.is_object()) {
            lacking.extend(self::lacking(spec, inner, each, &format!("{path}/{name}")));
        }
    }
    lacking
}

const FIXTURES: [(&str, &str); 3] =
    [("product.json", "Product"), ("sales-order.json", "Invoice"), ("purchase-order.json", "Invoice")];

#[test]
fn fixtures_have_every_member_and_fit_the_vendors_schema() {
    let Some(spec) = vendor() else { return };
    for (file, schema) in FIXTURES {
        let value = fixture(file);
        assert_eq!(faults(&spec, schema, &value), Vec::<String>::new(), "{file}");
        assert_eq!(lacking(&spec, schema, &value, ""), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn fixtures_come_back_from_the_simulator_as_they_were_put() {
    let mut desk = Desk::new();
    for (file, schema) in FIXTURES {
        let value = fixture(file);
        let (kind, resource) = match schema {
            "Product" => (Kind::Product, "products"),
            _ => (Kind::Invoice, "invoices"),
        };
        let id = desk.sim.put(desk.now, desk.company, kind, value.clone()).unwrap();
        assert_eq!(desk.get(&format!("/api/{resource}/{id}?includeLocalizations=true")), value, "{file}");
    }
}

#[test]
fn texts_and_numbers_of_a_fixture_are_distinct() {
    for (file, _) in FIXTURES {
        let mut seen = Vec::new();
        leaves(&fixture(file), "", &mut seen);
        for (at, (path, value)) in seen.iter().enumerate() {
            // Enumeration values, currencies and references recur by nature; free values do not.
            let twin = seen[..at].iter().find(|(_, other)| other == value);
            let by_nature = value.is_boolean() || value.as_str().is_some_and(|text| text.chars().all(constant));
            assert!(twin.is_none() || by_nature, "{file}: {path} and {twin:?} are both {value}");
        }
    }
}

fn constant(each: char) -> bool {
    each.is_ascii_uppercase() || each == '_'
}

fn leaves(value: &Value, path: &str, seen: &mut Vec<(String, Value)>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, &format!("{path}/{at}"), seen))
        }
        Value::Object(members) => members.iter().for_each(|(name, item)| leaves(item, &format!("{path}/{name}"), seen)),
        leaf => seen.push((path.to_owned(), leaf.clone())),
    }
}

#[test]
fn the_simulators_answers_fit_the_vendors_schemas() {
    let Some(spec) = vendor() else { return };
    let mut desk = Desk::new();
    desk.company = desk.sim.demo_company(desk.now, "Esittely Oy").unwrap();
    desk.log_in();
    let partner = json!({ "name": "Kahvila", "invoicingInfo": { "customerNumber": "C-1" } });
    let partner = desk.sim.put(desk.now, desk.company, Kind::Partner, partner).unwrap();
    let (product, invoice) =
        (desk.ids("/api/products")[0], desk.ids("/api/invoices?types=SALES_ORDER&orderById=ASC")[0]);
    let (approved, message) =
        desk.call("PUT", &format!("/api/invoices/{invoice}/approve"), Some(json!({ "comment": "ok" })));
    assert_eq!(approved, 200);
    let refusal = desk.call("GET", "/api/invoices?types=X", None).1;
    let purchase = desk.ids("/api/invoices?types=PURCHASE_ORDER")[0];
    let whole = desk.get(&format!("/api/invoices/{purchase}"));
    let mut answers = vec![("InfoMessage", message), ("ErrorMessages", refusal), ("Invoice", whole)];
    for (target, schema) in [
        ("/api/products".to_owned(), "ProductSearchResult"),
        (format!("/api/products/{product}"), "Product"),
        ("/api/invoices".to_owned(), "InvoiceSearchResult"),
        (format!("/api/invoices/{invoice}"), "Invoice"),
        (format!("/api/invoices/{invoice}/transactions"), "InvoiceTransactions"),
        ("/api/businesspartners".to_owned(), "BusinessPartnerSearchResult"),
        (format!("/api/businesspartners/{partner}"), "BusinessPartner"),
        ("/api/sessioninfo".to_owned(), "SessionInfo"),
        ("/api/users/rights".to_owned(), "UserPrivileges"),
        ("/api/status".to_owned(), "Status"),
    ] {
        let answer = desk.get(&target);
        answers.push((schema, answer));
    }
    for (schema, answer) in answers {
        assert_eq!(faults(&spec, schema, &answer), Vec::<String>::new(), "{schema}: {answer}");
    }
}
