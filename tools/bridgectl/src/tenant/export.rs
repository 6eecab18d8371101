//! `tenant export`: a stored item without what it would be anyhow.

use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde_json::{Map, Value};

use super::{defaults, yaml};
use crate::deployment::Deployment;
use crate::output::{Failure, Output};

pub async fn run(deployment: &Deployment, id: &str) -> Result<Output, Failure> {
    let (_, item) = deployment.stored(id).await?;
    let item = match Tenant::parse(&item, deployment.stack.allows_local()) {
        Ok(tenant) => without_defaults(&item, tenant.erp.kind),
        // What is at fault stays, to be put right.
        Err(_) => item,
    };
    let text = yaml::plain(&item)?.trim_end().to_owned();
    Ok(Output::good(item, text))
}

/// The item without the members that say what is so without them.
fn without_defaults(item: &Value, kind: Kind) -> Value {
    let needed = ["tenant_id", "erp", "ongoing"].into_iter();
    let bare: Map<String, Value> = needed.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect();
    let mut bare = Value::Object(bare);
    bare["erp"] = serde_json::json!({ "kind": item["erp"]["kind"] });
    let keep = |member: &str| item["ongoing"][member].clone();
    bare["ongoing"] = serde_json::json!({ "base_url": keep("base_url"), "goods_owner_id": keep("goods_owner_id") });
    let defaults = defaults::filled(&bare, kind);
    let mut exported = differing(item, &defaults).unwrap_or_default();
    // These are the tenant, whatever they are held against.
    for path in ["/tenant_id", "/erp/kind", "/ongoing/base_url", "/ongoing/goods_owner_id"] {
        put(&mut exported, path, item.pointer(path).cloned().unwrap_or_default());
    }
    exported
}

/// What differs from the defaults; `None` where nothing does.
fn differing(value: &Value, default: &Value) -> Option<Value> {
    match (value, default) {
        (Value::Object(members), Value::Object(defaults)) => {
            let own = members.iter().filter(|(_, value)| !value.is_null());
            let own = own.filter_map(|(name, value)| {
                let default = defaults.get(name).unwrap_or(&Value::Null);
                Some((name.clone(), differing(value, default)?))
            });
            let own: Map<String, Value> = own.collect();
            (!own.is_empty()).then_some(Value::Object(own))
        }
        (value, default) => (value != default).then(|| value.clone()),
    }
}

fn put(item: &mut Value, path: &str, value: Value) {
    let mut at = item;
    for name in path.split('/').skip(1) {
        at = &mut at[name];
    }
    *at = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_exported_is_short_and_the_same_tenant() {
        for kind in Kind::ALL {
            let bare = json!({
                "tenant_id": "a", "erp": { "kind": kind },
                "ongoing": { "base_url": "https://x.example.com/api/v1", "goods_owner_id": 1 },
            });
            let whole = defaults::filled(&bare, kind);
            assert_eq!(without_defaults(&whole, kind), bare, "{kind}");
            let mut own = whole.clone();
            own["enabled"] = json!(false);
            own["settings"]["start_date"] = json!("2026-01-01");
            own["processes"]["orders"] = json!(false);
            own["ongoing"]["shipped_statuses"] = json!([500]);
            let exported = without_defaults(&own, kind);
            assert_eq!(defaults::filled(&exported, kind), own, "{kind}");
            assert_eq!(exported["settings"], json!({ "start_date": "2026-01-01" }));
            assert_eq!(exported["processes"], json!({ "orders": false }));
        }
    }
}
