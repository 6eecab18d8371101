//! Parses a tenant item. All faults are reported at once: a faulty member is recorded and set aside, and the rest is
//! parsed again.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Contact, Invalid, Processes, Settings};
use crate::words::kind::Kind;
use crate::words::wire;

/// One ERP company tied to one goods owner of Ongoing WMS.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    /// The tenant's name in secrets, logs and addresses: 1 to 63 of a-z, 0-9 and -, not beginning with -.
    pub(super) tenant_id: String,
    /// Whether it is worked for.
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    /// Where its ERP is.
    pub(super) erp: Erp,
    /// Where its goods are.
    pub(super) ongoing: Ongoing,
    /// Which processes are switched on; each may be left out.
    #[serde(default)]
    pub(super) processes: Processes,
    /// How the tenant differs from its ERP's document; all optional.
    #[serde(default)]
    pub(super) settings: Settings,
    /// Whom the consent page names: which company is expected, who asks, and whom its reader may ask back.
    #[serde(default)]
    pub(super) contact: Contact,
}

/// Where a tenant's ERP is.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Erp {
    /// Which ERP.
    #[serde(deserialize_with = "kind")]
    pub(super) kind: Kind,
    /// The API's base address; the vendor's production host when left out.
    pub(super) base_url: Option<String>,
    /// PowerOffice: the whole token address. Visma and Procountor: the identity host. The vendor's own when left out.
    pub(super) auth_url: Option<String>,
}

/// Where a tenant's goods are. Addresses stay text until they are checked: what parsing makes of one hides tricks.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Ongoing {
    /// The goods owner REST API's base address.
    pub(super) base_url: String,
    /// Goods owner id.
    pub(super) goods_owner_id: i64,
    /// Order statuses that mean shipped; each warehouse may have its own.
    #[serde(default = "super::shipped_statuses")]
    pub(super) shipped_statuses: Vec<i64>,
    /// From this status on the warehouse has started.
    #[serde(default = "super::started_from_status")]
    pub(super) started_from_status: i64,
}

fn yes() -> bool {
    true
}

/// How the word of an ERP that is not known goes on.
const NO_ERP: &str = " is no ERP";

/// The ERP's word or one of its other names.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let word = String::deserialize(deserializer)?;
    Kind::named(&word).ok_or_else(|| serde::de::Error::custom(format!("{word}{NO_ERP}")))
}

/// Faults that are told at once; whoever has more gets to see them the next time.
const MOST: usize = 50;

