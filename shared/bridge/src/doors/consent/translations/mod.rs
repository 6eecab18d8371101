//! Every sentence of the consent pages, in four languages. One struct a language: a sentence that is missing does not
//! compile. `{erp}`, `{company}`, `{connected}`, `{warehouse}`, `{expected}` and `{client}` stand for names, see [`fill`]; `{erp-}` is the
//! product's name as Finnish has it before a hyphen.

mod en;
mod fi;
mod nb;
mod sv;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::doors) enum Language {
    /// English, for everybody else.
    #[default]
    En,
    /// Swedish.
    Sv,
    /// Norwegian, bokmål.
    Nb,
    /// Finnish.
    Fi,
}

/// The sentences of a language.
pub(super) struct Words {
    /// As `lang` has it.
    pub code: &'static str,
    /// The language's own name.
    pub name: &'static str,
    /// What the choice of languages is called.
    pub languages: &'static str,
    /// The heading over what to do.
    pub what_now: &'static str,
    /// The way back to the start page.
    pub again: &'static str,
    /// The same, where it has no button.
    pub by_link: &'static str,
    /// What stands before the warehouse's telephone and mail address.
    pub questions: &'static str,
    /// The first page.
    pub start: Start,
    /// The last page.
    pub done: Done,
    /// The pages of what did not work.
    pub failures: Failures,
    /// The mail with the link.
    pub mail: Mail,
}

/// Who asks for what.
pub(super) struct Start {
    pub title: &'static str,
    pub asks: &'static str,
    pub the_warehouse: &'static str,
    pub how: &'static str,
    pub company: &'static str,
    pub asked_by: &'static str,
    pub connection: &'static str,
    pub warehouse: &'static str,
    pub goods_owner: &'static str,
    pub reads: &'static str,
    pub articles: &'static str,
    pub orders: &'static str,
    pub purchase_orders: &'static str,
    pub suppliers: &'static str,
    pub writes: &'static str,
    pub shipments: &'static str,
    pub stock: &'static str,
    pub import_status: &'static str,
    pub nothing: &'static str,
    pub log_in: &'static str,
    pub ending: &'static str,
    pub button: &'static str,
    pub minutes: &'static str,
    pub paste: Paste,
}

/// The other way in, for an ERP that shows its key to a person.
pub(super) struct Paste {
    pub title: &'static str,
    pub open: &'static str,
    pub client: &'static str,
    pub copy: &'static str,
    pub label: &'static str,
    pub button: &'static str,
}

/// Connected, wholly or with something missing.
pub(super) struct Done {
    pub title: &'static str,
    pub connected: &'static str,
    pub nameless: &'static str,
    pub next: &'static str,
    pub other: &'static str,
    pub expected: &'static str,
    pub product: &'static str,
    pub date: &'static str,
    pub receipt: &'static str,
    pub keep: &'static str,
    pub lacking_title: &'static str,
    pub lacking: &'static str,
    pub lacking_next: &'static str,
    pub unsure_title: &'static str,
    pub unsure: &'static str,
    pub unsure_next: &'static str,
    pub right: &'static str,
    pub restriction: &'static str,
    pub module: &'static str,
    pub company: &'static str,
    pub unchecked: &'static str,
    pub right_advice: &'static str,
    pub restriction_advice: &'static str,
    pub module_advice: &'static str,
    pub company_advice: &'static str,
}

/// What did not work: its heading, what happened, what to do.
pub(super) struct Said {
    pub title: &'static str,
    pub what: &'static str,
    pub next: &'static str,
}

/// One for each way in which it can go wrong.
pub(super) struct Failures {
    pub link: Said,
    pub state: Said,
    pub other_browser: Said,
    pub refused: Said,
    pub vendor: Said,
    pub exchange: Said,
    pub unreachable: Said,
    pub ours: Said,
    pub setup: Said,
    pub no_refresh: Said,
    pub key: Said,
    pub other_company: Said,
    pub unidentified: Said,
}

/// The mail that the operator's command writes.
pub(super) struct Mail {
    pub greeting: &'static str,
    pub open: &'static str,
    pub good: &'static str,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::En, Self::Sv, Self::Nb, Self::Fi];

    /// The language of this code.
    pub fn of(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_lowercase();
        let primary = code.split('-').next().unwrap_or_default();
        // Browsers ask for Norwegian under three names.
        let primary = if matches!(primary, "no" | "nn") { "nb" } else { primary };
        Self::ALL.into_iter().find(|language| language.words().code == primary)
    }

    /// The first of `Accept-Language` that there is, by its weights.
    pub fn accepted(header: &str) -> Self {
        let mut wanted: Vec<(f32, Self)> = Vec::new();
        for range in header.split(',').take(20) {
            let (code, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
            wanted.extend(Self::of(code).filter(|_| weight > 0.0).map(|language| (weight, language)));
        }
        // Stable: of equal weights the first one stays.
        wanted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        wanted.first().map(|(_, language)| *language).unwrap_or_default()
    }

    /// Its code, as `lang` has it.
    pub fn code(self) -> &'static str {
        self.words().code
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        self.words().name
    }

