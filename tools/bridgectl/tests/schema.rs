//! The published schema of a tenant item is that of the types, and says what the bridge says of an item.
//!
//! `UPDATE_SCHEMA=1 cargo test -p bridgectl --test schema` writes the file anew.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::path::{Path, PathBuf};

use bridge::tenant::{Tenant, schema};
use bridge::words::kind::Kind;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn published() -> Value {
    serde_json::from_str(&read("docs/tenant.schema.json")).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::new(&published()).unwrap()
}

fn examples() -> [Value; Kind::ALL.len()] {
    Kind::ALL.map(|kind| serde_json::from_str(&read(&format!("infra/examples/tenant-{kind}.json"))).unwrap())
}

#[test]
fn the_published_file_is_that_of_the_types() {
    let written = serde_json::to_string_pretty(&schema::schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(root().join("docs/tenant.schema.json"), &written).unwrap();
    }
    assert!(read("docs/tenant.schema.json") == written, "UPDATE_SCHEMA=1 cargo test -p bridgectl --test schema");
}

#[test]
fn the_schema_is_one() {
    jsonschema::draft7::meta::validate(&published()).unwrap();
}

#[test]
fn every_example_is_good() {
    for example in examples() {
        let faults: Vec<String> = validator().iter_errors(&example).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", example["tenant_id"]);
    }
}

