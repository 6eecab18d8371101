//! Which company feeds which goods owner, both by name, and who else has one of the two. Two companies in one goods owner
//! write over each other's articles and orders without a word, and so do two tenants that read one company.

use std::fmt::Write as _;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Report;
use crate::ports::{Item, Ports, Put};
use crate::roads::status::advice::erp_name;
use crate::systems::erps::finago::Finago;
use crate::systems::erps::poweroffice::PowerOffice;
use crate::systems::erps::procountor::Procountor;
use crate::systems::erps::visma::Visma;
use crate::systems::ongoing::Ongoing;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;

/// The partition of what is known of every tenant's company and goods owner, by tenant.
pub const PK: &str = "identity";

/// More tenants than there are.
const ALL: usize = 100_000;

/// Tenants of the same ERP whose companies are asked for, where nothing is known of them.
const ASKED: usize = 25;

/// Those of them that are asked side by side.
const AT_ONCE: usize = 4;

/// Conditional writes tried before it is left to the next check.
const TRIES: usize = 4;

/// A company as its ERP knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Company {
    /// The vendor's own id for it.
    pub id: String,
    /// Its name, where that was told.
    pub name: Option<String>,
}

impl Company {
    fn of(id: Option<String>, name: &Value) -> Option<Self> {
        let name = name.as_str().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        id.or_else(|| name.clone()).map(|id| Self { id, name })
    }
}

/// A tenant's company and goods owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Identity {
    /// Its ERP.
    pub erp: Kind,
    /// The company, where the ERP told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// Ongoing's address and goods owner.
    pub group: String,
    /// The goods owner.
    pub goods_owner_id: i64,
    /// Its name, where Ongoing told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods_owner: Option<String>,
    /// Tenants that a person insisted on sharing the goods owner or the company with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insisted: Vec<String>,
}

impl Identity {
    /// What the item alone says.
    #[must_use]
    pub fn of(tenant: &Tenant) -> Self {
        Self {
            erp: tenant.erp.kind,
            company: None,
            group: tenant.ongoing.group(),
            goods_owner_id: tenant.ongoing.goods_owner_id,
            goods_owner: None,
            insisted: Vec::new(),
        }
    }

    /// With what checks of the two systems told.
    #[must_use]
    pub fn told(tenant: &Tenant, erp: &Report, ongoing: &Report) -> Self {
        let id = erp.company_id.clone();
        let company = Company::of(id, &erp.company.clone().map_or(Value::Null, Value::String));
        Self { company, goods_owner: ongoing.company.clone(), ..Self::of(tenant) }
    }

    /// The same goods owner of the same warehouse.
    #[must_use]
    pub fn has_goods_owner_of(&self, other: &Self) -> bool {
        self.group == other.group
    }

    /// The same company on the same ERP.
    #[must_use]
    pub fn has_company_of(&self, other: &Self) -> bool {
        let id = |identity: &Self| identity.company.as_ref().map(|company| company.id.clone());
        self.erp == other.erp && id(self).is_some() && id(self) == id(other)
    }

    fn company_name(&self) -> String {
        let name = self.company.as_ref().and_then(|company| company.name.clone());
        name.unwrap_or_else(|| format!("a company on {}", erp_name(self.erp)))
    }

    /// Both names side by side: `Fjord Utstyr AS -> goods owner 159 Fjordbutikken`.
    #[must_use]
    pub fn side_by_side(&self) -> String {
        let owner = self.goods_owner.as_ref().map_or_else(String::new, |name| format!(" {name}"));
        format!("{} -> goods owner {}{owner}", self.company_name(), self.goods_owner_id)
    }
}

