//! A tenant is forgotten: every item, every queued message. Secrets are removed by whoever calls. Then all of it is read again,
//! which is the proof.

use serde_json::Value;

use crate::http::circuit;
use crate::http::login::PARTITIONS;
use crate::ports::message_queues::{HeldMessage, MessageQueues, Place, Work};
use crate::ports::{Item, Ports, Put};
use crate::roads::check::identity;
use crate::tenant::Tenant;
use crate::words::fault::Result;

/// More items than a partition is read of at a time.
const PAGE: usize = 1_000;

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Items of the state table.
    pub items: usize,
    /// Messages.
    pub messages: usize,
}

/// What is left of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Items, as `pk sk`.
    pub items: Vec<String>,
    /// Messages, as the queue and their id.
    pub messages: Vec<String>,
    /// Messages on the queues that somebody is dealing with at this moment, of whatever tenant.
    pub hidden: usize,
}

impl Left {
    /// Whether nothing is.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.messages.is_empty() && self.hidden == 0
    }
}

/// Removes all items and queued messages of a tenant whose item is gone, and reads everything again; what somebody is dealing
/// with at that moment is left for another time. `partitions` are those of others that are the tenant's alone, such as its
/// consent's.
///
/// # Errors
/// When a queue or the state cannot be reached; what was removed until then is gone.
pub async fn purge(
    ports: &Ports,
    queues: &dyn MessageQueues,
    tenant_id: &str,
    partitions: &[String],
) -> Result<(Purged, Left)> {
    let mut purged = Purged::default();
    for place in places() {
        purged.messages += sweep(queues, place, tenant_id, true).await?.0.len();
    }
    // Behind the messages: what an import had in its hands is parked in the ledger.
    for item in items(ports, tenant_id, partitions).await? {
        purged.items += usize::from(ports.state.delete(&item.pk, &item.sk, item.rev).await? == Put::Done);
    }
    let left = left(ports, queues, tenant_id, partitions).await?;
    Ok((purged, left))
}

/// Reads everything again: what is left of a tenant.
///
/// # Errors
/// When a queue or the state cannot be reached.
pub async fn left(ports: &Ports, queues: &dyn MessageQueues, tenant_id: &str, partitions: &[String]) -> Result<Left> {
    let mut left = Left::default();
    for place in places() {
        let (found, hidden) = sweep(queues, place, tenant_id, false).await?;
        let name = if place.dead { format!("dead letters of {}", place.work) } else { place.work.to_string() };
        left.messages.extend(found.into_iter().map(|message| format!("{name} {}", message.id)));
        left.hidden += hidden;
    }
    let items = items(ports, tenant_id, partitions).await?;
    left.items = items.into_iter().map(|item| format!("{} {}", item.pk, item.sk)).collect();
    Ok(left)
}

fn places() -> impl Iterator<Item = Place> {
    Work::all().into_iter().flat_map(|work| [Place { work, dead: false }, Place { work, dead: true }])
}

/// The messages of a tenant on a queue, removed or left; and how many of all tenants could not be looked at.
async fn sweep(
    queues: &dyn MessageQueues,
    place: Place,
    tenant_id: &str,
    remove: bool,
) -> Result<(Vec<HeldMessage>, usize)> {
    if queues.depth(place).await? == 0 {
        return Ok((Vec::new(), 0));
    }
    let (mut own, mut held) = (Vec::new(), Vec::new());
    let swept = async {
        loop {
            let received = queues.receive(place).await?;
            if received.is_empty() {
                return Ok(());
            }
            for message in received {
                let is_own = whose(&message.body).as_deref() == Some(tenant_id);
                if is_own && remove {
                    queues.delete(place, &message).await?;
                    own.push(message);
                } else {
                    own.extend(is_own.then(|| message.clone()));
                    held.push(message);
                }
            }
        }
    }
    .await;
    let depth = queues.depth(place).await;
    queues.release(place, &held).await?;
    swept?;
    // Of a group nothing comes behind ten that are held, which are others' then.
    Ok((own, depth?.saturating_sub(held.len())))
}

fn whose(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body).ok()?;
    value["tenant_id"].as_str().map(str::to_owned)
}

/// Every item of a tenant.
async fn items(ports: &Ports, tenant_id: &str, partitions: &[String]) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for pk in [Tenant::partition(tenant_id)].iter().chain(partitions) {
        items.extend(ports.state.list(pk, "", usize::MAX).await?);
    }
    for pk in PARTITIONS.into_iter().chain([identity::PK]) {
        items.extend(ports.state.get(pk, tenant_id).await?);
    }
    let connection = format!("/{tenant_id}");
    let circuits = ports.state.list(circuit::PARTITION, "", PAGE).await?;
    items.extend(circuits.into_iter().filter(|item| item.sk.ends_with(&connection)));
    // Messages that were no records, and consents under way.
    let unreadable = ports.state.list("unreadable", "", usize::MAX).await?;
    let of = |item: &Item| item.body["body"].as_str().and_then(whose);
    items.extend(unreadable.into_iter().filter(|item| of(item).as_deref() == Some(tenant_id)));
    let consents = ports.state.list("consent-state", "", PAGE).await?;
    items.extend(consents.into_iter().filter(|item| item.body["tenant_id"].as_str() == Some(tenant_id)));
    Ok(items)
}