/// The members that an item cannot do without, with what is read in the place of a faulty one, so that the rest is read.
const NEEDED: [(&str, &str); 6] = [
    ("/tenant_id", r#""stand-in""#),
    ("/erp", r#"{"kind":"visma"}"#),
    ("/erp/kind", r#""visma""#),
    ("/ongoing", r#"{"base_url":"https://stand-in.example","goods_owner_id":1}"#),
    ("/ongoing/base_url", r#""https://stand-in.example""#),
    ("/ongoing/goods_owner_id", "1"),
];

/// What was read, and what could not be.
pub(super) struct Reading {
    /// With stand-ins for members that are needed, and without the other ones at fault; `None`: it is no object.
    pub(super) item: Option<Item>,
    /// Every fault, in the order in which they were met.
    pub(super) faults: Vec<Invalid>,
}

impl Reading {
    /// Reads an item.
    pub(super) fn of(item: &Value) -> Self {
        let mut faults = Vec::new();
        let mut error = match read(item) {
            Ok(item) => return Self { item: Some(item), faults },
            Err(error) => error,
        };
        let mut left = item.clone();
        while faults.len() < MOST {
            let (fault, place) = told(error);
            if faults.contains(&fault) || !set_aside(&mut left, &place) {
                break;
            }
            faults.push(fault);
            error = match read(&left) {
                Ok(item) => return Self { item: Some(item), faults },
                Err(error) => error,
            };
        }
        if faults.is_empty() {
            faults.push(Invalid::new("", format!("an object is expected, not {}", wire::shape(item))));
        }
        Self { item: None, faults }
    }

    /// Whether the member at this path or what holds it was at fault, so that a stand-in was read.
    pub(super) fn stands_in(&self, path: &str) -> bool {
        self.faults.iter().any(|fault| path == fault.path || path.starts_with(&format!("{}/", fault.path)))
    }
}

fn read(item: &Value) -> Result<Item, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(item)
}

/// The fault in our words, and the place of what is at fault.
fn told(error: serde_path_to_error::Error<serde_json::Error>) -> (Invalid, String) {
    let path = wire::pointer(error.path());
    let words = error.into_inner().to_string();
    if let Some(name) = words.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let path = format!("{path}/{name}");
        return (Invalid::new(&path, "it is missing, and needed"), path);
    }
    if let Some((name, rest)) = words.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected ")) {
        // Between backticks, whether it is `a`, `a` or `b`, or one of `a`, `b`, `c`.
        let known: Vec<String> = rest.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        // serde names what holds an unknown member, or, where that is read by way of a map, the member itself.
        let place = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let path = path.strip_suffix(&place).unwrap_or(&path).to_owned() + &place;
        let problem = format!("there is no such member; one of {} is expected", known.join(", "));
        return (Invalid { known, ..Invalid::new(&path, problem) }, path);
    }
    if let Some(word) = words.strip_suffix(NO_ERP) {
        return (Invalid::word(&path, word, "ERP", Kind::ALL.map(Kind::word)), path);
    }
    if let Some((word, rest)) = words.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        let known = rest.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let fault = Invalid::new(&path, format!("{word} is not known"));
        return (Invalid { known, word: Some(word.to_owned()), ..fault }, path);
    }
    let kind = words.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "));
    let problem = match kind {
        Some((found, wanted)) => format!("{} is expected, not {}", wanted_in_words(wanted), found_in_words(found)),
        None if words == "invalid number" => "a whole number is expected".into(),
        None => words,
    };
    (Invalid::new(&path, problem), path)
}

/// What serde wanted, in words for somebody who has not seen the types.
fn wanted_in_words(wanted: &str) -> &str {
    match wanted {
        "i64" => "a whole number",
        "a string" | "string or map" | "enum" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

/// What serde found: its kind, with the value where it is a short one.
fn found_in_words(found: &str) -> String {
    let found = found.replace('`', "");
    match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer" | "floating", _)) => "a number".into(),
        Some(("boolean", truth)) => truth.to_owned(),
        _ if found == "number" => "a number".into(),
        _ if found == "map" => "an object".into(),
        _ if found == "sequence" => "a list".into(),
        _ => found,
    }
}

/// Takes a faulty member out, or puts what stands in for it there; a fault inside a list takes the list out, since what is
/// behind it would get other places. `false` where that is no longer possible.
fn set_aside(item: &mut Value, path: &str) -> bool {
    let names: Vec<String> = path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
    let mut holder = item;
    for (at, name) in names.iter().enumerate() {
        let here = names[..=at].join("/");
        let last = at + 1 == names.len() || holder.get(name).is_some_and(Value::is_array);
        let Some(members) = holder.as_object_mut() else { return false };
        if last {
            match NEEDED.iter().find(|(needed, _)| needed[1..] == here) {
                Some((_, stand_in)) => {
                    drop(members.insert(name.clone(), serde_json::from_str(stand_in).unwrap_or(json!(null))))
                }
                None => drop(members.remove(name)),
            }
            return true;
        }
        let Some(next) = members.get_mut(name) else { return false };
        holder = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(item: &Value) -> Vec<String> {
        Reading::of(item).faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_faulty_member_is_told_at_once() {
        let item = json!({
            "tenant_id": 7,
            "colour": "red",
            "enabled": "yes",
            "erp": { "kind": "sap", "bsae_url": "x", "auth_url": 7 },
            "ongoing": { "base_url": "https://x.example", "goods_owner_id": "many", "shipped_statuses": [450, "x"] },
            "processes": { "articles": 1, "order": true },
            "settings": { "stock_quantity": "some", "filters": [{ "feed": "orders", "path": "/a", "im": [1] }], "a/b": 1 },
        });
        let told = faults(&item);
        let path = |fault: &String| fault.split(": ").next().unwrap().to_owned();
        let mut paths: Vec<String> = told.iter().map(path).collect();
        paths.sort_unstable();
        let expected = [
            "/colour",
            "/enabled",
            "/erp/auth_url",
            "/erp/bsae_url",
            "/erp/kind",
            "/ongoing/goods_owner_id",
            "/ongoing/shipped_statuses/1",
            "/processes/articles",
            "/processes/order",
            "/settings/a~1b",
            "/settings/filters/0/im",
            "/settings/stock_quantity",
            "/tenant_id",
        ];
        assert_eq!(paths, expected, "{told:#?}");
    }

    #[test]
    fn what_is_missing_is_named_where_it_belongs() {
        assert_eq!(
            faults(&json!({ "erp": {}, "ongoing": {} })),
            [
                "/erp/kind: it is missing, and needed",
                "/ongoing/base_url: it is missing, and needed",
                "/ongoing/goods_owner_id: it is missing, and needed",
                "/tenant_id: it is missing, and needed",
            ]
        );
        assert_eq!(
            faults(&json!({ "tenant_id": "a", "erp": { "kind": "visma" } })),
            ["/ongoing: it is missing, and needed"]
        );
    }

    #[test]
    fn an_unknown_member_comes_with_the_ones_there_are() {
        let item = json!({ "tenant_id": "a", "erp": { "kind": "visma", "url": "x" }, "ongoing": 1 });
        let reading = Reading::of(&item);
        assert_eq!(reading.faults[0].known, ["kind", "base_url", "auth_url"]);
        assert_eq!(
            reading.faults[0].to_string(),
            "/erp/url: there is no such member; one of kind, base_url, auth_url is expected"
        );
        assert!(reading.stands_in("/ongoing/base_url") && !reading.stands_in("/erp/kind"));
    }

    #[test]
    fn a_value_of_another_type_is_told_in_plain_words() {
        let problem = |pointer: &str, value: Value| {
            let mut item = json!({
                "tenant_id": "a", "erp": { "kind": "visma" },
                "ongoing": { "base_url": "https://x.example", "goods_owner_id": 1 }, "processes": {}, "settings": {},
            });
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            item.pointer_mut(parent).unwrap()[name] = value;
            faults(&item).join("\n")
        };
        for (pointer, value, told) in [
            ("/tenant_id", json!(7), "text is expected, not a number"),
            ("/enabled", json!("yes"), "true or false is expected, not the text \"yes\""),
            ("/erp", json!("visma"), "an object is expected, not the text \"visma\""),
            ("/erp/kind", json!(null), "text is expected, not null"),
            ("/ongoing/goods_owner_id", json!(1.5), "a whole number is expected"),
            ("/ongoing/base_url", json!(7), "text is expected, not a number"),
            ("/settings/filters", json!({}), "a list is expected, not an object"),
            ("/settings/stock_quantity", json!("all"), "all is not known; one of physical, sellable is expected"),
        ] {
            assert_eq!(problem(pointer, value), format!("{pointer}: {told}"));
        }
    }

    #[test]
    fn what_is_no_object_has_one_fault() {
        for item in [json!(null), json!([]), json!("acme"), json!([{ "tenant_id": "a" }])] {
            assert_eq!(faults(&item).len(), 1, "{item}");
        }
    }

    #[test]
    fn many_faults_end() {
        let members = (0..10_000).map(|n| (format!("m{n}"), json!(1)));
        assert_eq!(faults(&Value::Object(members.collect())).len(), MOST);
    }
}
