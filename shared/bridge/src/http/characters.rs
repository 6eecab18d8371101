//! What an answer's text may not have. It is read all the same, with [`NONCHARACTER`] in its place, so that the one record
//! which has it is found, and the others of its page are read.

use std::borrow::Cow;
use std::str::Utf8Error;

use crate::words::noncharacter::NONCHARACTER;

/// Whether XML 1.0 has a place for a character (section 2.2, production 2).
pub(super) fn xml_allows(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A text out of an XML document, escaped or not.
pub(super) fn xml(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|char| if xml_allows(char) { char } else { NONCHARACTER })
}

/// The longest answer that is read all the same, in bytes: it is copied, besides which what it becomes must fit the memory of
/// a function ([`super::LARGEST_ANSWER`]: 48 + 3 * 16 + 128).
pub(super) const LARGEST_REPAIRED: usize = 16 * 1024 * 1024;

/// Bytes that should be UTF-8.
///
/// # Errors
/// Where they are not, and too many to be copied.
pub(super) fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Utf8Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) if bytes.len() > LARGEST_REPAIRED => return Err(error),
        Err(_) => {}
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend((!chunk.invalid().is_empty()).then_some(NONCHARACTER));
    }
    Ok(Cow::Owned(text))
}

/// A JSON document that could not be read: its halves of surrogate pairs and controls within texts replaced.
/// `None` where it is too long to be copied.
pub(super) fn json(bytes: &[u8]) -> Option<String> {
    let document = utf8(bytes).ok().filter(|document| document.len() <= LARGEST_REPAIRED)?;
    let mut readable = String::with_capacity(document.len());
    let mut rest = &*document;
    let mut within = false;
    while let Some(char) = rest.chars().next() {
        let taken = match char {
            '\\' if within => {
                let taken = escape(rest);
                readable.push_str(if is_half(&rest[..taken]) { "\\uFFFF" } else { &rest[..taken] });
                taken
            }
            '\u{0}'..='\u{1F}' if within => {
                readable.push(NONCHARACTER);
                1
            }
            _ => {
                within ^= char == '"';
                readable.push(char);
                char.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Some(readable)
}

/// The length of the escape that a text begins with; both halves of a pair are one.
fn escape(text: &str) -> usize {
    match (unit(text), text.get(6..).and_then(unit)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
        (Some(_), _) => 6,
        (None, _) => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
    }
}

fn is_half(escape: &str) -> bool {
    escape.len() == 6 && matches!(unit(escape), Some(0xD800..=0xDFFF))
}

/// The UTF-16 unit that an escape at the beginning of a text spells.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hexadecimal = digits.chars().all(|digit| digit.is_ascii_hexdigit());
    hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::words::fault::Fault;

    fn read(document: &[u8]) -> Value {
        serde_json::from_str(&json(document).unwrap()).unwrap()
    }

    #[test]
    fn what_is_no_character_is_replaced_and_the_rest_stays() {
        let document = br#"{"a": "x\ud800y", "b": "\udc00\ud83d\ude00", "c": "\\ud800 \"q\" \n", "d": [1, null]}"#;
        let value = read(document);
        assert_eq!(value["a"], "x\u{FFFF}y");
        assert_eq!(value["b"], "\u{FFFF}\u{1F600}");
        assert_eq!(value["c"], "\\ud800 \"q\" \n");
        assert_eq!(value["d"], serde_json::json!([1, null]));
        assert_eq!(read(b"[\n\"a\x01b\", \"\xED\xA0\x80\"]")[0], "a\u{FFFF}b");
        assert!(read(b"[\"\xED\xA0\x80\"]")[0].as_str().unwrap().contains('\u{FFFF}'));
    }

    #[test]
    fn a_page_with_one_is_read_and_one_that_is_no_json_is_not() {
        use crate::http::json::tree as page;
        let read = page(br#"[{"Name": "A\ud800"}, {"Name": "B"}]"#).unwrap();
        assert_eq!((read[0]["Name"].as_str(), read[1]["Name"].as_str()), (Some("A\u{FFFF}"), Some("B")));
        assert!(matches!(page(br#"{"a": "\ud800", "b": "#), Err(Fault::Unavailable { .. })));
        assert!(matches!(page(b"<html>"), Err(Fault::Unexpected(_))));
    }

    #[test]
    fn what_ends_in_the_middle_still_does() {
        let document = br#"{"a": "\ud800\u00e9", "b": 1}"#;
        for end in 0..document.len() {
            let error = serde_json::from_str::<Value>(&json(&document[..end]).unwrap()).unwrap_err();
            assert!(error.is_eof(), "{end}: {error}");
        }
    }

    #[test]
    fn what_is_too_long_to_be_copied_is_not() {
        let long = |text: &[u8]| [&b"\""[..], &b"a".repeat(LARGEST_REPAIRED), text, b"\""].concat();
        assert!(utf8(&long(b"a")).is_ok());
        assert!(utf8(&long(b"\xFF")).is_err());
        assert_eq!(json(&long(b"\x01")), None);
    }
}
