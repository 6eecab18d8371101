//! What a tenant item may name as an address, by a list of what it may not.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::collections::BTreeSet;

use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

const HOSTILE: &str = include_str!("hostile-addresses.txt");
const VENDORS: &str = include_str!("vendor-addresses.txt");

/// The places of an item that hold an address.
const PLACES: [&str; 3] = ["/erp/base_url", "/erp/auth_url", "/ongoing/base_url"];

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn hostile() -> BTreeSet<String> {
    lines(HOSTILE).map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

fn item(kind: Kind, place: &str, address: &str) -> Value {
    let mut item = json!({
        "tenant_id": "acme",
        "erp": { "kind": kind.word(), "base_url": kind.base_url(), "auth_url": kind.auth_url() },
        "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159 },
    });
    *item.pointer_mut(place).unwrap() = json!(address);
    item
}

#[test]
fn two_hundred_hostile_addresses_and_more_are_refused_in_every_place_of_an_item_with_its_path() {
    let hostile = hostile();
    assert!(hostile.len() >= 200, "{} addresses", hostile.len());
    for address in &hostile {
        for place in PLACES {
            let faults = Tenant::parse(&item(Kind::Visma, place, address), false)
                .expect_err(&format!("{place} may name {address:?}"));
            let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
            assert_eq!(paths, [place], "{address:?}");
            let words = faults[0].problem.as_str();
            assert!(!words.is_empty() && !words.contains("secret"), "{address:?}: {words}");
        }
    }
}

#[test]
fn what_the_vendors_really_use_is_allowed_in_every_place() {
    for address in lines(VENDORS) {
        for kind in Kind::ALL {
            for place in PLACES {
                let read = Tenant::parse(&item(kind, place, address), false);
                let tenant = read.unwrap_or_else(|faults| panic!("{place} {address}: {faults:?}"));
                let urls = [tenant.erp.base_url, tenant.erp.auth_url, tenant.ongoing.base_url];
                let at = PLACES.iter().position(|one| *one == place).unwrap();
                assert_eq!(urls[at].as_str().trim_end_matches('/'), address.trim_end_matches('/'));
            }
        }
    }
}

#[test]
fn the_list_of_vendors_has_every_default() {
    let listed: BTreeSet<&str> = lines(VENDORS).map(|line| line.trim_end_matches('/')).collect();
    for kind in Kind::ALL {
        for url in [kind.base_url(), kind.auth_url()] {
            assert!(listed.contains(url.as_str().trim_end_matches('/')), "{url}");
        }
    }
}

/// A developer's stack names simulators on loopback over http, and what hides, asks a cloud who it is, or is no HTTP at
/// all has no place there either.
#[test]
fn where_local_endpoints_are_allowed_only_where_it_leads_and_its_port_may_be_local() {
    let may_be_local = |address: &str| {
        let host = address.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
        !["169.254.", "100.100.100.200", "168.63.129.16", "192.0.0.192", "metadata", "instance-data"]
            .iter()
            .any(|metadata| host.to_ascii_lowercase().contains(metadata))
    };
    let mut passed = 0;
    for address in hostile() {
        let Ok(tenant) = Tenant::parse(&item(Kind::Visma, "/erp/base_url", &address), true) else { continue };
        passed += 1;
        let url = tenant.erp.base_url;
        assert!(may_be_local(&address), "{address}");
        assert!(address.is_ascii() && !address.contains(['@', '\\', '%', '?', '#', ' ']), "{address:?}");
        assert!(["http", "https"].contains(&url.scheme()), "{address}");
    }
    assert!(passed > 50, "{passed}: ports, private hosts and names without a dot are what it is for");
    for address in
        ["http://127.0.0.1:4600/v2", "http://localhost:8080", "http://[::1]:8080/acme/api/v1", "https://db.lan"]
    {
        for place in PLACES {
            assert!(Tenant::parse(&item(Kind::Visma, place, address), true).is_ok(), "{address}");
            assert!(Tenant::parse(&item(Kind::Visma, place, address), false).is_err(), "{address}");
        }
    }
}
