//! The real program without AWS: what it prints where, and its exit codes.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Exit code, standard output, standard error.
fn bridgectl(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bridgectl"));
    command.args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("BRIDGE_")) {
        command.env_remove(name);
    }
    // An address where nobody is: no test asks anybody.
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const FAULTY: &str = "tenant_id: 7\nerp: {kind: visma, bas_url: x}\n";

#[test]
fn every_file_is_checked_and_every_fault_told() {
    let files = ["tenant", "validate", "infra/examples/tenant-visma.json", "-", "nowhere.json"];
    let (code, out, err) = bridgectl(&files, FAULTY);
    assert_eq!((code, out.as_str()), (1, ""));
    let expected = "\
standard input:2:20: /erp/bas_url: there is no such member; one of kind, base_url, auth_url is expected; did you mean base_url?
standard input:1:1: /tenant_id: text is expected, not a number
standard input:1:1: /ongoing: it is missing, and needed
nowhere.json: cannot be read: No such file or directory (os error 2)
error: 2 of 3 files are not valid
";
    assert_eq!(err, expected);
}

#[test]
fn good_files_are_named_each() {
    let (code, out, err) =
        bridgectl(&["tenant", "validate", "infra/examples/tenant-visma.json", "infra/examples/tenant-finago.json"], "");
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(
        out,
        "infra/examples/tenant-visma.json: malar-textil on visma is valid\n\
         infra/examples/tenant-finago.json: fjord-interior on finago is valid\n"
    );
}

#[test]
fn with_json_there_is_one_document_on_standard_output_and_nothing_else() {
    let document = |arguments: &[&str], input: &str, wanted: i32| -> Value {
        let (code, out, err) = bridgectl(arguments, input);
        assert_eq!((code, err.as_str()), (wanted, ""), "{arguments:?}: {out}");
        serde_json::from_str(&out).unwrap()
    };
    let good = document(&["--json", "tenant", "validate", "infra/examples/tenant-visma.json"], "", 0);
    let file = &good["files"][0];
    assert_eq!((&file["tenant_id"], &file["valid"]), (&Value::from("malar-textil"), &Value::from(true)));
    assert_eq!(
        (&good["faults"], &good["warnings"]),
        (&Value::from([0u8; 0].as_slice()), &Value::from([0u8; 0].as_slice()))
    );
    let mixed = document(&["tenant", "validate", "infra/examples/tenant-visma.json", "-", "--json"], FAULTY, 1);
    let valid: Vec<&Value> = mixed["files"].as_array().unwrap().iter().map(|file| &file["valid"]).collect();
    assert_eq!(valid, [&Value::from(true), &Value::from(false)]);
    let bad = document(&["tenant", "validate", "-", "--json"], FAULTY, 1);
    assert_eq!(bad["error"], "1 of 1 file is not valid");
    assert_eq!((&bad["faults"][0]["path"], &bad["faults"][0]["line"]), (&Value::from("/erp/bas_url"), &Value::from(2)));
    assert_eq!(bad["faults"][0]["did_you_mean"], "base_url");
    let usage = document(&["tenant", "aply", "--json"], "", 2);
    assert!(usage["error"].as_str().unwrap().contains("aply"));
    let nobody = document(&["tenant", "list", "--json"], "", 3);
    assert!(nobody["error"].as_str().unwrap().contains("AWS region"));
    let schema = document(&["tenant", "schema", "--json"], "", 0);
    assert_eq!(schema["title"], "A tenant of Ongoing Bridge");
    let completions = document(&["completions", "fish", "--json"], "", 0);
    assert!(completions["script"].as_str().unwrap().contains("complete -c bridgectl"));
}

