//! The functions do not depend on the operator's crates, and there is one TLS stack. What is compiled in has a licence, comes
//! from a place and is none of the crates that `deny.toml` names: `cargo deny` says so too, where it is installed.

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
    let deployed = crates(["functions"]);
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
    let all = crates(["bridgectl", "end-to-end", "functions"]);
    for name in ["rustls", "tokio-rustls", "hyper-rustls", "hyper", "h2", "http", "reqwest", "ring"] {
        assert!(versions(&all, name).len() <= 1, "{:?}", versions(&all, name));
    }
    assert_eq!(versions(&all, "rustls").len(), 1);
    for other in ["native-tls", "openssl", "aws-lc-rs", "aws-lc-sys", "aws-smithy-http-client"] {
        assert_eq!(versions(&all, other), [""; 0]);
    }
}

/// The texts of a list in `deny.toml`: of `allow = [...]` the texts, of `deny = [...]` the crates.
fn listed(after: &str, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("deny.toml")).unwrap();
    let section = text.split_once(after).unwrap().1;
    let list = section.split_once(&format!("\n{name} = [")).unwrap().1.split_once(']').unwrap().0;
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    let texts: Vec<String> = lines.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned)).collect();
    assert!(!texts.is_empty(), "{after} {name}");
    texts
}

/// Everything that `Cargo.lock` names, of other people. What is for other systems is not there where only this one's was
/// built: cargo gets it.
fn packages() -> Vec<serde_json::Value> {
    let mut metadata = Command::new(env!("CARGO"));
    metadata.current_dir(workspace()).args(["metadata", "--format-version=1", "--locked"]);
    let output = metadata.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = metadata["packages"].as_array().unwrap();
    all.iter().filter(|package| !package["source"].is_null()).cloned().collect()
}

/// Whether a licence expression can be met: `A OR B`, `A AND B`, brackets; `A/B` is the old way to say or.
fn met(expression: &str, allowed: &[String]) -> bool {
    fn parts<'a>(text: &'a str, between: &str) -> Vec<&'a str> {
        let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
        for (at, letter) in text.char_indices() {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            if depth == 0 && text[at..].starts_with(between) && at >= from {
                parts.push(&text[from..at]);
                from = at + between.len();
            }
        }
        parts.push(&text[from..]);
        parts
    }
    let text = expression.trim();
    for (between, every) in [(" OR ", false), ("/", false), (" AND ", true)] {
        let parts = parts(text, between);
        if parts.len() > 1 {
            let mut each = parts.into_iter().map(|part| met(part, allowed));
            return if every { each.all(|met| met) } else { each.any(|met| met) };
        }
    }
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => met(inner, allowed),
        None => allowed.iter().any(|one| one == text),
    }
}

#[test]
fn every_licence_is_allowed_and_every_crate_comes_from_crates_io() {
    let allowed = listed("[licenses]", "allow");
    let from = listed("[sources]", "allow-registry");
    for package in packages() {
        let name = &package["name"];
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(met(licence, &allowed), "{name}: {licence}");
        let source = package["source"].as_str().unwrap_or_default();
        assert!(
            source.strip_prefix("registry+").is_some_and(|url| from.iter().any(|one| one == url)),
            "{name}: {source}"
        );
    }
}

#[test]
fn a_licence_that_is_not_allowed_is_seen() {
    let allowed = ["MIT".to_owned(), "ISC".to_owned()];
    for good in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "ISC AND (Apache-2.0 OR MIT)", "(MIT OR X) AND ISC"] {
        assert!(met(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "ISC AND (GPL-3.0 OR X)", "MIT WITH an-exception"] {
        assert!(!met(bad, &allowed), "{bad}");
    }
}

#[test]
fn no_crate_is_there_that_is_refused() {
    let refused = listed("[bans]", "deny");
    assert!(refused.contains(&"chrono".to_owned()));
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(workspace()).args([
        "tree",
        "--offline",
        "--locked",
        "--workspace",
        "--target=all",
        "--prefix=none",
    ]);
    let output = tree.args(["--edges=all", "--format={p}"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("rustls"), "{names:?}");
    for name in refused {
        assert!(!names.contains(name.as_str()), "{name} is compiled in");
    }
}
