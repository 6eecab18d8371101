//! Value maps (contract, section 2): what a value of the ERP's is called in the warehouse. Which carrier `2` is, what a
//! unit or a term is called, each third-party logistics provider says for itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::feed::Feed;

/// One map: of one member of Ongoing's body.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ValueMap {
    /// Of which feed.
    pub feed: Feed,
    /// In Ongoing's body; `*` stands for every row.
    pub at: String,
    /// What becomes of a value, by the value; `17` and `"17"` are the same.
    pub map: BTreeMap<String, String>,
    /// What becomes of a value that is not listed.
    #[serde(default, rename = "else")]
    pub otherwise: Otherwise,
}

/// What becomes of a value that a map does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// It goes as it is.
    #[default]
    Keep,
    /// The record is parked.
    Park,
    /// The member is left out.
    Drop,
}

/// What a map makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapped<'a> {
    /// Another value.
    To(&'a str),
    /// The value as it is.
    Kept,
    /// None: its record is parked.
    Parked,
    /// None: the member is left out.
    Dropped,
}

impl ValueMap {
    /// What becomes of a value. Nothing but texts, numbers and truths can be listed.
    #[must_use]
    pub fn of(&self, value: &Value) -> Mapped<'_> {
        match text(value).and_then(|value| self.map.get(value.trim())) {
            Some(to) => Mapped::To(to),
            None => match self.otherwise {
                Otherwise::Keep => Mapped::Kept,
                Otherwise::Park => Mapped::Parked,
                Otherwise::Drop => Mapped::Dropped,
            },
        }
    }
}

/// A value as a map lists it; `None` of what has members or is none.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
