//! What a check of a connection says: whether we are let in, to which company, and with the rights and modules that the
//! tenant's processes need. Read by the operator's command and by the consent pages, each in its own words.

mod checklist;
mod finago;
mod goods;
pub mod identity;
mod ongoing;
mod poweroffice;
mod procountor;
mod visma;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

pub use self::goods::goods;

use self::checklist::Checklist;
use crate::http::login::Login;
use crate::ports::Ports;
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::kind::Kind;

/// Checks a tenant's ERP: that we are let in, to which company, and that what the tenant's processes need is there. Reads
/// only.
pub async fn erp(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Report {
    let kind = tenant.erp.kind;
    let needed = match kind {
        Kind::PowerOffice => poweroffice::needed(tenant),
        Kind::Finago => finago::needed(tenant),
        Kind::Procountor => procountor::needed(tenant),
        Kind::Visma => visma::needed(tenant),
    };
    let mut list = Checklist::new(System::Erp(kind), needed);
    if list.enter(ports, &tenant.tenant_id, &erps::login(tenant), deadline).await {
        match kind {
            Kind::PowerOffice => poweroffice::look(&mut list, ports, tenant, deadline).await,
            Kind::Finago => finago::look(&mut list, ports, tenant, deadline).await,
            Kind::Procountor => procountor::look(&mut list, ports, tenant, deadline).await,
            Kind::Visma => visma::look(&mut list, ports, tenant, deadline).await,
        }
    }
    list.drift(ports, kind.word()).await;
    list.report()
}

/// Checks Ongoing WMS: that the user is let in, that the goods owner is there, and that the statuses which the tenant
/// names exist. Reads only.
pub async fn ongoing(ports: &Ports, tenant: &Tenant, deadline: Timestamp) -> Report {
    let mut list = Checklist::new(System::Ongoing, ongoing::needed(tenant));
    let login = Login::Ongoing { tenant_id: tenant.tenant_id.clone() };
    if list.enter(ports, &tenant.tenant_id, &login, deadline).await {
        ongoing::look(&mut list, ports, tenant, deadline).await;
    }
    list.drift(ports, "ongoing").await;
    list.report()
}

/// The system that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// The tenant's ERP.
    Erp(Kind),
    /// Ongoing WMS.
    Ongoing,
}

/// One thing that has to be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// The secret of this name is there, with the members that are expected.
    Secret(String),
    /// The system answers at its address.
    Reach,
    /// The credentials are accepted.
    Login,
    /// The company may be worked in: active, licence accepted, not read-only.
    Company,
    /// A right, privilege or scope, in the vendor's own word.
    Right(String),
    /// A module or product variant, in the vendor's own word.
    Module(String),
    /// The goods owner is there for this user.
    GoodsOwner(i64),
    /// An order status that the tenant item names is one of the warehouse's.
    Status(i64),
    /// The ERP keeps the stock of the articles that are goods.
    Articles,
    /// The system's answers have the shape that they always had.
    Answers,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it has to be.
    Good,
    /// Not so: the processes that need it will not work.
    Missing,
    /// It works, and somebody should know.
    Warning,
    /// It could not be found out, since something before it is missing.
    Unknown,
}

/// What was found at one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// What has to be so.
    pub point: Point,
    /// How it is.
    pub state: State,
    /// What to do about it, for a person who knows the system and not this software; empty where nothing is to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub advice: String,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// What was checked.
    pub system: System,
    /// The company's own name there, or the goods owner's, as far as it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The vendor's own id for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<String>,
    /// Point for point, in the order in which they were looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Nothing is known of an ERP that did not answer in time.
    #[must_use]
    pub fn unknown(kind: Kind) -> Self {
        let finding = Finding { point: Point::Reach, state: State::Unknown, advice: String::new() };
        Self { system: System::Erp(kind), company: None, company_id: None, findings: vec![finding] }
    }

    /// Whether nothing is missing or unknown.
    #[must_use]
    pub fn good(&self) -> bool {
        self.findings.iter().all(|finding| matches!(finding.state, State::Good | State::Warning))
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(name) => write!(f, "secret {name}"),
            Self::Reach => f.write_str("the system answers"),
            Self::Login => f.write_str("the credentials are accepted"),
            Self::Company => f.write_str("the company can be worked in"),
            Self::Right(name) => write!(f, "right {name}"),
            Self::Module(name) => write!(f, "module {name}"),
            Self::GoodsOwner(id) => write!(f, "goods owner {id}"),
            Self::Status(number) => write!(f, "order status {number}"),
            Self::Articles => f.write_str("articles that are goods"),
            Self::Answers => f.write_str("the answers are as they always were"),
        }
    }
}
