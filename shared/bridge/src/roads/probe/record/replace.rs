//! Replacing what is somebody's: every text but the vendors' own words, every number of three digits and more, every price. What
//! is the same before is the same after, so that the exchanges still hang together; what is empty, a time, true or a small
//! number stays, since that is how a vendor behaves.

use std::collections::BTreeMap;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Number, Value};

use super::{Body, LONGEST, xml};
use crate::systems::probe::MARK;

/// Members whose values are the vendors' own words and numbers, in small letters.
#[rustfmt::skip]
const WORDS: [&str; 25] = [
    "changestate", "currency", "currencycode", "distributionmethod", "distributor", "error", "errorcode", "expires_in",
    "faultcode", "field", "invoicechannel", "isoffer", "languagecode", "linetype", "orderby", "orderstatus", "pagesize",
    "paymentmethod", "producttype", "size", "status", "string", "type", "types", "vouchertype",
];

/// The member of Ongoing's that has a status, which is a word of the warehouse's.
const STATUS: &str = "number";

/// Members in which a vendor says something, in small letters: its sentences stay, what they quote goes.
#[rustfmt::skip]
const SENTENCES: [&str; 7] = [
    "detail", "developererrormessage", "error_description", "errormessage", "faultstring", "message", "title",
];

/// Parameters of a query that are made here, without anything of anybody, in small letters.
#[rustfmt::skip]
const OURS: [&str; 13] = [
    "$filter", "$orderby", "$page", "$pagesize", "isoffer", "maxorderstoget", "orderbyid", "orderbyversion", "orderstatusto",
    "page", "pagenumber", "pagesize", "updateinventory",
];

/// How what is sent by a probe itself begins or is called.
const MARKS: [&str; 4] = [MARK, "bridge-probe", "BridgeProbe", "Probe of the integration"];

/// Texts of so many characters are replaced by texts of as many.
const LONG: usize = 40;

/// What stands for what.
#[derive(Default)]
pub(super) struct Replacer {
    texts: BTreeMap<String, String>,
    wholes: BTreeMap<u64, u64>,
}

impl Replacer {
    /// A body by its type.
    pub fn body(&mut self, headers: &HeaderMap, body: &[u8]) -> Body {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let text = || std::str::from_utf8(body).ok();
        match body.len() {
            0 => Body::None,
            length if length > LONGEST => Body::LeftOut(length),
            length if kind.contains("json") => match serde_json::from_slice(body) {
                Ok(value) => Body::Json(self.value("", value)),
                Err(_) => Body::LeftOut(length),
            },
            length if kind.contains("xml") => {
                let mut replace = |element: &str, text: &str| self.text(element, text);
                text().and_then(|text| xml::replaced(text, &mut replace)).map_or(Body::LeftOut(length), Body::Xml)
            }
            length => Body::LeftOut(length),
        }
    }

    /// A path with its query.
    pub fn target(&mut self, target: &str) -> String {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path: Vec<String> = path.split('/').map(|segment| self.segment(segment)).collect();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut encoded = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            let value = if OURS.contains(&name.to_lowercase().as_str()) { value } else { self.text(&name, &value) };
            encoded.append_pair(&name, &value);
        }
        let query = encoded.finish();
        let path = path.join("/");
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// A segment of a path: what has a digit in it is an id.
    fn segment(&mut self, segment: &str) -> String {
        let is_id = segment.chars().any(|c| c.is_ascii_digit()) && !segment.contains('.') && segment != "V001";
        if is_id && segment != "v001" { self.text("id", segment) } else { segment.to_owned() }
    }

