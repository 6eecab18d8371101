//! What the status page says in a situation, whole: `pages/<situation>.txt`, which `UPDATE_PAGES=1` writes anew, to be read
//! by eye before it is kept; with `PAGES=<folder>` their HTML is written there, to be looked at in a browser. What the screen and the story say of the same situation stands beside each call.

use acceptance::consent::{Browser, Page, status_link};
use acceptance::world::World;

/// Elements that begin a line of their own.
const LINES: [&str; 14] =
    ["h1", "h2", "h3", "p", "li", "ul", "ol", "div", "form", "article", "section", "br", "table", "tr"];

/// The page as lines of text: markup, pictures and the names of the other languages are left out.
fn lines(page: &Page) -> String {
    let body = page.html.split_once("<main>").map_or("", |(_, body)| body);
    let mut text = String::new();
    let mut svg = false;
    for part in body.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        svg = if name == "svg" { !tag.starts_with('/') } else { svg };
        if LINES.contains(&name) {
            text.push('\n');
        }
        if tag.starts_with("span") || tag.starts_with("time") || tag.starts_with("/time") {
            text.push(' ');
        }
        if !svg {
            text.push_str(rest);
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n") + "\n"
}

/// Holds the page of acme, where an order is searched for or not, against the file of the situation.
pub async fn page_is(world: &World, situation: &str, number: Option<&str>) {
    let own = status_link(world, Some("acme")).await;
    let address = number.map_or_else(|| own.clone(), |number| format!("{own}&number={number}"));
    let page = Browser::new(world).get(&address).await;
    assert_eq!(page.status, 200, "{situation}");
    look(situation, &page);
    is(situation, &lines(&page));
}

/// The same of the page for all.
pub async fn page_of_all_is(world: &World, situation: &str) {
    let page = Browser::new(world).get(&status_link(world, None).await).await;
    assert_eq!(page.status, 200, "{situation}");
    look(situation, &page);
    is(situation, &lines(&page));
}

fn look(situation: &str, page: &Page) {
    if let Some(folder) = std::env::var_os("PAGES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{situation}.html")), &page.html).unwrap();
    }
}

fn is(situation: &str, shown: &str) {
    let path = format!("{}/tests/status/pages/{situation}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, shown).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(shown, kept, "{situation}: UPDATE_PAGES=1 writes {path}");
}
