//! The address guard: a tenant item names hosts, and nobody may use that to reach into the deployment's own network.
//! Checked here by the address as written, and once more at connect time by the address it resolves to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether a tenant item may name this address.
///
/// # Errors
/// What is wrong with it.
pub fn check(url: &Url, allow_local: bool) -> Result<(), String> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address carries no user or password".into());
    }
    let host = url.host().ok_or("a host is missing")?;
    if allow_local && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err("https is expected".into());
    }
    if url.port().is_some_and(|port| port != 443) {
        return Err("the port must be 443".into());
    }
    match host {
        Host::Domain(name) if public_name(name) => Ok(()),
        Host::Domain(_) => Err("a public host name is expected".into()),
        Host::Ipv4(_) | Host::Ipv6(_) => Err("a host name is expected, not an IP address".into()),
    }
}

fn public_name(name: &str) -> bool {
    const LOCAL: [&str; 8] =
        ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain", "in-addr.arpa"];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.contains('.') && !LOCAL.iter().any(|end| name == *end || name.ends_with(&format!(".{end}")))
}

/// Whether a resolved address is on the public internet.
#[must_use]
pub fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => public_v4(address),
        IpAddr::V6(address) => public_v6(address),
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return public_v4(v4);
    }
    let [a, b, c, ..] = address.segments();
    // Only 2000::/3 is handed out; within it, protocol assignments, documentation and 6to4 lead elsewhere.
    (a & 0xe000) == 0x2000
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
        && !(a == 0x2620 && b == 0x4f && c == 0x8000)
}
