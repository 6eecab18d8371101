//! What a deployment and a tenant cost a month: what was counted in the tests' world (`cargo xtask cost`) times list prices.
//! Nothing is asked of AWS.

mod bill;
mod prices;
mod usage;

pub use bill::{Bill, Fixed, bill};
pub use prices::Prices;
pub use usage::{TICKS, Usage, Work};

/// Secrets that a tenant has of its own: its ERP's and Ongoing's.
pub const SECRETS: f64 = 2.0;

/// What a tenant with so many orders and changed articles a day costs a month of its own, USD; what the deployment costs
/// whatever its tenants do ([`Fixed`]) is no part of it.
#[must_use]
pub fn of_tenant(orders_a_day: f64, articles_a_day: f64) -> Bill {
    let usage = Work::counted().day(orders_a_day, articles_a_day);
    bill(&Prices::listed(), &usage, 1.0, SECRETS, &Fixed::NONE)
}

/// What a tenant that is paused costs a month of its own, USD: its secrets.
#[must_use]
pub fn of_paused() -> Bill {
    bill(&Prices::listed(), &Usage::default(), 1.0, SECRETS, &Fixed::NONE)
}

/// What the deployment costs a month whatever its tenants do, USD.
#[must_use]
pub fn of_deployment() -> Bill {
    bill(&Prices::listed(), &Usage::default(), 0.0, 0.0, &Fixed::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_pays_for_its_secrets_first_and_more_with_every_order() {
        let (quiet, busy) = (of_tenant(0.0, 0.0), of_tenant(200.0, 500.0));
        assert_eq!(quiet.parts[0].0, "secrets kept");
        assert!((quiet.parts[0].1 - 0.80).abs() < 1e-9);
        assert!(quiet.total() > 0.80 && quiet.total() < busy.total(), "{} {}", quiet.total(), busy.total());
        let of = |bill: &Bill, part| bill.parts.iter().find(|(name, _)| *name == part).map(|(_, usd)| *usd);
        assert!((of_paused().total() - 0.80).abs() < 1e-9);
        assert_eq!(of(&quiet, "alarms"), Some(0.0));
        assert!(of(&of_deployment(), "alarms") > Some(5.0));
    }
}
