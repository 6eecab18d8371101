//! The tenant items in `infra/examples` are ones that the bridge takes.

use std::fs;
use std::path::{Path, PathBuf};

use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde_json::Value;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/examples")
}

fn item(kind: Kind) -> Value {
    let path = examples().join(format!("tenant-{kind}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_erp_has_an_example_that_is_valid_in_production() {
    for kind in Kind::ALL {
        let tenant = Tenant::parse(&item(kind), false).unwrap_or_else(|faults| panic!("{kind}: {faults:?}"));
        assert_eq!(tenant.erp.kind, kind);
        assert!(tenant.enabled && !tenant.feeds().is_empty());
    }
}

#[test]
fn every_file_of_tenants_is_an_erp_s_and_every_tenant_is_its_own() {
    let names = fs::read_dir(examples()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut tenants: Vec<String> = names.filter(|name| name.starts_with("tenant-")).collect();
    tenants.sort_unstable();
    let mut expected: Vec<String> =
        Kind::ALL.iter().flat_map(|kind| ["json", "yaml"].map(|ending| format!("tenant-{kind}.{ending}"))).collect();
    expected.sort_unstable();
    assert_eq!(tenants, expected);
    let mut ids = Kind::ALL.map(|kind| item(kind)["tenant_id"].as_str().unwrap().to_owned());
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
}

#[test]
fn an_example_with_a_slip_is_refused() {
    for kind in Kind::ALL {
        let mut slip = item(kind);
        slip["settings"]["order_status"] = Value::from(2);
        assert!(Tenant::parse(&slip, false).is_err(), "{kind}");
    }
}
