//! `returnProperties`: only what is named comes back (Finago sheet, sections 2.1 and 5.2).

use serde_json::{Map, Value};

use super::codec;
use super::schema;
use super::soap::Fault;

/// The names asked for, checked against the type. `APIException` is not a name that may be asked for.
pub(super) fn names<'v>(args: &'v Value, member: &str, type_name: &str) -> Result<Vec<&'v str>, Fault> {
    let names = codec::list(args, member, "string").unwrap_or_default();
    let members = schema::members(type_name).unwrap_or_default();
    let known = |name: &str| name != "APIException" && members.iter().any(|member| member.name == name);
    match names.iter().find(|name| !known(name)) {
        Some(name) => Err(Fault::server(&format!("{name} is not a valid return property of {type_name}"))),
        None => Ok(names),
    }
}

/// The record with the named members alone.
pub(super) fn pick(record: &Value, names: &[&str]) -> Value {
    let pair = |name: &&str| record.get(*name).map(|value| ((*name).to_owned(), value.clone()));
    Value::Object(names.iter().filter_map(pair).collect::<Map<_, _>>())
}

/// An `APIException` as it sits inside a refused item.
pub(super) fn exception(kind: &str, message: &str) -> Value {
    serde_json::json!({ "Type": kind, "Message": message, "StackTrace": "" })
}
