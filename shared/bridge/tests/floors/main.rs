//! The house stands in floors: each uses only those below it, nothing goes in a circle, and what only one place may do is
//! done there. The floors are the top modules in the order in which `lib.rs` lists them, the highest first.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sources::Sources;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn bridge() -> Sources {
    Sources::read(&workspace().join("shared/bridge/src"))
}

/// Files that name a higher floor, as `file -> file`.
fn upward(sources: &Sources) -> Vec<String> {
    let floors = sources.top_modules();
    let floor = |file: &str| {
        let top = file.split('/').next().unwrap_or(file).trim_end_matches(".rs");
        floors.iter().position(|floor| floor == top)
    };
    let arrows = sources.arrows();
    let up = arrows.iter().filter(|(from, to)| matches!((floor(from), floor(to)), (Some(from), Some(to)) if to < from));
    up.map(|(from, to)| format!("{from} -> {to}")).collect()
}

/// Files that reach each other, other than a module and its own children, as one line a circle.
fn circles(sources: &Sources) -> Vec<String> {
    let mut next: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in sources.arrows() {
        if !is_within(&from, &to) && !is_within(&to, &from) {
            next.entry(from).or_default().insert(to);
        }
    }
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = open.pop() {
            for to in next.get(&file).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = next.keys().map(|file| (file, reach(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, all) in &reached {
        if all.contains(*file) {
            let circle: Vec<&str> = all
                .iter()
                .filter(|other| reached.get(other).is_some_and(|back| back.contains(*file)))
                .map(String::as_str)
                .collect();
            circles.insert(circle.join(" <-> "));
        }
    }
    circles.into_iter().collect()
}

/// Whether a file is of the module that another file is, or of one below it.
fn is_within(inner: &str, outer: &str) -> bool {
    match outer.rsplit_once('/') {
        _ if ["lib.rs", "main.rs"].contains(&outer) => true,
        Some((folder, "mod.rs")) => inner.starts_with(&format!("{folder}/")),
        _ => inner.starts_with(&format!("{}/", outer.trim_end_matches(".rs"))),
    }
}

/// Files of one ERP that name another one's, as `file -> file`.
fn across(sources: &Sources) -> Vec<String> {
    let erp = |file: &str| file.strip_prefix("systems/erps/")?.split_once('/').map(|(erp, _)| erp.to_owned());
    let arrows = sources.arrows();
    let across = arrows.iter().filter(|(from, to)| matches!((erp(from), erp(to)), (Some(a), Some(b)) if a != b));
    across.map(|(from, to)| format!("{from} -> {to}")).collect()
}

/// Files whose code has one of these words, outside of the files that may, as `file: word`.
fn words(sources: &Sources, words: &[&str], may: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (file, code) in sources.code().into_iter().filter(|(file, _)| !may(file)) {
        found.extend(words.iter().filter(|word| code.contains(**word)).map(|word| format!("{file}: {word}")));
    }
    found
}

/// Waiting and reading a status are the HTTP client's.
const OF_HTTP: [&str; 4] = [". sleep (", "tokio :: time", "StatusCode", "http_status"];

/// The environment, the clock and chance come in through the ports.
const OF_AWS: [&str; 6] = ["std :: env", "env :: var", "SystemTime", "Instant", "Timestamp :: now", "Zoned :: now"];

fn in_http(file: &str) -> bool {
    // The fault carries the status that the client put in.
    file.starts_with("http/") || file == "words/fault.rs"
}

fn nowhere(_: &str) -> bool {
    false
}

const NONE: [&str; 0] = [];

#[test]
fn each_floor_uses_only_those_below_it() {
    assert_eq!(upward(&bridge()), NONE);
}

#[test]
fn no_crate_has_a_circle() {
    for folder in ["shared/bridge", "shared/aws", "shared/operator", "tools/bridgectl", "tools/xtask"] {
        assert_eq!(circles(&Sources::read(&workspace().join(folder).join("src"))), NONE, "{folder}");
    }
}

#[test]
fn no_erp_names_another() {
    assert_eq!(across(&bridge()), NONE);
}

#[test]
fn only_the_http_client_waits_or_reads_a_status() {
    assert_eq!(words(&bridge(), &OF_HTTP, &in_http), NONE);
}

#[test]
fn environment_and_clock_come_in_through_the_ports() {
    assert_eq!(words(&bridge(), &OF_AWS, &nowhere), NONE);
    assert_eq!(words(&Sources::read(&workspace().join("functions/src")), &OF_AWS, &nowhere), NONE);
}

/// Nothing is decided by a read that may be stale; the one that may serves the operator's suggestions alone.
#[test]
fn every_read_of_a_table_is_consistent() {
    let may_be_stale = |function: &str| function.starts_with("numbers(");
    for file in ["state_table.rs", "tenant_table.rs"] {
        let text = std::fs::read_to_string(workspace().join("shared/aws/src").join(file)).unwrap();
        let functions: Vec<&str> = text.split("async fn ").skip(1).collect();
        assert!(functions.len() > 1, "{file}");
        for part in functions.into_iter().filter(|part| !may_be_stale(part)) {
            let reads = [".get_item()", ".query()", ".scan()", "KeysAndAttributes::builder()"];
            let reads: usize = reads.iter().map(|read| part.matches(read).count()).sum();
            let name = part.lines().next().unwrap_or_default();
            assert_eq!(part.matches(".consistent_read(true)").count(), reads, "{file}: {name}");
        }
    }
}

#[test]
fn the_map_in_the_documents_is_the_list_of_floors() {
    let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| **")?.split_once("** |").map(|(name, _)| name));
    assert_eq!(rows.collect::<Vec<_>>(), bridge().top_modules());
}

#[test]
fn what_breaks_a_rule_is_named_with_both_files() {
    let bridge = bridge();
    let up = bridge.with("state/ledger.rs", "use crate::roads::pull::Counts;");
    assert_eq!(upward(&up), ["state/ledger.rs -> roads/pull/mod.rs"]);
    let inline = bridge.with("words/fault.rs", "fn f() { crate::tenant::is_id(\"a\"); }");
    assert_eq!(upward(&inline), ["words/fault.rs -> tenant/mod.rs"]);
    let in_macro = bridge.with("words/fault.rs", "fn f() { println!(\"{}\", crate::tenant::is_id(\"a\")); }");
    assert_eq!(upward(&in_macro), ["words/fault.rs -> tenant/mod.rs"]);
    let in_test = bridge.with("words/fault.rs", "#[cfg(test)] mod t { use crate::tenant::is_id; }");
    assert_eq!(upward(&in_test), NONE);

    let circle = bridge.with("words/fault.rs", "use crate::words::secret::Secret;");
    assert_eq!(circles(&circle), ["words/fault.rs <-> words/secret.rs"]);
    let family = bridge.with("roads/import/order.rs", "use super::Done;");
    assert_eq!(circles(&family), NONE);

    let relative = "use super::super::procountor::wire::Product;";
    assert_eq!(
        across(&bridge.with("systems/erps/visma/map.rs", relative)),
        ["systems/erps/visma/map.rs -> systems/erps/procountor/wire.rs"]
    );

    let sleeps = bridge.with("roads/pull/mod.rs", "async fn f(c: &dyn crate::ports::Clock) { c.sleep(D).await }");
    assert_eq!(words(&sleeps, &OF_HTTP, &in_http), ["roads/pull/mod.rs: . sleep ("]);
    let reads = bridge.with("systems/erps/visma/map.rs", "fn f(s: http::StatusCode) {}");
    assert_eq!(words(&reads, &OF_HTTP, &in_http), ["systems/erps/visma/map.rs: StatusCode"]);
    let knows = bridge.with("http/mod.rs", "fn f() { std::env::var(\"A\"); jiff::Timestamp::now(); }");
    assert_eq!(
        words(&knows, &OF_AWS, &nowhere),
        ["http/mod.rs: std :: env", "http/mod.rs: env :: var", "http/mod.rs: Timestamp :: now"]
    );
}
