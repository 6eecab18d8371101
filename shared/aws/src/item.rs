//! Converts items of the state table to and from DynamoDB attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use bridge::ports::Item;
use bridge::words::fault::{Fault, Result};
use jiff::Timestamp;

use crate::attributes::{attribute, json};

/// An item as the SDK has it.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// The table's key.
pub(crate) fn key(pk: &str, sk: &str) -> Attributes {
    HashMap::from([("pk".into(), AttributeValue::S(pk.into())), ("sk".into(), AttributeValue::S(sk.into()))])
}

/// An item as it is written.
pub(crate) fn plain(item: &Item) -> Result<Attributes> {
    let mut attributes = key(&item.pk, &item.sk);
    attributes.insert("rev".into(), AttributeValue::N(item.rev.to_string()));
    attributes.insert("body".into(), attribute(&item.body)?);
    if let Some(expires) = item.expires {
        attributes.insert("expires".into(), AttributeValue::N(expires.as_second().to_string()));
    }
    Ok(attributes)
}

/// An item as it was read.
pub(crate) fn item(mut attributes: Attributes) -> Result<Item> {
    let pk = text(attributes.remove("pk")).ok_or_else(|| malformed("pk"))?;
    let sk = text(attributes.remove("sk")).ok_or_else(|| malformed("sk"))?;
    let rev = attributes.remove("rev").and_then(|rev| rev.as_n().ok()?.parse().ok()).ok_or_else(|| malformed("rev"))?;
    let body = json(&attributes.remove("body").ok_or_else(|| malformed("body"))?)?;
    let expires = match attributes.remove("expires") {
        None => None,
        Some(at) => {
            let at = at.as_n().ok().and_then(|at| Timestamp::from_second(at.parse().ok()?).ok());
            Some(at.ok_or_else(|| malformed("expires"))?)
        }
    };
    Ok(Item { pk, sk, rev, body, expires })
}

fn text(value: Option<AttributeValue>) -> Option<String> {
    match value {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

fn malformed(member: &str) -> Fault {
    Fault::Unexpected(format!("an item of the state table has no good {member}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_is_plain_attributes_and_comes_back() {
        let expires = Some(Timestamp::from_second(1_800_000_000).unwrap());
        let item = Item { pk: "a".into(), sk: "b".into(), rev: 7, body: json!({ "c": [1, "x"] }), expires };
        let kept = plain(&item).unwrap();
        assert_eq!(kept["expires"], AttributeValue::N("1800000000".into()));
        assert!(kept["body"].is_m());
        assert_eq!(super::item(kept).unwrap(), item);
        let lasting = Item { expires: None, ..item };
        assert!(!plain(&lasting).unwrap().contains_key("expires"));
    }

    #[test]
    fn an_item_that_somebody_spoilt_is_named() {
        let mut kept =
            plain(&Item { pk: "a".into(), sk: "b".into(), rev: 1, body: json!(null), expires: None }).unwrap();
        kept.insert("rev".into(), AttributeValue::S("one".into()));
        assert!(super::item(kept).unwrap_err().to_string().contains("rev"));
    }
}
