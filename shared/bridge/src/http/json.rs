//! JSON answers, within the memory that a function has.
//!
//! Text that was read into a tree takes many times its length where it is made of small parts. So the rows of a list are
//! found without being read, and read one at a time; and what is read whole is measured before.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{TOO_LARGE, characters, too_large};
use crate::words::fault::{Fault, Result};

/// The most that a tree may take, in bytes: see [`super::LARGEST_ANSWER`].
pub const LARGEST_TREE: usize = 128 * 1024 * 1024;

/// The most rows of one answer: each takes a handle of 32 bytes, and half a kilobyte and more as what it is mapped to.
pub const MOST_ROWS: usize = 250_000;

/// Text below it cannot become more than [`LARGEST_TREE`], whatever it is made of.
const SMALL: usize = 512 * 1024;

/// A body as a tree; an empty one is `null`.
///
/// # Errors
/// [`Fault::Unavailable`] where it ends in the middle, [`Fault::Unexpected`] where it is no JSON or too large a tree.
pub fn tree(body: &[u8]) -> Result<Value> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    let takes = if body.len() < SMALL { 0 } else { takes(body) };
    if takes > LARGEST_TREE {
        let len = body.len();
        return Err(too_large(&format!("{len} bytes would take about {takes} in memory, {LARGEST_TREE} at most")));
    }
    // One character that is none would else keep a whole page from being read.
    let repaired = |error: serde_json::Error| match error.classify() {
        serde_json::error::Category::Syntax => match characters::json(body) {
            Some(readable) => serde_json::from_str(&readable),
            None => Err(error),
        },
        _ => Err(error),
    };
    serde_json::from_slice(body).or_else(repaired).map_err(malformed)
}

/// The rows of a list, and what came beside it.
#[derive(Debug)]
pub struct List {
    /// The members beside the list, where it is a member; what came in place of it, where there is none.
    pub rest: Value,
    /// Its rows; `None` where there is no list.
    pub rows: Option<Vec<Row>>,
}

/// A row as text: a part of its answer, whose bytes it keeps alive.
#[derive(Clone, Debug)]
pub struct Row(Bytes);

impl Row {
    /// The row as a tree.
    ///
    /// # Errors
    /// As [`tree`].
    pub fn read(&self) -> Result<Value> {
        tree(&self.0)
    }
}

/// The rows of the list that a body is, or that is its member `within`.
///
/// # Errors
/// As [`tree`], and where there are more than [`MOST_ROWS`].
pub fn list(body: &Bytes, within: Option<&str>) -> Result<List> {
    match found(body, within) {
        // As in `tree`; a row's half of a surrogate pair is replaced when it is read.
        Err(Fault::Unexpected(why)) if !why.starts_with(TOO_LARGE) => match characters::json(body) {
            Some(readable) => found(&readable.into(), within),
            None => Err(Fault::Unexpected(why)),
        },
        found => found,
    }
}

fn found(body: &Bytes, within: Option<&str>) -> Result<List> {
    let first = body.trim_ascii_start().first().copied();
    match (within, first) {
        (None, Some(b'[')) => Ok(List { rest: Value::Null, rows: Some(rows(body, body)?) }),
        (Some(name), Some(b'{')) => {
            let mut members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(body).map_err(malformed)?;
            let list = members.remove(name).filter(|raw| raw.get().starts_with('['));
            let rows = list.map(|raw| rows(body, raw.get().as_bytes())).transpose()?;
            let rest = members.into_iter().map(|(name, raw)| Ok((name.into_owned(), tree(raw.get().as_bytes())?)));
            Ok(List { rest: Value::Object(rest.collect::<Result<_>>()?), rows })
        }
        _ => Ok(List { rest: tree(body)?, rows: None }),
    }
}

/// The rows of a list that is a part of `body`.
fn rows(body: &Bytes, list: &[u8]) -> Result<Vec<Row>> {
    let Rows(found) = serde_json::from_slice(list).map_err(|error| match error.is_data() {
        // Text is a fault of syntax, if any.
        true => too_large(&format!("{} bytes are more than {MOST_ROWS} rows", body.len())),
        false => malformed(error),
    })?;
    Ok(found.into_iter().map(|raw| Row(body.slice_ref(raw.get().as_bytes()))).collect())
}

/// The rows of a list, which are not more than may be.
struct Rows<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Rows<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
                let mut found = Vec::new();
                while let Some(row) = rows.next_element::<&RawValue>()? {
                    if found.len() == MOST_ROWS {
                        return Err(A::Error::custom("too many rows"));
                    }
                    found.push(row);
                }
                Ok(found)
            }
        }

        deserializer.deserialize_seq(Each).map(Rows)
    }
}

