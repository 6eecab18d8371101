//! The reader of answers: an envelope becomes a tree, or its rows are handed over one by one.

use quick_xml::events::Event;
use quick_xml::reader::NsReader;
use serde_json::{Map, Value};

use crate::http::{characters, json, too_large};
use crate::words::fault::{Fault, Result};
use crate::words::noncharacter::NONCHARACTER;

/// The elements that may come any number of times, of those that are asked for.
const LISTS: [&str; 6] = ["Product", "InvoiceOrder", "InvoiceRow", "Company", "int", "UserDefinedDimension"];

/// What stands in the envelope's body.
pub(super) fn content(body: &[u8], rows: Option<Rows<'_>>) -> Result<Value> {
    // What is cut off ends in the middle of something, at the latest before the envelope's end.
    if !body.trim_ascii_end().ends_with(b"Envelope>") {
        return Err(Fault::unavailable("the answer ends in the middle"));
    }
    let malformed = |why: &dyn std::fmt::Display| Fault::Unexpected(format!("the answer is no SOAP: {why}"));
    let text = characters::utf8(body).map_err(|error| malformed(&error))?;
    let mut document = parse(&text, rows).map_err(|why| match why {
        Unreadable::Malformed(why) => malformed(&why),
        Unreadable::TooLarge => too_large(&format!("{} bytes would take too much memory", body.len())),
    })?;
    let content = document.pointer_mut("/Envelope/Body").map(Value::take);
    content.ok_or_else(|| malformed(&"an envelope with a body is expected"))
}

/// An element that is still open.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    members: Map<String, Value>,
}

impl Open {
    fn add(&mut self, name: String, value: Value) {
        match self.members.get_mut(&name) {
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if LISTS.contains(&name.as_str()) => drop(self.members.insert(name, Value::Array(vec![value]))),
            None => drop(self.members.insert(name, value)),
        }
    }

    fn value(self) -> Value {
        match (self.members.is_empty(), self.text.trim().is_empty()) {
            (false, _) => Value::Object(self.members),
            (true, false) => Value::String(self.text),
            (true, true) => Value::Null,
        }
    }
}

/// The rows of a list that are handed over instead of becoming a part of the tree.
pub(super) struct Rows<'a> {
    pub(super) name: &'a str,
    pub(super) each: &'a mut dyn FnMut(Value),
}

/// How deep a row stands: in the document, its envelope, the body, the response and the result.
const ROW: usize = 5;

/// Why a text does not become a tree.
enum Unreadable {
    Malformed(String),
    /// As [`json::tree`] has it.
    TooLarge,
}

impl<S: Into<String>> From<S> for Unreadable {
    fn from(why: S) -> Self {
        Self::Malformed(why.into())
    }
}

/// About how much memory an element takes as a value: its name and place in the one around it, and what stands in it.
fn takes(value: &Value) -> usize {
    const PLACE: usize = 150;
    const OBJECT: usize = 700;
    match value {
        Value::String(text) => PLACE + text.len(),
        Value::Object(_) => PLACE + OBJECT,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => PLACE,
    }
}

fn parse(text: &str, mut rows: Option<Rows<'_>>) -> Result<Value, Unreadable> {
    let mut reader = NsReader::from_str(text);
    let mut open = vec![Open::default()];
    let mut taken = 0;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let depth = open.len();
        let top = open.last_mut().ok_or("unexpected end tag")?;
        match event {
            Event::Start(start) => {
                open.push(Open { name: start.local_name().into_inner().to_owned(), ..Open::default() });
            }
            Event::Empty(start) => {
                let name = start.local_name().into_inner();
                match &mut rows {
                    Some(rows) if depth == ROW && rows.name == name => (rows.each)(Value::Null),
                    _ => top.add(name.to_owned(), Value::Null),
                }
            }
            Event::End(_) => {
                let mut closed = open.pop().unwrap_or_default();
                let name = std::mem::take(&mut closed.name);
                let value = closed.value();
                taken += takes(&value);
                if taken > json::LARGEST_TREE {
                    return Err(Unreadable::TooLarge);
                }
                match &mut rows {
                    Some(rows) if depth - 1 == ROW && rows.name == name => {
                        (rows.each)(value);
                        taken = 0;
                    }
                    _ => open.last_mut().ok_or("unexpected end tag")?.add(name, value),
                }
            }
            Event::Text(text) => top.text.extend(characters::xml(&text.xml10_content())),
            Event::CData(text) => top.text.extend(characters::xml(&text.xml10_content())),
            Event::GeneralRef(name) => {
                // A reference to what is no character, such as `&#x0;` or half of a surrogate pair, is an error.
                let char = name.resolve_char_ref().unwrap_or(Some(NONCHARACTER)).map(String::from);
                let entity = || quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned);
                let resolved = char.or_else(entity).ok_or_else(|| format!("undeclared entity {:?}", &*name))?;
                top.text.extend(characters::xml(&resolved));
            }
            // Entities of a document's own could make a small answer a large one.
            Event::DocType(_) => return Err("a document type is not expected".into()),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    match <[Open; 1]>::try_from(open) {
        Ok([document]) => Ok(document.value()),
        Err(_) => Err("it ends in the middle".into()),
    }
}
