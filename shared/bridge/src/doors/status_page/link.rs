//! The signed link: whose records it shows, until when, and a signature over both by a key that is kept as a secret. Nobody
//! is noted who has one; a new key ends every link that was given out.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use url::Url;

use crate::ports::{Ports, Secrets};
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

/// The key's secret, under the stack's prefix.
pub const SECRET: &str = "status/link";

/// Where the page is.
pub const PATH: &str = "/status";

/// How long a link may be good at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Bytes of a key at least.
const KEY: usize = 32;

/// Whose records a link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's.
    Tenant(String),
    /// All tenants'.
    All,
}

impl Scope {
    /// What is signed. The two kinds cannot be taken for each other, whatever a tenant is called.
    fn text(&self, until: i64) -> String {
        match self {
            Self::Tenant(id) => format!("status\ntenant\n{id}\n{until}"),
            Self::All => format!("status\nall\n\n{until}"),
        }
    }
}

/// A link as it was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose records.
    pub scope: Scope,
    /// Until then, in seconds.
    pub until: i64,
    /// Its signature, base64url.
    pub signature: String,
}

/// Why a link opens nothing.
#[derive(Debug, PartialEq)]
pub(super) enum Refused {
    /// It was good once.
    Expired,
    /// Nobody made it, or with an earlier key.
    Forged,
    /// The key could not be read.
    Unknown(Fault),
}

#[derive(Serialize, Deserialize)]
struct Key {
    key: String,
}

impl Link {
    /// The parameters of its address.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let tenant = match &self.scope {
            Scope::Tenant(id) => vec![("tenant", id.clone())],
            Scope::All => Vec::new(),
        };
        let rest = [("until", self.until.to_string()), ("signature", self.signature.clone())];
        tenant.into_iter().chain(rest).collect()
    }

    /// The whole address.
    #[must_use]
    pub fn url(&self, api_url: &Url) -> Secret {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.parameters()).finish();
        Secret::new(format!("{}{PATH}?{query}", api_url.as_str().trim_end_matches('/')))
    }
}

fn mac(key: &[u8], scope: &Scope, until: i64) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| Fault::Unexpected(format!("the secret {SECRET} has no key that can be used")))?;
    mac.update(scope.text(until).as_bytes());
    Ok(mac)
}

/// A key out of its secret.
fn key(secret: &Secret) -> Result<Vec<u8>> {
    let odd = || Fault::Unexpected(format!("the secret {SECRET} is not {{\"key\"}}; bridgectl status-link --new-key"));
    let kept: Key = serde_json::from_str(secret.expose()).map_err(|_| odd())?;
    let key = BASE64_URL_SAFE_NO_PAD.decode(kept.key).map_err(|_| odd())?;
    if key.len() < KEY { Err(odd()) } else { Ok(key) }
}

/// Makes a new key in place of any there is: all links end within five minutes, in which a function may remember the
/// former one.
///
/// # Errors
/// When the secret cannot be written.
pub async fn new_key(ports: &Ports) -> Result<()> {
    let key = Key { key: BASE64_URL_SAFE_NO_PAD.encode(ports.random.bytes()) };
    let text = serde_json::to_string(&key).map_err(|error| Fault::Unexpected(error.to_string()))?;
    ports.secrets.set(SECRET, &Secret::new(text)).await
}

/// A link for this scope, good for so long; makes the key where there is none yet.
///
/// # Errors
/// When the key can be neither read nor made, or the time is none.
pub async fn make(ports: &Ports, scope: Scope, lifetime: SignedDuration) -> Result<(Link, Timestamp)> {
    if lifetime <= SignedDuration::ZERO || lifetime > LONGEST {
        return Err(Fault::rejected("/days", "a link is good for 1 to 366 days"));
    }
    let kept = match ports.secrets.get(SECRET, true).await? {
        Some(kept) => kept,
        None => {
            new_key(ports).await?;
            let made = ports.secrets.get(SECRET, true).await?;
            made.ok_or_else(|| Fault::unavailable(format!("the secret {SECRET} was made and cannot be read yet")))?
        }
    };
    let until = ports.clock.now().as_second() + lifetime.as_secs();
    let signature = mac(&key(&kept)?, &scope, until)?.finalize().into_bytes();
    let link = Link { scope, until, signature: BASE64_URL_SAFE_NO_PAD.encode(signature) };
    let at = Timestamp::from_second(until).map_err(|error| Fault::Unexpected(error.to_string()))?;
    Ok((link, at))
}

