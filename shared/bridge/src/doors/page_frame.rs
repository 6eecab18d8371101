//! What every page has around its content: the head, whose page it is, and the switch of languages.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The same page in every language.
pub(super) struct Switch {
    /// What it is called.
    pub label: &'static str,
    /// Of each language its code, its own name and where the page is in it.
    pub languages: Vec<(&'static str, &'static str, Place)>,
}

/// Where a page is in a language.
pub(super) enum Place {
    /// At this address.
    At(String),
    /// In this very page, in an element of the class `in-<code>`: of what can be shown once only. The style shows the one that
    /// is chosen, without a script.
    Here,
}

/// A page in the language of this code; `whose` stands at its head, `main` is its content with its element.
pub(super) fn page(
    style: &str,
    code: &str,
    title: &str,
    whose: &Markup,
    switch: Option<Switch>,
    main: &Markup,
) -> String {
    let here = switch.iter().flat_map(|switch| &switch.languages).filter(|(_, _, place)| matches!(place, Place::Here));
    let here: Vec<(&str, &str)> = here.map(|(other, name, _)| (*other, *name)).collect();
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
                @for (other, name) in &here {
                    input.pick #{"pick-" (other)} type="radio" name="language" checked[*other == code] aria-label=(name)
                        autocomplete="off";
                }
                header {
                    (whose)
                    @if let Some(switch) = switch {
                        nav aria-label=(switch.label) { ul { @for (other, name, place) in switch.languages {
                            li lang=(other) {
                                @match place {
                                    Place::Here => label for={"pick-" (other)} { (name) },
                                    Place::At(_) if other == code => span aria-current="true" { (name) },
                                    Place::At(address) => a href=(address) hreflang=(other) { (name) },
                                }
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
