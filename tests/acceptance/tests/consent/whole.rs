//! The pages whole, in every language: `pages/<page>-<language>.txt`, which `UPDATE_PAGES=1` writes anew, to be read by eye
//! before it is kept. With `PAGES=<folder>` their HTML is written there, to be looked at in a browser.

use acceptance::consent::{Browser, Page, link, procountor, visma};
use acceptance::world::{World, tenant};
use bridge::tenant::Contact;
use bridge::words::kind::Kind;
use serde_json::json;

const LANGUAGES: [&str; 4] = ["en", "sv", "nb", "fi"];

/// Elements that begin a line of their own.
const LINES: [&str; 14] =
    ["h1", "h2", "p", "li", "ul", "ol", "dl", "dt", "form", "label", "button", "textarea", "section", "div"];

fn warehouse() -> Contact {
    Contact {
        company: None,
        warehouse: Some("Fjord Lager AS".into()),
        phone: Some("+47 22 00 00 00".into()),
        mail: Some("edi@fjordlager.example".into()),
        logo: None,
    }
}

/// The page as lines of text; of one that has every language in itself, this one.
fn lines(page: &Page, language: &str) -> String {
    let (_, main) = page.html.split_once("<main").unwrap();
    let own = main.split("<div class=\"in-").find(|part| part.starts_with(language));
    let shown = own.map_or(main, |part| part);
    let mut text = String::new();
    for part in shown.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if LINES.contains(&name) && tag != "/dt" {
            text.push('\n');
        }
        if name == "dd" && !tag.starts_with('/') {
            text.push_str(": ");
        }
        text.push_str(rest);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n") + "\n"
}

fn is(page: &Page, name: &str, language: &str) {
    if let Some(folder) = std::env::var_os("PAGES") {
        let file = std::path::Path::new(&folder).join(format!("{name}-{language}.html"));
        std::fs::write(file, &page.html).unwrap();
    }
    let shown = lines(page, language);
    assert!(!shown.contains(['{', '}']), "{name}, {language}: {shown}");
    let path = format!("{}/tests/consent/pages/{name}-{language}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, shown).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(shown, kept, "UPDATE_PAGES=1 writes {path}");
}

fn onboard(world: &World, kind: Kind, company: &str) {
    let mut item = tenant("acme", kind, json!({}));
    item["contact"] = json!({ "company": company });
    world.onboard(item);
}

#[tokio::test(start_paused = true)]
async fn the_start_pages_read_as_they_are_kept() {
    for (name, kind, world, company) in [
        ("start-visma", Kind::Visma, visma::open(), "Mälar Textil AB"),
        ("start-procountor", Kind::Procountor, procountor::open(), "Kaleva Tools Oy"),
    ] {
        onboard(&world, kind, company);
        let browser = Browser::at(&world, warehouse());
        let link = link(&world, "acme", false).await;
        for language in LANGUAGES {
            is(&browser.get(&format!("{link}&lang={language}")).await, name, language);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_pages_read_as_they_are_kept() {
    for language in LANGUAGES {
        let world = visma::open();
        onboard(&world, Kind::Visma, "acme");
        let browser = Browser::at(&world, warehouse());
        let start = format!("{}&lang={language}", link(&world, "acme", false).await);
        let back = visma::consent(&world, &browser, &start).await;
        let refused = visma::consent(&world, &browser, &start).await.replace("code=", "error=access_denied&ignored=");
        is(&browser.get(&refused).await, "refused", language);
        is(&browser.get(&back).await, "done", language);
        is(&browser.get(&start).await, "used", language);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_company_lacks_reads_as_it_is_kept() {
    use simulators::procountor::Right;
    for language in LANGUAGES {
        let world = procountor::open();
        {
            let mut erp = world.vendors.procountor.borrow_mut();
            let rights = &mut erp.model.company_mut(procountor::COMPANY).unwrap().rights;
            rights.sales_or_group_invoices = Right::Viewing;
            rights.personal_sales_invoices_only = true;
        }
        let browser = Browser::at(&world, warehouse());
        let start = format!("{}&lang={language}", link(&world, "acme", false).await);
        let key = procountor::key(&world, procountor::COMPANY);
        is(&procountor::paste(&browser, &start, &key).await, "lacking", language);
    }
}
