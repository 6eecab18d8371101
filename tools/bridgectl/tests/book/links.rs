//! Every link leads somewhere, in the checkout and in the built book.

use std::process::Command;

use crate::markdown::{outline, text};
use crate::{documents, files, read, root};

/// A link's path from the root, where it is one of ours.
fn target(document: &str, link: &str) -> (String, Option<String>) {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor.to_owned())));
    if path.is_empty() {
        return (document.to_owned(), anchor);
    }
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    (parts.join("/"), anchor)
}

fn broken(document: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for link in outline(text).links {
        if link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let (path, anchor) = target(document, &link);
        if !root().join(&path).exists() {
            broken.push(format!("{document}: {link} leads nowhere"));
        } else if let Some(anchor) = anchor
            && !outline(&crate::markdown::text(&path)).anchors.contains(&anchor)
        {
            broken.push(format!("{document}: {path} has no heading {anchor}"));
        } else if document.starts_with("docs/") && !path.starts_with("docs/") {
            broken.push(format!("{document}: {link} leads out of the book, where it is built"));
        }
    }
    broken
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let broken: Vec<String> = documents().iter().flat_map(|document| broken(document, &text(document))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    for (document, link) in [
        ("README.md", "docs/nothing.md"),
        ("README.md", "docs/cost.md#nothing"),
        ("docs/cost.md", "#nothing"),
        ("docs/cost.md", "../README.md"),
        ("docs/mapping/visma.md", "facts.md"),
    ] {
        assert_eq!(broken(document, &format!("[a]({link})")).len(), 1, "{document}: {link}");
    }
    assert_eq!(broken("docs/mapping/visma.md", "[a](../facts.md#visma-eaccounting) [b](#orders)"), [""; 0]);
}

#[test]
fn every_page_of_the_book_is_in_its_table_of_contents_once() {
    let mut listed: Vec<String> =
        outline(&read("docs/SUMMARY.md")).links.iter().map(|link| format!("docs/{link}")).collect();
    listed.sort();
    let pages: Vec<String> = files("docs", ".md").into_iter().filter(|page| page != "docs/SUMMARY.md").collect();
    assert_eq!(listed, pages);
}

/// Where mdBook is at hand; `cargo xtask test` says so where it is not.
#[test]
fn the_book_is_built_without_a_warning() {
    let folder = std::env::temp_dir().join(format!("book-{}", std::process::id()));
    let built = Command::new("mdbook").arg("build").arg("--dest-dir").arg(&folder).arg(root().join("docs")).output();
    let Ok(built) = built else { return };
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(built.status.success() && !said.contains("WARN") && !said.contains("ERROR"), "{said}");
    let runbook = std::fs::read_to_string(folder.join("runbook.html")).unwrap();
    assert!(runbook.contains("TenantsNotPulledAlarm") && !runbook.contains("#include"), "the runbook is not in it");
    std::fs::remove_dir_all(&folder).unwrap();
}
