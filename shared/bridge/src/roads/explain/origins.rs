//! What each member of a body hangs on: found by mapping the same record again with one thing changed, so that what is said
//! is what the mapping does. Nothing is read here.

mod sweep;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::Value;

use self::sweep::Sweep;
use crate::roads::import::order::as_set;
use crate::systems::erps;
use crate::systems::mapping_table::Document;
use crate::systems::ongoing::map;
use crate::tenant::Settings;
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// What a body is made of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The ERP.
    pub kind: Kind,
    /// The feed.
    pub feed: Feed,
    /// The ERP's record with what is joined to it.
    pub source: &'a Value,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// The tenant's goods owner.
    pub goods_owner_id: i64,
    /// The current day by the ERP's calendar.
    pub today: Date,
    /// Article numbers in Ongoing by the ERP's product ids, for rows that name their articles by these.
    pub numbers: &'a HashMap<String, String>,
}

/// What a member hangs on: with another one it would be another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// Members of the ERP's record.
    pub leaves: Vec<String>,
    /// The current day.
    pub today: bool,
    /// Settings of the tenant's.
    pub settings: Vec<&'static str>,
    /// The tenant's goods owner.
    pub goods_owner: bool,
}

/// What everything hangs on.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// By the member of the body.
    pub members: BTreeMap<String, Origin>,
    /// Members of the ERP's record that decide what becomes of it or of a row.
    pub decide: BTreeSet<String>,
    /// The source's row behind a row of the body: `/Rows/3` by `/orderLines/0`.
    pub rows: BTreeMap<String, String>,
}

/// A setting that makes the mapping another, and values that it may have instead.
type Instead = (&'static str, fn(&Settings) -> Vec<Settings>);

/// The settings that change values; those that decide about rows are told with the rows, and `extra_fields` by their own
/// pointers. A value map belongs here as well.
const SETTINGS: [Instead; 6] = [
    ("notify_by_email", |now| flags(now, |settings, flag| settings.notify_by_email = flag)),
    ("notify_by_sms", |now| flags(now, |settings, flag| settings.notify_by_sms = flag)),
    ("weight_unit", |now| vec![Settings { weight_unit: None, ..now.clone() }]),
    ("customer_number", |now| vec![Settings { customer_number: None, ..now.clone() }]),
    ("ship_to", |now| vec![Settings { ship_to: None, ..now.clone() }]),
    ("article_price", |now| vec![Settings { article_price: None, ..now.clone() }]),
];

fn flags(now: &Settings, set: impl Fn(&mut Settings, Option<bool>)) -> Vec<Settings> {
    let with = |flag: bool| {
        let mut settings = now.clone();
        set(&mut settings, Some(flag));
        settings
    };
    vec![with(true), with(false)]
}

impl Input<'_> {
    /// The body before its texts are cut.
    ///
    /// # Errors
    /// [`Fault::Rejected`] with the path of the member at fault.
    pub(super) fn body(&self) -> Result<Value> {
        self.with(&|_| None)
    }

    /// The body, with a number for articles that are not known.
    fn named(&self) -> Result<Value> {
        self.with(&|code| Some(format!("the article of {code}")))
    }

    fn with(&self, unknown: &dyn Fn(&str) -> Option<String>) -> Result<Value> {
        let Self { kind, feed, source, settings, goods_owner_id, today, numbers } = self;
        let mut record = erps::record(*kind, *feed, source, settings, *today)?;
        if let Some(extra) = record.extra_mut() {
            *extra = settings.extra(*feed, source);
        }
        let number = |known: Option<String>, code: Option<&String>| {
            known.or_else(|| code.and_then(|code| numbers.get(code).cloned().or_else(|| unknown(code))))
        };
        match &mut record {
            Record::Order(order) => {
                for line in &mut order.order_lines {
                    line.article_number = number(line.article_number.take(), line.product_code.as_ref());
                }
                as_set(order, *kind, settings);
            }
            Record::PurchaseOrder(order) => {
                for line in &mut order.order_lines {
                    line.article_number = number(line.article_number.take(), line.product_code.as_ref());
                }
            }
            Record::Article(_) | Record::Withdrawal(_) => {}
        }
        map::members(&record, *goods_owner_id).ok_or_else(|| Fault::Unexpected("a withdrawal has no body".into()))
    }

    /// What the members of the body hang on.
    ///
    /// # Errors
    /// As [`Input::body`].
    pub(super) fn origins(&self, document: &Document) -> Result<Origins> {
        let mut origins = Origins::default();
        let before = self.named()?;
        Sweep { input: self, document, origins: &mut origins }.run(&before);
        let tomorrow = self.today.checked_add(40.days()).unwrap_or(self.today);
        if let Ok(after) = (Input { today: tomorrow, ..*self }).named() {
            origins.note(&differences(&before, &after), |origin| origin.today = true);
        }
        if let Ok(after) = (Input { goods_owner_id: self.goods_owner_id + 1, ..*self }).named() {
            origins.note(&differences(&before, &after), |origin| origin.goods_owner = true);
        }
        for (setting, instead) in SETTINGS {
            for settings in instead(self.settings) {
                let Ok(after) = (Input { settings: &settings, ..*self }).named() else { continue };
                origins.note(&differences(&before, &after), |origin| {
                    if !origin.settings.contains(&setting) {
                        origin.settings.push(setting);
                    }
                });
            }
        }
        Ok(origins)
    }
}

impl Origins {
    fn note(&mut self, members: &BTreeSet<String>, change: impl Fn(&mut Origin)) {
        for member in members {
            change(self.members.entry(member.clone()).or_default());
        }
    }
}

/// The row that a member is in: `/orderLines/0` of `/orderLines/0/prices/linePrice`.
pub(super) fn row_of(pointer: &str) -> Option<&str> {
    let mut at = 0;
    for segment in pointer.split('/') {
        let end = at + segment.len();
        if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(&pointer[..end]);
        }
        at = end + 1;
    }
    None
}

/// Pointers of every leaf; empty lists and objects have none.
pub(super) fn leaves(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                let name = name.replace('~', "~0").replace('/', "~1");
                walk(value, &format!("{at}/{name}"), all);
            }),
            Value::Array(elements) => {
                elements.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), all));
            }
            _ => all.push(at.to_owned()),
        }
    }
    let mut all = Vec::new();
    walk(value, "", &mut all);
    all
}

/// The leaves in which two bodies differ. What is the same is passed over whole: most of it is, most of the time.
fn differences(before: &Value, after: &Value) -> BTreeSet<String> {
    fn walk(before: Option<&Value>, after: Option<&Value>, at: &str, all: &mut BTreeSet<String>) {
        if before == after {
            return;
        }
        match (before, after) {
            (Some(Value::Object(one)), Some(Value::Object(other))) => {
                let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
                names.into_iter().for_each(|name| walk(one.get(name), other.get(name), &format!("{at}/{name}"), all));
            }
            (Some(Value::Array(one)), Some(Value::Array(other))) => {
                let longer = one.len().max(other.len());
                (0..longer).for_each(|n| walk(one.get(n), other.get(n), &format!("{at}/{n}"), all));
            }
            _ => {
                let sides = [before, after].into_iter().flatten().flat_map(leaves);
                all.extend(sides.map(|leaf| format!("{at}{leaf}")));
            }
        }
    }
    let mut all = BTreeSet::new();
    walk(Some(before), Some(after), "", &mut all);
    all
}

/// Whether a value is none: nothing hangs on it.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
