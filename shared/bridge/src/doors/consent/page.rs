//! The pages as HTML: no scripts, no external resources but the warehouse's logo, all text escaped by the macro.

use std::sync::LazyLock;

use jiff::Timestamp;
use maud::{Markup, html};

use super::product::{also_called, hyphenated, product};
use super::request::ConsentLink;
use super::translations::{Done, Language, Words, fill};
use super::{Failed, Why};
use crate::doors::page_frame::{self, Place, Switch};
use crate::doors::page_headers;
use crate::roads::check::{Finding, Point, Report, State};
use crate::tenant::{Contact, Tenant};
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

/// What the start page is about.
pub(super) struct Asking<'a> {
    pub tenant: &'a Tenant,
    /// Who asks.
    pub contact: &'a Contact,
    /// The company that is expected, where that is known.
    pub expected: Option<&'a str>,
    pub link: &'a ConsentLink,
    /// The client id for which a key may be made by hand.
    pub client: Option<&'a str>,
}

/// Who asks for what, and the ways on from here. The button stands before what can be read at leisure, so that it is seen
/// on a phone.
pub(super) fn start(language: Language, asking: &Asking<'_>) -> String {
    let words = language.words();
    let start = &words.start;
    let names = Names::of(language, Some(asking.tenant.erp.kind));
    let warehouse = asking.contact.warehouse.as_deref().unwrap_or(start.the_warehouse);
    let say = |sentence: &str| {
        names.fill(sentence, &[("warehouse", warehouse), ("client", asking.client.unwrap_or_default())])
    };
    let hidden = html! {
        input type="hidden" name="ticket" value=(asking.link.ticket.expose());
        input type="hidden" name="lang" value=(words.code);
    };
    let body = html! {
        h1 { (say(start.title)) }
        p { (say(start.asks)) }
        @if asking.expected.is_some() || asking.contact.warehouse.is_some() {
            dl {
                @if let Some(company) = asking.expected { dt { (start.company) } dd { strong { (company) } } }
                @if let Some(name) = &asking.contact.warehouse { dt { (start.asked_by) } dd { (name) } }
            }
        }
        form method="post" action=(asking.link.path) {
            (hidden)
            button type="submit" name="step" value="consent" { (say(start.button)) }
        }
        p { (say(start.log_in)) }
        p.small { (start.minutes) " " (say(start.ending)) }
        (details(words, asking, &say))
        @if let Some(client) = asking.client {
            section aria-labelledby="paste" {
                h2 #paste { (start.paste.title) }
                ol {
                    li { (say(start.paste.open)) }
                    // The id stands by itself, so that it can be copied.
                    li { (fill(start.paste.client, &[])) code { (client) } }
                    li { (start.paste.copy) }
                }
                form method="post" action=(asking.link.path) {
                    (hidden)
                    label for="api_key" { (start.paste.label) }
                    textarea #api_key name="api_key" rows="4" required autocomplete="off" autocapitalize="off"
                        spellcheck="false" {}
                    button.second type="submit" name="step" value="key" { (start.paste.button) }
                }
            }
        }
        (questions(words, asking.contact))
    };
    let at = |language: Language| Place::At(format!("{}&lang={}", asking.link.url(), language.words().code));
    let main = html! { main.plain { (body) } };
    framed(language, &say(start.title), asking.contact, &at, &main)
}

/// What is read and written, by what, and how the tenant is called where the warehouse looks it up.
fn details(words: &Words, asking: &Asking<'_>, say: &dyn Fn(&str) -> String) -> Markup {
    let (start, tenant) = (&words.start, asking.tenant);
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
    let list = |items: Vec<&str>| {
        html! { @if items.is_empty() { p { (start.nothing) } } @else { ul { @for item in items { li { (item) } } } } }
    };
    html! {
        h2 { (say(start.reads)) }
        (list(reads.collect()))
        h2 { (say(start.writes)) }
        (list(writes.collect()))
        p { (say(start.how)) }
        @if let Some(also) = Language::of(words.code).and_then(|language| also_called(tenant.erp.kind, language)) {
            p.small { (also) }
        }
        dl.small {
            dt { (start.warehouse) } dd { (warehouse_system(tenant)) }
            dt { (start.goods_owner) } dd { (tenant.ongoing.goods_owner_id) }
            dt { (start.connection) } dd { (tenant.tenant_id) }
        }
    }
}

fn warehouse_system(tenant: &Tenant) -> String {
    let ongoing = &tenant.ongoing.base_url;
    let first = ongoing.path().trim_matches('/').split('/').next().unwrap_or_default();
    format!("{}/{first}", ongoing.host_str().unwrap_or_default())
}

/// What the last page tells of the connection, for who keeps it.
pub(super) struct Receipt<'a> {
    pub kind: Kind,
    pub contact: &'a Contact,
    /// The company that was expected, as the warehouse calls it.
    pub expected: Option<&'a str>,
    pub at: Timestamp,
    /// By which the operator finds it in the log.
    pub number: &'a str,
}

