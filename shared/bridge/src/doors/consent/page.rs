//! The pages as HTML: no scripts, no external resources, all text escaped by the macro.

use std::sync::LazyLock;

use maud::{Markup, html};

use super::request::ConsentLink;
use super::translations::{Language, Words, fill};
use super::{Failed, Why, product};
use crate::doors::page_frame::{self, Switch};
use crate::doors::page_headers;
use crate::roads::check::{Finding, Point, Report, State};
use crate::tenant::Tenant;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

const STYLE: &str = include_str!("style.css");

/// The one style that a page may have, by its digest (Content-Security-Policy).
pub(super) static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| page_headers::style_source(STYLE));

/// How a page ends: it colours its heading.
#[derive(Clone, Copy)]
enum Tone {
    Plain,
    Good,
    Bad,
}

/// Who asks for what, and the ways on from here.
pub(super) fn start(language: Language, tenant: &Tenant, link: &ConsentLink, client: Option<&str>) -> String {
    let words = language.words();
    let start = &words.start;
    let names = [("erp", product(tenant.erp.kind)), ("client", client.unwrap_or_default())];
    let say = |sentence: &str| fill(sentence, &names);
    let reads = tenant.feeds().into_iter().map(|feed| match feed {
        Feed::Articles => start.articles,
        Feed::Orders => start.orders,
        Feed::PurchaseOrders => start.purchase_orders,
        Feed::Suppliers => start.suppliers,
    });
    let written = [
        (tenant.sends_shipments(), start.shipments),
        (tenant.sends_stock(), start.stock),
        (tenant.sends_import_status(), start.import_status),
    ];
    let writes = written.into_iter().filter(|(on, _)| *on).map(|(_, what)| what);
    let ongoing = &tenant.ongoing.base_url;
    let warehouse = format!(
        "{}/{}",
        ongoing.host_str().unwrap_or_default(),
        ongoing.path().trim_matches('/').split('/').next().unwrap_or_default()
    );
    let list = |items: Vec<&str>| {
        html! { @if items.is_empty() { p { (start.nothing) } } @else { ul { @for item in items { li { (item) } } } } }
    };
    let hidden = html! {
        input type="hidden" name="ticket" value=(link.ticket.expose());
        input type="hidden" name="lang" value=(words.code);
    };
    let body = html! {
        h1 { (say(start.title)) }
        p { (say(start.asks)) }
        dl {
            dt { (start.warehouse) } dd { (warehouse) }
            dt { (start.goods_owner) } dd { (tenant.ongoing.goods_owner_id) }
            dt { (start.connection) } dd { (tenant.tenant_id) }
        }
        h2 { (say(start.reads)) }
        (list(reads.collect()))
        h2 { (say(start.writes)) }
        (list(writes.collect()))
        p { (say(start.log_in)) }
        form method="post" action=(link.path) {
            (hidden)
            button type="submit" name="step" value="consent" { (say(start.button)) }
        }
        p.small { (start.minutes) " " (say(start.ending)) }
        @if let Some(client) = client {
            section aria-labelledby="paste" {
                h2 #paste { (start.paste.title) }
                ol {
                    li { (say(start.paste.open)) }
                    // The id stands by itself, so that it can be copied.
                    li { (fill(start.paste.client, &[])) code { (client) } }
                    li { (start.paste.copy) }
                }
                form method="post" action=(link.path) {
                    (hidden)
                    label for="api_key" { (start.paste.label) }
                    textarea #api_key name="api_key" rows="4" required autocomplete="off" autocapitalize="off"
                        spellcheck="false" {}
                    button.second type="submit" name="step" value="key" { (start.paste.button) }
                }
            }
        }
    };
    let switch = |language: Language| format!("{}&lang={}", link.url(), language.words().code);
    page(words, &say(start.title), Tone::Plain, Some(&switch), &body)
}

