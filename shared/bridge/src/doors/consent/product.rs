//! What an ERP is called on a page.

use super::translations::Language;
use crate::words::kind::Kind;

/// The product's name, as its vendor writes it and as the reader's market knows it (Visma sheet, head).
pub(super) fn product(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::PowerOffice, _) => "PowerOffice Go",
        (Kind::Finago, _) => "Finago Office",
        (Kind::Procountor, _) => "Procountor",
        (Kind::Visma, Language::Sv) => "Visma eEkonomi",
        (Kind::Visma, Language::Fi) => "Visma ePasseli",
        (Kind::Visma, Language::En | Language::Nb) => "Visma eAccounting",
    }
}

/// The name before a Finnish noun: a name of several words has a space before the hyphen. The word joiner keeps the hyphen
/// with its noun where a line ends.
pub(super) fn hyphenated(product: &str) -> String {
    if product.contains(' ') { format!("{product} -\u{2060}") } else { format!("{product}-") }
}

/// What else the reader may know it as: it was renamed, or is called otherwise in another language.
pub(super) fn also_called(kind: Kind, language: Language) -> Option<&'static str> {
    match (kind, language) {
        (Kind::Visma, Language::Sv) => Some(
            "Visma eEkonomi säljs sedan 2025 som Bokföring & Fakturering från Spiris. På andra språk heter det Visma eAccounting.",
        ),
        (Kind::Visma, Language::Fi) => Some("Visma ePasseli on muilla kielillä Visma eAccounting."),
        (Kind::Visma, Language::En) => {
            Some("In Sweden it is called Visma eEkonomi or Bokföring & Fakturering, in Finland Visma ePasseli.")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_several_words_has_a_space_before_the_hyphen() {
        assert_eq!(
            hyphenated(product(Kind::Visma, Language::Fi)) + "ohjelmiston",
            "Visma ePasseli -\u{2060}ohjelmiston"
        );
        assert_eq!(hyphenated(product(Kind::Procountor, Language::Fi)) + "palvelussa", "Procountor-palvelussa");
    }
}
