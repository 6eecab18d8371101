//! The tables, the fixtures and the answers against the vendor's own service descriptions, where those are at hand: they
//! are not part of this project.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::finago::schema::{self, Kind as Text, Member};
use crate::finago::{CLIENT, COMPANY, INVOICE, PRODUCT};

const FIXTURES: [(&str, &str, &str); 4] = [
    ("product", "Product", include_str!("../../../fixtures/finago/product.json")),
    ("invoice", "InvoiceOrder", include_str!("../../../fixtures/finago/order.json")),
    ("invoice", "InvoiceOrder", include_str!("../../../fixtures/finago/order-fallback.json")),
    ("company", "Company", include_str!("../../../fixtures/finago/company.json")),
];

/// Types whose tables hold only what is used here.
const PARTIAL: [&str; 2] = ["ClientInformation", "PageOfSyncCompany"];

/// What the fixtures and answers may say in a member of fixed words.
const ENUMERATIONS: [&str; 7] = [
    "OrderSlipStateType",
    "Distributor",
    "DistributionMethod",
    "ChangeState",
    "RowType",
    "CompanyType",
    "CurrencyType",
];

/// The elements of a type, as described.
type Described = BTreeMap<String, Vec<Element>>;

fn described(service: &str) -> Option<Described> {
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
    let path = Path::new(&root).join(format!("../../../shared/reference/specs/24so-{service}.wsdl"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("left out: no service description of {service} beside the project");
        return None;
    };
    let document = Element::parse(&text).unwrap();
    let schema = document.child("types").unwrap().child("schema").unwrap();
    let mut types = Described::new();
    for one in &schema.children {
        if let Some(words) = one.child("restriction").filter(|_| one.name == "simpleType") {
            types.insert(one.attributes["name"].clone(), words.children.clone());
            continue;
        }
        if one.name == "import" {
            continue;
        }
        let sequence = one.child("sequence").or_else(|| one.at(&["complexType", "sequence"]));
        let elements = sequence.map(|sequence| sequence.children.clone()).unwrap_or_default();
        types.insert(one.attributes["name"].clone(), elements);
    }
    Some(types)
}

fn attribute<'e>(element: &'e Element, name: &str) -> &'e str {
    element.attributes.get(name).map_or("", String::as_str)
}

fn type_of(element: &Element) -> &str {
    attribute(element, "type").rsplit(':').next().unwrap_or_default()
}

/// The vendor calls two types by one name in two services.
fn theirs(service: &str, ours: &str) -> Option<String> {
    match (service, ours) {
        ("client", "ClientInformation") => Some("Client".into()),
        (_, "ClientInformation") | ("client", "Client" | "Currency") => None,
        _ => Some(ours.into()),
    }
}

fn same(service: &str, member: &Member, element: &Element) -> bool {
    let their_type = type_of(element);
    let kind = match member.kind {
        Text::Int => their_type == "int",
        Text::Short => their_type == "short",
        Text::Long => their_type == "long",
        Text::Decimal => their_type == "decimal",
        Text::Double => their_type == "double",
        Text::DateTime => their_type == "dateTime",
        Text::Bool => their_type == "boolean",
        Text::Str => their_type == "string",
        Text::Guid => their_type == "guid",
        Text::Enum(name) => their_type == name,
        Text::Of(name) => theirs(service, name).as_deref() == Some(their_type),
    };
    kind && member.default == element.attributes.get("default").map(String::as_str)
        && member.required == (attribute(element, "minOccurs") == "1")
        && member.repeated == (attribute(element, "maxOccurs") == "unbounded")
        && member.nillable == (attribute(element, "nillable") == "true")
}

#[test]
fn the_tables_are_as_described() {
    let mut found = std::collections::BTreeSet::new();
    let mut services = 0;
    for service in ["authenticate", "product", "invoice", "company", "client"] {
        let Some(described) = described(service) else { continue };
        services += 1;
        for (name, members) in schema::types() {
            let Some(elements) = theirs(service, name).and_then(|name| described.get(&name)) else { continue };
            found.insert(name);
            let mut rest = elements.iter();
            for member in members {
                let element = rest.find(|element| attribute(element, "name") == member.name);
                let element =
                    element.unwrap_or_else(|| panic!("{service}: {name}/{} is not there in order", member.name));
                assert!(same(service, member, element), "{service}: {name}: {member:?} is not {element:?}");
            }
            assert!(members.len() == elements.len() || PARTIAL.contains(&name), "{service}: {name} lacks members");
        }
    }
    let missing: Vec<_> = schema::types().map(|(name, _)| name).filter(|name| !found.contains(name)).collect();
    assert!(services < 5 || missing.is_empty(), "not described: {missing:?}");
}

#[test]
fn the_words_of_enumerations_are_described() {
    let types: Vec<_> = ["invoice", "company"].into_iter().filter_map(described).collect();
    if types.len() < 2 {
        return;
    }
    for name in ENUMERATIONS {
        let known: Vec<&str> =
            types.iter().filter_map(|types| types.get(name)).flatten().map(|word| attribute(word, "value")).collect();
        let words = schema::words(name);
        assert!(!words.is_empty() && words.iter().all(|word| known.contains(word)), "{name}: {words:?}");
        assert!(name == "CurrencyType" || known.iter().all(|word| words.contains(word)), "{name} lacks words");
    }
}

