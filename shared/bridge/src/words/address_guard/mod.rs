//! The address guard (SSRF protection): a tenant item names hosts, and nobody may use that to reach into the
//! deployment's own network.
//!
//! Two independent checks: the address as it is written ([`read`], [`check`]), and at connect time the IP address it
//! resolves to ([`may_connect`]), which an attacker's name server may have changed in between.

mod host_names;
mod ip_addresses;

use url::{Host, Url};

#[cfg(feature = "schema")]
pub(crate) use host_names::PRIVATE_SUFFIXES;
pub use ip_addresses::{may_connect, public};

/// Reads an address that somebody wrote into a tenant item. No error repeats it: it may carry a password.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str, allow_local: bool) -> Result<Url, String> {
    if !text.chars().all(|c| c.is_ascii_graphic() && c != '\\') {
        return Err("an address is written in plain ASCII, without spaces and backslashes".into());
    }
    if !text.contains("://") {
        return Err("https:// is missing in front of it".into());
    }
    let url = Url::parse(text).map_err(|error| format!("an address is expected: {error}"))?;
    check(&url, allow_local)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address without query and fragment is expected".into());
    }
    if !plain(text, &url) {
        return Err("the host is written in a way that hides it".into());
    }
    Ok(url)
}

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
        return local(&host);
    }
    if url.scheme() != "https" {
        return Err("https is expected".into());
    }
    if url.port().is_some_and(|port| port != 443) {
        return Err("the port must be 443".into());
    }
    match host {
        Host::Domain(name) => host_names::public(name),
        Host::Ipv4(_) | Host::Ipv6(_) => Err("a host name is expected, not an IP address".into()),
    }
}

/// On a developer's machine everything is allowed but the metadata services of clouds, which return credentials.
fn local(host: &Host<&str>) -> Result<(), String> {
    let metadata = match host {
        Host::Domain(name) => host_names::metadata(name),
        Host::Ipv4(address) => ip_addresses::metadata((*address).into()),
        Host::Ipv6(address) => ip_addresses::metadata((*address).into()),
    };
    if metadata { Err("no cloud's metadata service is called".into()) } else { Ok(()) }
}

/// Whether host and port were written as they are read. `0x7f.1`, `１２７.1`, `%6c`, `@` and missing slashes all name
/// something else than a person sees.
fn plain(text: &str, url: &Url) -> bool {
    let written = text.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
    written.is_some_and(|written| {
        let written = written.to_ascii_lowercase();
        written == host || written == format!("{host}:{port}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_hosts_pass() {
        for kind in crate::words::kind::Kind::ALL {
            assert_eq!(check(&kind.base_url(), false), Ok(()));
            assert_eq!(check(&kind.auth_url(), false), Ok(()));
        }
    }

    #[test]
    fn a_host_may_be_written_in_capitals_and_with_its_own_port() {
        let base = "https://api.procountor.com";
        for text in ["https://api.procountor.com", "HTTPS://API.Procountor.com/", "https://api.procountor.com:443/v2"] {
            assert!(read(text, false).unwrap().as_str().starts_with(base), "{text}");
        }
    }

    #[test]
    fn an_address_without_its_beginning_is_told_to_have_one() {
        for text in ["api.procountor.com", "api.procountor.com:443/v2", "localhost:8080", "/v2", "mailto:x@example.com"]
        {
            assert_eq!(read(text, true).unwrap_err(), "https:// is missing in front of it", "{text}");
        }
    }

    #[test]
    fn no_error_repeats_the_address() {
        for text in
            ["https://user:s3cret@api.procountor.com/", "https://s3cret:s3cret@/", "s3cret", "https://h:s3cret/"]
        {
            for allow_local in [false, true] {
                let why = read(text, allow_local).unwrap_err();
                assert!(!why.contains("s3cret"), "{why}");
            }
        }
    }

    #[test]
    fn local_hosts_pass_where_they_are_allowed_and_nothing_odd_does() {
        let allowed = |text: &str| read(text, true).is_ok();
        for text in [
            "http://127.0.0.1:8080/v2",
            "http://localhost:8080/v2",
            "http://[::1]:8080/v2",
            "http://simulators:8080",
            "https://10.0.0.7/api",
            "https://api.procountor.com",
        ] {
            assert!(allowed(text), "{text}");
        }
        for text in [
            "http://user:secret@127.0.0.1/",
            "http://user@localhost/",
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "gopher://127.0.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://169.254.170.2/v2/credentials",
            "http://[::ffff:169.254.169.254]/",
            "http://[fd00:ec2::254]/",
            "http://[fd20:ce::254]/",
            "http://[fe80::a9fe:a9fe]/",
            "http://168.63.129.16/",
            "http://100.100.100.200/",
            "http://192.0.0.192/",
            "http://metadata/computeMetadata/v1/",
            "http://metadata.google.internal/",
            "http://metadata.google.internal./",
            "http://instance-data.ec2.internal/",
            "http://0xa9fea9fe/",
            "http://2130706433/",
            "http://127.1/",
            "http://localhost\\@127.0.0.1/",
        ] {
            assert!(!allowed(text), "{text}");
        }
    }
}