fn malformed(error: serde_json::Error) -> Fault {
    match error.classify() {
        serde_json::error::Category::Eof => Fault::unavailable("the answer ends in the middle"),
        _ => Fault::Unexpected(format!("the answer is no JSON: {error}")),
    }
}

/// About how much memory a text takes as a tree: an upper bound for what is made of small parts. An object's first members
/// are a node of eleven places; every further member may begin half a one; names, texts and numbers are allocations.
fn takes(body: &[u8]) -> usize {
    const OBJECT: usize = 700;
    const LIST: usize = 200;
    const NEXT: usize = 150;
    let (mut takes, mut within_text, mut escaped) = (body.len(), false, false);
    for byte in body {
        if within_text {
            within_text = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        takes += match byte {
            b'{' => OBJECT,
            b'[' => LIST,
            b',' => NEXT,
            _ => 0,
        };
        within_text = *byte == b'"';
    }
    takes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str, within: Option<&str>) -> Result<(Value, Option<Vec<Value>>)> {
        let List { rest, rows } = list(&Bytes::from(text.to_owned()), within)?;
        let rows = rows.map(|rows| rows.iter().map(|row| row.read().unwrap()).collect());
        Ok((rest, rows))
    }

    #[test]
    fn rows_are_found_bare_and_within_a_member() {
        let rows = Some(vec![json!({"a": "],\"{"}), serde_json::from_str("0.10").unwrap(), json!(null)]);
        assert_eq!(read(r#" [ {"a":"],\"{"} ,0.10,null] "#, None).unwrap(), (Value::Null, rows.clone()));
        let within = read(r#"{"Meta":{"n":3},"Data":[{"a":"],\"{"},0.10,null]}"#, Some("Data")).unwrap();
        assert_eq!(within, (json!({"Meta": {"n": 3}}), rows));
        assert_eq!(read("[]", None).unwrap(), (Value::Null, Some(Vec::new())));
        for (text, within) in [("", None), ("null", None), ("null", Some("Data"))] {
            assert_eq!(read(text, within).unwrap(), (Value::Null, None), "{text:?}");
        }
        assert_eq!(read(r#"{"Data":7}"#, Some("Data")).unwrap(), (json!({}), None));
        assert_eq!(read(r#"{"Data":[]}"#, None).unwrap(), (json!({"Data": []}), None));
    }

    #[test]
    fn a_cut_list_comes_again_and_what_is_no_character_spoils_its_own_text_alone() {
        let text = r#"{"Data":[{"a":1},{"b":[2]}],"Meta":{}}"#;
        for end in 1..text.len() {
            let fault = read(&text[..end], Some("Data")).unwrap_err();
            assert!(matches!(fault, Fault::Unavailable { .. }), "{end}: {fault}");
        }
        assert!(matches!(read("[1,}]", None), Err(Fault::Unexpected(_))));
        for (begin, end, within) in [("[", "]", None), (r#"{"Data":["#, "]}", Some("Data"))] {
            for spoilt in [&br"\ud800"[..], b"\x01", b"\xFF"] {
                let rows = [br#"{"a":"A"#, spoilt, br#"B"},{"a":"C"}"#].concat();
                let body = [begin.as_bytes(), &rows, end.as_bytes()].concat();
                let rows = list(&body.into(), within).unwrap().rows.unwrap();
                let read: Vec<Value> = rows.iter().map(|row| row.read().unwrap()).collect();
                assert_eq!(read, [json!({"a": "A\u{FFFF}B"}), json!({"a": "C"})], "{spoilt:?}");
            }
        }
    }

    #[test]
    fn too_much_is_said_to_be_before_it_is_read() {
        let most = |rows: usize| format!("[{}0]", "0,".repeat(rows - 1));
        assert_eq!(read(&most(MOST_ROWS), None).unwrap().1.map(|rows| rows.len()), Some(MOST_ROWS));
        for (text, within) in [
            (most(MOST_ROWS + 1), None),
            (most(LARGEST_TREE / 100), Some("Data")),
            (format!("[{}{{}}]", r#"{"a":1},"#.repeat(LARGEST_TREE / 600)), Some("Data")),
        ] {
            let Err(Fault::Unexpected(why)) = read(&text, within) else { panic!("{} bytes", text.len()) };
            assert!(why.contains("too large") && why.contains(&text.len().to_string()), "{why}");
        }
        // Long texts take what they are long.
        let long = format!(r#"{{"a":"{}"}}"#, "\\\"{[,".repeat(1024 * 1024));
        assert!(tree(long.as_bytes()).is_ok());
    }
}
