//! What is said of faulty items.

use serde_json::json;

use super::*;

fn item() -> Value {
    json!({
        "tenant_id": "acme",
        "erp": {"kind": "poweroffice"},
        "ongoing": {"base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159},
    })
}

/// The path of the only fault of an item that was changed at one place.
fn fault(pointer: &str, value: Value) -> String {
    let mut item = item();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() { &mut item } else { item.pointer_mut(parent).unwrap() };
    parent[name] = value;
    let faults = Tenant::parse(&item, false).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(!faults[0].problem.is_empty());
    faults[0].path.clone()
}

#[test]
fn the_smallest_item_has_the_documents_defaults() {
    let tenant = Tenant::parse(&item(), false).unwrap();
    assert!(tenant.enabled);
    assert_eq!(tenant.erp.base_url.as_str(), "https://goapi.poweroffice.net/v2");
    assert_eq!(tenant.erp.auth_url.as_str(), "https://goapi.poweroffice.net/OAuth/Token");
    assert_eq!(
        (tenant.ongoing.shipped_statuses.as_slice(), tenant.ongoing.started_from_status),
        (&[450, 500][..], 320)
    );
    assert_eq!(tenant.feeds(), [Feed::Articles, Feed::Orders]);
}

#[test]
fn the_former_name_of_finago_is_the_same_erp() {
    let kind = |word: &str| {
        let mut item = item();
        item["erp"]["kind"] = json!(word);
        Tenant::parse(&item, false).unwrap().erp.kind
    };
    assert_eq!(kind("24sevenoffice"), kind("finago"));
}

#[test]
fn every_fault_has_its_path() {
    for (pointer, value, path) in [
        ("/tenant_id", json!("Acme"), "/tenant_id"),
        ("/tenant_id", json!("-acme"), "/tenant_id"),
        ("/tenant_id", json!("app"), "/tenant_id"),
        ("/tenant_id", json!("a".repeat(64)), "/tenant_id"),
        ("/erp/kind", json!("sap"), "/erp/kind"),
        ("/erp/base_url", json!("http://goapi.poweroffice.net/v2"), "/erp/base_url"),
        ("/erp/auth_url", json!("https://127.0.0.1/token"), "/erp/auth_url"),
        ("/ongoing/base_url", json!("https://localhost/api"), "/ongoing/base_url"),
        ("/ongoing/goods_owner_id", json!("many"), "/ongoing/goods_owner_id"),
        ("/ongoing/goods_owner_id", json!(0), "/ongoing/goods_owner_id"),
        ("/ongoing/goods_owner_id", json!(-159), "/ongoing/goods_owner_id"),
        ("/processes", json!({"shipments": true}), "/processes/shipments"),
        ("/processes", json!({"purchase_orders": true}), "/processes/purchase_orders"),
        ("/processes", json!({"articles": "yes"}), "/processes/articles"),
        ("/settings", json!({"create_backorder": true}), "/settings/create_backorder"),
        ("/settings", json!({"start_date": "yesterday"}), "/settings/start_date"),
        ("/settings", json!({"not_goods": ["FREIGHT", "*"]}), "/settings/not_goods/1"),
        ("/settings", json!({"not_goods": ["FEE*-1"]}), "/settings/not_goods/0"),
        ("/settings", json!({"not_goods": [" FREIGHT"]}), "/settings/not_goods/0"),
        ("/settings", json!({"bundles": "parts"}), "/settings/bundles"),
        ("/contact", json!({"phone": "call us"}), "/contact/phone"),
        ("/contact", json!({"mail": "warehouse"}), "/contact/mail"),
        ("/contact", json!({"company": " Acme AS"}), "/contact/company"),
        ("/contact", json!({"logo": "http://example.com/logo.png"}), "/contact/logo"),
        (
            "/settings",
            json!({"values": [{"feed": "orders", "at": "/wayOfDelivery", "map": {"1": "DHL"}}]}),
            "/settings/values/0/at",
        ),
        (
            "/settings",
            json!({"values": [{"feed": "orders", "at": "/goodsOwnerOrderId", "map": {"1": "DHL"}}]}),
            "/settings/values/0/at",
        ),
        (
            "/settings",
            json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {}}]}),
            "/settings/values/0/map",
        ),
        (
            "/settings",
            json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {"a/b": " st"}}]}),
            "/settings/values/0/map/a~1b",
        ),
        (
            "/settings",
            json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {"1": "st"}, "else": "ask"}]}),
            "/settings/values/0/else",
        ),
        (
            "/settings",
            json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {"1": "st"}, "other": "keep"}]}),
            "/settings/values/0/other",
        ),
        (
            "/settings",
            json!({"values": [{"feed": "suppliers", "at": "/unitCode", "map": {"1": "st"}}]}),
            "/settings/values/0/feed",
        ),
        (
            "/settings",
            json!({"values": [
                {"feed": "articles", "at": "/unitCode", "map": {"1": "st"}},
                {"feed": "orders", "at": "/wayOfDelivery/code", "map": {"1": "DHL"}},
                {"feed": "articles", "at": "/unitCode", "map": {"2": "kg"}},
            ]}),
            "/settings/values/2/at",
        ),
        ("/settings", json!({"filters": [{"feed": "orders", "path": "Id", "in": [1]}]}), "/settings/filters/0/path"),
        ("/settings", json!({"filters": [{"feed": "orders", "path": "/Id", "in": []}]}), "/settings/filters/0/in"),
        (
            "/settings",
            json!({"filters": [{"feed": "suppliers", "path": "/Id", "in": [1]}]}),
            "/settings/filters/0/feed",
        ),
        (
            "/settings",
            json!({"extra_fields": [{"feed": "orders", "from": "/Cid", "to": "/invented"}]}),
            "/settings/extra_fields/0/to",
        ),
    ] {
        assert_eq!(fault(pointer, value), path);
    }
}

