//! What is wrong with a file that is no YAML, in words for somebody who wrote it by hand. The reader's own words are of
//! tokens and contexts.

use crate::source_spans::Position;

/// The reader's words, and what the person is told instead.
const WORDS: [(&str, &str); 7] = [
    (
        "mapping values are not allowed",
        "nothing can begin here: this line is indented otherwise than the one above it, or that one has no blank behind its \
         colon",
    ),
    (
        "did not find expected key",
        "this line is indented otherwise than those above it: the members of one object begin in the same column",
    ),
    ("did not find expected '-'", "the entries of a list begin in the same column, each with a hyphen and a blank"),
    ("could not find expected ':'", "a member is a name, a colon, a blank and a value"),
    ("did not find expected ',' or ']'", "a list that opens with [ is not closed, or lacks a comma"),
    ("did not find expected ',' or '}'", "an object that opens with { is not closed, or lacks a comma"),
    ("did not find expected alphabetic or numeric", "a text that begins with * or & stands between quotation marks"),
];

/// What is said of an error of the reader's, and where.
pub fn told(text: &str, error: &serde_norway::Error) -> (Option<Position>, String) {
    let words = error.to_string();
    let place = error.location().map(|at| (at.line(), at.column().max(1)));
    if words.contains("more than one document") {
        let problem = "a second tenant begins here, and a file has one: put it into a file of its own";
        return (second_document(text), problem.into());
    }
    if let Some(tab) = tab(text) {
        return (Some(tab), "this is a tab, and YAML is indented with blanks: put two blanks in its place".into());
    }
    if let Some((_, opened)) = words.split_once("while scanning a quoted scalar") {
        return (opening(opened).or(place), "a quotation mark opens here and is never closed".into());
    }
    let known = WORDS.iter().find(|(theirs, _)| words.contains(theirs));
    let theirs = words.split(" at line ").next().unwrap_or_default();
    (place, known.map_or_else(|| format!("this is no YAML: {theirs}"), |(_, ours)| (*ours).to_owned()))
}

/// The first tab that a line is indented with.
fn tab(text: &str) -> Option<Position> {
    let indent = |line: &str| line.chars().take_while(|c| matches!(c, ' ' | '\t')).position(|c| c == '\t');
    text.lines().enumerate().find_map(|(at, line)| Some((at + 1, indent(line)? + 1)))
}

/// The line that parts the second document from the first, which may have one before it too.
fn second_document(text: &str) -> Option<Position> {
    let mut begun = false;
    for (at, line) in text.lines().enumerate() {
        let divides = line == "---" || line.starts_with("--- ");
        if divides && begun {
            return Some((at + 1, 1));
        }
        begun |= !divides && !line.trim().is_empty() && !line.trim_start().starts_with('#');
    }
    None
}

/// Line and column in the reader's words: ` at line 5 column 13`.
fn opening(words: &str) -> Option<Position> {
    let mut numbers = words.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn of(text: &str) -> (Option<Position>, String) {
        told(text, &serde_norway::from_str::<Value>(text).unwrap_err())
    }

    #[test]
    fn what_people_get_wrong_is_told_in_their_words() {
        for (text, place, problem) in [
            ("a: 1\nb:\n\tc: 2\n", Some((3, 1)), "this is a tab"),
            ("a: 1\nb:\n  c: 2\n  \td: 2\n", Some((4, 3)), "this is a tab"),
            ("a: 1\n---\nb: 1\n", Some((2, 1)), "a second tenant begins here"),
            ("# two\n---\na: 1\n---\nb: 1\n", Some((4, 1)), "a second tenant begins here"),
            ("a: 1\nb:\n  c: 2\n d: 3\n", Some((4, 2)), "this line is indented otherwise than those above it"),
            ("a: 1\nb:\n  c: 2\n    d: 3\n", Some((4, 6)), "nothing can begin here: this line is indented"),
            ("a:1\nb: 2\n", Some((2, 2)), "nothing can begin here: this line is indented"),
            ("a: 1\nb: 'x\nc: 2\n", Some((2, 4)), "a quotation mark opens here and is never closed"),
            ("a: [1, 2\nb: 3\n", Some((2, 2)), "a list that opens with [ is not closed"),
            ("a: 1\nb\nc: 2\n", Some((3, 1)), "a member is a name, a colon"),
            ("a: %x\n", Some((1, 4)), "this is no YAML: found character"),
        ] {
            let (at, said) = of(text);
            assert!(said.starts_with(problem), "{text}: {said}");
            assert_eq!(at, place, "{text}: {said}");
        }
    }
}
