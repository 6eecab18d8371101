//! What documents name exists: tests, rows and facts, files; and what is said twice is the same.

use bridge::roads::cost::{Fixed, Prices, SECRETS, Work, bill};
use bridge::systems::mapping_table;
use bridge::words::facts;
use bridge::words::kind::Kind;
use serde_json::Value;

use crate::{documents, files, read};

/// The cells of a document's table rows.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let row = |line: &'_ str| line.starts_with("| ") && !line.starts_with("| ---");
    text.lines().filter(move |line| row(line)).map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// What stands in backticks.
fn ticked(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Every function of the sources that is a test.
fn tests() -> Vec<String> {
    let mut tests = Vec::new();
    for file in ["shared", "functions", "tests", "tools"].iter().flat_map(|folder| files(folder, ".rs")) {
        let text = read(&file);
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if is_test && let Some((_, rest)) = line.split_once("fn ") {
                tests.extend(rest.split_once('(').map(|(name, _)| name.to_owned()));
                is_test = false;
            }
        }
    }
    tests
}

#[test]
fn every_test_that_a_page_names_exists_and_every_threat_has_one() {
    let tests = tests();
    assert!(tests.len() > 500, "{}", tests.len());
    for page in ["docs/security.md", "docs/performance.md"] {
        let text = read(page);
        let threats: Vec<Vec<&str>> = rows(&text).filter(|cells| cells.len() == 3 && cells[2] != "test").collect();
        assert!(threats.len() > 5, "{page}");
        for cells in threats {
            let named: Vec<&str> = ticked(cells[2]).collect();
            assert!(!named.is_empty(), "{page}: {} has no test", cells[0]);
            for name in named {
                assert!(tests.iter().any(|test| test == name), "{page}: there is no test {name}");
            }
        }
    }
}

