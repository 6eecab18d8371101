//! Settles what nobody outside knows of the vendors ([`crate::words::facts`]) against a test company: each fact holds as it is
//! assumed, differs, or cannot be told. What reads can settle is asked through edges that let nothing else through
//! ([`read_only`]).

pub(in crate::roads) mod read_only;
pub mod record;
mod report;
mod text;
mod writes;

use jiff::Timestamp;

use crate::ports::Ports;
use crate::roads::status::lines::span;
use crate::state::schema_drift;
use crate::systems::erps::finago::Finago;
use crate::systems::erps::poweroffice::PowerOffice;
use crate::systems::erps::procountor::Procountor;
use crate::systems::erps::visma::Visma;
use crate::systems::probe::{Finding, Seen};
use crate::tenant::Tenant;
use crate::words::kind::Kind;
use crate::words::schema_drift::Drift;

pub use crate::systems::probe::{Documents, Tell};
pub use read_only::read_only;
pub use report::{Report, Settled, Verdict};
pub use text::text;
pub use writes::{Before, before, writes};

/// Looks at what reads can settle of a tenant's ERP. Of Ongoing no fact can be settled by reading alone.
pub async fn reads(ports: &Ports, tenant: &Tenant, deadline: Timestamp, tell: Tell<'_>) -> Vec<Finding> {
    match tenant.erp.kind {
        Kind::PowerOffice => {
            let mut findings = PowerOffice::new(ports, tenant, deadline).probe_reads(tell).await;
            findings.extend(retry_after(ports).await);
            findings
        }
        Kind::Finago => Finago::new(ports, tenant, deadline).probe_reads(tell).await,
        Kind::Procountor => Procountor::new(ports, tenant, deadline).probe_reads(tell).await,
        Kind::Visma => Visma::new(ports, tenant, deadline).probe_reads(tell).await,
    }
}

/// A limit is not broken to see what it answers; a throttled call that did not say how long to wait was told where it was met.
async fn retry_after(ports: &Ports) -> Option<Finding> {
    let met = schema_drift::read(ports).await.ok()?;
    let met = met.into_iter().find(|met| met.drift == Drift::without_retry_after())?;
    let ago = span(ports.clock.now().as_second() - met.at.as_second());
    let saw = format!("a call was throttled {ago} ago and did not say how long to wait");
    Some(Finding { fact: "poweroffice.retry-after", seen: Seen::Answer("not said", saw) })
}
