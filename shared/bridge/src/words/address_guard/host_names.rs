//! Checks host names by their text.

/// Top-level names that are never public: reserved by RFC 2606, 6761, 6762, 7686, 8375, 9476, by ICANN
/// (`internal`), and used inside companies.
pub(crate) const PRIVATE_SUFFIXES: [&str; 19] = [
    "alt",
    "arpa",
    "corp",
    "domain",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "localnet",
    "mail",
    "onion",
    "private",
    "test",
    "workgroup",
];

/// Wildcard DNS domains: public domains whose names resolve to the address in their own text, to loopback, or to changing
/// addresses.
const WILDCARD_DNS: [&str; 29] = [
    "1u.ms",
    "42foo.com",
    "backname.io",
    "beweb.com",
    "devd.io",
    "fuf.me",
    "lacolhost.com",
    "local.gd",
    "localh.st",
    "localho.st",
    "localhost.direct",
    "localtest.me",
    "local-ip.co",
    "local-ip.sh",
    "localtls.com",
    "lvh.me",
    "nip.io",
    "oast.fun",
    "oast.live",
    "oast.pro",
    "rbndr.us",
    "rebind.it",
    "rebind.network",
    "requestrepo.com",
    "smackaho.st",
    "sslip.io",
    "traefik.me",
    "vcap.me",
    "xip.io",
];

/// Labels of AWS's names that lead into a private network: endpoints of one, and machines, which inside of it are found
/// by their private address.
const PRIVATE_LABELS: [&str; 4] = ["compute", "compute-1", "vpce", "vpc"];

/// Whether a vendor could have this name.
///
/// # Errors
/// What is wrong with it.
pub fn public(name: &str) -> Result<(), String> {
    let name = name.to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let fault = if name.len() > 253 || !labels.iter().all(|label| well_formed(label)) {
        "a host name of letters, digits and single dots is expected"
    } else if labels.len() < 2 || labels.last().is_some_and(|last| PRIVATE_SUFFIXES.contains(last)) {
        "a public host name is expected"
    } else if labels.iter().any(|label| label.starts_with("xn--")) {
        "a host name without foreign letters is expected"
    } else if metadata(&name) {
        "no cloud's metadata service is called"
    } else if spells_an_address(&labels) || WILDCARD_DNS.iter().any(|domain| within(&name, domain)) {
        "a host name that leads to one place is expected"
    } else if inside_aws(&name, &labels) {
        "a private endpoint cannot be reached"
    } else {
        return Ok(());
    };
    Err(fault.into())
}

/// Whether it is a cloud's metadata service.
pub fn metadata(name: &str) -> bool {
    name.to_ascii_lowercase().split('.').any(|label| ["metadata", "instance-data", "rancher-metadata"].contains(&label))
}

fn within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn well_formed(label: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&label.len()) && label.chars().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
}

fn inside_aws(name: &str, labels: &[&str]) -> bool {
    let aws = within(name, "amazonaws.com") || within(name, "amazonaws.com.cn") || within(name, "api.aws");
    aws && labels.iter().any(|label| PRIVATE_LABELS.contains(label) || label.starts_with("vpce-"))
}

/// Whether the name contains an IPv4 address: four numbers in a row, as labels (`10.0.0.1.nip.io`) or within one (`ip-10-0-0-1.example.org`).
fn spells_an_address(labels: &[&str]) -> bool {
    let byte = |text: &&str| !text.is_empty() && text.len() <= 3 && text.parse::<u8>().is_ok();
    let four = |parts: &[&str]| parts.windows(4).any(|window| window.iter().all(byte));
    four(labels) || labels.iter().any(|label| four(&label.split('-').collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_refused_with_all_names_under_it_and_no_others() {
        for name in ["nip.io", "a.nip.io", "printer.local", "a.vpce-1.s3.eu-north-1.vpce.amazonaws.com"] {
            assert!(public(name).is_err(), "{name}");
        }
        for name in ["snip.io", "nip.io.vendor.se", "local.vendor.se", "test.vendor.se", "vpce-1.vendor.se"] {
            assert_eq!(public(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn an_address_in_a_name_is_seen_and_a_version_is_not() {
        for name in ["10.0.0.1.vendor.se", "ip-10-0-0-1.vendor.se", "a-10-0-0-1-b.vendor.se"] {
            assert!(public(name).is_err(), "{name}");
        }
        for name in ["api-1-2-3.vendor.se", "1.2.3.vendor.se", "api-2026-11-22-1.vendor.se"] {
            assert_eq!(public(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_name_of_253_letters_is_the_longest() {
        let name = |rest: usize| format!("{}{}.se", "a.".repeat(124), "b".repeat(rest));
        assert_eq!(name(2).len(), 253);
        assert_eq!(public(&name(2)), Ok(()));
        assert!(public(&name(3)).is_err());
        assert!(
            public(&format!("{}.se", "a".repeat(63))).is_ok() && public(&format!("{}.se", "a".repeat(64))).is_err()
        );
    }
}
