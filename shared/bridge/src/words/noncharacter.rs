//! Texts with something in them that is no character: what stands for it, and where.

use serde_json::Value;

/// Stands where an answer has what no text can have: half of a surrogate pair, bytes that are no UTF-8, in XML also U+0000
/// and most other controls. Unicode keeps it free for a program's own use, so that no text has it otherwise.
pub const NONCHARACTER: char = '\u{FFFF}';

/// The JSON pointer of the first text with one in it.
#[must_use]
pub fn pointer(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(NONCHARACTER).then(String::new),
        Value::Array(elements) => {
            elements.iter().enumerate().find_map(|(index, element)| Some(format!("/{index}{}", pointer(element)?)))
        }
        Value::Object(members) => {
            members.iter().find_map(|(name, member)| Some(format!("/{name}{}", pointer(member)?)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_text_with_one_is_named() {
        let value = json!({"Id": 7, "Rows": [{"Name": "x"}, {"Name": "a\u{FFFF}"}]});
        assert_eq!(pointer(&value).as_deref(), Some("/Rows/1/Name"));
        assert_eq!(pointer(&json!({"Name": "\u{FFFD}\u{1}"})), None);
    }
}
