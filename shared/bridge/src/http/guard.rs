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

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> bool {
        Url::parse(text).is_ok_and(|url| check(&url, false).is_ok())
    }

    #[test]
    fn the_vendors_hosts_pass() {
        for kind in crate::erp::Kind::ALL {
            assert_eq!(check(&kind.base_url(), false), Ok(()));
            assert_eq!(check(&kind.auth_url(), false), Ok(()));
        }
        assert!(allowed("https://api.ongoingsystems.se/acme/api/v1"));
        assert!(allowed("https://wms1.ongoingsystems.se/acme/api/v1/"));
    }

    #[test]
    fn nothing_else_than_public_https_names_passes() {
        for text in [
            "http://api.ongoingsystems.se/",
            "https://api.ongoingsystems.se:8443/",
            "https://user:secret@api.ongoingsystems.se/",
            "https://user@api.ongoingsystems.se/",
            "https://127.0.0.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://017700000001/",
            "https://127.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[fd00:ec2::254]/",
            "https://localhost/",
            "https://localhost./",
            "https://LOCALHOST/",
            "https://api.localhost/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://intranet/",
            "ftp://api.ongoingsystems.se/",
            "file:///etc/passwd",
            "gopher://api.ongoingsystems.se/",
        ] {
            assert!(!allowed(text), "{text}");
        }
    }

    #[test]
    fn local_hosts_pass_where_they_are_allowed_and_nothing_odd_does() {
        let check = |text: &str| check(&Url::parse(text).unwrap(), true).is_ok();
        assert!(check("http://127.0.0.1:8080/v2"));
        assert!(check("http://localhost:8080/v2"));
        assert!(!check("http://user:secret@127.0.0.1/"));
        assert!(!check("file:///etc/passwd"));
    }

    #[test]
    fn only_public_addresses_are_connected_to() {
        for text in ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "2a00:1450:400f:80d::200e", "::ffff:8.8.8.8"] {
            assert!(public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(text.parse().unwrap()), "{text}");
        }
    }
}
