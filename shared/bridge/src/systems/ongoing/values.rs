//! A tenant's value maps on a body of Ongoing's: after the mapping and `extra_fields`, before texts are cut.

use serde_json::Value;

use crate::tenant::{Mapped, ValueMap};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::vocabulary::ongoing;

/// What a map says of one member.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The member, as a JSON pointer into the body.
    pub path: String,
    /// Its value by the mapping.
    pub before: Value,
    /// The map that lists it, or says what becomes of what is not listed, by its place in the setting `values`.
    pub rule: usize,
    /// What it becomes; `None` where it is left out, or parks its record.
    pub after: Option<Value>,
    /// Whether it parks its record.
    pub parks: bool,
}

/// What the maps say of one member with this value; `None` where there is no map of it. The member is a JSON pointer into the
/// body, in which a row goes by its place.
#[must_use]
pub fn told(feed: Feed, path: &str, before: &Value, maps: &[ValueMap]) -> Option<Told> {
    let (rule, map) = maps.iter().enumerate().find(|(_, map)| map.feed == feed && covers(&map.at, path))?;
    let mapped = map.of(before);
    let after = match mapped {
        Mapped::To(value) => Some(ongoing::fitted(path, &Value::from(value))),
        Mapped::Kept => Some(before.clone()),
        Mapped::Parked | Mapped::Dropped => None,
    };
    Some(Told { path: path.to_owned(), before: before.clone(), rule, after, parks: mapped == Mapped::Parked })
}

/// Maps the values of a body, and says what became another. What is left out is `null` until absent members are dropped.
///
/// # Errors
/// [`Fault::Rejected`] with the path of the first value that parks its record.
pub fn apply(feed: Feed, body: &mut Value, maps: &[ValueMap]) -> Result<Vec<Told>> {
    let found = all(feed, body, maps);
    if let Some(parks) = found.iter().find(|told| told.parks) {
        return Err(Fault::rejected(&parks.path, unlisted(parks)));
    }
    let changed: Vec<Told> = found.into_iter().filter(|told| told.after.as_ref() != Some(&told.before)).collect();
    for told in &changed {
        let pair = told.path.strip_suffix("/code");
        let name = pair.map(|pair| format!("{pair}/name"));
        // A name that is the code itself says the same, and half a pair may be no pair.
        let follows = name.filter(|name| {
            let own = maps.iter().any(|map| map.feed == feed && map.at == *name);
            !own && (told.after.is_none() || body.pointer(name) == Some(&told.before))
        });
        for path in [Some(told.path.clone()), follows].into_iter().flatten() {
            if let Some(place) = body.pointer_mut(&path) {
                *place = told.after.clone().unwrap_or_default();
            }
        }
    }
    Ok(changed)
}

/// What the maps say of all members of a body that they are about.
fn all(feed: Feed, body: &Value, maps: &[ValueMap]) -> Vec<Told> {
    let mut found = Vec::new();
    for map in maps.iter().filter(|map| map.feed == feed) {
        for (path, value) in at(body, &map.at) {
            found.extend(told(feed, &path, value, maps).filter(|told| !told.before.is_null()));
        }
    }
    found
}

