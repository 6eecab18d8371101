//! Where every value of a body comes from, by the rows of the mapping table. Nothing is read here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::origins::{Input, Origin, Origins, is_empty, leaves, row_of};
use crate::systems::erps;
use crate::systems::erps::rows::{LISTED, Part};
use crate::systems::mapping_table::{self, Document, Row, What, filled, fits};
use crate::systems::ongoing::values::{self, Told};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::vocabulary::lengths;

/// Where every value comes from, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The members of the body, in the order of the table, rows by row.
    pub members: Vec<Member>,
    /// What the table has and the body has not.
    pub empty: Vec<Empty>,
    /// Rows of the record that go elsewhere or nowhere.
    pub rows: Vec<LeftOut>,
    /// Members that decide what becomes of the record or of a row.
    pub decide: Vec<Source>,
    /// Members of the record that go nowhere.
    pub nowhere: Vec<Source>,
    /// What keeps the body from being sent: a key that is longer than Ongoing takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A member of Ongoing's body.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Member {
    /// JSON pointer into the body.
    pub member: String,
    /// What is sent.
    pub value: Value,
    /// The members of the ERP's record whose values it hangs on.
    pub from: Vec<Source>,
    /// What else it hangs on, or instead.
    pub by: Vec<By>,
    /// The rows of the table that took effect.
    pub rules: Vec<Rule>,
    /// The rows that fill the same member and did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Rule>,
    /// What the tenant's value map made of it; what was left out by one has no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapped: Option<MappedValue>,
    /// How it was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

/// What a value map changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MappedValue {
    /// The value by the mapping.
    pub before: Value,
    /// The map, as a JSON pointer into the tenant item.
    pub map: String,
}

/// A member of the ERP's record.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// JSON pointer into the record with what is joined to it.
    pub member: String,
    /// What it says; `null` where it is not there.
    pub value: Value,
}

/// Where a value comes from that is not the ERP's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum By {
    /// Whether these are there.
    IsSet {
        /// Those that are.
        members: Vec<Source>,
    },
    /// The day on which the record is read, by the ERP's calendar.
    Today,
    /// A setting of the tenant's, or its default.
    Setting {
        /// Its name.
        setting: String,
        /// As the tenant's item has it; `null` where it has none.
        value: Value,
    },
    /// `extra_fields` of the tenant's.
    ExtraField,
    /// The tenant's item.
    TenantItem {
        /// JSON pointer into it.
        member: &'static str,
    },
    /// Always the same.
    Constant,
}

/// A row of the mapping table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// Its number.
    pub row: String,
    /// The WMS's field.
    pub ongoing: String,
    /// The ERP's field.
    pub erp: String,
    /// What the document says beside the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The members that it names before those that took effect, and that are empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<String>,
    /// The members that it names and that took no effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<Source>,
}

/// A text that was longer than Ongoing takes (`docs/mapping/lengths.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cut {
    /// Characters that it had.
    pub had: usize,
    /// Characters that Ongoing takes.
    pub longest: usize,
}

/// What the table has and the body has not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Empty {
    /// JSON pointer into the body; `None` where Ongoing has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The row.
    #[serde(flatten)]
    pub rule: Rule,
    /// Where its value would come from.
    pub from: Vec<Source>,
    /// Why, where the table says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether the last body had it: then it is said to be empty.
    pub cleared: bool,
}

/// A row of the record that is no order line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// JSON pointer into the record.
    pub row: String,
    /// What a person knows it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<String>,
    /// Whether it goes along as a text line.
    pub as_text: bool,
    /// Why.
    pub why: String,
}

/// Members of a row that tell it from others, the first that is there.
const NAMES: [&str; 9] =
    ["ProductCode", "ProductNo", "ArticleNumber", "productCode", "Description", "Text", "product", "Name", "ProductId"];