/// What changes an example of an ERP, at a JSON pointer.
type Change = (Kind, &'static str, Value);

fn changed((kind, pointer, value): &Change) -> Value {
    let mut item =
        examples().into_iter().find(|item| Kind::named(item["erp"]["kind"].as_str().unwrap()) == Some(*kind)).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() { &mut item } else { item.pointer_mut(parent).unwrap() };
    parent[name] = value.clone();
    item
}

#[test]
fn schema_and_bridge_agree_on_what_is_good() {
    use Kind::{Finago, PowerOffice, Procountor, Visma};
    let validator = validator();
    #[rustfmt::skip]
    let good: [Change; 47] = [
        (Visma, "/tenant_id", json!("a")),
        (Visma, "/tenant_id", json!("0".repeat(63))),
        (Visma, "/tenant_id", json!("application")),
        (Visma, "/enabled", json!(false)),
        (Finago, "/erp/kind", json!("24sevenoffice")),
        (Visma, "/erp/base_url", json!("https://eaccountingapi-sandbox.test.vismaonline.com/v2")),
        (Visma, "/erp/base_url", Value::Null),
        (Visma, "/erp/auth_url", json!("https://identity.vismaonline.com:443")),
        (Visma, "/erp/auth_url", json!("https://localhost.example.com/")),
        (Visma, "/ongoing/base_url", json!("https://api.ongoingsystems.se/a-b_c/api/v1/")),
        (Visma, "/ongoing/shipped_statuses", json!([])),
        (Visma, "/ongoing/goods_owner_id", json!(1)),
        (Visma, "/processes", json!({})),
        (Visma, "/processes/articles", Value::Null),
        (Visma, "/processes/purchase_orders", json!(false)),
        (Procountor, "/processes/stock", json!(false)),
        (Procountor, "/processes/stock", Value::Null),
        (Finago, "/processes/suppliers", json!(true)),
        (Visma, "/settings", json!({})),
        (Visma, "/settings/start_date", json!("2026-01-01T00:00:00+01:00")),
        (Visma, "/settings/start_date", json!("2026-01-01T00:00:00.5Z")),
        (Visma, "/settings/start_date", Value::Null),
        (Visma, "/settings/order_statuses", json!([1, "2", 4])),
        (Visma, "/settings/order_statuses", Value::Null),
        (Visma, "/settings/stock_quantity", json!("sellable")),
        (Finago, "/settings/order_statuses", json!(["Confirmed", "Web"])),
        (Finago, "/settings/import_status", Value::Null),
        (PowerOffice, "/settings/product_types", json!(["whatever"])),
        (Procountor, "/settings/order_statuses", json!(["SENT"])),
        (Procountor, "/settings/article_price", json!("stockValuationPrice")),
        (Visma, "/settings/not_goods", json!(["FREIGHT", "FEE-*", "a b", "1"])),
        (Finago, "/settings/bundles", json!("parts")),
        (Finago, "/settings/weight_unit", json!("g")),
        (Procountor, "/settings/first_seen_sent", json!("filter")),
        (Visma, "/settings/customer_number", json!("per_address")),
        (Procountor, "/settings/ship_to", json!("delivery")),
        (Visma, "/settings/values", json!([{"feed": "orders", "at": "/wayOfDelivery/code", "map": {"1": "DHL"}}])),
        (Visma, "/settings/values", json!([{"feed": "articles", "at": "/unitCode", "map": {"a b/c": "st"}, "else": "park"}])),
        (Procountor, "/settings/values", json!([
            {"feed": "purchase_orders", "at": "/wayOfDelivery/code", "map": {"COURIER": "B"}, "else": "drop"},
            {"feed": "orders", "at": "/orderLines/*/comment", "map": {"x": "y"}, "else": "keep"},
        ])),
        (Visma, "/settings/extra_fields", json!([{"feed": "orders", "from": "/a", "to": "/consignee/name"}])),
        (Visma, "/settings/extra_fields", json!([{"feed": "articles", "from": "/a/0", "to": "/freeValues/freeText1"}])),
        (Visma, "/settings/filters", json!([{"feed": "orders", "path": "/a", "in": [1, "x", null, {"a": []}]}])),
        (Finago, "/settings/filters", json!([{"feed": "suppliers", "path": "/a", "in": [1]}])),
        (Finago, "/contact", json!({})),
        (Finago, "/contact", json!({"company": "Fjord Interiør & Sønner AS", "warehouse": "Lager", "phone": "+47 22 00 00 00"})),
        (Finago, "/contact", json!({"mail": "lager+edi@example.com", "logo": "https://www.example.com/a/logo-1.svg"})),
        (Finago, "/contact", json!({"phone": null})),
    ];
    for change in &good {
        let item = changed(change);
        assert!(Tenant::parse(&item, false).is_ok(), "{change:?}: {:?}", Tenant::parse(&item, false).err());
        let faults: Vec<String> = validator.iter_errors(&item).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{change:?}: {faults:?}");
    }
}

#[test]
fn schema_and_bridge_agree_on_what_is_faulty() {
    use Kind::{Finago, PowerOffice, Procountor, Visma};
    let validator = validator();
    #[rustfmt::skip]
    let faulty: [Change; 97] = [
        (Visma, "/tenant_id", json!("")),
        (Visma, "/tenant_id", json!("Acme")),
        (Visma, "/tenant_id", json!("-acme")),
        (Visma, "/tenant_id", json!("å")),
        (Visma, "/tenant_id", json!("a".repeat(64))),
        (Visma, "/tenant_id", json!("app")),
        (Visma, "/tenant_id", json!("callback")),
        (Visma, "/tenant_id", json!(7)),
        (Visma, "/colour", json!("red")),
        (Visma, "/enabled", json!("yes")),
        (Visma, "/enabled", Value::Null),
        (Visma, "/erp", json!({})),
        (Visma, "/erp", json!("visma")),
        (Visma, "/erp/kind", json!("sap")),
        (Visma, "/erp/kind", json!("Visma")),
        (Visma, "/erp/url", json!("https://x.example.com")),
        (Visma, "/erp/base_url", json!("http://eaccountingapi.vismaonline.com/v2")),
        (Visma, "/erp/base_url", json!("eaccountingapi.vismaonline.com")),
        (Visma, "/erp/base_url", json!("https://localhost/v2")),
        (Visma, "/erp/base_url", json!("https://erp.internal/v2")),
        (Visma, "/erp/base_url", json!("https://127.0.0.1/v2")),
        (Visma, "/erp/base_url", json!("https://[::1]/v2")),
        (Visma, "/erp/base_url", json!(" https://x.example.com/v2")),
        (Visma, "/erp/base_url", json!("https://x.example.com./v2")),
        (Visma, "/erp/base_url", json!("https://x.example.com\\v2")),
        (Visma, "/erp/base_url", json!("https://x.example.com/å")),
        (Visma, "/erp/base_url", json!("https://vendor.test/v2")),
        (Visma, "/erp/base_url", json!("https://x.example.com:8443/v2")),
        (Visma, "/erp/base_url", json!("https://user:word@x.example.com/v2")),
        (Visma, "/erp/base_url", json!("https://x.example.com/v2?a=1")),
        (Visma, "/erp/auth_url", json!("https://x.example.com/#a")),
        (Visma, "/ongoing", json!({"base_url": "https://x.example.com"})),
        (Visma, "/ongoing", json!({"goods_owner_id": 1})),
        (Visma, "/ongoing/goods_owner_id", json!("159")),
        (Visma, "/ongoing/goods_owner_id", json!(1.5)),
        (Visma, "/ongoing/goods_owner_id", json!(0)),
        (Visma, "/ongoing/goods_owner_id", json!(-159)),
        (Visma, "/ongoing/shipped_statuses", json!(450)),
        (Visma, "/ongoing/shipped_statuses", json!(["450"])),
        (Visma, "/ongoing/started_from_status", Value::Null),
        (Visma, "/ongoing/user", json!("x")),
        (Visma, "/processes", Value::Null),
        (Visma, "/processes/order", json!(true)),
        (Visma, "/processes/articles", json!("yes")),
        (Visma, "/processes/purchase_orders", json!(true)),
        (Visma, "/processes/import_status", json!(true)),
        (PowerOffice, "/processes/shipments", json!(true)),
        (Procountor, "/processes/stock", json!(true)),
        (Procountor, "/processes/suppliers", json!(true)),
        (Visma, "/settings", Value::Null),
        (Visma, "/settings/order_status", json!([2])),
        (Visma, "/settings/product_types", json!(["a"])),
        (Visma, "/settings/approve_before_send", Value::Null),
        (PowerOffice, "/settings/order_statuses", json!(["a"])),
        (PowerOffice, "/settings/create_backorder", json!(true)),
        (Procountor, "/settings/stock_quantity", json!("physical")),
        (Visma, "/settings/start_date", json!("yesterday")),
        (Visma, "/settings/start_date", json!(20260101)),
        (Visma, "/settings/order_statuses", json!([])),
        (Visma, "/settings/order_statuses", json!([5])),
        (Finago, "/settings/order_statuses", json!(["Sent"])),
        (Finago, "/settings/shipped_status", json!("Sent")),
        (Procountor, "/settings/order_statuses", json!(["Sent"])),
        (Procountor, "/settings/product_types", json!(["Sales"])),
        (Procountor, "/settings/article_price", json!("purchasePrice")),
        (Visma, "/settings/not_goods", json!(["*"])),
        (Visma, "/settings/not_goods", json!([""])),
        (Visma, "/settings/not_goods", json!(["a*b"])),
        (Visma, "/settings/not_goods", json!(["FREIGHT "])),
        (Visma, "/settings/bundles", json!("parts")),
        (Finago, "/settings/bundles", json!("some")),
        (Finago, "/settings/weight_unit", json!("lb")),
        (Visma, "/settings/weight_unit", json!("g")),
        (Procountor, "/settings/ship_to", json!("invoice")),
        (Visma, "/settings/customer_number", json!("per_order")),
        (Visma, "/settings/values", json!([{"feed": "orders", "at": "/wayOfDelivery", "map": {"1": "DHL"}}])),
        (Visma, "/settings/values", json!([{"feed": "orders", "at": "/wayOfDelivery/code"}])),
        (Visma, "/settings/values", json!([{"feed": "orders", "at": "/wayOfDelivery/code", "map": {}}])),
        (Visma, "/settings/values", json!([{"feed": "orders", "at": "/wayOfDelivery/code", "map": {"1": 2}}])),
        (Visma, "/settings/values", json!([{"feed": "orders", "at": "/wayOfDelivery/code", "map": {" 1": "2"}}])),
        (Visma, "/settings/values", json!([{"feed": "articles", "at": "/unitCode", "map": {"1": "2"}, "else": "ask"}])),
        (Visma, "/settings/values", json!([{"feed": "purchase_orders", "at": "/invoiceNumber", "map": {"1": "2"}}])),
        (Finago, "/settings/values", json!([{"feed": "suppliers", "at": "/name", "map": {"1": "2"}}])),
        (Visma, "/settings/extra_fields", json!([{"feed": "orders", "from": "a", "to": "/freeText1"}])),
        (Visma, "/settings/extra_fields", json!([{"feed": "orders", "from": "/a", "to": "/freeValues/freeText1"}])),
        (Finago, "/settings/extra_fields", json!([{"feed": "suppliers", "from": "/a", "to": "/name"}])),
        (Visma, "/settings/extra_fields", json!([{"feed": "purchase_orders", "from": "/a", "to": "/invoiceNumber"}])),
        (Visma, "/settings/filters", json!([{"feed": "orders", "path": "/a", "in": []}])),
        (Visma, "/settings/filters", json!([{"feed": "suppliers", "path": "/a", "in": [1]}])),
        (Visma, "/contact", Value::Null),
        (Visma, "/contact", json!({"fax": "1"})),
        (Visma, "/contact", json!({"company": " Acme"})),
        (Visma, "/contact", json!({"warehouse": ""})),
        (Visma, "/contact", json!({"phone": "call us"})),
        (Visma, "/contact", json!({"mail": "a@b.example?bcc=c@d.example"})),
        (Visma, "/contact", json!({"logo": "https://example.com/a.png; script-src *"})),
        (Visma, "/contact", json!({"logo": "https://localhost/a.png"})),
    ];
    for change in &faulty {
        let item = changed(change);
        assert!(Tenant::parse(&item, false).is_err(), "{change:?} is good for the bridge");
        assert!(!validator.is_valid(&item), "{change:?} is good for the schema");
    }
}

/// Where a schema can say less, or an editor should warn of what the bridge takes.
#[test]
fn where_they_differ_is_known() {
    let validator = validator();
    let cases: [(Change, bool, &str); 8] = [
        ((Kind::Visma, "/ongoing/goods_owner_id", json!(159.0)), false, "to a schema 159.0 is whole"),
        ((Kind::Visma, "/settings/order_statuses", json!([2.0])), false, "to a schema 2.0 is 2"),
        ((Kind::Visma, "/settings/start_date", json!("2026-02-30")), false, "a pattern knows no calendar"),
        ((Kind::Visma, "/settings/start_date", json!("2026-02-01T08:00:00")), true, "the time of day would be dropped"),
        ((Kind::Visma, "/erp/base_url", json!("HTTPS://X.example.com/v2")), true, "an address in its usual spelling"),
        (
            (Kind::Visma, "/erp/base_url", json!("https://10-0-0-1.nip.io/v2")),
            false,
            "names that lead where they say are many",
        ),
        (
            (Kind::Visma, "/erp", json!(["visma", null, null])),
            true,
            "members in their order, which nobody should write",
        ),
        ((Kind::Visma, "/$schema", json!("tenant.schema.json")), false, "for editors; the command takes it out"),
    ];
    for (change, bridge, why) in &cases {
        let item = changed(change);
        assert_eq!(Tenant::parse(&item, false).is_ok(), *bridge, "{change:?}: {why}");
        assert_eq!(validator.is_valid(&item), !*bridge, "{change:?}: {why}");
    }
}
