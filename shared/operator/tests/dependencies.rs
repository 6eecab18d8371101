//! The operator's side stays outside of what is deployed, and there is one TLS stack.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The crates that these packages are compiled with, each as `name v1.2.3`.
fn crates<'a>(packages: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(workspace()).args(["tree", "--offline", "--locked", "--edges=normal", "--prefix=none"]);
    tree.args(["--format={p}"]).args(packages.into_iter().flat_map(|package| ["--package", package]));
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let named = text.lines().filter_map(|line| line.split_once(' '));
    named.map(|(name, rest)| format!("{name} {}", rest.split(' ').next().unwrap())).collect()
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Of these crates, the versions of one.
fn versions<'a>(crates: &'a BTreeSet<String>, name: &str) -> Vec<&'a str> {
    crates.iter().filter(|one| one.split(' ').next() == Some(name)).map(String::as_str).collect()
}

#[test]
fn no_function_is_compiled_with_the_operator_s_side() {
    let functions = std::fs::read_dir(workspace().join("functions")).unwrap();
    let functions: Vec<String> =
        functions.map(|function| function.unwrap().file_name().into_string().unwrap()).collect();
    let deployed = crates(functions.iter().map(String::as_str));
    assert_eq!(versions(&deployed, "bridge-aws").len(), 1, "{deployed:?}");
    let ours = crates(["bridge-operator"]);
    for name in [
        "bridge-operator",
        "aws-sdk-cloudformation",
        "aws-sdk-cloudwatchlogs",
        "aws-sdk-lambda",
        "aws-sdk-signin",
        "aws-sdk-sso",
        "aws-sdk-ssooidc",
        "aws-smithy-eventstream",
    ] {
        assert_eq!(versions(&ours, name).len(), 1, "{name}");
        assert_eq!(versions(&deployed, name), [""; 0]);
    }
}

#[test]
fn there_is_one_tls_stack_and_one_http_client() {
    let all = crates(["bridgectl", "end-to-end", "wms-import"]);
    for name in ["rustls", "tokio-rustls", "hyper-rustls", "hyper", "h2", "http", "reqwest", "aws-lc-sys"] {
        assert!(versions(&all, name).len() <= 1, "{:?}", versions(&all, name));
    }
    assert_eq!(versions(&all, "rustls").len(), 1);
    for other in ["native-tls", "openssl", "ring", "rustls-ring"] {
        assert_eq!(versions(&all, other), [""; 0]);
    }
}
