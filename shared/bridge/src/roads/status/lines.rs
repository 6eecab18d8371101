//! Times, ages and lines for a person.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Columns of a terminal that everything fits.
pub const WIDTH: usize = 80;

/// How long ago: `9 min`, `3 h`, `5 d`.
#[must_use]
pub fn age(at: Timestamp, now: Timestamp) -> String {
    match now.as_second() - at.as_second() {
        ..60 => "now".to_owned(),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// How long: `40 s`, `9 min`, `3 h`, `5 d`.
#[must_use]
pub fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..5_400 => format!("{} min", seconds / 60),
        5_400..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A moment by the clock of a time zone, with as much of the date as is needed: `09:14`, `Sun 23:41`, `3 May 23:41`.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (then, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let days = (today.date() - then.date()).get_days();
    let format = match days {
        0 => "%H:%M",
        -6..=6 => "%a %H:%M",
        _ if then.year() == today.year() => "%-d %b %H:%M",
        _ => "%-d %b %Y %H:%M",
    };
    then.strftime(format).to_string()
}

/// A moment with its age: `since Sun 23:41 (9 h)`.
#[must_use]
pub fn since(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    match age(at, now).as_str() {
        "now" => format!("since {}", moment(at, now, zone)),
        age => format!("since {} ({age})", moment(at, now, zone)),
    }
}

/// Adds a paragraph that keeps to [`WIDTH`], its first line behind `first` and the others under it.
pub fn paragraph(text: &mut String, first: &str, words: &str) {
    let indent = " ".repeat(first.chars().count());
    let mut line = first.to_owned();
    let mut empty = true;
    for word in words.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{}", line.trim_end());
            line.clone_from(&indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

/// At most so many characters of a text, on one line.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).collect::<String>() + "…"
}

/// A number and what it counts: `1 order`, `3 orders`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_has_as_much_of_the_date_as_it_needs() {
        let (now, utc) = (at("2026-03-02T09:14:00Z"), TimeZone::UTC);
        for (then, said) in [
            ("2026-03-02T08:14:00Z", "08:14"),
            ("2026-03-01T23:41:00Z", "Sun 23:41"),
            ("2026-01-03T23:41:00Z", "3 Jan 23:41"),
            ("2025-05-03T23:41:00Z", "3 May 2025 23:41"),
        ] {
            assert_eq!(moment(at(then), now, &utc), said);
        }
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        assert_eq!(since(at("2026-03-01T22:41:00Z"), now, &oslo), "since Sun 23:41 (10 h)");
    }

    #[test]
    fn ages_have_one_unit() {
        let now = at("2026-03-02T09:14:00Z");
        let ago = |seconds: i64| age(Timestamp::from_second(now.as_second() - seconds).unwrap(), now);
        assert_eq!([10, 600, 7_200, 172_800].map(ago), ["now", "10 min", "2 h", "2 d"]);
    }

    #[test]
    fn a_paragraph_keeps_to_the_width() {
        let mut text = String::new();
        paragraph(&mut text, "    → ", &"word ".repeat(40));
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().nth(1).unwrap().starts_with("      word"));
    }
}
