//! Fixtures, member tables and answers against the vendor's documents, where those lie on this machine.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Scene, json_of};
use crate::spec;
use crate::visma::members::{Kind, Member};
use crate::visma::{articles, company, customers, order_members};

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/visma").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn document(name: &str) -> Option<Value> {
    let path = spec::folder().map(|folder| folder.join(name)).filter(|path| path.is_file());
    let Some(path) = path else {
        println!("left out: {name} is not on this machine");
        return None;
    };
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// The document of 2026, for orders, articles and customers.
fn newer() -> Option<Value> {
    document("visma-eaccounting-openapi-2026-subset.json")
}

/// The document of 2020, for the rest; it is Swagger 2.0 and says nothing about null.
fn older() -> Option<Value> {
    let mut document = document("visma-eaccounting-openapi.json")?;
    document["components"] = json!({ "schemas": document["definitions"] });
    Some(document)
}

/// Faults, without those nulls that stand for a record the vendor's document cannot mark as optional.
fn faults(document: &Value, schema: &str, value: &Value) -> Vec<String> {
    let optional = ["/ContributionMargin: null", "/TermsOfPayment: null"];
    let mut faults = spec::check(document, schema, value);
    faults.retain(|fault| !optional.iter().any(|pattern| fault.contains(pattern)));
    faults
}

/// A fixture without the settings of the company that are joined to it.
fn alone(name: &str) -> Value {
    let mut record = fixture(name);
    record.as_object_mut().unwrap().remove("Company").unwrap();
    record
}

fn order_and_customer(name: &str) -> (Value, Value) {
    let mut order = alone(name);
    let customer = order.as_object_mut().unwrap().remove("Customer").unwrap();
    (order, customer)
}

#[test]
fn the_fixtures_are_whole_records_of_the_vendors() {
    let Some(document) = newer() else { return };
    let whole = |schema: &str, value: &Value| {
        assert_eq!(spec::check(&document, schema, value), Vec::<String>::new(), "{schema}");
        assert_eq!(spec::missing(&document, schema, value), Vec::<String>::new(), "{schema}");
    };
    let article = alone("article.json");
    whole("ArticleApi", &article);
    whole("ArticleApi", &alone("article-bare.json"));
    whole("ArticleLabelApi", &article["ArticleLabels"][0]);
    whole("ArticleBarcodeApi", &article["Barcodes"][0]);
    for name in ["order.json", "order-delivery-blank.json", "order-bare.json"] {
        let (order, customer) = order_and_customer(name);
        whole("OrderApi", &order);
        order["Rows"].as_array().unwrap().iter().for_each(|row| whole("OrderRowApi", row));
        whole("SalesDocumentRotRutReductionPersonApi", &order["Persons"][0]);
        whole("CustomerApi", &customer);
        whole("TermsOfPaymentApi", &customer["TermsOfPayment"]);
        whole("CustomerLabelApi", &customer["CustomerLabels"][0]);
    }
}

#[test]
fn the_fixtures_hold_the_rows_and_gaps_they_are_for() {
    let (order, customer) = order_and_customer("order.json");
    assert_eq!(order["CustomerId"], customer["Id"]);
    let count = |mark: &str| order["Rows"].as_array().unwrap().iter().filter(|row| row[mark] == true).count();
    assert_eq!((count("IsTextRow"), count("IsServiceArticle")), (1, 1));
    let (blank, _) = order_and_customer("order-delivery-blank.json");
    for (member, value) in blank.as_object().unwrap() {
        let emptied = ["CustomerName", "Address1", "Address2", "PostalCode", "City", "CountryCode"]
            .iter()
            .any(|part| *member == format!("Delivery{part}"));
        assert_eq!(value.is_null() || *value == "", emptied || order[member].is_null(), "{member}");
        assert!(emptied || *value == order[member], "{member}");
    }
}

/// Texts of a record, and its numbers that are no small codes: were two alike, a mapping test could not tell them apart.
fn leaves(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), found))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| leaves(value, &format!("{path}/{index}"), found));
        }
        Value::String(text) if !text.is_empty() => found.push((text.clone(), path.into())),
        Value::Number(number) if !matches!(number.as_i64(), Some(0..=4)) => {
            found.push((number.to_string(), path.into()));
        }
        _ => {}
    }
}

#[test]
fn the_values_of_a_fixture_tell_its_members_apart() {
    let (order, customer) = order_and_customer("order.json");
    for record in [alone("article.json"), order, customer] {
        let mut found = Vec::new();
        leaves(&record, "", &mut found);
        found.sort();
        let twins: Vec<_> = found.windows(2).filter(|pair| pair[0].0 == pair[1].0).collect();
        assert!(found.len() > 20 && twins.is_empty(), "{twins:?}");
    }
}