/// Connected: to which company, and what is still missing there.
pub(super) fn done(language: Language, kind: Kind, report: &Report) -> String {
    let words = language.words();
    let done = &words.done;
    let names = [("erp", product(kind)), ("company", report.company.as_deref().unwrap_or_default())];
    let say = |sentence: &str| fill(sentence, &names);
    let connected = if report.company.is_some() { done.connected } else { done.nameless };
    let found = |what: fn(&Finding) -> bool| report.findings.iter().filter(move |found| what(found));
    let lacking: Vec<&Finding> = found(|found| found.state == State::Missing && found.point != Point::Reach).collect();
    let open: Vec<&Finding> = found(|found| found.state == State::Unknown || found.point == Point::Reach).collect();
    let unsure = !report.good() && lacking.is_empty();
    let (tone, title, next) = if !lacking.is_empty() {
        (Tone::Bad, done.lacking_title, done.lacking_next)
    } else if unsure {
        (Tone::Plain, done.unsure_title, done.unsure_next)
    } else {
        (Tone::Good, done.title, done.next)
    };
    let body = html! {
        h1 { (title) }
        p { strong { (say(connected)) } }
        @if !lacking.is_empty() {
            p { (say(done.lacking)) }
            ul { @for found in lacking { li { (point(done, &found.point)) " " (advice(done, &names, &found.point)) } } }
        }
        @if unsure {
            p { (say(done.unsure)) }
            ul {
                @for found in open { li { (point(done, &found.point)) } }
            }
        }
        h2 { (words.what_now) }
        p { (say(next)) }
        @if report.company.is_some() { p.small { (say(done.other)) } }
    };
    page(words, title, tone, None, &body)
}

/// How a person gets to the start page again.
pub(super) enum Restart {
    /// By a button on the page.
    ConsentLink(ConsentLink),
    /// By the link that the person has: its start page is not known here.
    Link,
    /// Going there would not help, or what to do says how already.
    None,
}

/// What did not work, why, and what to do; with the way back to the start page where it is known.
pub(super) fn failed(language: Language, kind: Option<Kind>, failed: &Failed, restart: &Restart) -> String {
    let words = language.words();
    let (connected, company) = match &failed.why {
        Why::OtherCompany { connected, chosen } => (connected.as_str(), chosen.as_str()),
        _ => ("", ""),
    };
    let names = [("erp", kind.map_or("", product)), ("connected", connected), ("company", company)];
    let said = failed.why.said(&words.failures);
    let say = |sentence: &str| fill(sentence, &names);
    let body = html! {
        h1 { (say(said.title)) }
        p { (say(said.what)) }
        h2 { (words.what_now) }
        p { (say(said.next)) }
        @match restart {
            Restart::ConsentLink(link) => a.button href=(format!("{}&lang={}", link.url(), words.code)) { (words.again) },
            Restart::Link => p { (words.by_link) },
            Restart::None => {}
        }
    };
    page(words, &say(said.title), Tone::Bad, None, &body)
}

fn page(words: &Words, title: &str, tone: Tone, switch: Option<&dyn Fn(Language) -> String>, body: &Markup) -> String {
    let tone = match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Bad => "bad",
    };
    let switch = switch.map(|address| Switch {
        label: words.languages,
        languages: Language::ALL.map(|other| (other.words().code, other.words().name, address(other))).into(),
    });
    page_frame::page(STYLE, words.code, title, switch, &html! { main class=(tone) { (body) } })
}

/// What is missing, in the reader's language, with the vendor's own word for it.
fn point(done: &super::translations::Done, point: &Point) -> Markup {
    let (sentence, name) = match point {
        Point::Right(name) if restricts(name) => (done.restriction, name.as_str()),
        Point::Right(name) => (done.right, name.as_str()),
        Point::Module(name) => (done.module, name.as_str()),
        Point::Company => (done.company, ""),
        Point::Secret(_)
        | Point::Reach
        | Point::Login
        | Point::GoodsOwner(_)
        | Point::Status(_)
        | Point::Articles
        | Point::Answers => (done.unchecked, ""),
    };
    let (before, after) = sentence.split_once("{name}").unwrap_or((sentence, ""));
    html! { strong { (before) @if !name.is_empty() { code { (name) } } (after) } "." }
}

fn advice(done: &super::translations::Done, names: &[(&str, &str)], point: &Point) -> String {
    let sentence = match point {
        Point::Right(name) if restricts(name) => done.restriction_advice,
        Point::Right(_) => done.right_advice,
        Point::Module(_) => done.module_advice,
        Point::Company | Point::Login => done.company_advice,
        Point::Secret(_)
        | Point::Reach
        | Point::GoodsOwner(_)
        | Point::Status(_)
        | Point::Articles
        | Point::Answers => "",
    };
    fill(sentence, names)
}

/// Procountor has rights that take away: `personalSalesInvoicesOnly` (Procountor sheet, section 1).
fn restricts(right: &str) -> bool {
    right.ends_with("Only")
}
