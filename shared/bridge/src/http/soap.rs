//! SOAP 1.1, document/literal, as ASP.NET's `.asmx` services speak it (Finago sheet, sections 1.2 and 5.2).
//!
//! Answers become JSON: text stays text, numbers and dates too; an element inside is an object; an element that may repeat
//! is a list, also when it comes once; what is empty, missing or nil is `null`. What XML has no place for, escaped or not,
//! becomes [`NONCHARACTER`](crate::words::noncharacter::NONCHARACTER).

mod answer;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::reader::NsReader;
use quick_xml::writer::Writer;
use serde_json::Value;
use url::Url;

use self::answer::{Rows, content};
use super::{Call, characters};
use crate::words::fault::{Fault, Result};
use crate::words::wire::shape;

/// The namespace of every operation and member, with its capital O.
const SERVICE: &str = "http://24sevenOffice.com/webservices";

/// The service that logs in and tells which company a session is in.
pub const AUTHENTICATE: &str = "/authenticate/v001/authenticate.asmx";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// What stands inside an element of a request.
#[derive(Clone, Debug)]
pub enum Node {
    /// Text.
    Text(String),
    /// Elements, in the order that the service describes.
    Members(Vec<(&'static str, Node)>),
    /// Nothing, said aloud: `xsi:nil`.
    Nil,
}

impl Node {
    /// Elements of one name.
    pub fn list(name: &'static str, items: impl IntoIterator<Item = impl ToString>) -> Self {
        Self::Members(items.into_iter().map(|item| (name, Self::Text(item.to_string()))).collect())
    }
}

/// The call of an operation at a service, `replayable` where it may be sent twice: searches, logins, absolute values.
///
/// # Errors
/// When it cannot be written.
pub fn call(
    base: &Url,
    service: &str,
    operation: &'static str,
    members: Vec<(&'static str, Node)>,
    replayable: bool,
) -> Result<Call> {
    let mut url = base.clone();
    url.set_path(&format!("{}{service}", base.path().trim_end_matches('/')));
    let unwritable = |error: &dyn std::fmt::Display| Fault::Unexpected(format!("the request cannot be built: {error}"));
    let body = envelope(operation, members).map_err(|error| unwritable(&error))?;
    let action = HeaderValue::try_from(format!("\"{SERVICE}/{operation}\"")).map_err(|error| unwritable(&error))?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/xml"));
    headers.insert(HeaderName::from_static("soapaction"), action);
    let body = Some((HeaderValue::from_static("text/xml; charset=utf-8"), Bytes::from(body)));
    Ok(Call { method: Method::POST, headers, body, replayable, ..Call::get(url) })
}

fn envelope(operation: &'static str, members: Vec<(&'static str, Node)>) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    let start = |name: &'static str, namespace: Option<(&'static str, &'static str)>| {
        let mut start = BytesStart::new(name);
        if let Some(namespace) = namespace {
            start.push_attribute(namespace);
        }
        Event::Start(start)
    };
    writer.write_event(start("soap:Envelope", Some(("xmlns:soap", ENVELOPE))))?;
    writer.write_event(start("soap:Body", None))?;
    writer.write_event(start(operation, Some(("xmlns", SERVICE))))?;
    write(&mut writer, Node::Members(members))?;
    for name in [operation, "soap:Body", "soap:Envelope"] {
        writer.write_event(Event::End(BytesEnd::new(name)))?;
    }
    Ok(writer.into_inner())
}

fn write(writer: &mut Writer<Vec<u8>>, node: Node) -> std::io::Result<()> {
    match node {
        // XML 1.0 has no place for control characters, not even escaped.
        Node::Text(text) => {
            let text: String = text
                .chars()
                .filter(|char| characters::xml_allows(*char))
                .filter(|char| !char.is_control() || matches!(char, '\t' | '\n' | '\r'))
                .collect();
            writer.write_event(Event::Text(BytesText::new(&text)))
        }
        Node::Members(members) => members.into_iter().try_for_each(|(name, node)| {
            let mut start = BytesStart::new(name);
            if matches!(node, Node::Nil) {
                start.push_attribute(("xmlns:xsi", INSTANCE));
                start.push_attribute(("xsi:nil", "true"));
            }
            writer.write_event(Event::Start(start))?;
            write(writer, node)?;
            writer.write_event(Event::End(BytesEnd::new(name)))
        }),
        Node::Nil => Ok(()),
    }
}

/// The result of an operation out of its answer.
///
/// # Errors
/// [`Fault::Unavailable`] where the answer ends in the middle, [`Fault::Unexpected`] where it is no SOAP answer.
pub fn result(body: &[u8]) -> Result<Value> {
    response(content(body, None)?)
}