#[test]
fn an_unknown_member_is_named_by_its_own_path() {
    for (pointer, value, path) in [
        ("/colour", json!(1), "/colour"),
        ("/erp/colour", json!(1), "/erp/colour"),
        ("/ongoing/colour", json!(1), "/ongoing/colour"),
        ("/processes", json!({"colour": true}), "/processes/colour"),
        ("/settings", json!({"colour": 1}), "/settings/colour"),
        ("/contact", json!({"colour": 1}), "/contact/colour"),
    ] {
        assert_eq!(fault(pointer, value), path);
    }
}

#[test]
fn what_cannot_be_read_does_not_hide_what_is_wrong_elsewhere() {
    let mut item = item();
    item["tenant_id"] = json!("Acme");
    item["enabled"] = json!("yes");
    item["erp"]["base_url"] = json!("http://x.example.com");
    item["settings"] = json!({"create_backorder": true, "colour": 1});
    let faults = Tenant::parse(&item, false).unwrap_err();
    let mut paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    paths.sort_unstable();
    let expected = ["/enabled", "/erp/base_url", "/settings/colour", "/settings/create_backorder", "/tenant_id"];
    assert_eq!(paths, expected);
}

#[test]
fn a_word_that_is_not_known_is_named_with_those_that_are() {
    let told = |kind: &str, settings: Value| {
        let mut item = item();
        (item["erp"]["kind"], item["settings"]) = (json!(kind), settings);
        Tenant::parse(&item, false).unwrap_err().remove(0)
    };
    let fault = told("finago", json!({ "order_statuses": ["Confirmed", "Sent"] }));
    assert_eq!((fault.problem.as_str(), fault.known.len()), ("Sent is no state of an order in Finago", 24));
    assert!(fault.to_string().contains("in Finago; one of None, Offer, Pack, "), "{fault}");
    let fault = told("procountor", json!({ "order_statuses": [2] }));
    assert_eq!((fault.word.as_deref(), fault.known[1].as_str()), (Some("2"), "UNFINISHED"));
    let fault = told("visma", json!({ "order_statuses": ["ongoing"] }));
    assert!(fault.problem.starts_with("ongoing is no status of an order in Visma; 1 (draft)"), "{fault}");
    let fault = told("powerofice", json!({}));
    assert_eq!((fault.word.as_deref(), fault.known[0].as_str()), (Some("powerofice"), "poweroffice"));
    let words = Kind::ALL.map(Kind::word).join(", ");
    assert_eq!(fault.to_string(), format!("/erp/kind: powerofice is no ERP; one of {words} is expected"));
    let fault = told("visma", json!({ "stock_quantity": "physicl" }));
    assert_eq!(
        fault.to_string(),
        "/settings/stock_quantity: physicl is not known; one of physical, sellable is expected"
    );
}

#[test]
fn an_erp_that_is_not_known_is_one_fault_and_not_many() {
    let mut item = item();
    item["erp"]["kind"] = json!("sap");
    item["processes"] = json!({"purchase_orders": true});
    item["settings"] = json!({"article_price": "customerPrice"});
    let faults = Tenant::parse(&item, false).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["/erp/kind"]);
}

#[test]
fn dates_and_moments_start_a_tenant() {
    let start = |text: &str| {
        let mut item = item();
        item["settings"] = json!({ "start_date": text });
        Tenant::parse(&item, false).unwrap().settings.start_date.unwrap().to_string()
    };
    assert_eq!(start("2026-01-01"), "2026-01-01T00:00:00Z");
    assert_eq!(start("2026-01-01T02:00:00+02:00"), "2026-01-01T00:00:00Z");
}