/// Explains a body. `had` are the members of the last body that was sent.
///
/// # Errors
/// [`Fault::Rejected`] with the path of the member for which there is no body.
pub fn explain(input: &Input<'_>, had: &[String]) -> Result<Explanation> {
    let document = mapping_table::of(input.kind).map_err(|why| Fault::Unexpected(why.to_owned()))?;
    let whole = input.body()?;
    let origins = input.origins(document)?;
    let mut body = whole.clone();
    let (told, unmapped) = match values::apply(input.feed, &mut body, &input.settings.values) {
        Ok(told) => (told, None),
        Err(fault) => (Vec::new(), Some(fault.to_string())),
    };
    let named = body.clone();
    let fault = unmapped.or_else(|| lengths::fit(input.feed, &mut body).err().map(|fault| fault.to_string()));
    let table = Table { input, document, origins: &origins };
    let mut members: Vec<Member> = leaves(&body).into_iter().map(|member| table.member(member, &body)).collect();
    members.sort_by_cached_key(|member| table.place(member));
    for member in &mut members {
        member.mapped = mapped(&member.member, &whole, &named, &told);
        member.cut = cut(input.feed, &member.member, &named, &body);
    }
    let taken: BTreeSet<&String> = origins.members.values().flat_map(|origin| &origin.leaves).collect();
    let nowhere =
        leaves(input.source).into_iter().filter(|leaf| !taken.contains(leaf) && !origins.decide.contains(leaf));
    let nowhere = nowhere.map(|leaf| table.source(&leaf)).filter(|source| !is_empty(&source.value));
    Ok(Explanation {
        empty: table.empty(&body, had),
        rows: table.rows(&body),
        decide: origins.decide.iter().map(|leaf| table.source(leaf)).collect(),
        nowhere: nowhere.collect(),
        members,
        fault,
    })
}

/// A name follows its code: it has no map of its own.
fn mapped(member: &str, whole: &Value, named: &Value, told: &[Told]) -> Option<MappedValue> {
    let (before, after) = (whole.pointer(member)?, named.pointer(member)?);
    let pair = |path: &str| path.rsplit_once('/').map(|(pair, _)| pair.to_owned());
    let own = told.iter().find(|told| told.path == member);
    let rule = own.or_else(|| told.iter().find(|told| pair(&told.path) == pair(member)))?.rule;
    (before != after).then(|| MappedValue { before: before.clone(), map: format!("/settings/values/{rule}") })
}

fn cut(feed: Feed, member: &str, whole: &Value, body: &Value) -> Option<Cut> {
    let length = |body: &Value| body.pointer(member).and_then(Value::as_str).map(|text| text.chars().count());
    let (had, has) = (length(whole)?, length(body)?);
    let of_member = |at: &str| fits(&at.replace('*', "{row}"), member);
    let longest = lengths::of(feed).iter().find(|(at, ..)| of_member(at)).map(|(_, longest, _)| *longest);
    (had != has).then_some(Cut { had, longest: longest.unwrap_or(has) })
}

struct Table<'a> {
    input: &'a Input<'a>,
    document: &'static Document,
    origins: &'a Origins,
}

