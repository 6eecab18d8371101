//! What the functions are made of: a CycloneDX document (ECMA-424, JSON, version 1.5) beside the built template.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::steps::Failure;
use crate::workspace::{Workspace, architecture, cargo};

/// Writes `.aws-sam/build/functions.cdx.json`.
pub fn write(workspace: &Workspace) -> Result<(), Failure> {
    let metadata = metadata(workspace)?;
    let lock =
        fs::read_to_string(workspace.root.join("Cargo.lock")).map_err(|e| Failure::new(format!("Cargo.lock: {e}")))?;
    let built = workspace.root.join(".aws-sam/build");
    let id = functions(&metadata).ok_or_else(|| Failure::new("cargo metadata: no package functions"))?;
    let path = built.join("functions.cdx.json");
    let text = format!("{:#}\n", document(&metadata, &lock, &id));
    fs::write(&path, text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

/// What is compiled for Lambda on this machine's architecture.
fn metadata(workspace: &Workspace) -> Result<Value, Failure> {
    let target = if architecture() == "arm64" { "aarch64" } else { "x86_64" };
    let out = Command::new(cargo())
        .current_dir(&workspace.root)
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform"])
        .arg(format!("{target}-unknown-linux-gnu"))
        .output()
        .map_err(|e| Failure::new(format!("cargo metadata: {e}")))?;
    serde_json::from_slice(&out.stdout)
        .map_err(|e| Failure::new(format!("cargo metadata: {e}: {}", String::from_utf8_lossy(&out.stderr))))
}

/// The package id of the functions.
fn functions(metadata: &Value) -> Option<String> {
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let ours = packages.find(|package| package["name"] == "functions" && package["source"].is_null())?;
    Some(ours["id"].as_str()?.to_owned())
}

fn document(metadata: &Value, lock: &str, function: &str) -> Value {
    let nodes: Vec<&Value> = metadata["resolve"]["nodes"].as_array().into_iter().flatten().collect();
    // What is compiled in: neither what tests nor what build scripts need.
    let needs = |id: &str| -> BTreeSet<&str> {
        let deps = nodes.iter().filter(|node| node["id"] == id).flat_map(|node| node["deps"].as_array()).flatten();
        let normal =
            deps.filter(|dep| dep["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null()));
        normal.filter_map(|dep| dep["pkg"].as_str()).collect()
    };
    let (mut seen, mut open) = (BTreeSet::from([function]), vec![function]);
    while let Some(id) = open.pop() {
        let new: Vec<&str> = needs(id).into_iter().filter(|id| !seen.contains(id)).collect();
        seen.extend(new.iter().copied());
        open.extend(new);
    }
    let package = |id: &str| metadata["packages"].as_array().into_iter().flatten().find(|one| one["id"] == id);
    let components: Vec<Value> = seen
        .iter()
        .filter(|id| **id != function)
        .filter_map(|id| package(id))
        .map(|one| component(one, lock))
        .collect();
    let reference = |id: &str| package(id).map(reference);
    let dependencies: Vec<Value> = seen
        .iter()
        .filter_map(|id| {
            let on: Vec<String> = needs(id).into_iter().filter_map(reference).collect();
            Some(json!({ "ref": reference(id)?, "dependsOn": on }))
        })
        .collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": package(function).map(|one| component(one, lock)) },
        "components": components,
        "dependencies": dependencies,
    })
}

fn reference(package: &Value) -> String {
    let text = |name: &str| package[name].as_str().unwrap_or_default();
    format!("pkg:cargo/{}@{}", text("name"), text("version"))
}

fn component(package: &Value, lock: &str) -> Value {
    let text = |name: &str| package[name].as_str().unwrap_or_default();
    let mut component = json!({
        "type": if package["source"].is_null() { "application" } else { "library" },
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
    });
    if let Some(licence) = package["license"].as_str() {
        // Before there were expressions, a slash said or.
        component["licenses"] = json!([{ "expression": licence.replace(" / ", " OR ").replace('/', " OR ") }]);
    }
    if let Some(checksum) = checksum(lock, text("name"), text("version")) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

/// The checksum of a package in `Cargo.lock`.
fn checksum<'a>(lock: &'a str, name: &str, version: &str) -> Option<&'a str> {
    let head = format!("name = \"{name}\"\nversion = \"{version}\"\n");
    let rest = lock.split("[[package]]\n").find_map(|package| package.strip_prefix(head.as_str()))?;
    let line = rest.lines().find_map(|line| line.strip_prefix("checksum = \""))?;
    Some(line.trim_end_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry\"\nchecksum = \"abc\"\n\n\
                        [[package]]\nname = \"functions\"\nversion = \"0.1.0\"\n";

    #[test]
    fn a_function_s_document_names_what_is_compiled_in_and_nothing_else() {
        let dep = |pkg: &str, kind: Value| json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] });
        let package = |id: &str, version: &str, source: Value| json!({ "id": id, "name": id, "version": version, "source": source, "license": "MIT/Apache-2.0" });
        let registry = json!("registry");
        let metadata = json!({
            "packages": [
                package("functions", "0.1.0", Value::Null), package("a", "1.0.0", registry.clone()),
                package("b", "2.0.0", registry.clone()), package("t", "3.0.0", registry),
            ],
            "resolve": { "nodes": [
                { "id": "functions", "deps": [dep("a", Value::Null), dep("t", json!("dev"))] },
                { "id": "a", "deps": [dep("b", Value::Null), dep("t", json!("build"))] },
                { "id": "b", "deps": [] }, { "id": "t", "deps": [] },
            ] },
        });
        assert_eq!(functions(&metadata).as_deref(), Some("functions"));
        let document = document(&metadata, LOCK, "functions");
        let names: Vec<&Value> = document["components"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["a", "b"]);
        let a = &document["components"][0];
        assert_eq!(
            (&a["purl"], &a["licenses"][0]["expression"]),
            (&json!("pkg:cargo/a@1.0.0"), &json!("MIT OR Apache-2.0"))
        );
        assert_eq!(a["hashes"][0]["content"], "abc");
        assert_eq!(document["metadata"]["component"]["name"], "functions");
        assert_eq!(
            document["dependencies"][0],
            json!({ "ref": "pkg:cargo/a@1.0.0", "dependsOn": ["pkg:cargo/b@2.0.0"] })
        );
    }
}
