//! Fills in an item's defaults from the published schema: those of all ERPs, then those of the tenant's own.

use bridge::words::kind::Kind;
use serde_json::{Map, Value, json};

/// `item` with a value for every member that has a default.
pub fn filled(item: &Value, kind: Kind) -> Value {
    let schema: Value = serde_json::from_str(crate::tenant_schema::SCHEMA).unwrap_or_default();
    let mut filled = item.clone();
    // The ERP's own word comes first: where it has another default than the rest, that one is right.
    let branches = schema["allOf"].as_array().into_iter().flatten();
    let own = branches.filter(|branch| {
        branch["if"]["properties"]["erp"]["properties"]["kind"]["enum"]
            .as_array()
            .is_some_and(|words| words.contains(&Value::from(kind.word())))
    });
    for branch in own {
        fill(&mut filled, &branch["then"]);
    }
    fill(&mut filled, &schema);
    filled
}

fn fill(value: &mut Value, schema: &Value) {
    let Some(members) = value.as_object_mut() else { return };
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let given = members.get(name).is_some_and(|value| !value.is_null());
        if !given && let Some(default) = default_of(schema) {
            members.insert(name.clone(), default);
        }
        if let Some(value) = members.get_mut(name) {
            fill(value, schema);
        }
    }
}

/// A member's default. A process that the ERP does not have is off; an object is there for its members' sake.
fn default_of(schema: &Value) -> Option<Value> {
    match schema {
        _ if !schema["default"].is_null() => Some(schema["default"].clone()),
        _ if schema["enum"] == json!([false, null]) => Some(Value::Bool(false)),
        _ if schema["properties"].is_object() => Some(Value::Object(Map::new())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bridge::tenant::Tenant;

    use super::*;

    fn smallest(kind: Kind) -> Value {
        json!({
            "tenant_id": "a", "erp": { "kind": kind },
            "ongoing": { "base_url": "https://x.example.com/api/v1", "goods_owner_id": 1 },
        })
    }

    #[test]
    fn what_is_filled_in_is_what_the_bridge_does() {
        for kind in Kind::ALL {
            let item = smallest(kind);
            let filled = filled(&item, kind);
            let (bare, full) = (Tenant::parse(&item, false).unwrap(), Tenant::parse(&filled, false).unwrap());
            assert_eq!(bare.erp.base_url, full.erp.base_url);
            assert_eq!(bare.erp.auth_url, full.erp.auth_url);
            assert_eq!(bare.ongoing.shipped_statuses, full.ongoing.shipped_statuses);
            assert_eq!(bare.ongoing.started_from_status, full.ongoing.started_from_status);
            assert_eq!(bare.feeds(), full.feeds());
            let on = |name: &str| filled["processes"][name].as_bool().unwrap_or_else(|| panic!("{kind}: {name}"));
            assert_eq!(bare.sends_shipments(), on("shipments"));
            assert_eq!(bare.sends_stock(), on("stock"));
            assert_eq!(bare.sends_import_status(), on("import_status"));
            for feed in bridge::words::feed::Feed::ALL {
                assert_eq!(bare.feeds().contains(&feed), on(feed.word()), "{kind} {feed}");
            }
        }
    }

    #[test]
    fn settings_have_their_erp_s_defaults_and_what_was_given_stays() {
        let mut item = smallest(Kind::Visma);
        item["settings"] = json!({ "create_backorder": true });
        let filled = filled(&item, Kind::Visma);
        assert_eq!(
            filled["settings"],
            json!({ "order_statuses": [2], "create_backorder": true, "stock_quantity": "physical",
                    "extra_fields": [], "filters": [], "not_goods": [], "values": [] })
        );
    }
}