/// Connected: to which company, and what is still missing there.
pub(super) fn done(language: Language, receipt: &Receipt<'_>, report: &Report) -> String {
    let found = |what: fn(&Finding) -> bool| report.findings.iter().filter(move |found| what(found));
    let lacking: Vec<&Finding> = found(|found| found.state == State::Missing && found.point != Point::Reach).collect();
    let open: Vec<&Finding> = found(|found| found.state == State::Unknown || found.point == Point::Reach).collect();
    let unsure = !report.good() && lacking.is_empty();
    let tone = match (lacking.is_empty(), unsure) {
        (false, _) => Tone::Bad,
        (true, true) => Tone::Plain,
        (true, false) => Tone::Good,
    };
    let company = report.company.as_deref();
    let other = receipt.expected.filter(|expected| company.is_some_and(|company| !alike(expected, company)));
    let body = |language: Language| {
        let words = language.words();
        let done = &words.done;
        let names = Names::of(language, Some(receipt.kind));
        let say = |sentence: &str| {
            names.fill(sentence, &[("company", company.unwrap_or_default()), ("expected", other.unwrap_or_default())])
        };
        let (title, next) = match tone {
            Tone::Bad => (done.lacking_title, done.lacking_next),
            Tone::Plain => (done.unsure_title, done.unsure_next),
            Tone::Good => (done.title, done.next),
        };
        let body = html! {
            h1 { (title) }
            p { strong { (say(if company.is_some() { done.connected } else { done.nameless })) } }
            @if other.is_some() { p { strong { (say(done.expected)) } " " (say(done.other)) } }
            @if !lacking.is_empty() {
                p { (say(done.lacking)) }
                ul { @for found in &lacking { li { (point(done, &found.point)) " " (advice(done, &names, &found.point)) } } }
            }
            @if unsure {
                p { (say(done.unsure)) }
                ul { @for found in &open { li { (point(done, &found.point)) } } }
            }
            h2 { (words.what_now) }
            p { (say(next)) }
            @if company.is_some() && other.is_none() { p.small { (say(done.other)) } }
            dl {
                @if let Some(company) = company { dt { (words.start.company) } dd { (company) } }
                dt { (done.product) } dd { (product(receipt.kind, language)) }
                @if let Some(name) = &receipt.contact.warehouse { dt { (words.start.asked_by) } dd { (name) } }
                dt { (done.date) } dd { (language.date(receipt.at)) }
                dt { (done.receipt) } dd { code { (receipt.number) } }
            }
            p.small { (done.keep) }
        };
        (title.to_owned(), body)
    };
    last(language, tone, receipt.contact, &body)
}

/// Whether two spellings are one name: letters and digits alone count.
fn alike(expected: &str, company: &str) -> bool {
    let kept = |name: &str| -> String { name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect() };
    kept(expected) == kept(company)
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
pub(super) fn failed(
    language: Language,
    kind: Option<Kind>,
    failed: &Failed,
    restart: &Restart,
    contact: &Contact,
) -> String {
    let (connected, company) = match &failed.why {
        Why::OtherCompany { connected, chosen } => (connected.as_str(), chosen.as_str()),
        _ => ("", ""),
    };
    let body = |language: Language| {
        let words = language.words();
        let names = Names::of(language, kind);
        let said = failed.why.said(&words.failures);
        let say = |sentence: &str| names.fill(sentence, &[("connected", connected), ("company", company)]);
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
        (say(said.title), body)
    };
    last(language, Tone::Bad, contact, &body)
}

/// A page that can be shown once only: it has every language in itself, the reader's first.
fn last(language: Language, tone: Tone, contact: &Contact, body: &dyn Fn(Language) -> (String, Markup)) -> String {
    let tone = match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Bad => "bad",
    };
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let all: Vec<Language> = std::iter::once(language).chain(others).collect();
    let main = html! {
        main class=(tone) {
            @for language in all {
                div class={"in-" (language.code())} lang=(language.code()) {
                    (body(language).1)
                    (questions(language.words(), contact))
                }
            }
        }
    };
    framed(language, &body(language).0, contact, &|_| Place::Here, &main)
}

fn framed(
    language: Language,
    title: &str,
    contact: &Contact,
    place: &dyn Fn(Language) -> Place,
    main: &Markup,
) -> String {
    let whose = html! {
        span.whose {
            @if let Some(logo) = &contact.logo { img src=(logo) alt="" height="28"; " " }
            (contact.warehouse.as_deref().unwrap_or("Ongoing Bridge"))
        }
    };
    let switch = Switch {
        label: language.languages(),
        languages: Language::ALL.map(|other| (other.code(), other.name(), place(other))).into(),
    };
    page_frame::page(STYLE, language.code(), title, &whose, Some(switch), main)
}

/// Whom a reader may ask.
fn questions(words: &Words, contact: &Contact) -> Markup {
    let number: Option<String> =
        contact.phone.as_ref().map(|phone| phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect());
    html! {
        @if contact.phone.is_some() || contact.mail.is_some() {
            p.ask {
                (words.questions)
                @if let (Some(phone), Some(number)) = (&contact.phone, number) { " " a href={"tel:" (number)} { (phone) } }
                @if let Some(mail) = &contact.mail { " " a href={"mailto:" (mail)} { (mail) } }
            }
        }
    }
}

/// The names that every sentence may have.
struct Names {
    product: &'static str,
    hyphenated: String,
}

impl Names {
    fn of(language: Language, kind: Option<Kind>) -> Self {
        let product = kind.map_or("", |kind| product(kind, language));
        Self { product, hyphenated: hyphenated(product) }
    }

    fn fill(&self, sentence: &str, further: &[(&str, &str)]) -> String {
        let names = [("erp", self.product), ("erp-", self.hyphenated.as_str())];
        fill(sentence, &names.iter().chain(further).copied().collect::<Vec<_>>())
    }
}

/// What is missing, in the reader's language, with the vendor's own word for it.
fn point(done: &Done, point: &Point) -> Markup {
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

fn advice(done: &Done, names: &Names, point: &Point) -> String {
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
    names.fill(sentence, &[])
}

/// Procountor has rights that take away: `personalSalesInvoicesOnly` (Procountor sheet, section 1).
fn restricts(right: &str) -> bool {
    right.ends_with("Only")
}
