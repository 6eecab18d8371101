//! The published schema of a tenant file.

use serde_json::Value;

/// The schema of a tenant file as it is published; a test holds it against the types.
pub const SCHEMA: &str = include_str!("../../../docs/tenant.schema.json");

/// Where below the item's root a member of this name belongs.
pub fn holders(name: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    let members = schema["properties"].as_object().into_iter().flatten();
    let has = members.filter(|(_, holder)| !holder["properties"][name].is_null());
    has.map(|(holder, _)| format!("/{holder}/{name}")).collect()
}
