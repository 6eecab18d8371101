//! GitHub's workflows: what may go wrong in them unseen, since they run nowhere else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{files, read};

fn workflows() -> Vec<(String, Value)> {
    let all = files(".github/workflows", ".yml");
    all.into_iter().map(|file| (file.clone(), serde_norway::from_str(&read(&file)).unwrap())).collect()
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow["jobs"].as_object().unwrap().iter()
}

fn steps(workflow: &Value) -> impl Iterator<Item = &Value> {
    jobs(workflow).flat_map(|(_, job)| job["steps"].as_array().unwrap())
}

#[test]
fn each_job_ends_by_itself_and_each_action_has_a_version() {
    let all = workflows();
    assert!(all.len() >= 3, "{}", all.len());
    for (file, workflow) in &all {
        assert_eq!(workflow["permissions"]["contents"], "read", "{file}");
        for (name, job) in jobs(workflow) {
            assert!(job["timeout-minutes"].is_u64(), "{file}: {name}");
        }
        for step in steps(workflow) {
            assert_ne!(step["uses"].is_string(), step["run"].is_string(), "{file}: {step}");
            if let Some(uses) = step["uses"].as_str() {
                assert!(uses.split_once("@v").is_some_and(|(_, version)| version.parse::<u32>().is_ok()), "{uses}");
                let checkout = uses.starts_with("actions/checkout@");
                assert!(!checkout || step["with"]["persist-credentials"] == false, "{file}: {step}");
            }
            // A branch's or a tag's name in a script would be a part of the script.
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{file}: {script}");
        }
    }
}

#[test]
fn an_action_has_the_same_version_everywhere() {
    let all = workflows();
    let used: BTreeSet<&str> =
        all.iter().flat_map(|(_, workflow)| steps(workflow)).filter_map(|step| step["uses"].as_str()).collect();
    let names: BTreeSet<&str> = used.iter().filter_map(|uses| Some(uses.split_once('@')?.0)).collect();
    assert_eq!(names.len(), used.len(), "{used:?}");
}

/// README and the first hour say what a release has.
#[test]
fn a_release_has_what_the_readme_says() {
    let all = workflows();
    let (_, release) = all.iter().find(|(file, _)| file.ends_with("/release.yml")).unwrap();
    assert_eq!(release["on"]["push"]["tags"][0], "v*");
    let of = |job: &str, member: &str| -> Vec<&str> {
        let matrix = release["jobs"][job]["strategy"]["matrix"]["include"].as_array().unwrap();
        matrix.iter().filter_map(|entry| entry[member].as_str()).collect()
    };
    let targets =
        ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-apple-darwin", "aarch64-apple-darwin"];
    assert_eq!(of("bridgectl", "target"), targets);
    assert_eq!(of("functions", "architecture"), ["x86_64", "arm64"]);
    let readme = read("README.md");
    for said in ["SHA256SUMS", "`bridgectl-", "`functions-arm64.zip`"] {
        assert!(readme.contains(said), "README does not say {said}");
    }
    let scripts: String = steps(release).filter_map(|step| step["run"].as_str()).collect();
    for made in ["bridgectl-$TARGET.tar.gz", "functions-$ARCHITECTURE.zip", "> SHA256SUMS", "cargo xtask build"] {
        assert!(scripts.contains(made), "{made}");
    }
    // Written by the last job alone.
    let writing = jobs(release).filter(|(_, job)| job["permissions"]["contents"] == "write");
    assert_eq!(writing.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["release"]);
}