/// The elements of one name in the result of an operation, each handed over as soon as it is read: a list may be longer
/// than the memory that its tree would take.
///
/// # Errors
/// As [`result`]; rows may have been handed over before.
pub fn rows(body: &[u8], name: &str, each: &mut dyn FnMut(Value)) -> Result<()> {
    match response(content(body, Some(Rows { name, each }))?)? {
        Value::Null | Value::Object(_) => Ok(()),
        other => Err(Fault::Unexpected(format!("the result is {}, a list is expected", shape(&other)))),
    }
}

/// The result in what stands in the envelope's body.
fn response(mut content: Value) -> Result<Value> {
    let response = content.as_object_mut().and_then(|all| all.iter_mut().find(|(name, _)| name.ends_with("Response")));
    let Some((name, response)) = response else {
        return Err(Fault::Unexpected("the SOAP answer holds no response".into()));
    };
    let result = format!("{}Result", name.trim_end_matches("Response"));
    Ok(response.get_mut(&result).map(Value::take).unwrap_or_default())
}

/// Code and text of a SOAP fault, if the body is one.
#[must_use]
pub fn fault(body: &[u8]) -> Option<(String, String)> {
    // Every answer is looked at, and most are none: those are not read for it.
    std::str::from_utf8(body).ok().filter(|text| begins_with_fault(text))?;
    let content = content(body, None).ok()?;
    let fault = content.get("Fault")?;
    let text = |name: &str| fault.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some((text("faultcode"), text("faultstring")))
}

/// A refusal of one record inside a good answer.
#[must_use]
pub fn refusal(record: &Value) -> Option<Fault> {
    let exception = record.get("APIException").filter(|exception| !exception.is_null())?;
    let text = |name: &str| exception.get(name).and_then(Value::as_str).unwrap_or_default();
    let why: String = format!("{}: {}", text("Type"), text("Message")).chars().take(300).collect();
    let passing = ["timeout", "timed out", "deadlock"].iter().any(|word| why.to_ascii_lowercase().contains(word));
    Some(if passing { Fault::unavailable(why) } else { Fault::rejected("/APIException", why) })
}

