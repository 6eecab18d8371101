//! The commands of the documents are commands: each line of a block that says `bash` is one of ours, which is parsed here
//! and run by the tests of its command, or stands under a line that says what it needs.

use clap::Parser as _;

use crate::args::Cli;

const DOCUMENTS: [(&str, &str); 22] = [
    ("README.md", include_str!("../../../README.md")),
    ("CONTRIBUTING.md", include_str!("../../../CONTRIBUTING.md")),
    ("infra/runbook.md", include_str!("../../../infra/runbook.md")),
    ("infra/examples/secrets.md", include_str!("../../../infra/examples/secrets.md")),
    ("docs/first-hour.md", include_str!("../../../docs/first-hour.md")),
    ("docs/onboarding.md", include_str!("../../../docs/onboarding.md")),
    ("docs/onboarding/poweroffice.md", include_str!("../../../docs/onboarding/poweroffice.md")),
    ("docs/onboarding/finago.md", include_str!("../../../docs/onboarding/finago.md")),
    ("docs/onboarding/procountor.md", include_str!("../../../docs/onboarding/procountor.md")),
    ("docs/onboarding/visma.md", include_str!("../../../docs/onboarding/visma.md")),
    ("docs/values.md", include_str!("../../../docs/values.md")),
    ("docs/mapping.md", include_str!("../../../docs/mapping.md")),
    ("docs/operating.md", include_str!("../../../docs/operating.md")),
    ("docs/json.md", include_str!("../../../docs/json.md")),
    ("docs/upgrade.md", include_str!("../../../docs/upgrade.md")),
    ("docs/restore.md", include_str!("../../../docs/restore.md")),
    ("docs/security.md", include_str!("../../../docs/security.md")),
    ("docs/cost.md", include_str!("../../../docs/cost.md")),
    ("docs/performance.md", include_str!("../../../docs/performance.md")),
    ("docs/simulation.md", include_str!("../../../docs/simulation.md")),
    ("docs/new-erp.md", include_str!("../../../docs/new-erp.md")),
    ("docs/settings.md", include_str!("../../../docs/settings.md")),
];

/// What runs nowhere but with what the document says that it needs.
const ELSEWHERE: [&str; 10] = [
    "sam",
    ".tools/venv/bin/sam",
    "aws",
    "git",
    "jq",
    "STACK=ongoing-bridge",
    "STATE=$(out",
    "out()",
    "--key-condition-expression",
    "|",
];

/// A command of a document, and whether what it needs is said before it, under the same heading or at the top.
struct Written {
    document: &'static str,
    line: String,
    needs: bool,
}

/// The lines of all blocks that say `bash`, without comments; what is continued is one line.
fn commands(document: &'static str, text: &str) -> Vec<Written> {
    let mut found: Vec<Written> = Vec::new();
    let (mut inside, mut continued, mut headings) = (false, false, 0);
    let (mut at_top, mut here) = (false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```bash";
        } else if !inside {
            headings += usize::from(line.starts_with("## "));
            here &= !line.starts_with("## ");
            let says = ["*Needs ", "(needs an AWS account", "needs an account with the rights"]
                .iter()
                .any(|words| line.contains(words));
            here |= says;
            at_top |= says && headings == 0;
        } else {
            let bare = uncommented(line);
            match found.last_mut().filter(|_| continued) {
                Some(before) => before.line.push_str(bare.trim_end_matches('\\')),
                None if bare.is_empty() => {}
                None => found.push(Written {
                    document,
                    line: bare.trim_end_matches('\\').to_owned(),
                    needs: here || at_top,
                }),
            }
            continued = bare.ends_with('\\');
        }
    }
    found
}

/// A `#` at the beginning or behind a blank begins a comment.
fn uncommented(line: &str) -> &str {
    let comment = if line.starts_with('#') { Some(0) } else { line.find(" #") };
    comment.map_or(line, |at| &line[..at]).trim()
}

/// Words as a shell has them; what is in quotes is one, and a variable is a word.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote): (Vec<String>, String, Option<char>) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ' ') if !word.is_empty() => words.push(std::mem::take(&mut word)),
            (None, ' ') => {}
            (_, '$') => word.push_str("v-"),
            (_, c) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word).map(|word| word.to_lowercase().replace("v-tenant", "acme")));
    words
}