#[test]
fn the_member_tables_are_the_vendors() {
    let Some(document) = newer() else { return };
    for (schema, members) in [
        ("ArticleApi", articles::MEMBERS),
        ("ArticleLabelApi", articles::LABEL),
        ("ArticleBarcodeApi", articles::BARCODE),
        ("OrderApi", order_members::MEMBERS),
        ("OrderRowApi", order_members::ROW),
        ("SalesDocumentRotRutReductionPersonApi", order_members::PERSON),
        ("CustomerApi", customers::MEMBERS),
        ("TermsOfPaymentApi", customers::TERMS_OF_PAYMENT),
    ] {
        let schema_of = &document["components"]["schemas"][schema];
        let declared = schema_of["properties"].as_object().unwrap();
        let named: BTreeSet<&str> = members.iter().map(|member| member.name).collect();
        assert_eq!(named, declared.keys().map(String::as_str).collect(), "{schema}");
        let required: BTreeSet<&str> =
            schema_of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let ours: BTreeSet<&str> = members.iter().filter(|member| member.required).map(|member| member.name).collect();
        assert_eq!(ours, required, "{schema}");
        members.iter().for_each(|member| same(schema, member, &declared[member.name]));
    }
}

fn same(schema: &str, member: &Member, declared: &Value) {
    let name = member.name;
    // A label inside an article is named by its id, so that member is read there.
    let named_by_id = schema == "ArticleLabelApi" && name == "Id";
    assert_eq!(member.read_only, declared["readOnly"] == true && !named_by_id, "{schema}.{name}");
    if !matches!(member.kind, Kind::Open) {
        assert_eq!(member.nullable, declared["nullable"] == true, "{schema}.{name}");
    }
    let kind = (declared["type"].as_str(), declared["format"].as_str());
    let fits = match member.kind {
        Kind::Id => kind == (Some("string"), Some("uuid")),
        Kind::Time => kind == (Some("string"), Some("date-time")),
        Kind::Text(longest) => {
            kind == (Some("string"), None) && declared["maxLength"].as_u64().unwrap_or(255) == longest as u64
        }
        Kind::Number | Kind::Decimals(_) => kind.0 == Some("number"),
        Kind::Integer => kind.0 == Some("integer"),
        Kind::Choice(choices) => declared["enum"] == json!(choices),
        Kind::Truth => kind.0 == Some("boolean"),
        Kind::Texts => kind.0 == Some("array") && declared["items"]["type"] == "string",
        Kind::Records(_) => kind.0 == Some("array") && declared["items"]["$ref"].is_string(),
        Kind::Open => declared["$ref"].is_string(),
    };
    assert!(fits, "{schema}.{name}: {declared}");
}

#[test]
fn the_answers_fit_the_newer_document() {
    let Some(document) = newer() else { return };
    let mut scene = Scene::demo();
    for (register, schema) in [
        ("articles", "PaginatedResponseOfArticleApi"),
        ("orders", "PaginatedResponseOfOrderApi"),
        ("customers", "PaginatedResponseOfCustomerApi"),
    ] {
        let listed = json_of(&scene.list(register, &[]));
        assert!(!listed["Data"].as_array().unwrap().is_empty());
        assert_eq!(faults(&document, schema, &listed), Vec::<String>::new());
        for record in listed["Data"].as_array().unwrap() {
            let schema = &schema["PaginatedResponseOf".len()..];
            assert_eq!(spec::missing(&document, schema, record), Vec::<String>::new());
        }
    }
    let id = scene.hits("orders", "Id", &[("$filter", "Status eq 2")])[1].as_str().unwrap().to_owned();
    for step in ["completed", "backorder"] {
        let order = json_of(&scene.send("POST", &format!("/v2/orders/{id}/{step}"), None));
        assert_eq!(faults(&document, "OrderApi", &order), Vec::<String>::new(), "{step}");
    }
    let refused = json_of(&scene.send("POST", "/v2/articles", Some(&json!({}))));
    assert!(refused["Errors"][0]["Field"].is_string());
    assert_eq!(faults(&document, "CommonExtendedBadRequest", &refused), Vec::<String>::new());
}

#[test]
fn the_small_registers_fit_the_older_document() {
    let Some(document) = older() else { return };
    let mut scene = Scene::demo();
    scene.put("notes", json!({"Text": "x"}));
    scene.put("articlelabels", json!({"Name": "x"}));
    scene.put("suppliers", json!({"Name": "x"}));
    let settings = Value::Object(scene.visma.company("acme").unwrap().settings.clone());
    let joined = fixture("order.json")["Company"].clone();
    let mut seen = vec![("CompanySettingsApi", settings), ("CompanySettingsApi", joined)];
    for resource in company::RESOURCES {
        let schema = match resource.path {
            "units" => "UnitApi",
            "deliverymethods" => "DeliveryMethodApi",
            "deliveryterms" => "DeliveryTermApi",
            "termsofpayments" => "TermsOfPaymentApi",
            "articlelabels" => "ArticleLabelApi",
            "articleaccountcodings" => "ArticleAccountCodingAPI",
            "notes" => "NoteApi",
            "suppliers" => "SupplierApi",
            _ => continue,
        };
        let rows = scene.visma.company("acme").unwrap().table(resource.path).rows();
        assert!(!rows.is_empty(), "{}", resource.path);
        seen.extend(rows.iter().map(|row: &Map<String, Value>| (schema, Value::Object(row.clone()))));
    }
    for (schema, record) in seen {
        let mut faults = spec::check(&document, schema, &record);
        faults.retain(|fault| !fault.ends_with("null where the schema has no null"));
        assert_eq!(faults, Vec::<String>::new(), "{schema}");
        assert_eq!(spec::missing(&document, schema, &record), Vec::<String>::new(), "{schema}");
    }
}