/// Whose records a link opens. The signature is compared in constant time, and before the time: a link that nobody made
/// tells nothing. A key that was replaced is looked for after a refusal.
pub(super) async fn check(ports: &Ports, link: &Option<Link>) -> std::result::Result<Scope, Refused> {
    let Some(link) = link else { return Err(Refused::Forged) };
    let kept = ports.secrets.get(SECRET, false).await.map_err(Refused::Unknown)?;
    let mut is_good = signed(kept.as_ref(), link)?;
    if !is_good {
        let newer = ports.secrets.get_after_refusal(SECRET).await.map_err(Refused::Unknown)?;
        is_good = signed(newer.as_ref(), link)?;
    }
    if !is_good {
        return Err(Refused::Forged);
    }
    if link.until <= ports.clock.now().as_second() {
        return Err(Refused::Expired);
    }
    Ok(link.scope.clone())
}

fn signed(kept: Option<&Secret>, link: &Link) -> std::result::Result<bool, Refused> {
    let Some(kept) = kept else { return Ok(false) };
    let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(&link.signature) else { return Ok(false) };
    let mac = mac(&key(kept).map_err(Refused::Unknown)?, &link.scope, link.until).map_err(Refused::Unknown)?;
    Ok(mac.verify_slice(&signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(byte: u8) -> Secret {
        Secret::new(format!("{{\"key\":\"{}\"}}", BASE64_URL_SAFE_NO_PAD.encode([byte; KEY])))
    }

    fn link(scope: Scope, until: i64, byte: u8) -> Link {
        let signature = mac(&[byte; KEY], &scope, until).unwrap().finalize().into_bytes();
        Link { scope, until, signature: BASE64_URL_SAFE_NO_PAD.encode(signature) }
    }

    #[test]
    fn a_signature_is_good_for_its_key_its_scope_and_its_time_alone() {
        let of = |id: &str| Scope::Tenant(id.to_owned());
        let good = link(of("acme"), 1_000, 1);
        assert_eq!(signed(Some(&key_of(1)), &good), Ok(true));
        assert_eq!(signed(Some(&key_of(2)), &good), Ok(false), "a new key ends it");
        assert_eq!(signed(None, &good), Ok(false));
        for forged in [
            Link { scope: of("other"), ..good.clone() },
            Link { scope: Scope::All, ..good.clone() },
            Link { until: 1_001, ..good.clone() },
            Link { signature: String::new(), ..good.clone() },
            Link { signature: "é".into(), ..good.clone() },
            Link { signature: good.signature[..42].to_owned(), ..good.clone() },
            link(Scope::All, 1_000, 2),
        ] {
            assert_eq!(signed(Some(&key_of(1)), &forged), Ok(false));
        }
        // A tenant that is called all is not all.
        let all = link(of("all"), 1_000, 1);
        assert_eq!(signed(Some(&key_of(1)), &Link { scope: Scope::All, ..all }), Ok(false));
    }

    #[test]
    fn a_key_that_is_none_is_not_used() {
        for odd in ["", "{}", "{\"key\":\"\"}", "{\"key\":\"c2hvcnQ\"}", "{\"key\":\"not base64!\"}"] {
            assert!(key(&Secret::new(odd.into())).is_err(), "{odd}");
        }
        assert_eq!(key(&key_of(7)), Ok(vec![7; KEY]));
    }

    #[test]
    fn the_address_names_the_tenant_the_time_and_the_signature() {
        let api: Url = "https://api.example/".parse().unwrap();
        let url = link(Scope::Tenant("acme".into()), 1_000, 1).url(&api);
        let (begin, signature) =
            url.expose().split_at("https://api.example/status?tenant=acme&until=1000&signature=".len());
        assert_eq!(begin, "https://api.example/status?tenant=acme&until=1000&signature=");
        assert_eq!(signature.len(), 43);
        let url = link(Scope::All, 1_000, 1).url(&api);
        assert!(url.expose().starts_with("https://api.example/status?until=1000&signature="), "{}", url.expose());
    }
}
