//! Circuit breakers: a connection that gave no answer is not tried again by the batch that met it, and by other batches not
//! before its pause is over, and then by one at a time. So a peer that hangs holds one invocation, not all of them.
//!
//! A connection is a tenant's login at a system; where the connections of several tenants fail that worked before, it is the
//! system itself. A tenant whose connection worked before may then try the system, one at a time: where it is only some
//! goods owners that hang, the others are through again with the first of them.
//! What is known stands in the state table, partitions `circuit` and `circuit#system`, and is forgotten by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::ports::circuits::{Circuit, Circuits};
use crate::ports::{Item, Ports, Put};
use crate::words::backoff;
use crate::words::digest::sha256;
use crate::words::fault::{Fault, Result};

/// Of tenants' connections.
pub const PARTITION: &str = "circuit";

/// Of systems, which are nobody's alone: tenants are told apart by digests.
const SYSTEMS: &str = "circuit#system";

/// An invocation that tries a failed connection has this long for it; longer than one exchange.
const PROBE: Duration = Duration::from_secs(75);

/// Failures older than this say nothing of the system any more.
const RECENT: Duration = Duration::from_secs(300);

/// Tenants whose connections have to fail for the system to be what fails.
const SEVERAL: usize = 2;

/// More systems than there are.
const LISTED: usize = 1_000;

/// After this an item that nobody closed is forgotten.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// One tenant's connection to one system.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    /// `visma/acme`.
    pub tenant: String,
    /// `visma`, or the address of a warehouse's system.
    pub system: String,
}

/// What is known of a connection or a system.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    /// How often in a row it gave no answer.
    failures: u32,
    /// Not to be tried before; `None`: it may be.
    until: Option<Timestamp>,
    /// Of a system: whose connections failed that had worked before, and when.
    tenants: BTreeMap<String, Timestamp>,
    /// Of a system: a tenant whose connection worked before is trying it until then.
    tried_until: Option<Timestamp>,
}

impl Connection {
    /// Whether the connection may be tried.
    ///
    /// # Errors
    /// [`Fault::RateLimited`] without a status where it may not: nothing was sent.
    pub async fn enter(&self, ports: &Ports) -> Result<()> {
        let Some(circuits) = ports.circuits.as_ref().filter(|circuits| !circuits.refuses_nothing()) else {
            return Ok(());
        };
        let own = match circuits.get(&self.tenant) {
            Some(circuit) => circuit,
            None => self.look(ports, &self.tenant, false).await?,
        };
        circuits.set(&self.tenant, own.clone());
        refuse(ports, own.clone())?;
        let works = matches!(own, Circuit::Closed);
        let system = match circuits.get(&self.asks(works)) {
            Some(circuit) => circuit,
            None => self.look(ports, &self.system, works).await?,
        };
        circuits.set(&self.asks(works), system.clone());
        refuse(ports, system)
    }

    /// The system, as it stands to a tenant whose connection worked before, or to one whose did not.
    fn asks(&self, works: bool) -> String {
        if works { self.system.clone() } else { format!("{} again", self.system) }
    }

    /// What the state table says of a connection; where its pause is over, one invocation gets to try it.
    /// Where it is not over, so does one whose own connection worked before.
    async fn look(&self, ports: &Ports, name: &str, works: bool) -> Result<Circuit> {
        let (rev, record) = read(ports, self.partition(name), name).await?;
        let now = ports.clock.now();
        let open = |until| Circuit::Open { until, why: format!("{name} gave no answer") };
        match record.until {
            None => Ok(Circuit::Closed),
            Some(until) if until > now && !works => Ok(open(until)),
            Some(open_until) => {
                let until = now + PROBE;
                let probing = if open_until > now {
                    if let Some(tried) = record.tried_until.filter(|tried| *tried > now) {
                        return Ok(open(tried));
                    }
                    Record { tried_until: Some(until), ..record }
                } else {
                    Record { until: Some(until), ..record }
                };
                Ok(match write(ports, self.partition(name), name, rev, &probing).await? {
                    Put::Done => Circuit::Probing,
                    Put::Conflict => open(until),
                })
            }
        }
    }

