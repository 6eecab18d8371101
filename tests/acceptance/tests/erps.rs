//! What belongs to an ERP, place by place: for each that is missing, where it is and what belongs there. What `cargo xtask
//! new-erp` could not know is marked, and counts as missing.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::fs;
use std::path::Path;

use acceptance::rows::{DOCUMENTS, root};
use bridge::roads::status::advice::erp_name;
use bridge::words::facts;
use bridge::words::kind::Kind;

/// What a scaffold leaves where a person has to decide.
const MARK: &str = concat!("SCAF", "FOLD:");

/// A file or folder, a text that it holds, and what belongs there.
type Place = (&'static str, &'static str, &'static str);

/// Of every ERP. In the paths and texts `{erp}` is its word, `{Erp}` its name in the template, `{Kind}` its type, `{name}`
/// what a person says, `{product}` what its vendor says.
const PLACES: &[Place] = &[
    ("shared/bridge/src/systems/erps/{erp}/mod.rs", "impl Erp for", "its talk"),
    ("shared/bridge/src/systems/erps/{erp}/wire.rs", "Deserialize", "its records, in its spelling"),
    ("shared/bridge/src/systems/erps/{erp}/map.rs", "", "its mapping, row by row"),
    ("shared/bridge/src/systems/erps/{erp}/schema.rs", "Schema", "the shape of its records, so that its drift is told"),
    ("shared/bridge/src/systems/erps/{erp}/probe.rs", "probe_reads", "what a probe asks it"),
    ("shared/bridge/src/http/login/{erp}.rs", "headers", "how it is told who calls"),
    ("shared/bridge/src/roads/check/{erp}.rs", "needed", "what its connection can lack"),
    ("shared/bridge/src/doors/rotation/target.rs", "\"{erp}\"", "why its secrets are not rotated, or how"),
    ("shared/bridge/tests/vendor-addresses.txt", "{address}", "its production address, and those of its tests"),
    ("docs/mapping/{erp}.md", "Feed: ", "its table"),
    ("docs/onboarding/{erp}.md", "secret put {erp}/app", "what to ask a company for, in its own words"),
    ("docs/onboarding.md", "(onboarding/{erp}.md)", "what the company gives, and how"),
    ("docs/SUMMARY.md", "(onboarding/{erp}.md)", "its page of the book"),
    ("docs/SUMMARY.md", "(mapping/{erp}.md)", "its table, as a page of the book"),
    ("docs/settings.md", "`{erp}`", "its settings: UPDATE_SETTINGS=1 cargo test -p bridgectl --test book"),
    ("docs/tenant.schema.json", "\"{erp}\"", "its word: UPDATE_SCHEMA=1 cargo test -p bridgectl --test schema"),
    ("docs/facts.md", "`{erp}.", "what nobody knows of it: UPDATE_FACTS=1 cargo test -p acceptance --test facts list"),
    ("README.md", "| {product} |", "its line of the support matrix: cargo run -p acceptance --bin matrix"),
    ("CHANGELOG.md", "{name}", "that it is supported"),
    ("infra/runbook.md", "{name}", "what operating it is like: how it is searched, what its login does"),
    ("infra/examples/secrets.md", "/{erp}/app`", "the secret of the integration"),
    ("infra/examples/secrets.md", "/{erp}/<tenant>`", "the secret of a company"),
    ("infra/examples/tenant-{erp}.json", "\"{erp}\"", "an example"),
    ("infra/examples/tenant-{erp}.yaml", "kind: {erp}", "the example in YAML"),
    ("tools/bridgectl/src/secret_formats.rs", "Kind::{Kind}", "the shapes of its secrets"),
    ("template.yaml", "Word: {erp},", "its row in Mappings.Erps"),
    ("template.yaml", "Pull{Erp}Role", "its role in TracePolicy"),
    ("template.yaml", ":secret:${AWS::StackName}/{erp}/*", "its secrets, in the roles of write-back and reconcile"),
    ("infra/alarms.yaml", "Pull{Erp}", "its lines in the alarms and on the dashboard"),
    ("tests/simulators/src/{erp}/mod.rs", "impl Simulator for", "the vendor as a state machine"),
    ("tests/simulators/src/facts/{erp}.rs", "FACTS", "what nobody knows of it, with every answer"),
    ("tests/simulators/src/bin/simulators.rs", "\"{erp}\"", "its simulator as a server, for demo and end-to-end tests"),
    ("tests/simulators/fixtures/{erp}", "", "source records that its rows are proven with"),
    ("tests/acceptance/src/shops/{erp}.rs", "impl Shop for", "a shop that trades"),
    (
        "tests/acceptance/tests/isolation/tenants.rs",
        "Kind::{Kind} =>",
        "its companies among the fifty of the isolation test",
    ),
    ("tests/acceptance/tests/pick_up.rs", "Kind::{Kind},", "its secrets, each replaced and picked up"),
    ("tests/acceptance/tests/rows.rs", "Kind::{Kind},", "how many rows its document has"),
    (
        "tests/acceptance/tests/mapping_properties.rs",
        "Kind::{Kind})",
        "its mapping under records that are changed at random",
    ),
    ("tests/end-to-end/src/scenario/{erp}.rs", "Kind::{Kind}", "its scene in the demo and the end-to-end test"),
    ("tests/fuzz/fuzz_targets/{erp}.rs", "\"{erp}\"", "its fuzz target"),
    ("tests/fuzz/corpus/{erp}", "", "bytes for the fuzzer to begin with"),
];

/// A text of a place with the ERP's words.
fn filled(text: &str, kind: Kind) -> String {
    let word = kind.word();
    let name = word[..1].to_ascii_uppercase() + &word[1..];
    let product = DOCUMENTS.iter().find(|(_, of)| *of == kind).map_or("", |(product, _)| *product);
    let text = text.replace("{erp}", word).replace("{Erp}", &name).replace("{Kind}", &format!("{kind:?}"));
    let text = text.replace("{name}", erp_name(kind)).replace("{product}", product);
    text.replace("{address}", kind.base_url().as_str().trim_end_matches('/'))
}

/// What an ERP lacks, a line each.
fn missing(kind: Kind) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, text, what) in PLACES {
        let (path, text) = (filled(path, kind), filled(text, kind));
        let there = root().join(&path);
        let has = match there.is_dir() {
            true => fs::read_dir(&there).unwrap().next().is_some(),
            false => fs::read_to_string(&there).is_ok_and(|all| all.contains(&text)),
        };
        if !has {
            lines.push(format!("{path}: {what}"));
        }
    }
    if !facts::of(kind).any(|fact| fact.is_of(kind.word())) {
        lines
            .push("shared/bridge/src/words/facts/erps.rs: no fact; which of its documents leaves nothing open?".into());
    }
    lines
}

