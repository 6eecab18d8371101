//! Whole documents in batches, and what is joined to them (Procountor sheet, section 2).

use std::collections::{HashMap, HashSet};
use std::future::ready;

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use super::super::without_id;
use super::{Listed, Procountor};
use crate::http::Call;
use crate::systems::bisect::{self, Batch};
use crate::systems::erp::{Change, Standing, What};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// What is said of a record that the answer leaves out.
pub(super) const GONE: &str = "the record is not among those that can be read";

/// Records asked for in one call; up to 200 are allowed, fewer keep the answers small.
const BATCH: usize = 50;

/// The id of no record.
const NO_RECORD: i64 = 2_147_483_647;

/// Batches read at the same time; the pace holds them apart.
const AT_ONCE: usize = 2;

/// Records of a resource.
struct Records<'a> {
    procountor: &'a Procountor<'a>,
    resource: &'static str,
}

impl Batch for Records<'_> {
    type Key = i64;
    type Row = (i64, Value);

    async fn read(&self, ids: &[i64], once: bool) -> Result<Vec<(i64, Value)>> {
        self.procountor.records(self.resource, ids, once).await
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[NO_RECORD], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.procountor.client.has_time()
    }
}

impl Procountor<'_> {
    /// The whole documents of list rows, each with the fault that kept it from being read; as far as the time allows.
    ///
    /// # Errors
    /// When nobody may read any.
    pub(super) async fn details(&self, listed: Vec<Listed>) -> Result<Vec<(Listed, Result<Value>)>> {
        let mut listed = listed.into_iter().peekable();
        let mut batches: Vec<Vec<Listed>> = Vec::new();
        while listed.peek().is_some() {
            batches.push(listed.by_ref().take(BATCH).collect());
        }
        let read: Vec<Result<_>> = stream::iter(batches)
            .take_while(|_| ready(self.client.has_time()))
            .map(|batch| self.batch("invoices", batch))
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut all = Vec::new();
        for batch in read {
            all.extend(batch?);
        }
        Ok(all)
    }

    async fn batch(&self, resource: &'static str, listed: Vec<Listed>) -> Result<Vec<(Listed, Result<Value>)>> {
        let ids: Vec<i64> = listed.iter().filter_map(|listed| listed.row["id"].as_i64()).collect();
        let read = bisect::read(&Records { procountor: self, resource }, &ids).await?;
        let left: HashSet<i64> = ids[read.done..].iter().copied().collect();
        let mut found: HashMap<i64, Result<Value>> = read.rows.into_iter().map(|(id, whole)| (id, Ok(whole))).collect();
        found.extend(read.unread.into_iter().map(|(id, fault)| (id, Err(fault))));
        let whole = |listed: Listed| {
            let id = listed.row["id"].as_i64().unwrap_or_default();
            let missing = || Err(Fault::Unexpected(GONE.into()));
            (!left.contains(&id)).then(|| (listed, found.remove(&id).unwrap_or_else(missing)))
        };
        Ok(listed.into_iter().filter_map(whole).collect())
    }

    /// Records of a resource by their ids: a list, a bare object where one id was asked for, 404 where none exists.
    pub(super) async fn records(&self, resource: &str, ids: &[i64], once: bool) -> Result<Vec<(i64, Value)>> {
        let joined = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let call = Call::get(self.url(&format!("{resource}/{joined}"), &[]));
        let records = match self.answered(&if once { call.once() } else { call }).await {
            Ok(Value::Array(records)) => records,
            Ok(Value::Null) => Vec::new(),
            Ok(record) => vec![record],
            Err(fault) if crate::http::classify::is_gone(&fault) => Vec::new(),
            Err(fault) => return Err(fault),
        };
        Ok(records.into_iter().filter_map(|record| Some((record["id"].as_i64()?, record))).collect())
    }

    /// Products by their keys, as they are now.
    ///
    /// # Errors
    /// When nobody may read any.
    pub(super) async fn products(&self, keys: &[String]) -> Result<Vec<Change>> {
        let types = self.product_types();
        let mut changes: Vec<Change> = without_ids(keys).collect();
        for batch in keys.chunks(BATCH) {
            if !self.client.has_time() {
                break;
            }
            for (listed, whole) in self.batch("products", by_key(batch)).await? {
                changes.push(match whole {
                    Ok(row) => self.product(Listed { version: self.version(&row), row, ..listed }, &types),
                    Err(Fault::Unexpected(why)) if why == GONE => gone(&listed),
                    Err(fault) => super::invoice(&listed.row, String::new(), What::Unread(fault)),
                });
            }
        }
        Ok(changes)
    }

    /// Reads what documents need beside themselves: the company, where a counterparty has no country; the counterparties'
    /// entries in the register, where text messages are wanted. Whether there was time for all of it.
    ///
    /// # Errors
    /// What concerns all documents.
    pub(super) async fn join<'w>(&self, feed: Feed, wholes: impl Iterator<Item = &'w Value>) -> Result<bool> {
        if feed != Feed::Orders {
            return Ok(true);
        }
        let (mut partners, mut homeless) = (HashSet::new(), false);
        for whole in wholes {
            homeless |= without_country(whole);
            partners.extend(whole["partnerId"].as_i64());
        }
        if homeless && self.session.borrow().is_none() {
            let session = optional(self.get("sessioninfo", &[]).await)?;
            *self.session.borrow_mut() = Some(session.unwrap_or_default());
        }
        if self.tenant.settings.notify_by_sms != Some(true) {
            return Ok(true);
        }
        let mut missing: Vec<i64> =
            partners.into_iter().filter(|id| !self.partners.borrow().contains_key(id)).collect();
        missing.sort_unstable();
        for batch in missing.chunks(BATCH) {
            let read = bisect::read(&Records { procountor: self, resource: "businesspartners" }, batch).await?;
            let mut partners = self.partners.borrow_mut();
            partners.extend(read.rows.into_iter().map(|(id, partner)| (id, Ok(partner))));
            partners.extend(read.unread.into_iter().map(|(id, fault)| (id, Err(fault))));
            if read.done < batch.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds what was read beside a document to it.
    ///
    /// # Errors
    /// What kept it from being read and may pass; what is refused is done without.
    pub(super) fn add_joined(&self, feed: Feed, whole: &mut Value) -> Result<()> {
        if feed != Feed::Orders || !whole.is_object() {
            return Ok(());
        }
        if without_country(whole)
            && let Some(session) = self.session.borrow().as_ref()
        {
            whole["sessionInfo"] = session.clone();
        }
        if let Some(partner) = whole["partnerId"].as_i64().and_then(|id| self.partners.borrow().get(&id).cloned())
            && let Some(partner) = optional(partner)?
        {
            whole["businessPartner"] = partner;
        }
        Ok(())
    }
}

/// Rows as a list would show them, of which nothing but the id is known.
pub(super) fn by_key(keys: &[String]) -> Vec<Listed> {
    let ids = keys.iter().filter_map(|key| key.parse::<i64>().ok());
    // Whoever asks for a record by its key wants it.
    let listed = |id| Listed { row: json!({ "id": id }), version: String::new(), standing: Standing::AskedFor };
    ids.map(listed).collect()
}

/// Keys that are no ids.
pub(super) fn without_ids(keys: &[String]) -> impl Iterator<Item = Change> {
    keys.iter().filter(|key| key.parse::<i64>().is_err()).map(|key| without_id(key))
}

pub(super) fn gone(listed: &Listed) -> Change {
    super::invoice(&listed.row, String::new(), What::Gone("the record is gone in Procountor".into()))
}

/// The ids of a list's rows that have exactly this number: some filters find parts of one.
pub(super) fn numbered(body: &Value, member: &str, number: &str) -> Vec<String> {
    let rows = body["results"].as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter(|row| super::text(&row[member]).as_deref() == Some(number)).map(super::key).collect()
}

fn without_country(whole: &Value) -> bool {
    let country = whole["counterParty"]["counterPartyAddress"]["country"].as_str();
    country.is_none_or(|country| country.trim().is_empty())
}

/// What can be done without, unless it comes by itself a little later.
fn optional<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(fault) if fault.passes_by_itself() || matches!(fault, Fault::Unauthorized(_)) => Err(fault),
        Err(_) => Ok(None),
    }
}