    fn value(&mut self, name: &str, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(name, &text)),
            Value::Number(number) => self.number(name, number),
            Value::Array(rows) => Value::Array(rows.into_iter().map(|row| self.value(name, row)).collect()),
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| {
                        let value = self.value(&name, value);
                        (name, value)
                    })
                    .collect(),
            ),
            other => other,
        }
    }

    fn number(&mut self, name: &str, number: Number) -> Value {
        if name == STATUS || WORDS.contains(&name.to_lowercase().as_str()) {
            return Value::Number(number);
        }
        let text = self.digits(&number.to_string());
        serde_json::from_str(&text).unwrap_or(Value::Number(number))
    }

    /// A whole number as it is called here.
    pub fn whole(&mut self, number: i64) -> i64 {
        self.digits(&number.to_string()).parse().unwrap_or(number)
    }

    /// A text of a member.
    pub fn text(&mut self, name: &str, text: &str) -> String {
        let name = name.to_lowercase();
        let trimmed = text.trim();
        // A vendor's sentence may quote what is ours, and say more.
        if SENTENCES.contains(&name.as_str()) && trimmed.contains(' ') {
            return self.sentence(text);
        }
        let is_word = !trimmed.contains(' ');
        let ours = MARKS.iter().any(|mark| trimmed.starts_with(mark) || is_word && trimmed.contains(mark));
        if trimmed.is_empty() || ours || WORDS.contains(&name.as_str()) || is_plain(trimmed) {
            return text.to_owned();
        }
        if is_number(trimmed) {
            return self.digits(trimmed);
        }
        let next = self.texts.len() + 1;
        self.texts.entry(trimmed.to_owned()).or_insert_with(|| stand_in(trimmed, next)).clone()
    }

    /// A sentence without what it quotes, and without what is known to be somebody's.
    fn sentence(&mut self, text: &str) -> String {
        let mut plain = text.to_owned();
        let known = self.texts.iter().filter(|(before, _)| before.chars().count() > 3);
        for (before, after) in known {
            plain = plain.replace(before, after);
        }
        let plain = without_apostrophes(&plain);
        let mut told = String::new();
        let mut quoted = false;
        for part in plain.split_inclusive(['\'', '"']) {
            let (inner, mark) = match part.char_indices().next_back() {
                Some((at, mark @ ('\'' | '"'))) => (&part[..at], Some(mark)),
                _ => (part, None),
            };
            if quoted && mark.is_some() && !inner.is_empty() {
                told += "…"
            } else {
                told += &self.words(inner)
            }
            told.extend(mark);
            quoted = mark.is_some() && !quoted;
        }
        told
    }

    /// Words, of which numbers, addresses and what is known to be somebody's are replaced.
    fn words(&mut self, text: &str) -> String {
        text.split(' ').map(|word| self.word(word)).collect::<Vec<_>>().join(" ")
    }

    fn word(&mut self, word: &str) -> String {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        let digits = inner.chars().filter(char::is_ascii_digit).count();
        let is_somebody_s = digits > 3 || inner.contains('@') || self.texts.contains_key(inner);
        if !is_somebody_s || MARKS.iter().any(|mark| word.contains(mark)) {
            return word.to_owned();
        }
        word.replace(inner, &self.text("", inner))
    }

    /// A number with other digits: as many before and behind the point. Small ones stay.
    fn digits(&mut self, number: &str) -> String {
        let (sign, plain) = number.strip_prefix('-').map_or(("", number), |plain| ("-", plain));
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let small = whole.len() < if fraction.is_empty() { 3 } else { 2 };
        let Some(value) = whole.parse::<u64>().ok().filter(|_| !small) else {
            return number.to_owned();
        };
        let next = self.wholes.len() as u64;
        let least = 10_u64.saturating_pow(u32::try_from(whole.len() - 1).unwrap_or_default());
        let stands = *self.wholes.entry(value).or_insert(least + next % least.max(1));
        let fraction = if fraction.is_empty() { String::new() } else { format!(".{}", "5".repeat(fraction.len())) };
        format!("{sign}{stands}{fraction}")
    }
}

/// A text whose apostrophes are no quotation marks: `doesn't`.
fn without_apostrophes(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let within = |at: usize| {
        let letter =
            |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric());
        letter(at.checked_sub(1)) && letter(at.checked_add(1))
    };
    letters.iter().enumerate().map(|(at, letter)| if *letter == '\'' && within(at) { '’' } else { *letter }).collect()
}

/// A time, a truth, or a value that a vendor has for nothing.
fn is_plain(text: &str) -> bool {
    let begins_as_date = text.len() >= 10
        && text.bytes().take(10).enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let is_time = begins_as_date && text.bytes().skip(10).all(|byte| b"T:.Z+-0123456789".contains(&byte));
    let is_nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'-'));
    is_time || is_nothing || matches!(text, "true" | "false")
}

fn is_number(text: &str) -> bool {
    let plain = text.strip_prefix('-').unwrap_or(text);
    !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && plain != "."
}