/// Where a scaffold left something to decide, with what it is.
fn undecided(path: &Path, lines: &mut Vec<String>) {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        // What is built, and the templates themselves.
        let kept =
            |path: &Path| !["target", "new_erp", "planted", "node_modules"].iter().any(|name| path.ends_with(name));
        entries.iter().filter(|path| kept(path)).for_each(|path| undecided(path, lines));
        return;
    }
    let Ok(text) = fs::read_to_string(path) else { return };
    let shown = path.strip_prefix(root()).unwrap_or(path).display().to_string();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| line.contains(MARK)) {
        let what = line.split(MARK).nth(1).unwrap_or_default().trim().trim_end_matches("-->").trim();
        lines.push(format!("{shown}:{}: {what}", at + 1));
    }
}

#[test]
fn every_erp_has_all_that_belongs_to_an_erp() {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        lines.extend(missing(kind).into_iter().map(|line| format!("{kind}: {line}")));
    }
    assert!(lines.is_empty(), "{} places are missing:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn nothing_is_left_that_a_scaffold_could_not_know() {
    let mut lines = Vec::new();
    for path in ["shared", "functions", "infra", "template.yaml", "docs/mapping", "docs/onboarding", "tests", "tools"] {
        undecided(&root().join(path), &mut lines);
    }
    assert!(lines.is_empty(), "{} marks are left:\n{}", lines.len(), lines.join("\n"));
}

/// A place that nobody looks for in the right file would be found missing for ever, or never.
#[test]
fn what_is_missing_is_named_by_place_and_purpose() {
    let visma = filled("docs/mapping/{erp}.md of {product}, {name}, Kind::{Kind}, Pull{Erp}", Kind::PowerOffice);
    assert_eq!(visma, "docs/mapping/poweroffice.md of PowerOffice Go, PowerOffice, Kind::PowerOffice, PullPoweroffice");
    assert!(PLACES.iter().all(|(path, _, what)| !path.is_empty() && !what.is_empty()));
}
