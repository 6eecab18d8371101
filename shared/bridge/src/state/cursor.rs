//! Cursors on the state table.
//!
//! A cursor moves only by a conditional write from the revision that was read, after everything before it is on the queue.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::json;

use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

const PREFIX: &str = "cursor#";

/// A cursor with the revision it was read at; 0 where none is stored.
#[derive(Clone, Debug, Default)]
pub struct StoredCursor {
    /// Revision.
    pub rev: u64,
    /// Where to go on.
    pub cursor: Option<Cursor>,
    /// Within a walk through all changes that one run did not end: when that walk began. What changed since may stand behind
    /// the cursor.
    pub walk_began: Option<Timestamp>,
}

/// Reads a feed's cursor.
///
/// # Errors
/// When the store cannot be reached, or holds something that is no cursor.
pub async fn read(ports: &Ports, tenant_id: &str, feed: Feed) -> Result<StoredCursor> {
    match ports.state.get(&Tenant::partition(tenant_id), &format!("{PREFIX}{feed}")).await? {
        Some(item) => stored(tenant_id, feed, &item),
        None => Ok(StoredCursor::default()),
    }
}

/// Reads the cursors of all feeds that have one; what cannot be read of one is no other's fault.
///
/// # Errors
/// When the store cannot be reached.
pub async fn read_all(ports: &Ports, tenant_id: &str) -> Result<HashMap<Feed, Result<StoredCursor>>> {
    let items = ports.state.list(&Tenant::partition(tenant_id), PREFIX, usize::MAX).await?;
    let of = |item: &Item| item.sk.strip_prefix(PREFIX)?.parse::<Feed>().ok();
    Ok(items
        .iter()
        .filter_map(|item| Some((of(item)?, item)))
        .map(|(feed, item)| (feed, stored(tenant_id, feed, item)))
        .collect())
}

fn stored(tenant_id: &str, feed: Feed, item: &Item) -> Result<StoredCursor> {
    let cursor = serde_json::from_value(item.body["cursor"].clone())
        .map_err(|error| Fault::Unexpected(format!("the cursor of {tenant_id} {feed} cannot be read: {error}")))?;
    let walk_began = item.body["walk_began"].as_str().and_then(|at| at.parse().ok());
    Ok(StoredCursor { rev: item.rev, cursor: Some(cursor), walk_began })
}

/// Moves a cursor from where it was read. `walk_began`: when the walk began that goes on from there; `None` where it ended.
///
/// # Errors
/// [`Fault::Unavailable`] when somebody else moved it in between: what was queued is safe, and the run is over.
pub async fn advance(
    ports: &Ports,
    tenant_id: &str,
    feed: Feed,
    from: &StoredCursor,
    to: &Cursor,
    walk_began: Option<Timestamp>,
) -> Result<StoredCursor> {
    let item = Item {
        pk: Tenant::partition(tenant_id),
        sk: format!("{PREFIX}{feed}"),
        rev: from.rev + 1,
        body: json!({ "cursor": to, "moved_at": ports.clock.now(), "walk_began": walk_began }),
        expires: None,
    };
    match ports.state.put(item).await? {
        Put::Done => Ok(StoredCursor { rev: from.rev + 1, cursor: Some(to.clone()), walk_began }),
        Put::Conflict => Err(Fault::unavailable(format!("the cursor of {tenant_id} {feed} was moved by another run"))),
    }
}

/// The moment a tenant was first seen: where its orders start unless `start_date` says otherwise.
///
/// # Errors
/// When the store cannot be reached.
pub async fn first_seen(ports: &Ports, tenant_id: &str) -> Result<Timestamp> {
    let pk = Tenant::partition(tenant_id);
    for _ in 0..2 {
        if let Some(at) = first_seen_before(ports, tenant_id).await? {
            return Ok(at);
        }
        let now = ports.clock.now();
        let item = Item { pk: pk.clone(), sk: "first_seen".into(), rev: 1, body: json!({ "at": now }), expires: None };
        if ports.state.put(item).await? == Put::Done {
            return Ok(now);
        }
    }
    Err(Fault::Unexpected(format!("the moment {tenant_id} was first seen cannot be read")))
}

/// The moment a tenant was first seen, if it ever was.
///
/// # Errors
/// When the store cannot be reached.
pub async fn first_seen_before(ports: &Ports, tenant_id: &str) -> Result<Option<Timestamp>> {
    let item = ports.state.get(&Tenant::partition(tenant_id), "first_seen").await?;
    Ok(item.and_then(|item| item.body["at"].as_str()?.parse().ok()))
}

/// Notes from when on orders are the integration's, of a tenant of which the state says nothing or a later moment.
///
/// # Errors
/// When the store cannot be reached.
pub async fn seen_since(ports: &Ports, tenant_id: &str, at: Timestamp) -> Result<()> {
    let pk = Tenant::partition(tenant_id);
    let rev = ports.state.get(&pk, "first_seen").await?.map_or(0, |item| item.rev);
    let item = Item { pk, sk: "first_seen".into(), rev: rev + 1, body: json!({ "at": at }), expires: None };
    match ports.state.put(item).await? {
        Put::Done => Ok(()),
        Put::Conflict => {
            Err(Fault::unavailable(format!("the moment {tenant_id} was first seen moved while it was read")))
        }
    }
}
