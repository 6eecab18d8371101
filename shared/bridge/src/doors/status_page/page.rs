//! The page as HTML: no scripts, nothing from elsewhere, all text escaped by the macro.

use std::sync::LazyLock;

use jiff::Timestamp;
use maud::{Markup, html};

use super::link::Scope;
use super::plot;
use super::read::{AllView, Flow, HeldUp, ParkedView, Row, Search, TenantView, TroubleView, View};
use super::request::StatusRequest;
use super::story;
use super::translations::{Language, Said, Words, fill, moment, words, zone};
use crate::doors::page_frame::{self, Place, Switch};
use crate::doors::page_headers;
use crate::roads::freshness::Took;
use crate::roads::status::Level;
use crate::roads::status::advice::erp_name;
use crate::state::health::{Day, Mark};
use crate::state::journal::Back;

const STYLE: &str = include_str!("style.css");

/// The one style that the page may have, by its digest.
pub(super) static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| page_headers::style_source(STYLE));

/// An answer.
pub(super) struct Page {
    pub status: u16,
    pub html: String,
}

/// What all parts of a page have in common.
struct Told<'a> {
    request: &'a StatusRequest,
    words: &'static Words,
    language: Language,
    now: Timestamp,
}

/// The page of a link that is good.
pub(super) fn html(request: &StatusRequest, scope: &Scope, view: &View, now: Timestamp) -> String {
    let language = request.language;
    let told = Told { request, words: words(language), language, now };
    let view_of = match view {
        View::Tenant(view) if *scope == Scope::All => Some(view.id.as_str()),
        _ => None,
    };
    let (title, level, body) = match view {
        View::Tenant(view) => {
            let erp = view.erp.map_or("ERP", erp_name);
            let title = fill(told.words.title, &[("tenant", &view.id), ("erp", erp)]);
            (title, view.level, told.tenant(view, view_of.is_some()))
        }
        View::All(view) => {
            let worst = view.tenants.iter().map(|row| row.level).min().unwrap_or(Level::Good);
            (told.words.title_all.to_owned(), worst, told.all(view))
        }
    };
    let until = request.link.as_ref().and_then(|link| Timestamp::from_second(link.until).ok()).unwrap_or(now);
    let until = until.to_zoned(zone(language)).strftime("%Y-%m-%d %H:%M").to_string();
    let zone = now.to_zoned(zone(language)).strftime("%Z").to_string();
    let body = html! {
        h1 { (title) }
        p.state { (told.badge(level)) " " span.soft { (fill(told.words.as_of, &[("time", &moment(now, now, language))])) " · "
            a href=(told.address(view_of, None)) { (told.words.refresh) } } }
        (body)
        p.foot { (fill(told.words.foot, &[("zone", &zone), ("time", &until)])) }
    };
    let switch = |language: Language| told.address_in(language, view_of, request.number.as_deref());
    page(language, &title, Some(&switch), &body)
}

/// A page that shows nothing, with what to do.
pub(super) fn sorry(language: Language, said: &Said) -> String {
    let body = html! { h1 { (said.title) } p { (said.what) } p { strong { (said.next) } } };
    page(language, said.title, None, &body)
}

fn page(language: Language, title: &str, switch: Option<&dyn Fn(Language) -> String>, body: &Markup) -> String {
    let switch = switch.map(|address| Switch {
        label: language.languages(),
        languages: Language::ALL.map(|other| (other.code(), other.name(), Place::At(address(other)))).into(),
    });
    page_frame::page(
        STYLE,
        language.code(),
        title,
        &html! { span { "Ongoing Bridge" } },
        switch,
        &html! { main { (body) } },
    )
}

