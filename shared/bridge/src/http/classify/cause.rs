//! A fault as the thing that a person puts right.

use super::{address_is_refused, client_is_refused, grant_is_dead};
use crate::words::cause::Cause;
use crate::words::fault::Fault;

/// What a fault at a system comes from. A fault says in its words what came over HTTP; nothing is asked again.
#[must_use]
pub fn cause(fault: &Fault) -> Cause {
    match fault {
        Fault::Unauthorized(_) if address_is_refused(fault) => Cause::AddressRefused,
        Fault::Unauthorized(_) if client_is_refused(fault) => Cause::ClientRefused,
        Fault::Unauthorized(why) if grant_is_dead(fault) || why.contains("must consent again") => Cause::ConsentLost,
        Fault::Unauthorized(why) if why.contains("refresh token that has been used up") => Cause::ConsentLost,
        Fault::Unauthorized(why) if why.starts_with("the secret ") => Cause::SecretMissing,
        Fault::Unauthorized(why) if why.starts_with("403") => Cause::RightMissing,
        Fault::Unauthorized(_) => Cause::LoginRefused,
        Fault::Unavailable { status: None, broken: false, .. } => Cause::Interrupted,
        Fault::Unavailable { .. } => Cause::Down,
        Fault::RateLimited { status: None, .. } => Cause::BudgetSpent,
        Fault::RateLimited { .. } => Cause::SlowedDown,
        Fault::Rejected { .. } => Cause::Refused,
        Fault::Unexpected(_) => Cause::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_refusal_names_who_can_end_it() {
        let refused = |why: &str| cause(&Fault::Unauthorized(why.to_owned()));
        for (why, expected) in [
            ("401 The API key is not valid", Cause::LoginRefused),
            ("the user name or the password is wrong", Cause::LoginRefused),
            ("400 invalid_grant", Cause::ConsentLost),
            ("the company must consent again (Revoked): its refresh token is no longer accepted", Cause::ConsentLost),
            ("the secret holds a refresh token that has been used up", Cause::ConsentLost),
            ("400 invalid_client", Cause::ClientRefused),
            ("the secret visma/acme does not exist", Cause::SecretMissing),
            ("403 4011: no licence", Cause::RightMissing),
            ("the address is not allowed: it is loopback", Cause::AddressRefused),
        ] {
            assert_eq!(refused(why), expected, "{why}");
        }
    }

    #[test]
    fn what_passes_by_itself_is_told_apart() {
        let limited = |status| Fault::RateLimited { status, after: Duration::from_secs(1), why: String::new() };
        let down = |status, broken| Fault::Unavailable { status, broken, why: String::new() };
        for (fault, expected) in [
            (limited(None), Cause::BudgetSpent),
            (limited(Some(429)), Cause::SlowedDown),
            (down(Some(503), false), Cause::Down),
            (down(None, true), Cause::Down),
            (down(None, false), Cause::Interrupted),
        ] {
            assert_eq!(cause(&fault), expected);
            assert!(cause(&fault).passes_by_itself());
        }
        assert!(!cause(&Fault::rejected("a", "no")).passes_by_itself());
    }
}
