//! Every sentence of the status page, in the languages of the consent pages. `{erp}`, `{system}`, `{n}` and so on stand for
//! what is filled in. Reasons are the systems' own words and stay as they are.

mod en;
mod fi;
mod nb;
mod sv;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(super) use crate::doors::consent::translations::{Language, fill};
use crate::words::cause::Cause;
use crate::words::feed::Feed;

/// The sentences of a language.
pub(super) struct Words {
    pub title: &'static str,
    pub title_all: &'static str,
    pub good: &'static str,
    pub waits: &'static str,
    pub person: &'static str,
    pub off: &'static str,
    pub as_of: &'static str,
    pub freshness: &'static str,
    pub feeds: Feeds,
    pub read: &'static str,
    pub never: &'static str,
    pub ages: Ages,
    pub spans: Spans,
    pub took: &'static str,
    pub reported: &'static str,
    pub not_counted: &'static str,
    pub plot: Plot,
    pub in_the_way: &'static str,
    pub since: &'static str,
    pub to_warehouse: &'static str,
    pub to_erp: &'static str,
    pub causes: Causes,
    pub either: &'static str,
    pub invalid: &'static str,
    pub not_read: &'static str,
    pub waiting: &'static str,
    pub waiting_none: &'static str,
    pub waiting_some: &'static str,
    pub parked: &'static str,
    pub parked_none: &'static str,
    pub parked_some: &'static str,
    pub tried_again: &'static str,
    pub tried_next: &'static str,
    pub needs_person: &'static str,
    pub more: &'static str,
    pub search: &'static str,
    pub number: &'static str,
    pub find: &'static str,
    pub nothing: &'static str,
    pub choose: &'static str,
    pub no_connection: &'static str,
    pub foot: &'static str,
    pub story: Story,
    pub expired: Said,
    pub no_link: Said,
    pub no_tenant: Said,
    pub unreachable: Said,
    pub refresh: &'static str,
}

/// What is carried over.
pub(super) struct Feeds {
    pub articles: &'static str,
    pub orders: &'static str,
    pub purchase_orders: &'static str,
    pub suppliers: &'static str,
    pub shipments: &'static str,
    pub stock: &'static str,
    pub import_status: &'static str,
}

/// How long ago.
pub(super) struct Ages {
    pub now: &'static str,
    pub minutes: &'static str,
    pub hours: &'static str,
    pub days: &'static str,
}

/// How long.
pub(super) struct Spans {
    pub minutes: &'static str,
    pub hours: &'static str,
    pub days: &'static str,
}

/// The picture of the last day.
pub(super) struct Plot {
    pub says: &'static str,
    pub begins: &'static str,
    pub ends: &'static str,
    pub good: &'static str,
    pub trouble: &'static str,
    pub none: &'static str,
}

/// What is the matter.
pub(super) struct Causes {
    pub login_refused: &'static str,
    pub consent_lost: &'static str,
    pub client_refused: &'static str,
    pub secret_missing: &'static str,
    pub right_missing: &'static str,
    pub address_refused: &'static str,
    pub down: &'static str,
    pub slowed_down: &'static str,
    pub budget_spent: &'static str,
    pub no_room: &'static str,
    pub refused: &'static str,
    pub unexpected: &'static str,
    pub interrupted: &'static str,
    pub other: &'static str,
}

/// An order's life.
pub(super) struct Story {
    pub order: &'static str,
    pub changed: &'static str,
    pub taken_back: &'static str,
    pub pulled: &'static str,
    pub queued: &'static str,
    pub created: &'static str,
    pub updated: &'static str,
    pub unchanged: &'static str,
    pub cancelled: &'static str,
    pub blocked: &'static str,
    pub parked: &'static str,
    pub filtered: &'static str,
    pub superseded: &'static str,
    pub seen: &'static str,
    pub waits_article: &'static str,
    pub waits_paused: &'static str,
    pub given_up: &'static str,
    pub shipped: &'static str,
    pub started: &'static str,
    pub not_started: &'static str,
    pub picked: &'static str,
    pub ordered: &'static str,
    pub tracking: &'static str,
    pub told: &'static str,
    pub told_soon: &'static str,
    pub told_refused: &'static str,
    pub not_told: &'static str,
    pub told_arrived: &'static str,
    pub not_asked: &'static str,
    pub gone: &'static str,
}

/// A page that shows nothing: its heading, what happened, what to do.
pub(super) struct Said {
    pub title: &'static str,
    pub what: &'static str,
    pub next: &'static str,
}

/// The sentences of a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Sv => &sv::WORDS,
        Language::Nb => &nb::WORDS,
        Language::Fi => &fi::WORDS,
    }
}

/// The clock by which a reader of this language is told the time: the servers do not know the reader's own.
pub(super) fn zone(language: Language) -> TimeZone {
    language.zone()
}

