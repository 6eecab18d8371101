//! A DynamoDB table with the conditions that the bridge and the floor write under. What is not known here is refused, so that
//! a condition that is new is never taken for one that holds.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A refused call: the error's name, and its message.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str, pub String);

/// The result of a call.
pub type Answered = Result<String, Refused>;

const CONDITION: &str = "ConditionalCheckFailedException";
const DUPLICATE: &str = "DuplicateItemException";

fn invalid(why: impl Into<String>) -> Refused {
    Refused("ValidationException", why.into())
}

fn failed() -> Refused {
    Refused(CONDITION, "The conditional request failed".into())
}

/// An item: its revision, and its attributes as they were written.
struct Stored {
    rev: String,
    text: Box<str>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "S")]
    s: String,
}

#[derive(Deserialize)]
struct Number {
    #[serde(rename = "N")]
    n: String,
}

#[derive(Deserialize)]
struct Keys {
    pk: Text,
    sk: Text,
    rev: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call<'a> {
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    key: Option<&'a RawValue>,
    condition_expression: Option<String>,
    key_condition_expression: Option<String>,
    filter_expression: Option<String>,
    #[serde(default)]
    expression_attribute_values: HashMap<String, Value>,
    limit: Option<usize>,
    scan_index_forward: Option<bool>,
    exclusive_start_key: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch<'a> {
    #[serde(borrow)]
    request_items: HashMap<String, BatchKeys<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchKeys<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement<'a> {
    pub statement: String,
    #[serde(borrow, default)]
    pub parameters: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statements<'a> {
    #[serde(borrow)]
    statements: Vec<Statement<'a>>,
}

/// A table with a partition and a sort key.
#[derive(Default)]
pub struct Table {
    partitions: HashMap<String, BTreeMap<String, Stored>>,
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))
}

fn keys(text: &RawValue) -> Result<Keys, Refused> {
    serde_json::from_str(text.get()).map_err(|error| invalid(error.to_string()))
}

impl Table {
    /// One call by its name.
    ///
    /// # Errors
    /// As DynamoDB: a condition that does not hold, a call that cannot be read.
    pub fn call(&mut self, name: &str, body: &[u8]) -> Answered {
        match name {
            "GetItem" => self.get(body),
            "PutItem" => self.put(body),
            "DeleteItem" => self.delete(body),
            "BatchGetItem" => self.batch_get(body),
            "Query" => self.query(body),
            "BatchExecuteStatement" => self.statements(body),
            other => Err(invalid(format!("the stub has no {other}"))),
        }
    }

    fn stored(&self, keys: &Keys) -> Option<&Stored> {
        self.partitions.get(&keys.pk.s)?.get(&keys.sk.s)
    }