/// The values at a pointer in which `*` stands for every row, each with its own pointer.
#[must_use]
pub fn at<'a>(body: &'a Value, pointer: &str) -> Vec<(String, &'a Value)> {
    let mut found = vec![(String::new(), body)];
    for name in pointer.split('/').skip(1) {
        found = found
            .into_iter()
            .flat_map(|(path, value)| match (name, value) {
                ("*", Value::Array(rows)) => {
                    rows.iter().enumerate().map(|(at, row)| (format!("{path}/{at}"), row)).collect()
                }
                _ => value.get(name).map(|member| (format!("{path}/{name}"), member)).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    found
}

fn covers(at: &str, path: &str) -> bool {
    let (at, path): (Vec<&str>, Vec<&str>) = (at.split('/').collect(), path.split('/').collect());
    let place = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    at.len() == path.len() && at.iter().zip(path).all(|(at, name)| *at == name || *at == "*" && place(name))
}

/// Reasons are logged, and a person's name and address are not.
fn unlisted(parks: &Told) -> String {
    const WORDS: [&str; 4] = ["countryCode", "countryStateCode", "code", "customerNumber"];
    let name = parks.path.rsplit('/').next().unwrap_or_default();
    let personal =
        parks.path.starts_with("/consignee/") && !WORDS.contains(&name) || parks.path.contains("Notification");
    let value = if personal { "the value".to_owned() } else { format!("the value {}", parks.before) };
    format!("{value} is not listed in /settings/values/{}; bridgectl values lists what there is", parks.rule)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn maps(maps: Value) -> Vec<ValueMap> {
        serde_json::from_value(maps).unwrap()
    }

    #[test]
    fn a_listed_value_becomes_the_other_and_what_is_not_listed_goes_by_else() {
        let body = json!({"wayOfDelivery": {"code": "1", "name": "Bud"}, "orderRemark": "x"});
        for (code, otherwise, expected) in [
            ("1", "keep", json!({"code": "DHL", "name": "Bud"})),
            ("2", "keep", json!({"code": "2", "name": "Bud"})),
            ("2", "drop", json!({"code": null, "name": null})),
        ] {
            let maps =
                maps(json!([{"feed": "orders", "at": "/wayOfDelivery/code", "map": {"1": "DHL"}, "else": otherwise}]));
            let mut body = body.clone();
            body["wayOfDelivery"]["code"] = json!(code);
            let told = apply(Feed::Orders, &mut body, &maps).unwrap();
            assert_eq!(body["wayOfDelivery"], expected, "{code} {otherwise}");
            assert_eq!(told.len(), usize::from(code == "1" || otherwise == "drop"));
            assert_eq!(apply(Feed::PurchaseOrders, &mut body, &maps).unwrap(), []);
        }
        let maps = maps(json!([{"feed": "orders", "at": "/wayOfDelivery/code", "map": {"7": "DHL"}, "else": "park"}]));
        let fault = apply(Feed::Orders, &mut body.clone(), &maps).unwrap_err().to_string();
        assert!(
            fault.contains("/wayOfDelivery/code") && fault.contains("\"1\"") && fault.contains("values/0"),
            "{fault}"
        );
        assert_eq!(
            apply(Feed::Orders, &mut json!({"orderRemark": "x"}), &maps).unwrap(),
            [],
            "what is absent is not mapped"
        );
    }

    #[test]
    fn a_name_that_is_the_code_goes_with_it_and_numbers_are_listed_as_texts() {
        let maps = maps(json!([
            {"feed": "orders", "at": "/wayOfDelivery/code", "map": {"1": "DHL"}},
            {"feed": "orders", "at": "/warehouseId", "map": {"OSLO": "2"}},
        ]));
        let mut body = json!({"wayOfDelivery": {"code": "1", "name": "1"}, "warehouseId": "OSLO"});
        apply(Feed::Orders, &mut body, &maps).unwrap();
        assert_eq!(body, json!({"wayOfDelivery": {"code": "DHL", "name": "DHL"}, "warehouseId": 2}));
    }

    #[test]
    fn every_row_is_mapped_and_one_member_can_be_asked_for() {
        let maps = maps(json!([
            {"feed": "articles", "at": "/unitCode", "map": {"1": "st"}},
            {"feed": "orders", "at": "/orderLines/*/prices/currencyCode", "map": {"kr": "SEK"}, "else": "drop"},
        ]));
        let mut body = json!({"orderLines": [
            {"prices": {"currencyCode": "kr"}}, {"prices": null}, {"prices": {"currencyCode": "NOK"}}]});
        let told_of: Vec<(String, Option<Value>)> =
            apply(Feed::Orders, &mut body, &maps).unwrap().into_iter().map(|told| (told.path, told.after)).collect();
        let path = |row: usize| format!("/orderLines/{row}/prices/currencyCode");
        assert_eq!(told_of, [(path(0), Some(json!("SEK"))), (path(2), None)]);
        let one = told(Feed::Orders, &path(7), &json!("kr"), &maps).unwrap();
        assert_eq!((one.rule, one.after, one.parks), (1, Some(json!("SEK")), false));
        assert_eq!(told(Feed::Orders, "/orderLines/x/prices/currencyCode", &json!("kr"), &maps), None);
    }

    #[test]
    fn a_reason_does_not_tell_a_person_s_name() {
        let maps = maps(json!([{"feed": "orders", "at": "/consignee/name", "map": {"x": "y"}, "else": "park"}]));
        let fault = apply(Feed::Orders, &mut json!({"consignee": {"name": "Kari Nordmann"}}), &maps).unwrap_err();
        assert!(!fault.to_string().contains("Kari"), "{fault}");
    }
}
