//! What is the matter, and what to do about it, for a person who knows the warehouse and not this software.

use crate::state::health::Trouble;
use crate::words::cause::Cause;
use crate::words::kind::Kind;

/// A system that is called for a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Its ERP.
    Erp(Kind),
    /// Ongoing WMS.
    Ongoing,
    /// One of the two: it was not noted which.
    Either(Kind),
}

impl System {
    /// By the word that was noted.
    #[must_use]
    pub fn named(word: Option<&str>, erp: Kind) -> Self {
        match word {
            Some("ongoing") => Self::Ongoing,
            Some(word) => Kind::named(word).map_or(Self::Either(erp), Self::Erp),
            None => Self::Either(erp),
        }
    }

    /// As a person says it.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Erp(kind) => erp_name(kind).to_owned(),
            Self::Ongoing => "Ongoing".to_owned(),
            Self::Either(kind) => format!("Ongoing or {}", erp_name(kind)),
        }
    }
}

/// An ERP's name as a person says it.
#[must_use]
pub fn erp_name(kind: Kind) -> &'static str {
    match kind {
        Kind::PowerOffice => "PowerOffice",
        Kind::Finago => "Finago",
        Kind::Procountor => "Procountor",
        Kind::Visma => "Visma",
    }
}

/// What is the matter, as half a sentence that names the system.
#[must_use]
pub fn says(trouble: &Trouble, system: System) -> String {
    let name = system.name();
    match trouble.cause {
        Cause::LoginRefused => format!("{name} refuses the login"),
        Cause::ConsentLost => format!("the company's consent to {name} is lost"),
        Cause::ClientRefused => format!("{name} refuses the integration itself, for every company"),
        Cause::SecretMissing => trouble.reason.trim_start_matches("not authorized: ").to_owned(),
        Cause::RightMissing => format!("{name} lets us in, and a right, module or licence is missing"),
        Cause::AddressRefused => format!("the address of {name} in the tenant item may not be called"),
        Cause::Down => format!("{name} is down"),
        Cause::SlowedDown => format!("{name} asks for a pause"),
        Cause::BudgetSpent => format!("all calls that {name} takes are used up by all tenants"),
        Cause::NoRoom => "enough waits for the warehouse; the rest waits in the ERP".to_owned(),
        Cause::Refused => format!("{name} refuses a call"),
        Cause::Unexpected => format!("{name} answers as it never did before"),
        Cause::Interrupted => "the work was interrupted".to_owned(),
        Cause::Other => format!("{name} could not be used"),
    }
}

/// The system's own words, where they say more than [`says`].
#[must_use]
pub fn words(trouble: &Trouble) -> Option<&str> {
    match trouble.cause {
        Cause::SecretMissing | Cause::ConsentLost | Cause::NoRoom | Cause::BudgetSpent => None,
        _ => plain(&trouble.reason),
    }
}

/// A fault's reason without the name of the fault; `None` where a bare status is left, which says nothing to a person.
#[must_use]
pub fn plain(reason: &str) -> Option<&str> {
    let names = ["not authorized: ", "not available: ", "unexpected: "];
    let said = names.into_iter().fold(reason, |said, name| said.strip_prefix(name).unwrap_or(said));
    let said = said.trim().trim_end_matches('.');
    Some(said).filter(|said| said.chars().any(|c| !c.is_ascii_digit()))
}

/// The command that ends it, or who is to be asked; `None` where it is expected to pass by itself.
#[must_use]
pub fn remedy(trouble: &Trouble, system: System, tenant_id: &str) -> Option<String> {
    let check = || format!("bridgectl check {tenant_id}");
    let put = |name: &str| format!("bridgectl secret put {name}");
    let consent = || format!("bridgectl connect-link {tenant_id}");
    Some(match (trouble.cause, system) {
        (Cause::SlowedDown | Cause::Down | Cause::BudgetSpent | Cause::NoRoom | Cause::Interrupted, _) => return None,
        (Cause::LoginRefused, System::Ongoing) => put(&format!("ongoing/{tenant_id}")),
        (Cause::LoginRefused | Cause::ConsentLost, System::Erp(Kind::Visma | Kind::Procountor)) => consent(),
        (Cause::LoginRefused, System::Erp(kind)) => put(&format!("{kind}/{tenant_id}")),
        (Cause::ConsentLost, _) => consent(),
        (Cause::ClientRefused, System::Erp(kind)) => put(&format!("{kind}/app")),
        (Cause::SecretMissing, system) => match secret(&trouble.reason) {
            Some(name) if system == System::Erp(Kind::Visma) && name == format!("visma/{tenant_id}") => consent(),
            Some(name) => put(name),
            None => check(),
        },
        (Cause::AddressRefused, _) => format!("bridgectl tenant show {tenant_id}, then bridgectl tenant apply FILE"),
        (Cause::ClientRefused | Cause::RightMissing | Cause::Refused | Cause::Unexpected | Cause::Other, _)
        | (Cause::LoginRefused, System::Either(_)) => check(),
    })
}

/// The name in "the secret visma/acme does not exist".
fn secret(reason: &str) -> Option<&str> {
    reason.split_once("the secret ")?.1.split(' ').next().filter(|name| name.contains('/'))
}
