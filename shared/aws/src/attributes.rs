//! Converts between DynamoDB attribute values and JSON without loss: a number stays text and never becomes a float.

use std::collections::HashMap;
use std::str::FromStr as _;

use aws_sdk_dynamodb::types::AttributeValue;
use bridge::words::fault::Fault;
use serde_json::{Map, Number, Value};

/// A number has at most so many digits in DynamoDB; a longer one would be refused.
const DIGITS: usize = 38;

/// What cannot be carried over, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct NotExact {
    /// JSON pointer.
    pub path: String,
    /// What is wrong there.
    pub problem: &'static str,
}

impl From<NotExact> for Fault {
    fn from(error: NotExact) -> Self {
        Self::Unexpected(format!("cannot be kept in or read from DynamoDB: {error}"))
    }
}

impl NotExact {
    fn here(problem: &'static str) -> Self {
        Self { path: String::new(), problem }
    }

    fn below(mut self, segment: &str) -> Self {
        self.path = format!("/{}{}", segment.replace('~', "~0").replace('/', "~1"), self.path);
        self
    }
}

/// JSON as an attribute value.
///
/// # Errors
/// A number with more digits than DynamoDB keeps.
pub fn attribute(value: &Value) -> Result<AttributeValue, NotExact> {
    Ok(match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(flag) => AttributeValue::Bool(*flag),
        Value::Number(number) => AttributeValue::N(exact_number(number)?),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(list) => {
            let list = list.iter().enumerate();
            AttributeValue::L(list.map(|(at, one)| attribute(one).map_err(below(at))).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let members = members.iter();
            let carried = members.map(|(name, one)| Ok((name.clone(), attribute(one).map_err(|e| e.below(name))?)));
            AttributeValue::M(carried.collect::<Result<_, _>>()?)
        }
    })
}

/// An attribute value as JSON; a set becomes a list.
///
/// # Errors
/// Binary values, which JSON does not have.
pub fn json(value: &AttributeValue) -> Result<Value, NotExact> {
    Ok(match value {
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::Bool(flag) => Value::Bool(*flag),
        AttributeValue::N(text) => number(text)?,
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::Ss(texts) => texts.iter().cloned().map(Value::String).collect(),
        AttributeValue::Ns(texts) => {
            let numbers = texts.iter().enumerate();
            Value::Array(numbers.map(|(at, text)| number(text).map_err(below(at))).collect::<Result<_, _>>()?)
        }
        AttributeValue::L(list) => {
            let list = list.iter().enumerate();
            Value::Array(list.map(|(at, one)| json(one).map_err(below(at))).collect::<Result<_, _>>()?)
        }
        AttributeValue::M(members) => Value::Object(object(members)?),
        AttributeValue::B(_) | AttributeValue::Bs(_) => return Err(NotExact::here("a binary value is not expected")),
        _ => return Err(NotExact::here("a value of an unknown type is not expected")),
    })
}

/// A whole item or map as a JSON object.
///
/// # Errors
/// As [`json`].
pub fn object(members: &HashMap<String, AttributeValue>) -> Result<Map<String, Value>, NotExact> {
    members.iter().map(|(name, one)| Ok((name.clone(), json(one).map_err(|e| e.below(name))?))).collect()
}

fn below(at: usize) -> impl Fn(NotExact) -> NotExact {
    move |error| error.below(&at.to_string())
}

fn exact_number(number: &Number) -> Result<String, NotExact> {
    let text = number.to_string();
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if digits.trim_start_matches('0').len() > DIGITS {
        return Err(NotExact::here("a number of more than 38 digits"));
    }
    Ok(text)
}

fn number(text: &str) -> Result<Value, NotExact> {
    Number::from_str(text).map(Value::Number).map_err(|_| NotExact::here("a number cannot be read"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;
    use serde_json::json;

    use super::*;

    fn there_and_back(text: &str) -> String {
        let value: Value = serde_json::from_str(text).unwrap();
        super::json(&attribute(&value).unwrap()).unwrap().to_string()
    }

    #[test]
    fn every_json_value_comes_back_as_it_was() {
        for text in [
            "null",
            "true",
            "\"\"",
            "[]",
            "{}",
            "0.1",
            "-12345678901234567890123456789012345678",
            "1234567890123456789.0123456789012345678",
            "1e-7",
            r#"{"a":[{"b":[null,[1.10,{"c":false}]]},"å"],"d":{"e":{}}}"#,
        ] {
            assert_eq!(there_and_back(text), text);
        }
    }

    #[test]
    fn numbers_travel_as_their_own_text() {
        let value: Value = serde_json::from_str("79228162514264337593543950.335").unwrap();
        assert_eq!(attribute(&value), Ok(AttributeValue::N("79228162514264337593543950.335".into())));
    }

    #[test]
    fn a_number_that_would_lose_digits_is_refused_with_its_place() {
        let value: Value = serde_json::from_str(r#"{"a/b":[1,123456789012345678901234567890123456789]}"#).unwrap();
        assert_eq!(attribute(&value).unwrap_err().path, "/a~1b/1");
        let small: Value = serde_json::from_str("0.00000000000000000000000000000000000000001").unwrap();
        assert!(attribute(&small).is_ok());
    }

    #[test]
    fn sets_become_lists() {
        let texts = AttributeValue::Ss(vec!["a".into(), "b".into()]);
        let numbers = AttributeValue::Ns(vec!["1".into(), "2.50".into()]);
        assert_eq!(super::json(&texts), Ok(json!(["a", "b"])));
        assert_eq!(super::json(&numbers).unwrap().to_string(), "[1,2.50]");
    }

    #[test]
    fn binary_is_refused_with_its_place() {
        let inner = AttributeValue::M(HashMap::from([("b".into(), AttributeValue::B(Blob::new([1])))]));
        let item = HashMap::from([("a".into(), AttributeValue::L(vec![AttributeValue::Null(true), inner]))]);
        assert_eq!(object(&item).unwrap_err().path, "/a/1/b");
        assert!(super::json(&AttributeValue::Bs(vec![])).is_err());
        assert!(super::json(&AttributeValue::N("NaN".into())).is_err());
    }
}