    fn get(&self, body: &[u8]) -> Answered {
        let call: Call<'_> = read(body)?;
        let keys = keys(call.key.ok_or_else(|| invalid("no Key"))?)?;
        Ok(self.stored(&keys).map_or_else(|| "{}".into(), |stored| format!(r#"{{"Item":{}}}"#, stored.text)))
    }

    fn put(&mut self, body: &[u8]) -> Answered {
        let call: Call<'_> = read(body)?;
        let item = call.item.ok_or_else(|| invalid("no Item"))?;
        let keys = keys(item)?;
        self.check(&keys, call.condition_expression.as_deref(), &call.expression_attribute_values)?;
        self.keep(keys, item.get());
        Ok("{}".into())
    }

    fn keep(&mut self, keys: Keys, text: &str) {
        let rev = keys.rev.map(|rev| rev.n).unwrap_or_default();
        self.partitions.entry(keys.pk.s).or_default().insert(keys.sk.s, Stored { rev, text: text.into() });
    }

    fn delete(&mut self, body: &[u8]) -> Answered {
        let call: Call<'_> = read(body)?;
        let keys = keys(call.key.ok_or_else(|| invalid("no Key"))?)?;
        self.check(&keys, call.condition_expression.as_deref(), &call.expression_attribute_values)?;
        if let Some(partition) = self.partitions.get_mut(&keys.pk.s) {
            partition.remove(&keys.sk.s);
        }
        Ok("{}".into())
    }

    fn check(&self, keys: &Keys, condition: Option<&str>, values: &HashMap<String, Value>) -> Result<(), Refused> {
        let stored = self.stored(keys);
        let holds = match condition {
            None => true,
            Some("attribute_not_exists(pk)") => stored.is_none(),
            Some(condition) => {
                let value = condition.strip_prefix("rev = ").and_then(|name| values.get(name));
                let value = value.ok_or_else(|| invalid(format!("the stub has no condition {condition}")))?;
                stored.is_some_and(|stored| value["N"] == *stored.rev)
            }
        };
        if holds { Ok(()) } else { Err(failed()) }
    }

    fn batch_get(&self, body: &[u8]) -> Answered {
        let call: Batch<'_> = read(body)?;
        let mut answers = Vec::new();
        for (table, wanted) in call.request_items {
            if wanted.keys.len() > 100 {
                return Err(invalid("Too many items requested for the BatchGetItem call"));
            }
            let mut found = Vec::new();
            for key in wanted.keys {
                found.extend(self.stored(&keys(key)?).map(|stored| &*stored.text));
            }
            answers.push(format!("{}:[{}]", Value::from(table), found.join(",")));
        }
        Ok(format!(r#"{{"Responses":{{{}}},"UnprocessedKeys":{{}}}}"#, answers.join(",")))
    }

    fn query(&self, body: &[u8]) -> Answered {
        let call: Call<'_> = read(body)?;
        let value = |name: &str| call.expression_attribute_values.get(name).and_then(|value| value["S"].as_str());
        let prefix = match call.key_condition_expression.as_deref() {
            Some("pk = :pk") => "",
            Some("pk = :pk AND begins_with(sk, :prefix)") => value(":prefix").unwrap_or_default(),
            other => return Err(invalid(format!("the stub has no key condition {other:?}"))),
        };
        let wanted = |stored: &Stored| match call.filter_expression.as_deref() {
            None => Ok(true),
            Some("body.#number = :number") => {
                let item: Value = serde_json::from_str(&stored.text).map_err(|error| invalid(error.to_string()))?;
                Ok(item["body"]["M"]["number"]["S"].as_str() == value(":number"))
            }
            Some(other) => Err(invalid(format!("the stub has no filter {other}"))),
        };
        let pk = value(":pk").unwrap_or_default();
        let Some(partition) = self.partitions.get(pk) else { return Ok(r#"{"Items":[],"Count":0}"#.into()) };
        let after = call.exclusive_start_key.as_ref().and_then(|key| key["sk"]["S"].as_str());
        let forward = call.scan_index_forward != Some(false);
        let under = partition.range(prefix.to_owned()..).take_while(|(sk, _)| sk.starts_with(prefix));
        let beyond = |sk: &str| after.is_none_or(|after| if forward { sk > after } else { sk < after });
        let mut rows: Vec<_> = under.filter(|(sk, _)| beyond(sk)).collect();
        if !forward {
            rows.reverse();
        }
        let limit = call.limit.unwrap_or(usize::MAX);
        let last = rows.get(limit.saturating_sub(1)).filter(|_| rows.len() > limit).map(|(sk, _)| (*sk).clone());
        let mut found = Vec::new();
        for (_, stored) in rows.into_iter().take(limit) {
            if wanted(stored)? {
                found.push(&*stored.text);
            }
        }
        let last = last.map(|sk| json!({ "pk": { "S": pk }, "sk": { "S": sk } }));
        let last = last.map(|key| format!(r#","LastEvaluatedKey":{key}"#)).unwrap_or_default();
        Ok(format!(r#"{{"Items":[{}],"Count":{}{last}}}"#, found.join(","), found.len()))
    }

    /// Each statement stands for itself, as in DynamoDB: one that is refused leaves the others done.
    fn statements(&mut self, body: &[u8]) -> Answered {
        let call: Statements<'_> = read(body)?;
        if call.statements.len() > 25 {
            return Err(invalid("Member must have length less than or equal to 25"));
        }
        let mut answers = Vec::new();
        for statement in &call.statements {
            answers.push(match super::partiql::run(self, statement) {
                Ok(()) => r#"{"TableName":"state"}"#.to_owned(),
                Err(Refused(code, message)) => {
                    // Named otherwise than the error of a single call.
                    let code = match code {
                        CONDITION => "ConditionalCheckFailed",
                        DUPLICATE => "DuplicateItem",
                        _ => "ValidationError",
                    };
                    json!({ "Error": { "Code": code, "Message": message } }).to_string()
                }
            });
        }
        Ok(format!(r#"{{"Responses":[{}]}}"#, answers.join(",")))
    }

    pub(super) fn insert(&mut self, text: &str) -> Result<(), Refused> {
        let keys: Keys = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        if self.stored(&keys).is_some() {
            return Err(Refused(DUPLICATE, "Duplicate primary key exists in table".into()));
        }
        self.keep(keys, text);
        Ok(())
    }

    /// The attributes of an item where it is of this revision.
    pub(super) fn of_revision(
        &self,
        pk: &str,
        sk: &str,
        rev: &str,
    ) -> Result<BTreeMap<String, Box<RawValue>>, Refused> {
        let stored = self.partitions.get(pk).and_then(|partition| partition.get(sk)).filter(|stored| stored.rev == rev);
        let stored = stored.ok_or_else(failed)?;
        serde_json::from_str(&stored.text).map_err(|error| invalid(error.to_string()))
    }

    pub(super) fn replace(&mut self, text: &str) -> Result<(), Refused> {
        let keys: Keys = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        self.keep(keys, text);
        Ok(())
    }
}
