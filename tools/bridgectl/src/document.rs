//! Tenant files, JSON or YAML: every fault with file, line, path and what would be right.

use std::fmt;
use std::io::Read as _;

use bridge::tenant::{Invalid, Tenant};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::likeness::{alike, nearest};
use crate::note::note;
use crate::source_spans::{Position, SourceSpans};
use crate::{tenant_schema, yaml_faults};

/// Words that are still read when all of them are listed.
const FEW: usize = 8;

/// A fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileFault {
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// JSON pointer; empty where the file as a whole is at fault.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// What may have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        f.write_str(": ")?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.problem)?;
        self.did_you_mean.as_ref().map_or(Ok(()), |word| write!(f, "; did you mean {word}?"))
    }
}

/// A tenant file that could be read.
#[derive(Debug)]
pub struct Document {
    pub file: String,
    /// The item, without `$schema`, which is for editors.
    pub item: Value,
    places: SourceSpans,
    is_yaml: bool,
}

impl Document {
    /// Reads a file, or standard input where it is called `-`.
    pub fn open(file: &str) -> Result<Self, Vec<FileFault>> {
        let text = if file == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(file)
        };
        let name = if file == "-" { "standard input" } else { file };
        match text {
            Ok(text) => Self::read(name, &text),
            Err(error) => Err(vec![fault(name, None, "", format!("cannot be read: {error}"))]),
        }
    }

    /// Reads a file's text: JSON where its name or its first character says so, else YAML.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let json = file.ends_with(".json") || (!is_yaml(file) && text.trim_start().starts_with('{'));
        let read = if json { from_json(text) } else { from_yaml(text) };
        let mut item = read.map_err(|(place, problem)| vec![fault(file, place, "", problem)])?;
        if let Some(members) = item.as_object_mut() {
            members.remove("$schema");
        }
        let (places, is_yaml) = (SourceSpans::of(text), !json);
        let twice = |(path, place): &(String, Position)| {
            fault(file, Some(*place), path, "this member is here for the second time; one of them is expected".into())
        };
        let doubled: Vec<FileFault> = places.duplicates.iter().map(twice).collect();
        if doubled.is_empty() { Ok(Self { file: file.to_owned(), item, places, is_yaml }) } else { Err(doubled) }
    }

    /// The tenant, or every fault.
    pub fn tenant(&self, allow_local: bool) -> Result<Tenant, Vec<FileFault>> {
        Tenant::parse(&self.item, allow_local)
            .map_err(|faults| faults.iter().map(|invalid| self.fault(invalid)).collect())
    }

    /// What is valid and surely not meant.
    pub fn doubts(&self, tenant: &Tenant) -> Vec<FileFault> {
        tenant.doubts(Timestamp::now()).iter().map(|invalid| self.fault(invalid)).collect()
    }

    /// Tells them on standard error.
    pub fn warn(&self, tenant: &Tenant) {
        for doubt in self.doubts(tenant) {
            note(&format!("warning: {doubt}"));
        }
    }

    fn fault(&self, invalid: &Invalid) -> FileFault {
        let did_you_mean = meant(invalid);
        let mut problem = invalid.problem.clone();
        // Of many words only the nearest one helps.
        let many = invalid.known.len() > FEW && did_you_mean.is_some();
        if let Some(right) = invalid.one_of().filter(|_| !many) {
            problem = format!("{problem}; {right}");
        }
        if self.is_yaml && problem == "an object is expected, not null" {
            problem += "; its members stand below it, each behind two blanks";
        }
        FileFault { did_you_mean, ..fault(&self.file, self.places.find(&invalid.path), &invalid.path, problem) }
    }
}

fn fault(file: &str, place: Option<Position>, path: &str, problem: String) -> FileFault {
    FileFault {
        file: file.to_owned(),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        path: path.to_owned(),
        problem,
        did_you_mean: None,
    }
}

/// What may have been meant: the known word that an unknown one is most like, or the place of a member that stands at the
/// left margin and belongs below another.
fn meant(invalid: &Invalid) -> Option<String> {
    let name = invalid.path.rsplit('/').next()?;
    let written = invalid.word.as_deref().unwrap_or(name);
    if let Some(near) = nearest(written, &invalid.known).filter(|near| alike(written, near)) {
        return Some(near.to_owned());
    }
    let misplaced = invalid.word.is_none() && !invalid.known.is_empty() && invalid.path.matches('/').count() == 1;
    let places = if misplaced { tenant_schema::holders(name) } else { Vec::new() };
    (!places.is_empty()).then(|| places.join(" or "))
}

