//! Source spans: line and column of each member of a file, for error messages. JSON is read as YAML, which it is a part
//! of.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser};

/// Line and column, both from 1.
pub type Position = (usize, usize);

/// The spans of a file's members, by JSON pointer.
#[derive(Debug, Default)]
pub struct SourceSpans {
    spans: HashMap<String, Position>,
    /// Members that a file has twice: the second one's pointer and place.
    pub duplicates: Vec<(String, Position)>,
}

/// What is open at a point of the file.
enum Open {
    Map { path: String, key: Option<String> },
    List { path: String, next: usize },
}

impl SourceSpans {
    /// The spans in a file. Where it cannot be followed, the rest has none: the reader's own error says why.
    pub fn of(text: &str) -> Self {
        let mut spans = Self::default();
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            match event {
                Event::Scalar(text, ..) if spans.is_key(&mut open, &text, span.start) => {}
                Event::Scalar(..) | Event::Alias(_) => drop(spans.value(&mut open, span.start)),
                Event::MappingStart(..) => {
                    let path = spans.value(&mut open, span.start);
                    open.push(Open::Map { path, key: None });
                }
                Event::SequenceStart(..) => {
                    let path = spans.value(&mut open, span.start);
                    open.push(Open::List { path, next: 0 });
                }
                Event::MappingEnd | Event::SequenceEnd => drop(open.pop()),
                _ => {}
            }
        }
        spans
    }

    /// A scalar that is a member's name.
    fn is_key(&mut self, open: &mut [Open], text: &str, at: Marker) -> bool {
        let Some(Open::Map { path, key: key @ None }) = open.last_mut() else { return false };
        let name = format!("{path}/{}", text.replace('~', "~0").replace('/', "~1"));
        let at = position(at);
        if self.spans.insert(name.clone(), at).is_some() {
            self.duplicates.push((name.clone(), at));
        }
        *key = Some(name);
        true
    }

    /// The path of a value that begins here.
    fn value(&mut self, open: &mut [Open], at: Marker) -> String {
        match open.last_mut() {
            Some(Open::Map { key, .. }) => key.take().unwrap_or_default(),
            Some(Open::List { path, next }) => {
                let here = format!("{path}/{next}");
                *next += 1;
                self.spans.insert(here.clone(), position(at));
                here
            }
            None => {
                self.spans.insert(String::new(), position(at));
                String::new()
            }
        }
    }

    /// Where a member stands, or the nearest thing that holds it.
    pub fn find(&self, path: &str) -> Option<Position> {
        let mut path = path;
        loop {
            if let Some(position) = self.spans.get(path) {
                return Some(*position);
            }
            (path, _) = path.rsplit_once('/')?;
        }
    }
}

fn position(at: Marker) -> Position {
    (at.line(), at.col() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_json_is_found() {
        let spans = SourceSpans::of("{\n\t\"a\": {\"b~/\":1,\n  \"c\": [10, {\"d\": null}]}\n}\n");
        assert_eq!(spans.find("/a"), Some((2, 2)));
        assert_eq!(spans.find("/a/b~0~1"), Some((2, 8)));
        assert_eq!(spans.find("/a/c/1/d"), Some((3, 14)));
        assert_eq!(spans.find("/a/c/0"), Some((3, 9)));
        assert_eq!(spans.find("/a/missing"), Some((2, 2)), "what holds it");
        assert_eq!(spans.find("/missing"), Some((1, 1)));
        assert!(spans.duplicates.is_empty());
    }

    #[test]
    fn a_member_of_yaml_is_found() {
        let spans = SourceSpans::of(
            "# a tenant\nerp:\n  kind: visma\nsettings:\n  filters:\n    - feed: orders\n      in: [1]\n",
        );
        assert_eq!(spans.find("/erp/kind"), Some((3, 3)));
        assert_eq!(spans.find("/settings/filters/0/in"), Some((7, 7)));
        assert_eq!(spans.find("/settings/filters/0/in/0"), Some((7, 12)));
    }

    #[test]
    fn a_member_that_is_there_twice_is_known() {
        assert_eq!(SourceSpans::of("{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3}").duplicates, [("/a".to_owned(), (1, 25))]);
    }

    #[test]
    fn a_file_that_cannot_be_followed_has_places_up_to_there() {
        let spans = SourceSpans::of("a: 1\nb: [1\n");
        assert_eq!(spans.find("/a"), Some((1, 1)));
    }
}
