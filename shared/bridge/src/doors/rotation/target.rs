//! Which secrets can be rotated, and what a person does about the rest.

use super::refused;
use crate::tenant;
use crate::words::fault::{Fault, Result};

/// A secret that can be rotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `ongoing/<tenant_id>`: the webhook tokens in it.
    Webhook,
    /// `visma/<tenant_id>`: this tenant's refresh token.
    Visma(String),
}

/// Refuses what is nobody's to rotate before anything is asked: the function may not even look at it.
pub(super) fn possible(secret_id: &str, prefix: &str) -> Result<()> {
    // Of an ARN everything but the last six characters is certain, and the system stands before them.
    let name = match secret_id.strip_prefix("arn:") {
        Some(arn) => arn.split_once(":secret:").map_or("", |(_, name)| name),
        None => secret_id,
    };
    match under(name, prefix)?.0 {
        "ongoing" | "visma" => Ok(()),
        system => Err(by_hand(system)),
    }
}

impl Target {
    /// What the secret of this name is, which is its whole name.
    pub(super) fn of(name: &str, prefix: &str) -> Result<Self> {
        match under(name, prefix)? {
            ("ongoing", tenant_id) if tenant::is_id(tenant_id) => Ok(Self::Webhook),
            ("visma", tenant_id) if tenant::is_id(tenant_id) => Ok(Self::Visma(tenant_id.to_owned())),
            ("visma", "app") => Err(refused(
                "Visma changes a client secret for a person alone, in its developer portal: change it there, then put it with \
                 `bridgectl secret put`",
            )),
            (system, _) => Err(by_hand(system)),
        }
    }
}

/// System, and tenant id or `app`.
fn under<'a>(name: &'a str, prefix: &str) -> Result<(&'a str, &'a str)> {
    let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    let parts = rest.and_then(|rest| rest.split_once('/'));
    parts.ok_or_else(|| refused(format!("the secret is none of {prefix}/<system>/<tenant id or app>")))
}

fn by_hand(system: &str) -> Fault {
    refused(match system {
        "poweroffice" => {
            "PowerOffice Go has no API that changes a key: make the new one there, then put it with `bridgectl secret put`"
        }
        "finago" => {
            "Finago Office has no API that changes a password or an application id: change it there, then put it with \
             `bridgectl secret put`"
        }
        "procountor" => {
            "Procountor gives an API key to a person alone, in a browser: `bridgectl connect-link <tenant_id>`; what its support \
             gave out is replaced with `bridgectl secret put`"
        }
        _ => "no tenant has a secret of this name: nothing in it can be rotated",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-north-1:000000000000:secret:";

    fn why(result: Result<impl std::fmt::Debug>) -> String {
        let Err(Fault::Rejected { why, .. }) = result else { panic!("{result:?} is not refused") };
        why
    }

    #[test]
    fn what_can_be_rotated_is_asked_about_by_name_or_arn() {
        for secret in ["stack/ongoing/acme", "stack/visma/acme", "stack/visma/app"] {
            assert_eq!(possible(secret, "stack"), Ok(()), "{secret}");
            assert_eq!(possible(&format!("{ARN}{secret}-AbCdEf"), "stack"), Ok(()), "{secret}");
        }
    }

    #[test]
    fn the_rest_is_refused_with_what_a_person_does() {
        let by_hand = [
            ("stack/poweroffice/acme", "bridgectl secret put"),
            ("stack/poweroffice/app", "bridgectl secret put"),
            ("stack/finago/acme", "bridgectl secret put"),
            ("stack/procountor/acme", "bridgectl connect-link <tenant_id>"),
            ("stack/other/acme", "no tenant"),
            ("stack/ongoing", "none of stack/<system>/"),
            ("stack-2/ongoing/acme", "none of stack/<system>/"),
            ("else/visma/acme", "none of stack/<system>/"),
            ("", "none of stack/<system>/"),
        ];
        for (secret, advice) in by_hand {
            for id in [secret.to_owned(), format!("{ARN}{secret}-AbCdEf")] {
                let why = why(possible(&id, "stack"));
                assert!(why.contains(advice), "{id}: {why}");
            }
        }
        assert!(why(possible("arn:aws:lambda:eu-north-1:0:function:stack/visma/acme", "stack")).contains("none of"));
    }

    #[test]
    fn a_whole_name_tells_an_application_from_a_tenant_of_that_name() {
        assert_eq!(Target::of("stack/ongoing/acme", "stack"), Ok(Target::Webhook));
        assert_eq!(Target::of("stack/visma/app-abcdef", "stack"), Ok(Target::Visma("app-abcdef".into())));
        assert_eq!(Target::of("stack/visma/acme-1-abcdef", "stack"), Ok(Target::Visma("acme-1-abcdef".into())));
        assert!(why(Target::of("stack/visma/app", "stack")).contains("developer portal"));
        for nobody in ["stack/ongoing/app", "stack/ongoing/Acme", "stack/visma/acme/more", "stack/visma/"] {
            assert!(why(Target::of(nobody, "stack")).contains("no tenant"), "{nobody}");
        }
    }
}
