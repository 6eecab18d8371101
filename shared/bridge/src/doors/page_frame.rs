//! What every page has around its content: the head, our name, and the switch of languages.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The links to the same page in every language.
pub(super) struct Switch {
    /// What it is called.
    pub label: &'static str,
    /// Of each language its code, its own name and the address of the page in it.
    pub languages: Vec<(&'static str, &'static str, String)>,
}

/// A page in the language of this code; `main` is its content with its element.
pub(super) fn page(style: &str, code: &str, title: &str, switch: Option<Switch>, main: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                title { (title) " – Ongoing Bridge" }
                style { (PreEscaped(style)) }
            }
            body {
                header {
                    span { "Ongoing Bridge" }
                    @if let Some(switch) = switch {
                        nav aria-label=(switch.label) { ul { @for (other, name, address) in switch.languages {
                            li lang=(other) {
                                @if other == code { span aria-current="true" { (name) } }
                                @else { a href=(address) hreflang=(other) { (name) } }
                            }
                        } } }
                    }
                }
                (main)
            }
        }
    };
    page.into_string()
}
