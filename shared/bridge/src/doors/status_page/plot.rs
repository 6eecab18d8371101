//! The last day of a feed as a small picture: a bar for each quarter of an hour.

use maud::{Markup, html};

use crate::state::health::{Day, Mark};

/// The picture's own units: a bar is 5 wide with 1 of space behind it.
const BAR: usize = 6;
const HEIGHT: usize = 32;

/// The picture; `says` tells the same to who does not see it.
pub(super) fn svg(marks: &[Mark; Day::QUARTERS], says: &str) -> Markup {
    let width = Day::QUARTERS * BAR;
    html! {
        svg.plot viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(says) {
            @for (at, mark) in marks.iter().enumerate() {
                @let (class, top) = match mark { Mark::Good => ("g", 4), Mark::Trouble => ("t", 0), Mark::None => ("n", 26) };
                rect class=(class) x=(at * BAR) y=(top) width=(BAR - 1) height=(HEIGHT - top) {}
            }
        }
    }
}

/// How many quarters went well, had trouble, and had no pull.
pub(super) fn counts(marks: &[Mark; Day::QUARTERS]) -> (usize, usize, usize) {
    let of = |wanted: Mark| marks.iter().filter(|mark| **mark == wanted).count();
    (of(Mark::Good), of(Mark::Trouble), of(Mark::None))
}
