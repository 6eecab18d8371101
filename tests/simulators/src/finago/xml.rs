//! A small element tree on quick-xml's reader and writer: what an `.asmx` page reads and what it answers.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use quick_xml::writer::Writer;

/// The namespace of every operation and member, with its capital O (Finago sheet, section 1.2).
pub const SERVICE: &str = "http://24sevenOffice.com/webservices";
/// The namespace of a SOAP 1.1 envelope.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An element with its resolved namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    /// The local name.
    pub name: String,
    /// The namespace the name is in.
    pub namespace: Option<String>,
    /// Whether `xsi:nil` is true.
    pub nil: bool,
    /// Attributes by their written name.
    pub attributes: BTreeMap<String, String>,
    /// The text directly inside.
    pub text: String,
    /// The elements directly inside.
    pub children: Vec<Element>,
}

impl Element {
    /// An element of the vendor's namespace.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), namespace: Some(SERVICE.into()), ..Self::default() }
    }

    /// The same with text.
    #[must_use]
    pub fn leaf(name: &str, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::new(name) }
    }

    /// The first child of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Follows first children down a path of names.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// Reads a document. Document types are refused, as .NET refuses them; so are characters XML 1.0 has no place for.
    ///
    /// # Errors
    /// What is not well-formed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = NsReader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            match event {
                Event::Start(start) => open.push(begin(&reader, &start)?),
                Event::Empty(start) => {
                    let element = begin(&reader, &start)?;
                    last(&mut open)?.children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().ok_or("unexpected end tag")?;
                    last(&mut open)?.children.push(element);
                }
                Event::Text(text) => last(&mut open)?.text.push_str(&text.xml10_content()),
                Event::CData(text) => last(&mut open)?.text.push_str(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let resolved = match name.resolve_char_ref().map_err(|error| error.to_string())? {
                        Some(char) => char.to_string(),
                        None => quick_xml::escape::resolve_xml_entity(&name)
                            .ok_or_else(|| format!("undeclared entity '{}'", &*name))?
                            .to_owned(),
                    };
                    last(&mut open)?.text.push_str(&resolved);
                }
                Event::DocType(_) => return Err("DTD is prohibited in this XML document".into()),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        let [mut document] = <[Self; 1]>::try_from(open).map_err(|_| "unexpected end of file".to_owned())?;
        check_characters(&document)?;
        match document.children.len() {
            1 => Ok(document.children.remove(0)),
            0 => Err("root element is missing".into()),
            _ => Err("there are multiple root elements".into()),
        }
    }

    /// Writes the element alone; elements of the vendor's namespace carry no prefix.
    ///
    /// # Errors
    /// The writer's message.
    pub fn write(&self) -> Result<String, String> {
        let mut writer = Writer::new(Vec::new());
        self.write_into(&mut writer, None).map_err(|error| error.to_string())?;
        String::from_utf8(writer.into_inner()).map_err(|error| error.to_string())
    }

    fn write_into(&self, writer: &mut Writer<Vec<u8>>, outer: Option<&str>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name.as_str());
        let namespace = self.namespace.as_deref();
        if namespace != outer {
            start.push_attribute(("xmlns", namespace.unwrap_or_default()));
        }
        for (name, value) in &self.attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        if self.nil {
            start.push_attribute(("xmlns:xsi", XSI));
            start.push_attribute(("xsi:nil", "true"));
        }
        if self.children.is_empty() && self.text.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        if !self.text.is_empty() {
            writer.write_event(Event::Text(BytesText::from_escaped(spelled(&self.text))))?;
        }
        for child in &self.children {
            child.write_into(writer, namespace)?;
        }
        writer.write_event(Event::End(BytesEnd::new(self.name.as_str())))
    }
}

/// Stands for half of a surrogate pair, which a text here cannot hold.
pub const HALF_PAIR: char = '\u{FFFE}';

/// A text as .NET's writer spells it: what XML has no place for is written as a reference all the same, so that the answer
/// is no XML.
fn spelled(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for char in quick_xml::escape::escape(text).chars() {
        match char {
            HALF_PAIR => spelled.push_str("&#xD800;"),
            '\t' | '\n' | '\r' => spelled.push(char),
            char if u32::from(char) < 0x20 => spelled.push_str(&format!("&#x{:X};", u32::from(char))),
            char => spelled.push(char),
        }
    }
    spelled
}

fn last(open: &mut [Element]) -> Result<&mut Element, String> {
    open.last_mut().ok_or_else(|| "content outside the root element".into())
}

fn begin(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, String> {
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => Some(namespace.0.to_owned()),
        ResolveResult::Unbound => None,
        ResolveResult::Unknown(prefix) => return Err(format!("'{prefix}' is an undeclared prefix")),
    };
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| error.to_string())?;
        attributes.insert(attribute.key.into_inner().to_owned(), value.into_owned());
    }
    let nil = start.attributes().has_nil(reader.resolver());
    let name = name.into_inner().to_owned();
    Ok(Element { name, namespace, nil, attributes, ..Element::default() })
}

fn check_characters(element: &Element) -> Result<(), String> {
    let invalid = |char: &char| char.is_control() && !matches!(char, '\t' | '\n' | '\r') && u32::from(*char) < 0x20;
    if let Some(char) = element.text.chars().find(invalid) {
        return Err(format!("hexadecimal value 0x{:02X} is an invalid character", u32::from(char)));
    }
    element.children.iter().try_for_each(check_characters)
}
