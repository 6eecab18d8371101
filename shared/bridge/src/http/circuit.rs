//! Circuit breakers: a connection that gave no answer is not tried again by the batch that met it, and by other batches not
//! before its pause is over, and then by one at a time. So a peer that hangs holds one invocation, not all of them.
//!
//! A connection is a tenant's login at a system; where the connections of several tenants fail, it is the system itself.
//! What is known stands in the state table, partitions `circuit` and `circuit#system`, and is forgotten by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::circuits::{Circuit, Circuits};
use crate::ports::{Item, Ports, Put};
use crate::words::backoff;
use crate::words::digest::sha256;
use crate::words::fault::{Fault, Result};

/// Of tenants' connections.
const PARTITION: &str = "circuit";

/// Of systems, which are nobody's alone: tenants are told apart by digests.
const SYSTEMS: &str = "circuit#system";

/// An invocation that tries a failed connection has this long for it; longer than one exchange.
const PROBE: Duration = Duration::from_secs(75);

/// Failures older than this say nothing of the system any more.
const RECENT: Duration = Duration::from_secs(300);

/// Tenants whose connections have to fail for the system to be what fails.
const SEVERAL: usize = 2;

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
    /// Of a system: whose connections failed, and when.
    tenants: BTreeMap<String, Timestamp>,
}

impl Connection {
    /// Whether the connection may be tried.
    ///
    /// # Errors
    /// [`Fault::RateLimited`] without a status where it may not: nothing was sent.
    pub async fn enter(&self, ports: &Ports) -> Result<()> {
        let Some(circuits) = &ports.circuits else { return Ok(()) };
        for name in [&self.tenant, &self.system] {
            let circuit = match circuits.get(name) {
                Some(circuit) => circuit,
                None => {
                    let circuit = self.look(ports, name).await?;
                    circuits.set(name, circuit.clone());
                    circuit
                }
            };
            if let Circuit::Open { until, why } = circuit {
                let after = Duration::try_from(until.duration_since(ports.clock.now())).unwrap_or_default();
                let why = format!("not tried again so soon after: {why}");
                return Err(Fault::RateLimited { status: None, after: after.max(backoff::after(1)), why });
            }
        }
        Ok(())
    }

    /// What the state table says of a connection; where its pause is over, one invocation gets to try it.
    async fn look(&self, ports: &Ports, name: &str) -> Result<Circuit> {
        let (rev, record) = read(ports, self.partition(name), name).await?;
        let now = ports.clock.now();
        let open = |until| Circuit::Open { until, why: format!("{name} gave no answer") };
        match record.until {
            None => Ok(Circuit::Closed),
            Some(until) if until > now => Ok(open(until)),
            Some(_) => {
                let until = now + PROBE;
                let probing = Record { until: Some(until), ..record };
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
        for name in [&self.tenant, &self.system] {
            let (rev, mut record) = read(ports, self.partition(name), name).await?;
            let of_a_tenant = name == &self.tenant;
            if !of_a_tenant {
                record.tenants.retain(|_, at| *at + RECENT > now);
                record.tenants.insert(sha256(&self.tenant), now);
            }
            let failing = of_a_tenant || record.until.is_some() || record.tenants.len() >= SEVERAL;
            if failing {
                record.failures += 1;
                let until = now + backoff::after(record.failures);
                record.until = Some(until);
                circuits.set(name, Circuit::Open { until, why: why.to_owned() });
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
            if !matches!(circuits.get(name), Some(Circuit::Closed)) {
                circuits.set(name, Circuit::Closed);
                let (rev, record) = read(ports, self.partition(name), name).await?;
                if rev > 0 && record.until.is_some() {
                    write(ports, self.partition(name), name, rev, &Record::default()).await?;
                    tracing::info!(target: "circuit", connection = name, "closed");
                }
            }
        }
        Ok(())
    }
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
