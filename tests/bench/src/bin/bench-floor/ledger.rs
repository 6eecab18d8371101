//! A ledger in its cheapest form that still writes nothing over what it has not read: 100 a read, 25 a conditional write.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementRequest, KeysAndAttributes};

use crate::Failed;

const TABLE: &str = "state";
const PARTITION: &str = "floor";
const READ: usize = 100;
const WRITE: usize = 25;

const INSERT: &str = r#"INSERT INTO "state" VALUE {'pk': ?, 'sk': ?, 'rev': ?, 'body': ?}"#;
const UPDATE: &str = r#"UPDATE "state" SET rev = ?, body = ? WHERE pk = ? AND sk = ? AND rev = ?"#;

/// What is kept of a record.
#[derive(Clone, Default)]
pub struct Entry {
    /// Its revision; 0 of one that is not there.
    pub rev: u64,
    /// What it was last.
    pub seen: String,
}

/// The ledger.
pub struct Ledger(Client);

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

impl Ledger {
    /// A ledger in the state table.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// What there is of these keys.
    pub async fn read(&self, keys: &[String]) -> Result<HashMap<String, Entry>, Failed> {
        let mut found = HashMap::with_capacity(keys.len());
        for keys in keys.chunks(READ) {
            let key = |key: &String| HashMap::from([("pk".into(), text(PARTITION)), ("sk".into(), text(key))]);
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys.iter().map(key).collect()));
            let call = self.0.batch_get_item().request_items(TABLE, wanted.consistent_read(true).build()?);
            let rows = call.send().await?.responses.unwrap_or_default().remove(TABLE).unwrap_or_default();
            found.extend(rows.into_iter().filter_map(|mut row| {
                let rev = row.get("rev")?.as_n().ok()?.parse().ok()?;
                let seen = row.get("body")?.as_m().ok()?.get("seen")?.as_s().ok()?.clone();
                match row.remove("sk") {
                    Some(AttributeValue::S(key)) => Some((key, Entry { rev, seen })),
                    _ => None,
                }
            }));
        }
        Ok(found)
    }

    /// Writes entries where they are as they were read.
    pub async fn write(&self, entries: &[(String, Entry)]) -> Result<(), Failed> {
        for entries in entries.chunks(WRITE) {
            let statements = entries.iter().map(statement).collect::<Result<Vec<_>, _>>()?;
            let done = self.0.batch_execute_statement().set_statements(Some(statements)).send().await?;
            if let Some(error) = done.responses().iter().find_map(|response| response.error()) {
                return Err(format!("a write was refused: {error:?}").into());
            }
        }
        Ok(())
    }
}

fn statement((key, read): &(String, Entry)) -> Result<BatchStatementRequest, Failed> {
    let body = AttributeValue::M(HashMap::from([("seen".into(), text(&read.seen))]));
    let rev = |rev: u64| AttributeValue::N(rev.to_string());
    let (statement, parameters) = if read.rev == 0 {
        (INSERT, vec![text(PARTITION), text(key), rev(1), body])
    } else {
        (UPDATE, vec![rev(read.rev + 1), body, text(PARTITION), text(key), rev(read.rev)])
    };
    Ok(BatchStatementRequest::builder().statement(statement).set_parameters(Some(parameters)).build()?)
}