impl Told<'_> {
    fn address(&self, view: Option<&str>, number: Option<&str>) -> String {
        self.address_in(self.language, view, number)
    }

    fn address_in(&self, language: Language, view: Option<&str>, number: Option<&str>) -> String {
        let more: Vec<(&str, &str)> =
            view.map(|id| ("view", id)).into_iter().chain(number.map(|number| ("number", number))).collect();
        self.request.address(language, &more)
    }

    fn badge(&self, level: Level) -> Markup {
        let (class, says) = match level {
            Level::Good => ("good", self.words.good),
            Level::Waits => ("waits", self.words.waits),
            Level::Person => ("bad", self.words.person),
            Level::Off => ("off", self.words.off),
        };
        html! { span.badge.(class) { (says) } }
    }

    fn moment(&self, at: Timestamp) -> String {
        moment(at, self.now, self.language)
    }

    fn tenant(&self, view: &TenantView, among_others: bool) -> Markup {
        let words = self.words;
        let erp = view.erp.map_or("ERP", erp_name);
        let own = among_others.then_some(view.id.as_str());
        html! {
            @if among_others { p { a href=(self.address(None, None)) { "← " (words.title_all) } } }
            (self.search(own, view.search.as_ref(), true))
            @if view.invalid { p.note { (words.invalid) } }
            @if let Some(at) = view.not_read { p.note { (fill(words.not_read, &[("time", &self.moment(at))])) } }
            @if !view.troubles.is_empty() {
                h2 { (words.in_the_way) }
                ul.list { @for trouble in &view.troubles { (self.trouble(trouble, erp)) } }
            }
            h2 { (words.freshness) }
            @for feed in &view.feeds {
                div.feed {
                    p { strong { (words.feed(feed.feed)) } " " span.soft { @match feed.good_at {
                        Some(at) => (fill(words.read, &[("age", &words.age(at, self.now))])),
                        None => (words.never),
                    } } }
                    (self.plot(&feed.marks))
                    (self.took(words.took, view.freshness.to_warehouse.get(&feed.feed), view.freshness.days, erp))
                }
            }
            @if !view.feeds.is_empty() { (self.legend()) }
            (self.took(words.reported, view.freshness.to_erp.as_ref(), view.freshness.days, erp))
            h2 { (words.waiting) }
            @match (view.waiting, view.oldest) {
                (0, _) => p { (words.waiting_none) },
                (n, oldest) => p { (fill(words.waiting_some,
                    &[("n", &n.to_string()), ("time", &oldest.map_or_else(String::new, |at| self.moment(at)))])) },
            }
            h2 { (words.parked) }
            @if view.parked.is_empty() { p { (words.parked_none) } } @else {
                p { (words.parked_some) }
                ul.list { @for parked in &view.parked { (self.parked(parked)) } }
                @if view.more_parked > 0 { p.soft { (fill(words.more, &[("n", &view.more_parked.to_string())])) } }
            }
        }
    }

    /// How long records took, where any came.
    fn took(&self, sentence: &str, took: Option<&Took>, days: u32, erp: &str) -> Markup {
        let spans = took.and_then(|took| took.p50_seconds.zip(took.p95_seconds));
        html! {
            @if let Some((half, most)) = spans {
                @let (n, half, most) = (days.to_string(), self.words.span(half), self.words.span(most));
                p.soft { (fill(sentence, &[("n", &n), ("half", &half), ("most", &most), ("erp", erp)])) }
            }
            @if let Some(took) = took.filter(|took| took.not_counted > 0) {
                p.soft { (fill(self.words.not_counted, &[("n", &took.not_counted.to_string())])) }
            }
        }
    }

    fn trouble(&self, trouble: &TroubleView, erp: &str) -> Markup {
        let words = self.words;
        let name = story::system(words, trouble.system);
        let held_up: Vec<String> = trouble
            .held_up
            .iter()
            .map(|held_up| match held_up {
                HeldUp::Feed(feed) => words.feed(*feed).to_owned(),
                HeldUp::ToWarehouse => words.to_warehouse.to_owned(),
                HeldUp::ToErp => fill(words.to_erp, &[("erp", erp)]),
            })
            .collect();
        html! {
            li {
                strong { (fill(words.cause(trouble.cause), &[("system", &name)])) } " "
                span.soft { (fill(words.since, &[("time", &self.moment(trouble.since))])) " · " (held_up.join(", ")) }
                @if let Some(reason) = &trouble.reason { br; q lang="en" { (reason) } }
            }
        }
    }

    fn parked(&self, parked: &ParkedView) -> Markup {
        let words = self.words;
        let what = match parked.what {
            Flow::In(feed) => words.feed(feed),
            Flow::Back(Back::Shipments) => words.feeds.shipments,
            Flow::Back(Back::Stock) => words.feeds.stock,
            Flow::Back(Back::ImportStatus) => words.feeds.import_status,
        };
        let reason = story::told(&parked.reason).unwrap_or_default();
        html! {
            li {
                strong { (parked.number) } " " span.soft { (what) " · " @match parked.retry_at {
                    Some(at) if at > self.now => (fill(words.tried_again, &[("time", &self.moment(at))])),
                    Some(_) => (words.tried_next),
                    None => span.bad { (words.needs_person) },
                } }
                @if !reason.is_empty() { br; q lang="en" { (reason) } }
            }
        }
    }

    /// The picture of a day, and below it from when to when.
    fn plot(&self, marks: &[Mark; Day::QUARTERS]) -> Markup {
        let (good, trouble, none) = plot::counts(marks);
        let (good, trouble, none) = (good.to_string(), trouble.to_string(), none.to_string());
        let names = [("good", good.as_str()), ("trouble", &trouble), ("none", &none)];
        html! {
            (plot::svg(marks, &fill(self.words.plot.says, &names)))
            p.scale aria-hidden="true" { span { (self.words.plot.begins) } span { (self.words.plot.ends) } }
        }
    }

    fn legend(&self) -> Markup {
        let plot = &self.words.plot;
        html! {
            p.legend aria-hidden="true" {
                span.g { (plot.good) } span.t { (plot.trouble) } span.n { (plot.none) }
            }
        }
    }

    /// The field for a number, and what was found.
    fn search(&self, view: Option<&str>, search: Option<&Search>, searchable: bool) -> Markup {
        let words = self.words;
        let number = self.request.number.as_deref().unwrap_or_default();
        let hidden = self.request.link.iter().flat_map(|link| link.parameters());
        html! {
            section.search aria-labelledby="search" {
                h2 #search { (words.search) }
                @if searchable {
                    form method="get" {
                        @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                        input type="hidden" name="lang" value=(self.language.code());
                        @if let Some(id) = view { input type="hidden" name="view" value=(id); }
                        label for="number" { (words.number) }
                        div.field {
                            input #number type="search" name="number" value=(number) required maxlength="100"
                                autocomplete="off" autocapitalize="off" spellcheck="false";
                            button type="submit" { (words.find) }
                        }
                    }
                } @else { p { (words.choose) } }
                @if let Some(search) = search {
                    @if search.found.is_empty() { p.note { (fill(words.nothing, &[("number", &search.number)])) } }
                    @for facts in &search.found {
                        article.story {
                            h3 { (fill(words.story.order, &[("number", facts.entry.number.as_deref().unwrap_or(&search.number))]))
                                @if self.is_of_all() { " " span.soft { (facts.tenant_id) } } }
                            ol { @for step in story::steps(facts, words, self.now) {
                                li {
                                    @if let Some(at) = step.at { time datetime=(format!("{at:.0}")) { (self.moment(at)) } } @else { span.now { "" } }
                                    span { (step.says) @if let Some(reason) = &step.reason { br; q lang="en" { (reason) } } }
                                }
                            } }
                        }
                    }
                }
            }
        }
    }

    fn is_of_all(&self) -> bool {
        self.request.link.as_ref().is_some_and(|link| link.scope == Scope::All)
    }

    fn all(&self, view: &AllView) -> Markup {
        let words = self.words;
        html! {
            (self.search(None, view.search.as_ref(), view.searchable))
            h2 { (words.freshness) }
            (self.plot(&view.marks))
            (self.legend())
            @if view.tenants.is_empty() { p { (words.no_connection) } } @else {
                ul.list.tenants { @for row in &view.tenants { (self.row(row)) } }
            }
            @if view.more > 0 { p.soft { (fill(words.more, &[("n", &view.more.to_string())])) } }
        }
    }

    fn row(&self, row: &Row) -> Markup {
        let words = self.words;
        let erp = row.erp.map_or("ERP", erp_name);
        html! {
            li {
                a href=(self.address(Some(&row.id), None)) { (row.id) } " " span.soft { (erp) } " " (self.badge(row.level))
                br;
                span.soft {
                    @match row.oldest {
                        Some(at) => (fill(words.read, &[("age", &words.age(at, self.now))])),
                        None => (words.never),
                    }
                    @if row.waiting > 0 { " · " (words.waiting) ": " (row.waiting) }
                    @if row.parked > 0 { " · " (words.parked) ": " (row.parked) }
                }
            }
        }
    }
}