/// Asks the ERP and Ongoing for both names; what is not told is left out.
pub async fn ask(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Identity {
    let company = company(ports, tenant, deadline).await.ok().flatten();
    let owners = Ongoing::new(ports, tenant, deadline).goods_owners().await.ok().flatten();
    let owner = owners.into_iter().flatten().find(|owner| owner.id == tenant.ongoing.goods_owner_id);
    Identity { company, goods_owner: owner.and_then(|owner| owner.name), ..Identity::of(tenant) }
}

/// The company that the tenant's credentials open, by the call that a check makes.
async fn company(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Result<Option<Company>> {
    Ok(match tenant.erp.kind {
        Kind::PowerOffice => {
            let said = PowerOffice::new(ports, tenant, deadline).information().await?;
            Company::of(poweroffice_id(&said), &said["ClientName"])
        }
        Kind::Finago => {
            let said = Finago::new(ports, tenant, deadline).identity().await?;
            Company::of(finago_id(&said), &said["Client"]["Name"])
        }
        Kind::Procountor => {
            let said = Procountor::new(ports, tenant, deadline).session_info().await?;
            Company::of(procountor_id(&said), &said["name"])
        }
        Kind::Visma => {
            let said = Visma::new(ports, tenant, deadline).company_settings().await?;
            Company::of(visma_id(&said), &said["Name"])
        }
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The company in an answer of `ClientIntegrationInformation` (PowerOffice sheet, section 1).
pub(super) fn poweroffice_id(said: &Value) -> Option<String> {
    text(&said["ClientId"])
}

/// The company in an `Identity` (Finago sheet, section 1.2).
pub(super) fn finago_id(said: &Value) -> Option<String> {
    text(&said["Client"]["Id"])
}

/// The company in an answer of `sessioninfo` (Procountor sheet, section 1).
pub(super) fn procountor_id(said: &Value) -> Option<String> {
    text(&said["companyId"])
}

/// The company in an answer of `companysettings` (Visma sheet, section 1, "After connecting").
pub(super) fn visma_id(said: &Value) -> Option<String> {
    let numbered = || Some(format!("{} {}", text(&said["CountryCode"])?, text(&said["CorporateIdentityNumber"])?));
    text(&said["CompanyIdentifier"]).or_else(numbered)
}

/// Another tenant that has the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Other {
    /// Which.
    pub tenant_id: String,
    /// Its company, as far as it is known.
    pub company: Option<String>,
    /// Whether it has the same goods owner.
    pub goods_owner: bool,
    /// Whether it reads the same company.
    pub reads_company: bool,
}

/// Who a tenant meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Meeting {
    /// The tenant's own.
    pub identity: Identity,
    /// Those that it meets, and that nobody insisted on.
    pub others: Vec<Other>,
    /// Tenants of the same ERP whose company nobody knows.
    pub unknown: Vec<String>,
}

/// Holds a tenant against all others with these items. Of those of the same ERP that nothing is known of, some are asked.
///
/// # Errors
/// When the state cannot be read.
pub async fn meet(
    ports: &Ports,
    tenant: &Tenant,
    identity: Identity,
    items: &[Value],
    deadline: Timestamp,
) -> Result<Meeting> {
    let noted = all(ports).await?;
    let insisted = noted.iter().find(|(id, _)| *id == tenant.tenant_id).map(|(_, noted)| noted.insisted.clone());
    let mut meeting = Meeting { identity, others: Vec::new(), unknown: Vec::new() };
    meeting.identity.insisted = insisted.unwrap_or_default();
    let others = items.iter().filter_map(|item| Tenant::parse(item, ports.allow_local).ok());
    let others: Vec<Tenant> = others.filter(|other| other.tenant_id != tenant.tenant_id).collect();
    let known = |other: &Tenant| {
        let noted = noted.iter().find(|(id, noted)| *id == other.tenant_id && noted.erp == other.erp.kind);
        noted.and_then(|(_, noted)| noted.company.clone())
    };
    let is_open = |other: &&Tenant| other.erp.kind == tenant.erp.kind && known(other).is_none();
    let open: Vec<&Tenant> = others.iter().filter(is_open).collect();
    let asked: Vec<(String, Option<Company>)> = stream::iter(open.iter().take(ASKED))
        .map(|other| async move { (other.tenant_id.clone(), company(ports, other, deadline).await.ok().flatten()) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    for other in &others {
        let asked = asked.iter().find(|(id, _)| *id == other.tenant_id).and_then(|(_, company)| company.clone());
        let other_is = Identity { company: known(other).or(asked), ..Identity::of(other) };
        if other_is.company.is_none() && other.erp.kind == tenant.erp.kind {
            meeting.unknown.push(other.tenant_id.clone());
        }
        let goods_owner = meeting.identity.has_goods_owner_of(&other_is);
        let reads_company = meeting.identity.has_company_of(&other_is);
        if (goods_owner || reads_company) && !meeting.identity.insisted.contains(&other.tenant_id) {
            let company = other_is.company.and_then(|company| company.name);
            let tenant_id = other.tenant_id.clone();
            meeting.others.push(Other { tenant_id, company, goods_owner, reads_company });
        }
    }
    Ok(meeting)
}

impl Meeting {
    /// Why nothing may be written for the tenant; `None` where it meets nobody.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        if self.others.is_empty() {
            return None;
        }
        let mut text = String::new();
        for other in &self.others {
            let whose = other.company.as_ref().map_or_else(String::new, |company| format!(" ({company})"));
            let Other { tenant_id, goods_owner, reads_company, .. } = other;
            if *goods_owner {
                let id = self.identity.goods_owner_id;
                let _ = writeln!(text, "goods owner {id} is the tenant {tenant_id}'s as well{whose}");
            }
            if *reads_company {
                let company = self.identity.company_name();
                let _ = writeln!(text, "{company} is read for the tenant {tenant_id} as well");
            }
        }
        let owners = self.others.iter().any(|other| other.goods_owner);
        text += if owners {
            "what may collide: order numbers, of which the second is parked, and the article master, which each writes over; \
             --shared insists"
        } else {
            "what may collide: every order goes to two warehouses, and both report shipments and stock to the same company; \
             --shared insists"
        };
        Some(text)
    }

    /// Both names, and what is not known of others.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.identity.side_by_side();
        if !self.identity.insisted.is_empty() {
            let _ = write!(text, "\nshared with {}, as was insisted", self.identity.insisted.join(", "));
        }
        if !self.unknown.is_empty() {
            let (some, more) = self.unknown.split_at(self.unknown.len().min(5));
            let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            let _ =
                write!(text, "\nnot known is which company is read for {}{more}: bridgectl check ID", some.join(", "));
        }
        text
    }
}

/// Notes what is known of a tenant, and that a person insisted on those whom it meets. What was not told now stays as it was.
///
/// # Errors
/// When the state cannot be reached.
pub async fn note(ports: &Ports, tenant_id: &str, meeting: &Meeting, insists: bool) -> Result<()> {
    for _ in 0..TRIES {
        let item = ports.state.get(PK, tenant_id).await?;
        let rev = item.as_ref().map_or(0, |item| item.rev);
        let before = item.and_then(|item| read(&item));
        let mut after = meeting.identity.clone();
        if let Some(before) = before.as_ref().filter(|before| before.erp == after.erp && before.group == after.group) {
            after.company = after.company.take().or_else(|| before.company.clone());
            after.goods_owner = after.goods_owner.take().or_else(|| before.goods_owner.clone());
        }
        if insists {
            after.insisted.extend(meeting.others.iter().map(|other| other.tenant_id.clone()));
            after.insisted.sort_unstable();
            after.insisted.dedup();
        }
        if before.as_ref() == Some(&after) {
            return Ok(());
        }
        let item = Item { pk: PK.into(), sk: tenant_id.to_owned(), rev: rev + 1, body: json!(after), expires: None };
        if ports.state.put(item).await? == Put::Done {
            return Ok(());
        }
    }
    Err(Fault::unavailable("somebody else notes the company at this moment"))
}

/// What is noted, by tenant.
///
/// # Errors
/// When the state cannot be read.
pub async fn all(ports: &Ports) -> Result<Vec<(String, Identity)>> {
    let items = ports.state.list(PK, "", ALL).await?;
    Ok(items.into_iter().filter_map(|item| Some((item.sk.clone(), read(&item)?))).collect())
}

fn read(item: &Item) -> Option<Identity> {
    serde_json::from_value(item.body.clone()).ok()
}