#[test]
fn rows_that_rest_on_a_fact_and_their_facts_are_there() {
    let text = read("docs/mapping.md");
    let (_, section) = text.split_once("## Which rows rest on").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let known: Vec<&str> = facts::all().map(|fact| fact.id).collect();
    let mut count = 0;
    for cells in rows(section).filter(|cells| cells[0] != "ERP") {
        let kind = Kind::named(cells[0]).unwrap_or_else(|| panic!("{} is no ERP", cells[0]));
        let table = mapping_table::of(kind).unwrap();
        let row = table.sections.iter().flat_map(|section| &section.rows).find(|row| row.number == cells[1]);
        assert!(row.is_some(), "{kind} has no row {}", cells[1]);
        for fact in ticked(cells[2]) {
            assert!(known.contains(&fact), "there is no fact {fact}");
        }
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn every_example_stands_in_yaml_as_in_json() {
    for kind in Kind::ALL {
        let json: Value = serde_json::from_str(&read(&format!("infra/examples/tenant-{kind}.json"))).unwrap();
        let yaml = read(&format!("infra/examples/tenant-{kind}.yaml"));
        assert_eq!(serde_norway::from_str::<Value>(&yaml).unwrap(), json, "{kind}");
        assert!(yaml.starts_with("# yaml-language-server: $schema=../../docs/tenant.schema.json\n"), "{kind}");
    }
}

#[test]
fn the_costs_that_are_told_are_the_same_everywhere() {
    let cost = read("docs/cost.md");
    let told: Vec<Vec<&str>> = rows(&cost).filter(|cells| cells[0].starts_with(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(told.len(), 5);
    let (prices, usage) = (Prices::listed(), Work::counted().day(200.0, 500.0));
    for cells in &told {
        let tenants: f64 = cells[0].replace(',', "").parse().unwrap();
        let counted = bill(&prices, &usage, tenants, SECRETS, &Fixed::default()).total();
        let written: f64 = cells[1].replace(',', "").parse().unwrap();
        assert!((counted - written).abs() <= counted / 200.0, "{} tenants: {counted:.2} is counted", cells[0]);
    }
    let readme = read("README.md");
    for cells in &told[..3] {
        assert!(readme.contains(&format!("| {} | {} | {} |", cells[0], cells[1], cells[2])), "README: {cells:?}");
    }
    let runbook = read("infra/runbook.md");
    for cells in told.iter().filter(|cells| cells[0] != "10") {
        assert!(runbook.contains(&format!("| {} | {} | {} |", cells[0], cells[1], cells[2])), "runbook: {cells:?}");
    }
}

#[test]
fn every_parameter_of_the_template_is_told() {
    let template = read("template.yaml");
    let (_, parameters) = template.split_once("\nParameters:\n").unwrap();
    let (parameters, _) = parameters.split_once("\nConditions:\n").unwrap();
    let is_name = |line: &&str| line.starts_with("  ") && line.as_bytes().get(2).is_some_and(u8::is_ascii_uppercase);
    let names: Vec<&str> =
        parameters.lines().filter(is_name).filter_map(|line| Some(line.trim().split_once(':')?.0)).collect();
    assert!(names.len() > 20, "{names:?}");
    let page = read("docs/upgrade.md");
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "{name} is not in docs/upgrade.md");
    }
}

/// README shows the screen that a test holds.
#[test]
fn the_picture_in_the_readme_is_a_screen_that_a_test_holds() {
    let readme = read("README.md");
    let (_, picture) = readme.split_once("```text\n").unwrap();
    let (picture, _) = picture.split_once("\n```").unwrap();
    assert!(read("tests/acceptance/tests/status/screen.rs").contains(picture), "{picture}");
}

/// Words and options that a document gives to `cargo xtask demo` are known to it, and all of them are told to a newcomer.
#[test]
fn the_demo_knows_what_documents_ask_of_it() {
    let known = read("tools/xtask/src/demo_arguments.rs") + &read("tools/xtask/src/main.rs");
    for document in documents() {
        let text = read(&document);
        for (_, asked) in text.lines().filter_map(|line| line.split_once("cargo xtask demo")) {
            let asked = asked.split(['#', '`', ')', ',']).next().unwrap_or_default();
            for word in asked.split_whitespace().flat_map(|word| word.split('|')).filter(|word| word.len() > 2) {
                assert!(known.contains(word), "{document}: cargo xtask demo {asked}");
            }
        }
    }
    let hour = read("docs/first-hour.md");
    for word in ["--keep", "--tick 1m", "--break ongoing|erp-login|order|article", "--mend", ". .local/env"] {
        assert!(hour.contains(word), "the first hour does not say {word}");
    }
}

#[test]
fn files_that_are_named_are_there() {
    for document in documents().iter().filter(|document| document.starts_with("docs/") || *document == "README.md") {
        let text = read(document);
        let folders = ["infra/", "docs/", ".github/", "tests/acceptance/", "shared/bridge/"];
        for name in ticked(&text).filter(|name| folders.iter().any(|folder| name.starts_with(folder))) {
            let exists = crate::root().join(name).exists();
            assert!(exists || name.contains(['<', '*', ' ', '…']), "{document}: {name} is not there");
        }
    }
}

/// What needs no switch says why: a test that runs it, a setting that decides it, or that nothing of ours touches it.
#[test]
fn what_needs_no_switch_names_tests_and_settings_that_are_there() {
    let (page, tests, settings) = (read("docs/facts-settled.md"), tests(), read("docs/tenant.schema.json"));
    let all = rows(&page).filter(|cells| cells.len() == 3 && cells[0] != "what is not known");
    let all: Vec<Vec<&str>> = all.collect();
    assert!(all.len() > 140, "{}", all.len());
    for cells in &all {
        for (what, name) in cells[2].split('`').step_by(2).zip(ticked(cells[2])) {
            let is_there = match what.trim_end().rsplit(' ').next() {
                Some("test") => tests.iter().any(|test| test == name),
                Some("setting") => settings.contains(&format!("\"{}\"", name.rsplit('.').next().unwrap_or(name))),
                _ => panic!("{}: what is {name}?", cells[0]),
            };
            assert!(is_there, "{}: there is no {name}", cells[0]);
        }
    }
    println!("figure: facts | settled without a switch | {}", all.len());
}
