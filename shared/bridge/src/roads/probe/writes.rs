//! Documents of its own: what a probe says before it makes them, when it makes none, and the making.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ports::Ports;
use crate::roads::check::identity::Identity;
use crate::roads::plan;
use crate::systems::erps::finago::Finago;
use crate::systems::erps::poweroffice::PowerOffice;
use crate::systems::erps::procountor::Procountor;
use crate::systems::erps::visma::Visma;
use crate::systems::ongoing::Ongoing;
use crate::systems::probe::{Documents, Finding, MARK, Own, Tell};
use crate::tenant::Tenant;
use crate::words::fault::Result;
use crate::words::kind::Kind;

/// What a person has to know, and to type, before documents are made.
#[derive(Debug, PartialEq, Eq)]
pub struct Before {
    /// The company's name, which is to be typed.
    pub company: String,
    /// What will be made, and what of it cannot be undone.
    pub warning: Vec<String>,
}

/// What is to be said before documents are made for this tenant.
///
/// # Errors
/// A sentence where none may be made: a name is not known, or the goods owner has open orders of somebody else's.
pub async fn before(
    ports: &Ports,
    tenant: &Tenant,
    identity: &Identity,
    mail: Option<&str>,
    deadline: Timestamp,
) -> Result<std::result::Result<Before, String>> {
    let Some(company) = identity.company.as_ref().and_then(|company| company.name.clone()) else {
        return Ok(Err("the ERP does not tell the company's name, so nobody can say that it is the right one".into()));
    };
    let owner = match &identity.goods_owner {
        Some(owner) => format!("{} {owner}", identity.goods_owner_id),
        None => return Ok(Err("Ongoing does not tell the goods owner's name".into())),
    };
    if mail.is_some_and(|mail| mail.split_once('@').is_none_or(|(who, host)| who.is_empty() || !host.contains('.'))) {
        return Ok(Err("that is no address that mail can be sent to".into()));
    }
    let open = Ongoing::new(ports, tenant, deadline).open_orders(shipped_from(tenant)).await?;
    if let Some(number) = open.others {
        return Ok(Err(format!(
            "goods owner {owner} has open orders ({number}): documents of a probe go to a goods owner for tests alone"
        )));
    }
    let mut warning = vec![format!(
        "makes in goods owner {owner}: an article, which stays and is set inactive, a customer, which stays, up to three \
         orders and a purchase order, which are cancelled; their numbers ({MARK}…) cannot be used again"
    )];
    warning.push(of_erp(tenant.erp.kind, mail));
    if tenant.enabled {
        let id = &tenant.tenant_id;
        warning.push(format!("the tenant is enabled, and a tick may pull them meanwhile: bridgectl tenant pause {id}"));
    }
    Ok(Ok(Before { company, warning }))
}

/// Looks at what shows in documents of its own, in Ongoing and then in the ERP, where one is sent to `mail` alone. Cleans up
/// what can be cleaned up, also where a person stops it ([`Documents::stop`], through edges that are [`Documents::stoppable`]).
pub async fn writes(
    ports: &Ports,
    tenant: &Tenant,
    mail: Option<&str>,
    deadline: Timestamp,
    documents: &Documents,
    tell: Tell<'_>,
) -> Vec<Finding> {
    // Here nothing is kept of it.
    let ports = &plan::read_only(ports, &tenant.tenant_id);
    let own = Own { number: &number(ports), day: TimeZone::UTC.to_datetime(ports.clock.now()).date(), documents, tell };
    let mut findings = Ongoing::new(ports, tenant, deadline).probe_writes(&own, shipped_from(tenant)).await;
    findings.extend(match tenant.erp.kind {
        Kind::PowerOffice => PowerOffice::new(ports, tenant, deadline).probe_writes(&own).await,
        Kind::Finago => Finago::new(ports, tenant, deadline).probe_writes(&own).await,
        Kind::Procountor => Procountor::new(ports, tenant, deadline).probe_writes(&own, mail).await,
        Kind::Visma => Visma::new(ports, tenant, deadline).probe_writes(&own).await,
    });
    findings
}

/// An order in this status or a later one has left the house, or has come back.
fn shipped_from(tenant: &Tenant) -> i64 {
    tenant.ongoing.shipped_statuses.iter().min().copied().unwrap_or(i64::MAX)
}

/// What of its documents in an ERP is made and stays.
fn of_erp(kind: Kind, mail: Option<&str>) -> String {
    let sent = mail.map_or_else(
        || "it is approved, and sent to nobody".to_owned(),
        |mail| format!("it is approved and SENT to {mail}, once"),
    );
    match kind {
        Kind::PowerOffice => "makes in PowerOffice Go: a product, which is deleted".into(),
        Kind::Finago => {
            "makes in Finago Office: a product and an order of some customer, which nobody is sent; both stay, the \
                         product without stock, the order Inactive"
                .into()
        }
        Kind::Procountor => {
            format!("makes in Procountor: a sales order, which cannot be deleted by a call and stays; {sent}")
        }
        Kind::Visma => {
            "makes in Visma: an article, which stays and is set inactive, and an order of some customer, which is \
                        deleted; its number cannot be used again"
                .into()
        }
    }
}

/// A number that no document has.
fn number(ports: &Ports) -> String {
    let bytes = ports.random.bytes();
    format!("{MARK}{}", hex::encode_upper(&bytes[..4]))
}