    /// What the choice of languages is called in it.
    pub fn languages(self) -> &'static str {
        self.words().languages
    }

    /// The clock of most who read it.
    pub fn zone(self) -> TimeZone {
        let name = match self {
            Self::En | Self::Sv => "Europe/Stockholm",
            Self::Nb => "Europe/Oslo",
            Self::Fi => "Europe/Helsinki",
        };
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    /// A date and a time by that clock, as it is written there.
    pub(in crate::doors::consent) fn date(self, at: Timestamp) -> String {
        let format = match self {
            Self::En => "%-d %B %Y, %H:%M %Z",
            Self::Sv => "%Y-%m-%d %H:%M %Z",
            Self::Nb => "%-d.%-m.%Y kl. %H.%M %Z",
            Self::Fi => "%-d.%-m.%Y klo %-H.%M %Z",
        };
        at.to_zoned(self.zone()).strftime(format).to_string()
    }

    /// Its sentences.
    pub(in crate::doors::consent) fn words(self) -> &'static Words {
        match self {
            Self::En => &en::WORDS,
            Self::Sv => &sv::WORDS,
            Self::Nb => &nb::WORDS,
            Self::Fi => &fi::WORDS,
        }
    }
}

/// The sentence with names in the places that are kept for them. What a name itself has of such places stays as it is.
pub(in crate::doors) fn fill(sentence: &str, names: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(names.iter().find(|(known, _)| *known == place).map_or("", |(_, name)| name));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_languages_are_taken_by_their_weights() {
        for (header, language) in [
            ("sv-SE,sv;q=0.9,en;q=0.8", Language::Sv),
            ("de-DE,fi;q=0.5,en;q=0.4", Language::Fi),
            ("en;q=0.4,nn-NO;q=0.9", Language::Nb),
            ("no", Language::Nb),
            ("fi;q=0,en", Language::En),
            ("de", Language::En),
            ("", Language::En),
            ("sv;q=x,,;;fi", Language::En),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn names_are_filled_in_once() {
        let names = [("erp", "Visma"), ("company", "{erp} & {client}")];
        assert_eq!(fill("{company} in {erp}.", &names), "{erp} & {client} in Visma.");
        assert_eq!(fill("{nobody}, {", &names), ", {");
    }

    #[test]
    fn the_languages_name_the_same_things_in_the_same_sentences() {
        let places = |text: &str| -> Vec<String> {
            let mut places: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('}')?.0.trim_end_matches('-').to_owned()))
                .collect();
            places.sort();
            places.dedup();
            places
        };
        let english: Vec<_> = sentences(Language::En.words()).iter().map(|text| places(text)).collect();
        for language in Language::ALL {
            let sentences = sentences(language.words());
            for (number, sentence) in sentences.iter().enumerate() {
                assert!(!sentence.trim().is_empty(), "{language:?}, sentence {number}");
                assert_eq!(places(sentence), english[number], "{language:?}: {sentence}");
            }
        }
        assert!(english.iter().any(|places| places.contains(&"connected".to_owned())));
    }

    #[test]
    fn a_date_is_written_as_its_readers_write_it() {
        let at: Timestamp = "2026-03-02T07:05:00Z".parse().unwrap();
        let written = Language::ALL.map(|language| language.date(at));
        assert_eq!(
            written,
            ["2 March 2026, 08:05 CET", "2026-03-02 08:05 CET", "2.3.2026 kl. 08.05 CET", "2.3.2026 klo 9.05 EET",]
        );
    }

    fn sentences(words: &Words) -> Vec<&'static str> {
        let (start, done, fail) = (&words.start, &words.done, &words.failures);
        let failures = [
            &fail.link,
            &fail.state,
            &fail.other_browser,
            &fail.refused,
            &fail.vendor,
            &fail.exchange,
            &fail.unreachable,
            &fail.ours,
            &fail.setup,
            &fail.no_refresh,
            &fail.key,
            &fail.other_company,
            &fail.unidentified,
        ];
        let mut all = vec![
            words.by_link,
            words.questions,
            words.mail.greeting,
            words.mail.open,
            words.mail.good,
            start.title,
            start.asks,
            start.the_warehouse,
            start.how,
            start.company,
            start.asked_by,
            start.log_in,
            start.ending,
            start.button,
            start.minutes,
            start.paste.title,
            start.paste.open,
            start.paste.client,
            start.paste.copy,
            done.connected,
            done.nameless,
            done.next,
            done.other,
            done.expected,
            done.product,
            done.date,
            done.receipt,
            done.keep,
            done.lacking,
            done.lacking_next,
            done.unsure,
            done.unsure_next,
            done.right,
            done.restriction,
            done.module,
            done.right_advice,
            done.restriction_advice,
            done.module_advice,
            done.company_advice,
        ];
        all.extend(failures.iter().flat_map(|said| [said.title, said.what, said.next]));
        all
    }
}
