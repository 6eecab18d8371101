//! The tenant item as a JSON Schema, for editors: generated from the types, with the limits of each ERP added. It
//! describes a production item; a stack with `AllowLocalEndpoints` accepts other addresses too.
//!
//! Draft 7, which every editor reads. `errorMessage` and `doNotSuggest` are extensions of editors that others ignore.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::read::Item;
use super::settings::Settings;
use crate::words::address_guard;
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::vocabulary::{finago, ongoing, procountor};

/// Where a host can be on the public internet: `https`, a name with a dot, no port but 443, no user, query or fragment;
/// ASCII without spaces and backslashes.
const ADDRESS: &str = r#"^https://([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?(:443)?(/[!"$->@-\[\]-~]*)?$"#;

/// A picture on the public internet.
const LOGO: &str =
    r"^https://([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._~/%+-]+$";

/// A date, or a moment with its zone.
const MOMENT: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?))?$";

/// A text without blanks around it.
const TRIMMED: &str = r"^\S(.*\S)?$";

/// The schema of a tenant item.
#[must_use]
pub fn schema() -> Value {
    let generator = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true).into_generator();
    let mut schema = generator.into_root_schema_for::<Item>().to_value();
    without_empty_defaults(&mut schema);
    schema["title"] = json!("A tenant of Ongoing Bridge");
    let root = &mut schema["properties"];
    root["$schema"] = json!({ "type": "string", "description": "Where this schema is, for the editor; not kept." });
    root["tenant_id"]["pattern"] = json!("^[a-z0-9][a-z0-9-]{0,62}$");
    root["tenant_id"]["not"] = json!({ "enum": ["app", "callback"] });
    let words: Vec<&str> = Kind::ALL.iter().flat_map(|kind| kind.words()).copied().collect();
    root["erp"]["properties"]["kind"] = json!({ "description": "Which ERP.", "enum": words });
    // Hosts that only lead inside.
    let inside = format!("^https://[^/]*\\.({})(:443)?(/|$)", address_guard::PRIVATE_SUFFIXES.join("|"));
    for (holder, name) in [("erp", "base_url"), ("erp", "auth_url"), ("ongoing", "base_url")] {
        let member = &mut root[holder]["properties"][name];
        member["format"] = json!("uri");
        member["pattern"] = json!(ADDRESS);
        member["not"] = json!({ "type": "string", "pattern": inside });
        member["errorMessage"] =
            json!("a public address is expected: https, a host name, no other port, no user, query or fragment");
    }
    root["ongoing"]["properties"]["base_url"]["examples"] = json!(["https://api.ongoingsystems.se/<warehouse>/api/v1"]);
    root["ongoing"]["properties"]["goods_owner_id"]["minimum"] = json!(1);
    root["processes"]["default"] = json!({});
    contact(&mut root["contact"]);
    settings(&mut root["settings"]);
    schema["allOf"] = Kind::ALL.into_iter().map(branch).collect();
    schema
}

/// A member that may be left out is not better said to be `null`: editors would write it.
fn without_empty_defaults(schema: &mut Value) {
    for child in schema.as_object_mut().into_iter().flat_map(|members| members.values_mut()) {
        without_empty_defaults(child);
    }
    if let Some(members) = schema.as_object_mut().filter(|members| members.get("default") == Some(&Value::Null)) {
        members.remove("default");
    }
}