impl Table<'_> {
    fn all(&self) -> impl Iterator<Item = &'static Row> {
        self.document.of_feed(self.input.feed).flat_map(|section| &section.rows)
    }

    fn source(&self, member: &str) -> Source {
        Source { member: member.to_owned(), value: self.input.source.pointer(member).cloned().unwrap_or_default() }
    }

    fn member(&self, member: String, body: &Value) -> Member {
        let origin = self.origins.members.get(&member).cloned().unwrap_or_default();
        let value = body.pointer(&member).cloned().unwrap_or_default();
        let extra = self.input.settings.extra_fields.iter().any(|field| {
            field.feed == self.input.feed
                && (field.to == member || member.starts_with(&format!("{}/", field.to)))
                && self.input.source.pointer(&field.from).is_some_and(|value| !value.is_null())
        });
        let by_member: Vec<&Row> = self.all().filter(|row| row.members().any(|at| fits(at, &member))).collect();
        let took = |row: &&&Row| origin.leaves.iter().any(|leaf| row.takes(leaf));
        let mut effective: Vec<&Row> = match (extra, origin.leaves.is_empty()) {
            // What the tenant adds is written over what the table says.
            (true, _) => Vec::new(),
            (false, true) => by_member.iter().filter(|row| self.without_value(row, &value)).copied().collect(),
            (false, false) => by_member.iter().filter(took).copied().collect(),
        };
        if effective.is_empty() && !extra {
            // A source that a note names, or a row that a setting has moved.
            effective = by_member.clone();
            if effective.is_empty() {
                effective = self.all().filter(|row| took(&row)).collect();
            }
        }
        let others = by_member.iter().filter(|row| !effective.iter().any(|taken| taken.number == row.number));
        let rule = |row: &&Row| self.rule(row, &origin, &member);
        Member {
            by: self.by(&origin, extra, &effective, &value),
            rules: effective.iter().map(rule).collect(),
            others: others.map(rule).collect(),
            from: origin.leaves.iter().map(|leaf| self.source(leaf)).collect(),
            mapped: None,
            cut: None,
            value,
            member,
        }
    }

    /// Where a member is told: the head before the rows, each in the order of the table, what is in no row of it last.
    fn place(&self, member: &Member) -> (Option<(String, usize)>, usize) {
        let line = row_of(&member.member).and_then(|row| {
            let (list, at) = row.rsplit_once('/')?;
            Some((list.to_owned(), at.parse().ok()?))
        });
        let rule = member.rules.first().map(|rule| &rule.row);
        (line, self.all().position(|row| Some(&row.number) == rule).unwrap_or(usize::MAX))
    }

    /// Whether a row may be why a member has a value that hangs on no other one.
    fn without_value(&self, row: &Row, value: &Value) -> bool {
        row.sources.iter().any(|source| match &source.what {
            What::Constant(constant) => as_constant(constant) == *value,
            What::IsSet(_) => true,
            What::Value(_) | What::None(_) => false,
        })
    }

    fn by(&self, origin: &Origin, extra: bool, rows: &[&Row], value: &Value) -> Vec<By> {
        let mut by = Vec::new();
        if extra {
            by.push(By::ExtraField);
        }
        if origin.goods_owner {
            by.push(By::TenantItem { member: "/ongoing/goods_owner_id" });
        }
        if origin.today {
            by.push(By::Today);
        }
        let asked: Vec<Source> = rows
            .iter()
            .flat_map(|row| &row.sources)
            .filter_map(|source| match &source.what {
                What::IsSet(pointer) => Some(self.source(pointer)),
                _ => None,
            })
            .collect();
        if !asked.is_empty() {
            let set = asked.into_iter().filter(|source| !is_empty(&source.value));
            by.push(By::IsSet { members: set.collect() });
        }
        by.extend(origin.settings.iter().map(|setting| self.setting(setting)));
        let constants = rows.iter().flat_map(|row| &row.sources);
        let mut constants =
            constants.filter(|source| matches!(&source.what, What::Constant(of) if as_constant(of) == *value));
        if origin.settings.is_empty() && constants.next().is_some() {
            by.push(By::Constant);
        }
        by
    }

    fn setting(&self, name: &str) -> By {
        let settings = self.input.settings;
        let value = match name {
            "notify_by_email" => json!(settings.notify_by_email),
            "notify_by_sms" => json!(settings.notify_by_sms),
            "weight_unit" => json!(settings.weight_unit),
            "customer_number" => json!(settings.customer_number),
            "ship_to" => json!(settings.ship_to),
            "article_price" => json!(settings.article_price),
            _ => Value::Null,
        };
        By::Setting { setting: name.to_owned(), value }
    }

    fn rule(&self, row: &Row, origin: &Origin, member: &str) -> Rule {
        // The row of the record is the one that the value is from.
        let like = origin.leaves.iter().find(|leaf| row_of(leaf).is_some()).map_or(member, String::as_str);
        let values = row.values();
        let took = |at: &&str| origin.leaves.iter().any(|leaf| fits(at, leaf));
        let before = values.iter().take_while(|at| !took(at)).map(|at| self.source(&filled(at, like)));
        let in_place_of = before.filter(|source| is_empty(&source.value)).map(|source| source.member).collect();
        let unused = values.iter().filter(|at| !took(at));
        Rule {
            row: row.number.clone(),
            ongoing: row.ongoing.clone(),
            erp: row.erp_words().to_owned(),
            note: self.document.note(row),
            in_place_of,
            passed_over: unused.map(|at| self.source(&filled(at, like))).collect(),
        }
    }

    /// What the table has and the body has not: each member once a row, and those of rows once a row of the body.
    fn empty(&self, body: &Value, had: &[String]) -> Vec<Empty> {
        let mut all = Vec::new();
        for row in self.all() {
            for none in row.bodies.iter().filter_map(|cell| match &cell.what {
                What::None(why) => Some(why),
                _ => None,
            }) {
                all.push(self.missing(row, None, Some(none.clone()), had));
            }
            let mut members: Vec<String> = Vec::new();
            for at in row.members().flat_map(|at| self.places(at, body)) {
                if body.pointer(&at).is_none() && !members.contains(&at) {
                    members.push(at);
                }
            }
            let lines = |member: &str| member.contains('{').then(|| "no row of the record goes there".to_owned());
            all.extend(members.into_iter().map(|member| {
                let why = lines(&member);
                self.missing(row, Some(member), why, had)
            }));
        }
        all
    }

    /// The members that a pointer of the table stands for: one for each row of the body.
    fn places(&self, pattern: &str, body: &Value) -> Vec<String> {
        let Some((list, _)) = pattern.split_once("/{") else { return vec![pattern.to_owned()] };
        match body.pointer(list).and_then(Value::as_array).map_or(0, Vec::len) {
            0 => vec![format!("{list}/{{row}}{}", pattern.split_once('}').map_or("", |(_, rest)| rest))],
            rows => (0..rows).map(|row| filled(pattern, &format!("/{row}"))).collect(),
        }
    }

    fn missing(&self, row: &Row, member: Option<String>, why: Option<String>, had: &[String]) -> Empty {
        let line = member.as_deref().and_then(row_of).and_then(|line| self.origins.rows.get(line));
        let sources: Vec<Source> = match line {
            Some(line) => row.values().into_iter().map(|at| self.source(&filled(at, line))).collect(),
            None => row.values().into_iter().filter(|at| !at.contains('{')).map(|at| self.source(at)).collect(),
        };
        let cleared = member.as_ref().is_some_and(|member| had.contains(member));
        let rule = Rule {
            row: row.number.clone(),
            ongoing: row.ongoing.clone(),
            erp: row.erp_words().to_owned(),
            note: self.document.note(row),
            in_place_of: Vec::new(),
            passed_over: Vec::new(),
        };
        Empty { member, rule, from: sources, why, cleared }
    }

    /// Rows of the record that are no order lines.
    fn rows(&self, body: &Value) -> Vec<LeftOut> {
        let Input { kind, feed, source, settings, .. } = *self.input;
        let behind: BTreeMap<&str, &str> =
            self.origins.rows.iter().map(|(line, row)| (row.as_str(), line.as_str())).collect();
        let texts = kind.has_text_lines();
        let lines = ["/orderLines", "/purchaseOrderLines"].iter().any(|list| body.pointer(list).is_some());
        let left = erps::parts(kind, feed, source, settings).into_iter().filter_map(|(row, part)| {
            let names = source.pointer(&row).and_then(|row| {
                let known = NAMES.iter().map(|name| &row[*name]).find(|value| !is_empty(value))?;
                Some(known.as_str().map_or_else(|| known.to_string(), str::to_owned))
            });
            let listed = names.as_ref().is_some_and(|number| settings.is_not_goods(number));
            let (as_text, why) = match part {
                Part::LeftOut(why) => (false, why.to_owned()),
                Part::Text if listed => (texts, LISTED.to_owned()),
                Part::Text if texts => (true, "a text, or no goods".to_owned()),
                Part::Text => (false, "a text, or it names no product".to_owned()),
                // Its number is known by its article alone.
                Part::Goods if lines && !behind.contains_key(row.as_str()) => (texts, LISTED.to_owned()),
                Part::Goods => return None,
            };
            Some(LeftOut { row, names, as_text, why })
        });
        left.collect()
    }
}

/// A constant as the table spells it.
fn as_constant(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}
