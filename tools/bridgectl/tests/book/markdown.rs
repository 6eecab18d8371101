//! What is looked at in a document.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::read;

/// A document's headings, as the names that links have for them, and its links.
#[derive(Default)]
pub struct Outline {
    pub anchors: Vec<String>,
    pub links: Vec<String>,
}

/// The text of a document, with what it includes in its place.
pub fn text(path: &str) -> String {
    let text = read(path);
    let Some((before, rest)) = text.split_once("{{#include ") else { return text };
    let (what, after) = rest.split_once("}}").unwrap();
    let (file, from) = what.split_once(':').unwrap_or((what, "1:"));
    let from: usize = from.trim_end_matches(':').parse().unwrap();
    let included = read(&format!("docs/{file}"));
    let included: Vec<&str> = included.lines().skip(from - 1).collect();
    format!("{before}{}{after}", included.join("\n"))
}

pub fn outline(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let name = anchor(&heading.take().unwrap_or_default());
                let same = outline.anchors.iter().filter(|other| **other == name).count();
                outline.anchors.push(if same == 0 { name } else { format!("{name}-{same}") });
            }
            Event::Text(part) | Event::Code(part) => heading.iter_mut().for_each(|heading| heading.push_str(&part)),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                outline.links.push(dest_url.into_string());
            }
            _ => {}
        }
    }
    outline
}

/// What a heading is called in an address: GitHub and mdBook agree as far as these documents go.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_' || *c == ' ');
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[test]
fn headings_are_named_as_links_name_them() {
    let outline = outline("# What `--json` prints\n\n## Erps, all of them\n\n[a](b.md#c)\n\n## Erps, all of them\n");
    assert_eq!(outline.anchors, ["what---json-prints", "erps-all-of-them", "erps-all-of-them-1"]);
    assert_eq!(outline.links, ["b.md#c"]);
}