/// What a page may show of a person's text.
fn contact(contact: &mut Value) {
    contact["default"] = json!({});
    let members = &mut contact["properties"];
    for (name, pattern, longest, example) in [
        ("company", TRIMMED, 200, "Nordlys Sport AS"),
        ("warehouse", TRIMMED, 200, "Fjord Lager AS"),
        ("phone", r"^\+?[0-9][0-9 ()/-]{3,28}[0-9]$", 31, "+47 22 00 00 00"),
        ("mail", r#"^[^\s@<>"?&#%,;]+@[^\s@<>"?&#%,;.]+\.[^\s@<>"?&#%,;]+$"#, 200, "warehouse@example.com"),
        ("logo", LOGO, 200, "https://www.example.com/logo.png"),
    ] {
        let member = &mut members[name];
        member["pattern"] = json!(pattern);
        member["maxLength"] = json!(longest);
        member["examples"] = json!([example]);
    }
}

/// What holds for the settings of every ERP.
fn settings(settings: &mut Value) {
    settings["default"] = json!({});
    let members = &mut settings["properties"];
    members["start_date"]["pattern"] = json!(MOMENT);
    members["start_date"]["errorMessage"] =
        json!("a moment such as 2026-01-01T00:00:00Z or a date such as 2026-01-01 is expected");
    members["order_statuses"]["minItems"] = json!(1);
    // No `*` but at the end, and something before it; no blanks around.
    members["not_goods"]["items"]["pattern"] = json!(r"^[^*\s]([^*]*[^*\s])?\*?$");
    members["not_goods"]["items"]["errorMessage"] =
        json!("an article number is expected, with * at its end for any rest, such as FREIGHT or FEE-*");
    for (list, name) in [("extra_fields", "from"), ("filters", "path")] {
        members[list]["items"]["properties"][name]["pattern"] = json!("^/");
    }
    members["filters"]["items"]["properties"]["in"]["minItems"] = json!(1);
    let map = &mut members["values"]["items"]["properties"]["map"];
    map["minProperties"] = json!(1);
    map["propertyNames"] = json!({ "pattern": TRIMMED });
    map["additionalProperties"]["pattern"] = json!(TRIMMED);
    members["values"]["items"]["properties"]["else"]["default"] = json!("keep");
    let at = |feed: Feed| {
        json!({
            "if": { "properties": { "feed": { "const": feed } }, "required": ["feed"] },
            "then": { "properties": { "at": { "enum": ongoing::mapped_members(feed) } } },
        })
    };
    let with_body = Feed::ALL.into_iter().filter(|feed| !ongoing::members(*feed).is_empty());
    members["values"]["items"]["allOf"] = with_body.map(at).collect();
    let to = |feed: Feed| {
        json!({
            "if": { "properties": { "feed": { "const": feed } }, "required": ["feed"] },
            "then": { "properties": { "to": { "enum": ongoing::members(feed) } } },
        })
    };
    let with_body = Feed::ALL.into_iter().filter(|feed| !ongoing::members(*feed).is_empty());
    members["extra_fields"]["items"]["allOf"] = with_body.map(to).collect();
}

/// What one ERP has of processes, settings and words.
fn branch(kind: Kind) -> Value {
    json!({
        "if": {
            "properties": { "erp": { "properties": { "kind": { "enum": kind.words() } }, "required": ["kind"] } },
            "required": ["erp"],
        },
        "then": {
            "properties": {
                "erp": { "properties": {
                    "base_url": { "default": kind.base_url() },
                    "auth_url": { "default": kind.auth_url() },
                } },
                "processes": { "properties": processes(kind) },
                "settings": { "properties": settings_of(kind) },
            },
        },
    })
}

/// A process that the ERP has, with its default; one that it does not have may only be absent or `false`.
fn processes(kind: Kind) -> Value {
    let can = |feed: Feed| kind.feeds().contains(&feed);
    let rows = [
        ("articles", can(Feed::Articles), true),
        ("orders", can(Feed::Orders), true),
        ("purchase_orders", can(Feed::PurchaseOrders), true),
        ("suppliers", can(Feed::Suppliers), false),
        ("shipments", kind.takes_shipments(), true),
        ("stock", kind.takes_stock(), true),
        ("import_status", kind.takes_import_status(), false),
    ];
    let row = |(name, possible, default): (&str, bool, bool)| {
        let impossible = || {
            json!({
                "enum": [false, null],
                "doNotSuggest": true,
                "errorMessage": format!("{kind} has no such process; leave it out or say false"),
            })
        };
        (name.to_owned(), if possible { json!({ "default": default }) } else { impossible() })
    };
    Value::Object(rows.into_iter().map(row).collect())
}

fn settings_of(kind: Kind) -> Value {
    let mut members = words(kind);
    let with_body = |feed: &Feed| !ongoing::members(*feed).is_empty();
    let extended: Vec<Feed> = kind.feeds().iter().copied().filter(with_body).collect();
    members["extra_fields"] = json!({ "items": { "properties": { "feed": { "enum": extended } } } });
    members["values"] = json!({ "items": { "properties": { "feed": { "enum": extended } } } });
    members["filters"] = json!({ "items": { "properties": { "feed": { "enum": kind.feeds() } } } });
    let others = Kind::ALL.into_iter().flat_map(|other| Settings::of(other));
    for name in others.filter(|name| !Settings::of(kind).contains(name)) {
        members[*name] = json!({
            "not": {}, "doNotSuggest": true, "errorMessage": format!("{kind} has no such setting"),
        });
    }
    members
}

/// The words that an ERP's settings are made of, and their defaults (contract, section 2).
fn words(kind: Kind) -> Value {
    match kind {
        Kind::PowerOffice => json!({ "stock_quantity": { "default": "physical" } }),
        Kind::Finago => {
            let states: Vec<Value> = finago::names().map(Value::from).collect();
            let or_none: Vec<Value> = states.iter().cloned().chain([Value::Null]).collect();
            json!({
                "order_statuses": { "default": [finago::CONFIRMED], "items": { "enum": states } },
                "shipped_status": { "default": finago::SENT, "enum": or_none },
                "import_status": { "enum": or_none },
                "bundles": { "default": "both" },
                "weight_unit": { "default": "kg" },
                "stock_quantity": { "default": "physical" },
            })
        }
        Kind::Procountor => json!({
            "order_statuses": {
                "default": procountor::ORDERS, "items": { "enum": procountor::STATUSES },
            },
            "product_types": { "default": ["SALES"], "items": { "enum": procountor::TYPES } },
            "first_seen_sent": { "default": "import" },
            "ship_to": { "default": "counterparty" },
            "approve_before_send": { "default": true },
            "article_price": { "default": "customerPrice" },
        }),
        Kind::Visma => json!({
            "order_statuses": {
                "description": "Which orders come in: 1 draft, 2 ongoing, 3 shipped, 4 invoiced.",
                "default": [2], "items": { "enum": [1, 2, 3, 4, "1", "2", "3", "4"] },
            },
            "create_backorder": { "default": false },
            "stock_quantity": { "default": "physical" },
        }),
    }
}
