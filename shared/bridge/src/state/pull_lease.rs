//! Who pulls a tenant, or hands out a plan of it. One lease for all feeds: orders must not be pulled by one run while another
//! still holds the articles that they name. It also says when the last whole pull began, so that a job that was overtaken
//! costs nothing, whether a tick's job waits already, and what the next one need not look for.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::{Item, Ports, Put, Run};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};

/// How long the lease is held after the last page of a plan: handing out needs no ERP and no Ongoing.
pub(crate) const HANDING_OUT: Duration = Duration::from_secs(300);

const SK: &str = "lease#pull";

/// What a run does under the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// All feeds, from their cursors.
    Whole,
    /// Some feeds, from their cursors.
    Part,
    /// What changed since a moment, past the cursors.
    Backfill,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Body {
    run: String,
    /// Held until then.
    until: Option<Timestamp>,
    /// What for; an earlier release did not say.
    #[serde(default)]
    work: Option<Work>,
    /// When the last whole pull began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun: Option<Timestamp>,
    /// What an earlier release does not know it does not keep, and is looked for again after it.
    #[serde(default, flatten)]
    seen_to: SeenTo,
}

/// What a pull has seen to, so that the next one need not read for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTo {
    /// When no index item of an earlier release was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_over: Option<Timestamp>,
    /// No page that was handed out is to be looked at before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_look: Option<Timestamp>,
}

/// The right to pull a tenant.
#[derive(Debug)]
pub struct PullLease {
    item: Item,
    /// What pulls before have seen to.
    pub seen_to: SeenTo,
}

/// What came of asking for it.
#[derive(Debug)]
pub enum Taken {
    /// It is the caller's.
    Mine(PullLease),
    /// Somebody else has it, for this.
    Held(Work),
    /// A whole pull began after the caller's job had been queued.
    Overtaken,
}

impl PullLease {
    /// Takes the lease for a job that was queued at a time, where that is known.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn take(
        ports: &Ports,
        tenant_id: &str,
        work: Work,
        queued_at: Option<Timestamp>,
        run: &Run,
    ) -> Result<Taken> {
        let pk = Tenant::partition(tenant_id);
        let (rev, held) = body(ports.state.get(&pk, SK).await?)?;
        let now = ports.clock.now();
        if held.until.is_some_and(|until| until > now) {
            return Ok(Taken::Held(held.work.unwrap_or(Work::Whole)));
        }
        let overtakes = work != Work::Backfill;
        if overtakes && queued_at.is_some_and(|queued_at| held.begun.is_some_and(|begun| begun > queued_at)) {
            return Ok(Taken::Overtaken);
        }
        let begun = if work == Work::Whole { Some(now) } else { held.begun };
        let seen_to = held.seen_to;
        let body = Body { run: run.id.clone(), until: Some(run.deadline), work: Some(work), begun, seen_to };
        let item = Item { pk, sk: SK.to_owned(), rev: rev + 1, body: json!(body), expires: None };
        Ok(match ports.state.put(item.clone()).await? {
            Put::Done => Taken::Mine(Self { item, seen_to }),
            // Whatever the other one does: whoever must not miss it comes again.
            Put::Conflict => Taken::Held(Work::Part),
        })
    }

    /// Holds it until a later moment.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] when it ran out and somebody else has it now; when the store cannot be reached.
    pub async fn renew(&mut self, ports: &Ports, until: Timestamp) -> Result<()> {
        let mut item = self.item.clone();
        item.rev += 1;
        item.body["until"] = json!(until);
        if ports.state.put(item.clone()).await? == Put::Conflict {
            return Err(Fault::unavailable("the lease ran out, and another run has it"));
        }
        self.item = item;
        Ok(())
    }

    /// Gives the lease back, with what was seen to.
    ///
    /// # Errors
    /// When the store cannot be reached; the lease then runs out by itself.
    pub async fn give_back(self, ports: &Ports) -> Result<()> {
        let (_, held) = body(Some(self.item.clone()))?;
        let mut item = self.item;
        item.rev += 1;
        item.body = json!(Body { until: None, seen_to: self.seen_to, ..held });
        // A conflict: it ran out, and somebody else has it.
        ports.state.put(item).await.map(|_| ())
    }
}

/// When the last whole pull of a tenant began.
///
/// # Errors
/// When the store cannot be reached.
pub async fn begun(ports: &Ports, tenant_id: &str) -> Result<Option<Timestamp>> {
    Ok(body(ports.state.get(&Tenant::partition(tenant_id), SK).await?)?.1.begun)
}

fn body(item: Option<Item>) -> Result<(u64, Body)> {
    let Some(item) = item else { return Ok((0, Body::default())) };
    let body = serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("{SK} of {} cannot be read: {error}", item.pk)))?;
    Ok((item.rev, body))
}