#[test]
fn a_wrong_call_ends_with_two_and_one_that_reaches_nobody_with_three() {
    assert_eq!(bridgectl(&[], "").0, 2);
    assert_eq!(bridgectl(&["tenant", "validate"], "").0, 2);
    assert_eq!(bridgectl(&["pull", "acme", "--since", "yesterday"], "").0, 2);
    assert_eq!(bridgectl(&["pull", "acme", "--no-wait"], "").0, 2);
    assert_eq!(bridgectl(&["pull", "acme", "--status", "--since", "2026-01-01"], "").0, 2);
    assert_eq!(bridgectl(&["secret", "put", "ongoing/acme", "hunter2"], "").0, 2);
    assert_eq!(bridgectl(&["probe"], "").0, 2);
    assert_eq!(bridgectl(&["probe", "acme", "--yes-to", "Acme AS"], "").0, 2);
    assert_eq!(bridgectl(&["probe", "acme", "--mail", "nobody@example.com"], "").0, 2);
    assert_eq!(bridgectl(&["tenant", "list", "--stack", ""], "").0, 2);
    assert_eq!(bridgectl(&["--help"], "").0, 0);
    let (code, _, err) = bridgectl(&["tenant", "show", "acme"], "");
    assert_eq!(code, 3, "{err}");
}

#[test]
fn a_demo_that_is_not_running_is_called_so() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bridgectl"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("BRIDGE_")) {
        command.env_remove(name);
    }
    // As `.local/env` has it, of a demo that was ended meanwhile.
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("AWS_REGION", "eu-north-1");
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    command.env("BRIDGE_STACK", "ongoing-bridge-local").env("AWS_EC2_METADATA_DISABLED", "true");
    let said = command.arg("status").output().unwrap();
    let err = String::from_utf8(said.stderr).unwrap();
    assert_eq!(said.status.code(), Some(3), "{err}");
    assert!(err.contains("the demo is not running") && err.contains("cargo xtask demo --keep"), "{err}");
    assert!(!err.contains("refused"), "{err}");
}

#[test]
fn a_faulty_file_is_refused_before_any_stack_is_asked() {
    let (code, _, err) = bridgectl(&["tenant", "apply", "-", "--yes"], FAULTY);
    assert_eq!(code, 1);
    assert!(err.contains("/erp/bas_url") && err.contains("nothing was written"), "{err}");
}

#[test]
fn what_is_surely_not_meant_is_warned_of() {
    let text = "tenant_id: acme\nerp: {kind: visma}\nongoing: {base_url: https://api.ongoingsystems.se/acme, \
                goods_owner_id: 1}\n";
    let (code, out, err) = bridgectl(&["tenant", "validate", "-"], text);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("acme on visma is valid\nwarning: standard input:3:11: /ongoing/base_url: "), "{out}");
}

#[test]
fn it_is_called_by_its_name_however_it_is_started() {
    let folder = std::env::temp_dir().join(format!("bridgectl-renamed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let renamed = folder.join("bc.exe");
    std::fs::copy(env!("CARGO_BIN_EXE_bridgectl"), &renamed).unwrap();
    let said = Command::new(&renamed).args(["tenant", "plan", "--help"]).output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("Usage: bridgectl tenant plan ") && !said.contains("bc.exe"), "{said}");
}

#[test]
fn a_shell_that_asks_gets_the_tenants_that_are_kept() {
    let home = std::env::temp_dir().join(format!("bridgectl-home-{}", std::process::id()));
    let asked = |arguments: &[&str], index: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bridgectl"));
        command.arg("--").args(arguments).env_clear().env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index);
        command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true").env("_CLAP_IFS", "\n");
        // Nobody is there to be asked.
        command
            .env("XDG_CACHE_HOME", &home)
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("AWS_REGION", "eu-north-1");
        let out = command.env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(asked(&["bridgectl", "ten"], "1").contains("tenant"));
    let file = asked(&["bridgectl", "tenant", "validate", "Car"], "3");
    let _ = std::fs::remove_dir_all(&home);
    assert!(file.contains("Cargo.toml"), "{file}");
}

#[test]
fn the_printed_schema_is_the_published_one() {
    let published = include_str!("../../../docs/tenant.schema.json");
    assert_eq!(bridgectl(&["tenant", "schema"], "").1, published);
}