fn check_fixture(described: &Described, type_name: &str, value: &Value) {
    let Value::Object(members) = value else { return };
    for (name, value) in members {
        let elements = described.get(type_name).unwrap_or_else(|| panic!("no type {type_name}"));
        let element = elements.iter().find(|element| attribute(element, "name") == name);
        let element = element.unwrap_or_else(|| panic!("{type_name} has no {name}"));
        match value {
            Value::Array(items) => items.iter().for_each(|item| check_fixture(described, type_of(element), item)),
            value => check_fixture(described, type_of(element), value),
        }
    }
}

#[test]
fn the_fixtures_name_described_elements_alone() {
    for (service, type_name, text) in FIXTURES {
        let mut record: Value = serde_json::from_str(text).unwrap();
        let company = record.as_object_mut().unwrap().remove("Company");
        let Some(types) = described(service) else { continue };
        check_fixture(&types, type_name, &record);
        if let (Some(company), Some(types)) = (company, described("company")) {
            check_fixture(&types, "Company", &company);
        }
    }
}

fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        Value::Array(items) => items.iter().for_each(|value| leaves(value, found)),
        Value::String(text) => found.push(text.clone()),
        Value::Null => {}
        other => panic!("{other} is not a text"),
    }
}

#[test]
fn the_fixtures_can_be_stored_and_hold_no_value_twice() {
    let mut caller = Caller::new();
    for (service, _, text) in FIXTURES {
        let mut record: Value = serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        leaves(&record, &mut found);
        let distinct: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!(distinct.len(), found.len(), "{service}");
        if let Some(company) = record.as_object_mut().unwrap().remove("Company") {
            caller.put(Kind::Company, company);
        }
        let kind = match service {
            "product" => Kind::Product,
            "invoice" => Kind::Order,
            _ => Kind::Company,
        };
        caller.put(kind, record);
    }
}

fn check_answer(types: &Described, type_name: &str, element: &Element) {
    let elements = types.get(type_name).map(Vec::as_slice).unwrap_or_default();
    let mut last = 0;
    for child in &element.children {
        let place = elements.iter().position(|element| attribute(element, "name") == child.name);
        let place = place.unwrap_or_else(|| panic!("{type_name} has no {}", child.name));
        assert!(place >= last, "{type_name}/{} comes too late", child.name);
        last = place;
        check_answer(types, type_of(&elements[place]), child);
    }
}

fn all_of(type_name: &str) -> String {
    let names = schema::members(type_name).unwrap().iter().map(|member| member.name);
    strings(&names.filter(|name| *name != "APIException").collect::<Vec<_>>())
}

#[test]
fn the_answers_are_as_described() {
    let mut caller = small_shop();
    caller.finago.rules.calls_per_second = None;
    let customer =
        json!({ "Id": 5, "Name": "Kunde AS", "PhoneNumbers": { "Work": { "Value": "1", "Description": "x" } } });
    caller.put(Kind::Company, customer);
    let order: Value = serde_json::from_str(FIXTURES[1].2).unwrap();
    let mut order = order.as_object().unwrap().clone();
    order.remove("Company");
    caller.put(Kind::Order, Value::Object(order));
    caller.put(Kind::Product, serde_json::from_str(FIXTURES[0].2).unwrap());
    caller.put(Kind::Company, serde_json::from_str(FIXTURES[3].2).unwrap());
    let (products, orders, rows, companies) =
        (all_of("Product"), all_of("InvoiceOrder"), all_of("InvoiceRow"), all_of("Company"));
    let nil = r#"xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#;
    let save = format!("<invoices><InvoiceOrder><OrderId>404</OrderId><IncludeVAT {nil}/></InvoiceOrder></invoices>");
    let calls = [
        (AUTHENTICATE, "authenticate", "HasSession", String::new()),
        (AUTHENTICATE, "authenticate", "GetIdentities", String::new()),
        (AUTHENTICATE, "authenticate", "GetIdentity", String::new()),
        (CLIENT, "client", "GetClientInformation", String::new()),
        (PRODUCT, "product", "GetProducts", format!("<returnProperties>{products}</returnProperties>")),
        (PRODUCT, "product", "SaveProducts", "<products><Product><Id>404</Id></Product></products>".into()),
        (INVOICE, "invoice", "GetDeliveryMethods", String::new()),
        (INVOICE, "invoice", "SaveInvoices", save.clone()),
        (INVOICE, "invoice", "UpdateInvoices", save),
        (
            INVOICE,
            "invoice",
            "GetInvoices",
            format!(
                "<searchParams><ChangedAfter>2026-02-01</ChangedAfter></searchParams><invoiceReturnProperties>{orders}</invoiceReturnProperties><rowReturnProperties>{rows}</rowReturnProperties>"
            ),
        ),
        (COMPANY, "company", "GetCompanies", format!("<returnProperties>{companies}</returnProperties>")),
        (COMPANY, "company", "GetCompanySyncList", String::new()),
    ];
    for defaults in [false, true] {
        caller.finago.rules.write_defaults = defaults;
        for (path, service, operation, content) in &calls {
            let response = caller.call(path, operation, content);
            let document = Element::parse(std::str::from_utf8(&response.body).unwrap()).unwrap();
            let name = format!("{operation}Response");
            let answer = document.at(&["Body", &name]).unwrap();
            assert!(!answer.children.is_empty(), "{operation}");
            let Some(types) = described(service) else { continue };
            check_answer(&types, &name, answer);
        }
    }
}