impl Words {
    /// How long ago: the greatest unit alone.
    pub fn age(&self, at: Timestamp, now: Timestamp) -> String {
        let (sentence, n) = match now.as_second() - at.as_second() {
            ..60 => (self.ages.now, 0),
            seconds @ 60..3_600 => (self.ages.minutes, seconds / 60),
            seconds @ 3_600..172_800 => (self.ages.hours, seconds / 3_600),
            seconds => (self.ages.days, seconds / 86_400),
        };
        fill(sentence, &[("n", &n.to_string())])
    }

    /// How long: the greatest unit alone, never less than it was.
    pub fn span(&self, seconds: i64) -> String {
        let (sentence, unit) = match seconds {
            ..5_400 => (self.spans.minutes, 60),
            5_400..172_800 => (self.spans.hours, 3_600),
            _ => (self.spans.days, 86_400),
        };
        let n = (seconds.max(1) + unit - 1) / unit;
        fill(sentence, &[("n", &n.to_string())])
    }

    pub fn feed(&self, feed: Feed) -> &'static str {
        match feed {
            Feed::Articles => self.feeds.articles,
            Feed::Orders => self.feeds.orders,
            Feed::PurchaseOrders => self.feeds.purchase_orders,
            Feed::Suppliers => self.feeds.suppliers,
        }
    }

    pub fn cause(&self, cause: Cause) -> &'static str {
        let causes = &self.causes;
        match cause {
            Cause::LoginRefused => causes.login_refused,
            Cause::ConsentLost => causes.consent_lost,
            Cause::ClientRefused => causes.client_refused,
            Cause::SecretMissing => causes.secret_missing,
            Cause::RightMissing => causes.right_missing,
            Cause::AddressRefused => causes.address_refused,
            Cause::Down => causes.down,
            Cause::SlowedDown => causes.slowed_down,
            Cause::BudgetSpent => causes.budget_spent,
            Cause::NoRoom => causes.no_room,
            Cause::Refused => causes.refused,
            Cause::Unexpected => causes.unexpected,
            Cause::Interrupted => causes.interrupted,
            Cause::Other => causes.other,
        }
    }
}

/// A moment by the language's clock: the time of today, else with its day.
pub(super) fn moment(at: Timestamp, now: Timestamp, language: Language) -> String {
    let zone = zone(language);
    let (then, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let (day, month) = (then.day(), then.month());
    let time = then.strftime("%H:%M");
    if then.date() == today.date() {
        return time.to_string();
    }
    match language {
        Language::Sv | Language::En => format!("{day}/{month} {time}"),
        Language::Nb | Language::Fi => format!("{day}.{month}. {time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_fill_the_same_places() {
        // The places of a sentence are seen in the Debug text of nothing else: each file is read as it is written.
        let files = [include_str!("en.rs"), include_str!("sv.rs"), include_str!("nb.rs"), include_str!("fi.rs")];
        let members = |file: &'static str| -> Vec<(String, Vec<String>)> {
            let body = file.split_once("Words {").unwrap().1;
            let mut all: Vec<(String, Vec<String>)> = Vec::new();
            for line in body.lines().map(str::trim) {
                let name = line
                    .split_once(':')
                    .map(|(name, _)| name)
                    .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
                if let Some(name) = name {
                    all.push((name.to_owned(), Vec::new()));
                }
                if let Some((_, places)) = all.last_mut() {
                    let text = line.split('"').nth(1).unwrap_or(line);
                    places.extend(text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())));
                    places.sort();
                }
            }
            all
        };
        let english = members(files[0]);
        assert!(english.len() > 90, "{}", english.len());
        for file in &files[1..] {
            assert_eq!(members(file), english);
        }
    }

    #[test]
    fn ages_and_moments_are_told_in_the_reader_s_language() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-03-02T09:14:00Z");
        let ago = |seconds: i64| Timestamp::from_second(now.as_second() - seconds).unwrap();
        assert_eq!(words(Language::En).age(ago(200), now), "3 min ago");
        assert_eq!(words(Language::Sv).age(ago(7_200), now), "för 2 tim sedan");
        assert_eq!(words(Language::Nb).age(ago(200_000), now), "for 2 d siden");
        assert_eq!(words(Language::Fi).age(ago(1), now), "juuri nyt");
        let spans = [5, 61, 5_399, 5_400, 172_800].map(|seconds| words(Language::Fi).span(seconds));
        assert_eq!(spans, ["1 min", "2 min", "90 min", "2 t", "2 pv"]);
        assert_eq!(moment(ago(3600), now, Language::Sv), "09:14");
        assert_eq!(moment(ago(3600), now, Language::Fi), "10:14");
        assert_eq!(moment(ago(86_400), now, Language::Nb), "1.3. 10:14");
    }
}