    /// Notes how a call ended. What cannot be noted is found out again.
    pub async fn ended(&self, ports: &Ports, fault: Option<&Fault>) {
        let Some(circuits) = &ports.circuits else { return };
        let noted = match fault {
            Some(_) if circuits.refuses_nothing() => Ok(()),
            Some(Fault::Unavailable { broken: true, why, .. }) => self.broke(ports, circuits, why).await,
            // The others of this batch would be refused as well.
            Some(fault @ (Fault::Unauthorized(_) | Fault::RateLimited { status: Some(_), .. })) => {
                let until = ports.clock.now() + backoff::after(1);
                circuits.set(&self.tenant, Circuit::Open { until, why: fault.to_string() });
                Ok(())
            }
            // An answer of its own, whatever it says, is an answer.
            _ => self.answered(ports, circuits).await,
        };
        if let Err(fault) = noted {
            tracing::warn!(target: "circuit", connection = self.tenant, reason = %fault, "circuit");
        }
    }

    async fn broke(&self, ports: &Ports, circuits: &Circuits, why: &str) -> Result<()> {
        let now = ports.clock.now();
        let mut worked_before = true;
        for name in [&self.tenant, &self.system] {
            let (rev, mut record) = read(ports, self.partition(name), name).await?;
            let of_a_tenant = name == &self.tenant;
            if of_a_tenant {
                worked_before = record.failures == 0;
            } else {
                record.tenants.retain(|_, at| *at + RECENT > now);
                // One that fails again says nothing new of the others.
                if worked_before {
                    record.tenants.insert(sha256(&self.tenant), now);
                }
                record.tried_until = None;
                if record.until.is_none() && record.tenants.len() < SEVERAL && !worked_before {
                    continue;
                }
            }
            let failing = of_a_tenant || record.until.is_some() || record.tenants.len() >= SEVERAL;
            if failing {
                record.failures += 1;
                let until = now + backoff::after(record.failures);
                record.until = Some(until);
                let open = Circuit::Open { until, why: why.to_owned() };
                for name in if of_a_tenant { vec![name.clone()] } else { vec![self.asks(true), self.asks(false)] } {
                    circuits.set(&name, open.clone());
                }
            }
            // Somebody else noted the same at the same moment.
            write(ports, self.partition(name), name, rev, &record).await?;
            if failing {
                tracing::warn!(target: "circuit", connection = name, failures = record.failures, reason = why, "open");
            }
        }
        Ok(())
    }

    fn partition(&self, name: &str) -> &'static str {
        if name == self.tenant { PARTITION } else { SYSTEMS }
    }

    async fn answered(&self, ports: &Ports, circuits: &Circuits) -> Result<()> {
        for name in [&self.tenant, &self.system] {
            if matches!(circuits.get(name), Some(Circuit::Closed)) {
                continue;
            }
            circuits.set(name, Circuit::Closed);
            if name == &self.system {
                circuits.set(&self.asks(false), Circuit::Closed);
            }
            let (rev, record) = read(ports, self.partition(name), name).await?;
            if rev > 0 && record.until.is_some() {
                write(ports, self.partition(name), name, rev, &Record::default()).await?;
                tracing::info!(target: "circuit", connection = name, "closed");
            }
        }
        Ok(())
    }
}

/// The systems that are not tried at this moment, since they gave no answer.
///
/// # Errors
/// When the store cannot be reached.
pub async fn open_systems(ports: &Ports) -> Result<Vec<String>> {
    let items = ports.state.list(SYSTEMS, "", LISTED).await?;
    let open = |item: &Item| !item.body["until"].is_null();
    Ok(items.into_iter().filter(open).map(|item| item.sk).collect())
}

/// A warehouse's system, by the address in a tenant item.
#[must_use]
pub fn warehouse(url: &Url) -> String {
    let segment = url.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
    format!("{}/{segment}", url.origin().ascii_serialization())
}

fn refuse(ports: &Ports, circuit: Circuit) -> Result<()> {
    let Circuit::Open { until, why } = circuit else { return Ok(()) };
    let after = Duration::try_from(until.duration_since(ports.clock.now())).unwrap_or_default();
    let why = format!("not tried again so soon after: {why}");
    Err(Fault::RateLimited { status: None, after: after.max(backoff::after(1)), why })
}

async fn read(ports: &Ports, pk: &str, name: &str) -> Result<(u64, Record)> {
    let Some(item) = ports.state.get(pk, name).await? else { return Ok((0, Record::default())) };
    // What cannot be read says nothing.
    Ok((item.rev, serde_json::from_value(item.body).unwrap_or_default()))
}

async fn write(ports: &Ports, pk: &str, name: &str, rev: u64, record: &Record) -> Result<Put> {
    let body = serde_json::to_value(record).map_err(|error| Fault::Unexpected(error.to_string()))?;
    let expires = Some(ports.clock.now() + KEPT);
    ports.state.put(Item { pk: pk.into(), sk: name.to_owned(), rev: rev + 1, body, expires }).await
}