/// Whether the first element in the envelope's body is a fault.
fn begins_with_fault(text: &str) -> bool {
    let mut reader = NsReader::from_str(text);
    let mut within_body = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) if within_body => {
                break start.local_name().into_inner() == "Fault";
            }
            Ok(Event::Start(start)) => within_body = start.local_name().into_inner() == "Body",
            Ok(Event::Eof) | Err(_) => break false,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(inner: &str) -> Vec<u8> {
        format!(r#"<?xml version="1.0"?><s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{inner}</s:Body></s:Envelope>"#)
            .into_bytes()
    }

    #[test]
    fn a_request_is_escaped_and_in_the_vendors_namespace() {
        let base = Url::parse("https://api.24sevenoffice.com").unwrap();
        let members = vec![("a", Node::Text("<&\u{1}\">".into())), ("b", Node::list("int", [1, 2])), ("c", Node::Nil)];
        let call = call(&base, "/x.asmx", "Do", members, true).unwrap();
        let body = String::from_utf8(call.body.unwrap().1.to_vec()).unwrap();
        assert!(body.contains(r#"<Do xmlns="http://24sevenOffice.com/webservices">"#), "{body}");
        assert!(body.contains("<a>&lt;&amp;"), "{body}");
        assert!(!body.contains('\u{1}'), "{body}");
        assert!(body.contains("<b><int>1</int><int>2</int></b><c "), "{body}");
        assert!(body.contains(r#" xsi:nil="true"></c></Do></soap:Body></soap:Envelope>"#), "{body}");
        assert_eq!(call.url.as_str(), "https://api.24sevenoffice.com/x.asmx");
        assert_eq!(call.headers["soapaction"], "\"http://24sevenOffice.com/webservices/Do\"");
    }

    #[test]
    fn one_row_is_a_list_and_nothing_is_null() {
        let body = answer(
            "<DoResponse><DoResult><Product><Id>7</Id><Name>A &amp; &#66;</Name><No/><Web i:nil='true' xmlns:i='x'/>\
             </Product></DoResult></DoResponse>",
        );
        let expected = json!({"Product": [{"Id": "7", "Name": "A & B", "No": null, "Web": null}]});
        assert_eq!(result(&body).unwrap(), expected);
        assert_eq!(result(&answer("<DoResponse><DoResult/></DoResponse>")).unwrap(), Value::Null);
        assert_eq!(result(&answer("<DoResponse/>")).unwrap(), Value::Null);
    }

    #[test]
    fn rows_are_handed_over_one_by_one_and_leave_nothing_behind() {
        let of = |inner: &str| {
            let mut found = Vec::new();
            let body = answer(&format!("<DoResponse>{inner}</DoResponse>"));
            rows(&body, "int", &mut |row| found.push(row)).map(|()| found)
        };
        assert_eq!(
            of("<DoResult> <int>1</int> <int/><a><int>2</int></a><int>3</int></DoResult>").unwrap(),
            [json!("1"), Value::Null, json!("3")]
        );
        for nothing in ["<DoResult/>", "<DoResult></DoResult>", ""] {
            assert_eq!(of(nothing).unwrap(), Vec::<Value>::new());
        }
        assert!(matches!(of("<DoResult>none</DoResult>"), Err(Fault::Unexpected(_))));
        let body = answer("<Other/>");
        assert!(matches!(rows(&body, "int", &mut |_| ()), Err(Fault::Unexpected(_))));
        // As a tree it would not fit.
        let many = crate::http::json::LARGEST_TREE / 140;
        let body = answer(&format!("<DoResponse><DoResult>{}</DoResult></DoResponse>", "<int>7</int>".repeat(many)));
        let mut found = 0;
        assert_eq!(rows(&body, "int", &mut |_| found += 1), Ok(()));
        assert_eq!(found, many);
        let Err(Fault::Unexpected(why)) = result(&body) else { panic!("it fits") };
        assert!(why.contains("too large") && why.contains(&body.len().to_string()), "{why}");
    }

    #[test]
    fn what_xml_has_no_place_for_spoils_its_own_text_alone() {
        for spelled in ["&#x0;", "&#xD800;", "&#xDC00;", "&#1;", "\u{1}", "&#xFFFF;", "<![CDATA[\u{2}]]>"] {
            let rows = format!("<Product><Name>A{spelled}B</Name></Product><Product><Name>C</Name></Product>");
            let read = result(&answer(&format!("<DoResponse><DoResult>{rows}</DoResult></DoResponse>"))).unwrap();
            assert_eq!(read, json!({"Product": [{"Name": "A\u{FFFF}B"}, {"Name": "C"}]}), "{spelled:?}");
        }
        let mut body = answer("<DoResponse><DoResult>A?B</DoResult></DoResponse>");
        let at = body.iter().rposition(|byte| *byte == b'?').unwrap();
        body[at] = 0xFF;
        assert_eq!(result(&body).unwrap(), "A\u{FFFF}B");
    }

    #[test]
    fn a_cut_answer_comes_again_and_a_page_of_html_is_not_understood() {
        let body = answer("<DoResponse><DoResult>é</DoResult></DoResponse>");
        for end in 0..body.len() {
            assert!(matches!(result(&body[..end]), Err(Fault::Unavailable { .. })), "{end}");
        }
        assert!(matches!(result(b"<a><b></a></Envelope>"), Err(Fault::Unexpected(_))));
        assert!(matches!(result(&answer("<Other/>")), Err(Fault::Unexpected(_))));
        assert!(matches!(result(b"<!DOCTYPE a><Envelope></Envelope>"), Err(Fault::Unexpected(_))));
    }

    #[test]
    fn the_words_of_a_fault_say_what_to_do() {
        use crate::http::classify::{Service, classify};
        let mut headers = HeaderMap::new();
        headers.insert("apilimitreset", HeaderValue::from_static("2026-03-02T08:00:00Z"));
        headers.insert("date", HeaderValue::from_static("Mon, 02 Mar 2026 07:50:00 GMT"));
        let said = |code: &str, words: &str| {
            let fault = format!("<s:Fault><faultcode>{code}</faultcode><faultstring>{words}</faultstring></s:Fault>");
            let status = http::StatusCode::INTERNAL_SERVER_ERROR;
            classify(Service::Finago, status, &headers, &answer(&fault)).unwrap_err()
        };
        let gone = said("soap:Server", "SoapException: Client is not authenticated on this identity");
        assert!(matches!(gone, Fault::Unauthorized(_)));
        let blocked = said("soap:Server", "The provided IdentityId is blocked.");
        assert!(matches!(blocked, Fault::Unauthorized(_)));
        let Fault::RateLimited { after, .. } = said("soap:Server", "Limit exceeded by 3. Quarantine ends soon") else {
            panic!("not limited");
        };
        assert_eq!(after.as_secs(), 600);
        assert!(matches!(said("soap:Client", "Server was unable to read request."), Fault::Rejected { .. }));
        assert!(matches!(said("soap:Server", "Object reference not set"), Fault::Unavailable { .. }));
    }

    #[test]
    fn faults_and_refusals_are_found() {
        let body = answer("<s:Fault><faultcode>soap:Server</faultcode><faultstring>No.</faultstring></s:Fault>");
        assert_eq!(fault(&body), Some(("soap:Server".into(), "No.".into())));
        assert_eq!(fault(&answer("<DoResponse/>")), None);
        let refused = |message: &str| refusal(&json!({"APIException": {"Type": "T", "Message": message}}));
        assert!(matches!(refused("Wrong"), Some(Fault::Rejected { .. })));
        assert!(matches!(refused("Transaction was DEADLOCKed"), Some(Fault::Unavailable { .. })));
        assert_eq!(refusal(&json!({"APIException": null, "Id": "1"})), None);
    }
}