/// What is wrong with a command of ours; `None` where nothing is.
fn fault(line: &str) -> Option<String> {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let exists = |path: String| std::path::Path::new(root).join(path).exists();
    let after = |name: &str| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1).copied());
    let package = |name: &str| {
        let folders = ["tests", "tools", "shared"];
        folders.iter().map(|folder| format!("{folder}/{name}")).find(|folder| exists(folder.clone()))
    };
    match words.as_slice() {
        ["bridgectl", rest @ ..] => {
            let rest: Vec<&str> = rest.iter().take_while(|word| !["|", ">"].contains(word)).copied().collect();
            Cli::try_parse_from(std::iter::once("bridgectl").chain(rest)).err().map(|error| error.to_string())
        }
        ["cargo", "xtask", command, ..] => {
            let known = include_str!("../../xtask/src/main.rs").contains(&format!("[\"{command}\""));
            (!known).then(|| format!("xtask has no {command}"))
        }
        ["cargo", "run", ..] => {
            let (Some(package), Some(bin)) = (after("-p").and_then(package), after("--bin")) else {
                return Some("-p and --bin are expected".into());
            };
            (!exists(format!("{package}/src/bin/{bin}.rs"))).then(|| format!("there is no {bin}"))
        }
        ["cargo", "test", ..] => {
            let package = after("-p").map(|name| package(name).ok_or(name));
            match (package, after("--test")) {
                (Some(Err(name)), _) => Some(format!("there is no package {name}")),
                (Some(Ok(folder)), Some(test))
                    if !exists(format!("{folder}/tests/{test}.rs"))
                        && !exists(format!("{folder}/tests/{test}/main.rs")) =>
                {
                    Some(format!("there is no test {test}"))
                }
                _ => None,
            }
        }
        // What `demo --keep` writes and takes away again.
        [".", ".local/env"] => None,
        ["cargo", "install", "--locked", "--path", path] | ["cargo", "install", "--path", path] => {
            (!exists((*path).to_owned())).then(|| format!("there is no {path}"))
        }
        _ => Some("nothing is known of it".into()),
    }
}

#[test]
fn every_command_of_the_documents_is_one_or_says_what_it_needs() {
    let mut faults = Vec::new();
    let mut count = 0;
    for written in DOCUMENTS.iter().flat_map(|(document, text)| commands(document, text)) {
        count += 1;
        let first = written.line.split(' ').next().unwrap_or_default();
        let elsewhere = ELSEWHERE.contains(&first);
        let with_aws = first == "bridgectl" && !written.line.starts_with("bridgectl tenant validate");
        if (elsewhere || with_aws) && !written.needs {
            faults.push(format!("{}: {}: it is not said what it needs", written.document, written.line));
        }
        if !elsewhere && let Some(fault) = fault(&written.line) {
            faults.push(format!("{}: {}: {fault}", written.document, written.line));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 100, "{count}");
}

/// Whoever is called at night types before reading.
#[test]
fn each_section_of_the_runbook_begins_with_a_command_of_ours() {
    let runbook = include_str!("../../../infra/runbook.md");
    let sections = runbook.split("\n## ").skip(1);
    let begins =
        |section: &&str| section.split_once("\n\n").is_some_and(|(_, rest)| rest.starts_with("```bash\nbridgectl "));
    let others: Vec<&str> =
        sections.clone().filter(|section| !begins(section)).filter_map(|s| s.lines().next()).collect();
    assert!(others.is_empty() && sections.count() > 10, "these begin with something else: {others:?}");
}

#[test]
fn a_command_that_is_none_is_seen() {
    for line in [
        "bridgectl statsu",
        "bridgectl status --wach",
        "bridgectl where",
        "cargo xtask bake",
        "cargo run -p acceptance --bin nothing",
        "cargo test -p acceptance --test nothing",
        "cargo test -p nothing",
        "cargo install --path tools/nothing",
        "rm -rf /",
    ] {
        assert!(fault(line).is_some(), "{line}");
    }
    let text =
        "## A\n\n*Needs an account.*\n\n```bash\naws x \\\n  --y # z\n```\n\n## B\n\n```bash\n# all\nsam x\n```\n";
    let found: Vec<(String, bool)> =
        commands("a", text).into_iter().map(|written| (written.line, written.needs)).collect();
    assert_eq!(found, [("aws x --y".to_owned(), true), ("sam x".to_owned(), false)]);
}

/// A page whose commands nobody looks at would be forgotten.
#[test]
fn every_page_with_a_command_is_looked_at() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["", "docs", "docs/onboarding", "docs/mapping", "infra", "infra/examples"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}")).flatten()
        {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let name = entry.path().strip_prefix(&root).map(|path| path.display().to_string()).unwrap_or_default();
            let is_page = name.ends_with(".md") && text.contains("```bash");
            assert!(!is_page || DOCUMENTS.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}