/// What stands for a text: of the same kind, so that who reads it is not misled.
fn stand_in(text: &str, next: usize) -> String {
    let is_guid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    if is_guid {
        return format!("00000000-0000-4000-8000-{next:012}");
    }
    if text.contains('@') {
        return format!("person{next}@example.com");
    }
    let stands = format!("text {next}");
    match text.chars().count() {
        // How long a text may be is something that a vendor is asked.
        length @ LONG.. => stands.chars().chain(std::iter::repeat('x')).take(length).collect(),
        _ => stands,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn of(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    #[test]
    fn what_is_somebody_s_is_replaced_the_same_by_the_same_and_the_vendor_s_own_stays() {
        let mut replacer = Replacer::default();
        let body = json!({
            "customerId": 81_234, "customerName": "Kari Nordmann", "email": "kari@firma.no", "status": "SENT",
            "amount": 1249.50, "rows": [{ "id": 81_234, "text": "Kari Nordmann" }], "at": "2026-03-02T07:00:00Z", "empty": "",
            "pages": 2, "paid": true, "none": null, "orderStatus": { "number": 300 },
        });
        let Body::Json(told) = replacer.body(&of("application/json"), body.to_string().as_bytes()) else { panic!() };
        assert_eq!(told["customerName"], told["rows"][0]["text"]);
        assert_eq!(told["customerId"], told["rows"][0]["id"]);
        let text = told.to_string();
        for word in ["Kari", "firma", "81234", "1249"] {
            assert!(!text.contains(word), "{text}");
        }
        let kept = ["status", "at", "empty", "pages", "paid", "none", "orderStatus"];
        assert!(kept.iter().all(|name| told[name] == body[name]), "{text}");
        assert!(told["email"].as_str().unwrap().ends_with("@example.com"));
        // A refusal quotes what was sent.
        let refusal = json!({ "message": "Customer Kari Nordmann (81234) with 'Storgata 1' is not known." });
        let Body::Json(told) = replacer.body(&of("application/json"), refusal.to_string().as_bytes()) else { panic!() };
        let said = told["message"].as_str().unwrap();
        assert!(said.starts_with("Customer ") && said.ends_with(" is not known."), "{said}");
        assert!(["Kari", "81234", "Storgata"].iter().all(|word| !said.contains(word)), "{said}");
    }

    #[test]
    fn a_sentence_that_quotes_what_is_ours_keeps_nobody_s_name() {
        let mut replacer = Replacer::default();
        replacer.text("name", "Kari Nordmann");
        let said = format!("Order {MARK}-1A2B of customer Kari Nordmann (81234) doesn't exist: 'Ola Hansen'");
        let told = replacer.text(SENTENCES[0], &said);
        assert!(told.contains(MARK) && told.contains("exist"), "{told}");
        assert!(!["Kari", "Ola", "81234"].iter().any(|somebody| told.contains(somebody)), "{told}");
    }

    #[test]
    fn addresses_of_calls_lose_their_ids_and_keep_what_is_asked() {
        let mut replacer = Replacer::default();
        let told = replacer.target("/invoices/81234/approve?types=SALES_ORDER&size=200&customer=Kari%20N");
        assert!(told.starts_with("/invoices/") && told.contains("/approve?types=SALES_ORDER&size=200&"), "{told}");
        assert!(!told.contains("81234") && !told.contains("Kari"), "{told}");
        let path = "/Logistics/Product/V001/ProductService.asmx";
        assert_eq!(replacer.target(path), path);
    }

    #[test]
    fn xml_keeps_its_tags_and_what_is_no_body_is_left_out() {
        let mut replacer = Replacer::default();
        let body = "<a:Row><Name>Kari &amp; Ola</Name><Id>81234</Id><OrderStatus>Offer</OrderStatus></a:Row>";
        let Body::Xml(told) = replacer.body(&of("text/xml; charset=utf-8"), body.as_bytes()) else { panic!() };
        assert!(told.starts_with("<a:Row><Name>text 1</Name><Id>"), "{told}");
        assert!(told.ends_with("<OrderStatus>Offer</OrderStatus></a:Row>") && !told.contains("81234"), "{told}");
        for (kind, body) in [("text/html", "<p>Kari"), ("application/json", "Kari"), ("text/xml", "<a><!--Kari--></a>")]
        {
            assert_eq!(replacer.body(&of(kind), body.as_bytes()), Body::LeftOut(body.len()), "{kind}");
        }
        assert_eq!(replacer.body(&of("application/json"), b""), Body::None);
        let long = vec![b'1'; LONGEST + 1];
        assert_eq!(replacer.body(&of("application/json"), &long), Body::LeftOut(LONGEST + 1));
    }
}