fn is_yaml(file: &str) -> bool {
    file.ends_with(".yaml") || file.ends_with(".yml")
}

fn from_json(text: &str) -> Result<Value, (Option<Position>, String)> {
    serde_json::from_str(text).map_err(|error| {
        let place = (error.line() > 0).then(|| (error.line(), error.column().max(1)));
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        (place, format!("this is no JSON: {words}"))
    })
}

fn from_yaml(text: &str) -> Result<Value, (Option<Position>, String)> {
    let value: Value = serde_norway::from_str(text).map_err(|error| yaml_faults::told(text, &error))?;
    if value.is_null() { Err((None, "the file is empty".into())) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str, text: &str) -> String {
        let faults = match Document::read(file, text) {
            Ok(document) => document.tenant(false).map(|_| ()).unwrap_err(),
            Err(faults) => faults,
        };
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn faults_of_json_read_like_a_compiler_s() {
        let text = r#"{
  "$schema": "tenant.schema.json",
  "tenant_id": "Acme",
  "erp": { "kind": "visma", "bas_url": "https://x.example" },
  "ongoing": { "base_url": "http://api.ongoingsystems.se/acme/api/v1" },
  "settings": {
    "order_status": [2],
    "stock-quantity": "physical",
    "product_types": ["SALES"]
  }
}"#;
        let expected = "\
a.json:4:29: /erp/bas_url: there is no such member; one of kind, base_url, auth_url is expected; did you mean base_url?
a.json:5:3: /ongoing/goods_owner_id: it is missing, and needed
a.json:7:5: /settings/order_status: there is no such member; one of start_date, order_statuses, product_types, \
not_goods, bundles, weight_unit, first_seen_sent, ship_to, customer_number, shipped_status, import_status, approve_before_send, create_backorder, stock_quantity, notify_by_email, notify_by_sms, \
article_price, values, extra_fields, filters is expected; did you mean order_statuses?
a.json:8:5: /settings/stock-quantity: there is no such member; one of start_date, order_statuses, product_types, \
not_goods, bundles, weight_unit, first_seen_sent, ship_to, customer_number, shipped_status, import_status, approve_before_send, create_backorder, stock_quantity, notify_by_email, notify_by_sms, \
article_price, values, extra_fields, filters is expected; did you mean stock_quantity?
a.json:3:3: /tenant_id: 1 to 63 of a-z, 0-9 and - are expected, not beginning with -
a.json:5:16: /ongoing/base_url: https is expected
a.json:9:5: /settings/product_types: visma has no such setting";
        assert_eq!(told("a.json", text), expected);
    }

    #[test]
    fn a_wrong_word_comes_with_the_nearest_of_those_there_are() {
        let with = |kind: &str, settings: &str| {
            told(
                "a.json",
                &format!(
                    r#"{{"tenant_id":"a","erp":{{"kind":"{kind}"}},"ongoing":{{"base_url":
                "https://x.example.com/api/v1","goods_owner_id":1}},"settings":{settings}}}"#
                ),
            )
        };
        let end = |told: String| told.split_once(": ").unwrap().1.to_owned();
        let said = end(with("finago", r#"{"order_statuses":["Confirmd"]}"#));
        let path = "/settings/order_statuses/0";
        assert_eq!(said, format!("{path}: Confirmd is no state of an order in Finago; did you mean Confirmed?"));
        let said = end(with("finago", r#"{"shipped_status":"sent"}"#));
        assert!(said.ends_with("sent is no state of an order in Finago; did you mean OrderState_Sent?"), "{said}");
        let said = end(with("procountor", r#"{"order_statuses":["not-sent"]}"#));
        assert!(said.ends_with("in Procountor; did you mean NOT_SENT?"), "{said}");
        let said = end(with("procountor", r#"{"order_statuses":["zzz"]}"#));
        assert!(said.contains("zzz is no status of an order in Procountor; one of EMPTY, UNFINISHED, "), "{said}");
        let said = end(with("powerofice", "{}"));
        let all = "one of poweroffice, finago, procountor, visma is expected";
        assert_eq!(said, format!("/erp/kind: powerofice is no ERP; {all}; did you mean poweroffice?"));
        assert_eq!(end(with("sap", "{}")), format!("/erp/kind: sap is no ERP; {all}"));
        let said = end(with("visma", r#"{"stock_quantity":"physicl"}"#));
        assert!(said.ends_with("physicl is not known; one of physical, sellable is expected; did you mean physical?"));
    }

    #[test]
    fn members_at_the_left_margin_are_told_where_they_belong() {
        let said = told("a.yaml", "tenant_id: a\nerp:\nkind: visma\nongoing:\ngoods_owner_id: 1\nbase_url: x\n");
        for line in [
            "a.yaml:2:1: /erp: an object is expected, not null; its members stand below it, each behind two blanks",
            "contact is expected; did you mean /erp/kind?",
            "contact is expected; did you mean /ongoing/goods_owner_id?",
            "contact is expected; did you mean /erp/base_url or /ongoing/base_url?",
        ] {
            assert!(said.contains(line), "{said}");
        }
    }

    #[test]
    fn what_is_valid_and_surely_not_meant_is_doubted_with_its_line() {
        let text = "tenant_id: a\nerp: {kind: visma}\nongoing:\n  base_url: https://x.example.com/wms\n  \
                    goods_owner_id: 1\nsettings:\n  start_date: 2999-01-01\n";
        let document = Document::read("a.yaml", text).unwrap();
        let doubts = document.doubts(&document.tenant(false).unwrap());
        let told: Vec<String> = doubts.iter().map(ToString::to_string).collect();
        assert!(told[0].starts_with("a.yaml:7:3: /settings/start_date: it lies ahead"), "{told:?}");
        assert!(told[1].starts_with("a.yaml:4:3: /ongoing/base_url: the address of the API ends"), "{told:?}");
    }

    #[test]
    fn faults_of_yaml_have_their_lines() {
        let text = "tenant_id: 7\nerp:\n  kind: sap\nongoing:\n  base_url: https://x.example.com/api/v1\n  goods_owner_id: 159\n";
        assert_eq!(
            told("a.yaml", text),
            "a.yaml:3:3: /erp/kind: sap is no ERP; one of poweroffice, finago, procountor, visma is expected\n\
             a.yaml:1:1: /tenant_id: text is expected, not a number"
        );
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        assert_eq!(told("a.json", "{\n  \"a\": 1,\n}"), "a.json:3:1: this is no JSON: trailing comma");
        assert!(told("a.yml", "a: [1\nb: 2\n").starts_with("a.yml:2:"));
        assert_eq!(told("a.yaml", "# nothing\n"), "a.yaml: the file is empty");
        assert!(told("-", "a: 1\n---\nb: 1\n").starts_with("-:2:1: a second tenant begins here"));
        assert_eq!(told("a.json", "[]"), "a.json:1:1: an object is expected, not a list");
    }

    #[test]
    fn a_member_that_is_there_twice_is_refused() {
        let expected = "a.json:1:19: /tenant_id: this member is here for the second time; one of them is expected";
        assert_eq!(told("a.json", r#"{"tenant_id":"a", "tenant_id":"b"}"#), expected);
    }

    #[test]
    fn json_and_yaml_of_the_same_tenant_are_the_same() {
        let json = r#"{"tenant_id":"a","erp":{"kind":"visma"},"settings":{"order_statuses":[2],"start_date":"2026-01-01",
            "filters":[{"feed":"orders","path":"/A","in":[1.50,"x",null,true]}]}}"#;
        let yaml = "tenant_id: a\nerp: {kind: visma}\nsettings:\n  order_statuses: [2]\n  start_date: 2026-01-01\n  \
                    filters:\n    - {feed: orders, path: /A, in: [1.5, x, null, true]}\n";
        let (json, yaml) = (Document::read("-", json).unwrap().item, Document::read("-", yaml).unwrap().item);
        assert_eq!(yaml["settings"]["start_date"], "2026-01-01");
        assert_eq!(json["settings"]["order_statuses"], yaml["settings"]["order_statuses"]);
        assert_eq!(json["settings"]["filters"][0]["in"][1], yaml["settings"]["filters"][0]["in"][1]);
    }
}
