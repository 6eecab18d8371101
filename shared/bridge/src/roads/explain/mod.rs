//! Where every value of a record comes from: its record is read again from the ERP, mapped again, and each member of the body
//! traced to the members of the ERP's record that it hangs on and to the rows of the mapping table. Nothing is stored for it,
//! and nothing is written. What it says is for the operator's eyes: it has names and addresses, and goes into no log.

pub mod explanation;
mod origins;
pub mod text;

use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use self::explanation::{Empty, Explanation, LeftOut, Member, Source, explain};
use crate::ports::Ports;
use crate::roads::import::articles::article_number;
use crate::roads::plan::read_only;
use crate::roads::status::advice::erp_name;
use crate::roads::status::lines::{age, moment};
use crate::state::journal::{Back, Journal};
use crate::state::ledger::{Entry, Ledger};
use crate::systems::erp::{Change, Sources, What};
use crate::systems::erps;
use crate::systems::mapping_table::{BackRow, fits, way_back};
use crate::systems::ongoing::Ongoing;
use crate::tenant::Tenant;
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

pub use self::origins::Input;

/// A record, and where what goes to Ongoing of it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explained {
    /// Whose.
    pub tenant_id: String,
    /// Which feed.
    pub feed: Feed,
    /// The ERP's id of it.
    pub key: String,
    /// What became of it and how the two systems stand, in sentences.
    pub says: Vec<String>,
    /// The version of the ERP's record that is explained.
    pub version: String,
    /// The version that is in Ongoing, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_ongoing: Option<String>,
    /// Whether the ERP has moved on since.
    pub moved_on: bool,
    /// `None` where nothing of it goes to Ongoing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// What is written to the ERP of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub back: Vec<GoesBack>,
}

/// A member of the ERP's that is written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GoesBack {
    /// Which, where from and how.
    #[serde(flatten)]
    pub row: BackRow,
    /// Whether the tenant has the process switched on.
    pub on: bool,
    /// When the ERP was told last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What became of it, by the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
}

/// What of an explanation is about one pointer.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Selected<'a> {
    /// Members of the body.
    pub members: Vec<&'a Member>,
    /// Members that the body has not.
    pub empty: Vec<&'a Empty>,
    /// Rows of the record.
    pub rows: Vec<&'a LeftOut>,
    /// Members of the record that decide.
    pub decide: Vec<&'a Source>,
    /// Members of the record that go nowhere.
    pub nowhere: Vec<&'a Source>,
    /// Members of the record that are written.
    pub back: Vec<&'a GoesBack>,
}

impl Selected<'_> {
    fn is_empty(&self) -> bool {
        let Self { members, empty, rows, decide, nowhere, back } = self;
        let leaves = decide.is_empty() && nowhere.is_empty() && back.is_empty();
        members.is_empty() && empty.is_empty() && rows.is_empty() && leaves
    }
}

impl Explained {
    /// What of it is about a pointer into the body or into the ERP's record, or below it; `None` where it is about nothing.
    #[must_use]
    pub fn of(&self, pointer: &str) -> Option<Selected<'_>> {
        let explanation = self.explanation.as_ref()?;
        let pointer = pointer.trim_end_matches('/');
        let within = |at: &str| at == pointer || at.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        let source = |source: &&Source| within(&source.member);
        let is = |at: &str| within(at) || at.contains('{') && fits(at, pointer);
        let selected = Selected {
            members: explanation
                .members
                .iter()
                .filter(|member| within(&member.member) || member.from.iter().any(|from| within(&from.member)))
                .collect(),
            empty: explanation
                .empty
                .iter()
                .filter(|empty| {
                    empty.member.as_deref().is_some_and(is) || empty.from.iter().any(|from| within(&from.member))
                })
                .collect(),
            rows: explanation.rows.iter().filter(|row| within(&row.row)).collect(),
            decide: explanation.decide.iter().filter(source).collect(),
            nowhere: explanation.nowhere.iter().filter(source).collect(),
            back: self.back.iter().filter(|back| is(&back.row.member) || is(&back.row.from)).collect(),
        };
        (!selected.is_empty()).then_some(selected)
    }

    fn call(&self) -> &'static str {
        match self.feed {
            Feed::Articles | Feed::Suppliers => "PUT /articles",
            Feed::Orders => "PUT /orders",
            Feed::PurchaseOrders => "PUT /purchaseOrders",
        }
    }
}

/// An explanation, or what of it is about one pointer, as JSON.
#[must_use]
pub fn json(explained: &Explained, pointer: Option<&str>) -> Value {
    let mut json = serde_json::to_value(explained).unwrap_or_default();
    if let Some(selected) = pointer.and_then(|pointer| explained.of(pointer)) {
        json["explanation"] = serde_json::to_value(selected).unwrap_or_default();
    }
    json
}

/// Explains the record of this key: reads it from the ERP as it is now, until the deadline. Times are told by the clock of
/// `zone`.
///
/// # Errors
/// When the ERP, Ongoing or the state table cannot be asked.
pub async fn read(
    ports: &Ports,
    tenant: &Tenant,
    feed: Feed,
    key: &str,
    deadline: Timestamp,
    zone: &TimeZone,
) -> Result<Explained> {
    let ports = read_only(ports, &tenant.tenant_id);
    let ledger = Ledger::new(&ports, &tenant.tenant_id);
    let entry = ledger.get(feed, key).await?.entry;
    let sources = Rc::new(Sources::default());
    let change = {
        let erp = erps::connect_keeping(&ports, tenant, deadline, &sources);
        let read = erp.read(feed, &[key.to_owned()]).await?;
        read.into_iter().find(|change| change.key == key)
    };
    let Some(change) = change else {
        let erp = erp_name(tenant.erp.kind);
        return Err(Fault::unavailable(format!("{erp} did not hand out the record {key} in time")));
    };
    let source = sources.last();
    let now = ports.clock.now();
    let mut explained = Explained {
        tenant_id: tenant.tenant_id.clone(),
        feed,
        key: key.to_owned(),
        says: Vec::new(),
        version: change.version.clone(),
        in_ongoing: entry.applied().and(entry.settled.as_ref()).map(|settled| settled.version.clone()),
        moved_on: false,
        explanation: None,
        back: back(&ports, tenant, feed, key, &entry).await?,
    };
    let told = |version: &str| told(version, now, zone);
    explained.stand(tenant, &entry, &change, &told);
    if let (What::Import(record), Some(source)) = (&change.what, &source) {
        let ongoing = Ongoing::new(&ports, tenant, deadline);
        let (numbers, missing) = numbers(&ongoing, &ledger, tenant, record).await?;
        explained.says.extend(missing);
        let today = erps::today(tenant.erp.kind, now);
        let input = Input {
            kind: tenant.erp.kind,
            feed,
            source,
            settings: &tenant.settings,
            goods_owner_id: tenant.ongoing.goods_owner_id,
            today,
            numbers: &numbers,
        };
        let had = entry.ongoing.as_ref().map_or(&[][..], |there| &there.members);
        explained.explanation = Some(explain(&input, had)?);
    }
    if let (What::Parked(why), Some(source)) = (&change.what, &source) {
        let at = why.strip_prefix("rejected at ").and_then(|rest| rest.split_once(": ")).map(|(at, _)| at);
        explained.says.extend(at.map(|at| match source.pointer(at) {
            None | Some(Value::Null) => format!("In the record {at} is empty."),
            Some(value) => format!("In the record {at} is {value}."),
        }));
    }
    Ok(explained)
}

/// What is written to the ERP of a record, and what the journal says of it.
async fn back(ports: &Ports, tenant: &Tenant, feed: Feed, key: &str, entry: &Entry) -> Result<Vec<GoesBack>> {
    let journal = Journal::new(ports, &tenant.tenant_id);
    let mut all = Vec::new();
    for row in way_back(tenant.erp.kind) {
        let there = entry.ongoing.as_ref();
        let (of, kind, on, key) = match row.process.as_str() {
            "stock" => (Feed::Articles, Back::Stock, tenant.sends_stock(), entry.number.clone()),
            "import_status" => (Feed::Orders, Back::ImportStatus, tenant.sends_import_status(), Some(key.to_owned())),
            _ => (Feed::Orders, Back::Shipments, tenant.sends_shipments(), there.map(|there| there.id.to_string())),
        };
        if of != feed {
            continue;
        }
        let note = match key {
            Some(key) => journal.read(kind, std::slice::from_ref(&key)).await?.remove(&key),
            None => None,
        };
        let told = note.as_ref().and_then(|note| note.reason.clone());
        all.push(GoesBack { row, on, at: note.and_then(|note| note.at), told });
    }
    Ok(all)
}

/// A version that is a moment, by the clock of a time zone.
fn told(version: &str, now: Timestamp, zone: &TimeZone) -> String {
    match version.parse::<Timestamp>() {
        Ok(at) => format!("the version of {} ({})", moment(at, now, zone), age(at, now)),
        Err(_) => format!("the version {version}"),
    }
}

impl Explained {
    /// How the ERP's record and what is in Ongoing stand to each other.
    fn stand(&mut self, tenant: &Tenant, entry: &Entry, change: &Change, told: &dyn Fn(&str) -> String) {
        let erp = erp_name(tenant.erp.kind);
        let there = self.in_ongoing.clone();
        self.moved_on = there.as_ref().is_some_and(|there| !change.version.is_empty() && *there != change.version);
        let now = told(&change.version);
        match &change.what {
            What::Import(record) => {
                let same = entry.applied() == Some(record.fingerprint().as_str());
                self.says.push(match (&there, self.moved_on, same) {
                    (None, ..) => format!("Nothing of it is in Ongoing; below is what {erp} has, {now}."),
                    (Some(there), true, false) => format!(
                        "Changed since: what is in Ongoing is {}; below is what {erp} has now, {now}.",
                        told(there)
                    ),
                    (Some(there), true, true) => format!(
                        "Changed since in {erp}, in nothing that goes to Ongoing: there it is {}, in {erp} \
                         {now}.",
                        told(there)
                    ),
                    (Some(_), false, true) => format!("What is in Ongoing is what {erp} has, {now}."),
                    (Some(_), false, false) => format!(
                        "What is in Ongoing is {now}, mapped by other settings, another release or with what \
                         was joined to it then; below is what would be sent now."
                    ),
                });
            }
            What::Filtered(why) => self.says.push(format!("{erp} has it, {now}, and it is left out: {why}.")),
            What::Withdrawn(why) => self.says.push(format!(
                "{erp} has it, {now}, and it is taken back: {why}. Nothing of it goes to Ongoing; an order that \
                 is there is cancelled unless the warehouse has started."
            )),
            What::Gone(why) => self.says.push(format!("{erp} does not show it: {why}.")),
            What::Parked(why) => self.says.push(format!("{erp} has it, {now}, and it cannot be mapped: {why}.")),
            What::Unread(fault) => self.says.push(format!("{erp} could not hand it out: {fault}.")),
            What::Known => {}
        }
    }
}

/// The article numbers of rows that name their articles by the ERP's ids, as an import finds them; and what is to be said of
/// those that are not there.
async fn numbers(
    ongoing: &Ongoing,
    ledger: &Ledger<'_>,
    tenant: &Tenant,
    record: &Record,
) -> Result<(HashMap<String, String>, Vec<String>)> {
    let codes: Vec<(usize, &str, &String)> = match record {
        Record::Order(order) => {
            let lines = order.order_lines.iter().enumerate().filter(|(_, line)| line.article_number.is_none());
            lines.filter_map(|(at, line)| Some((at, "orderLines", line.product_code.as_ref()?))).collect()
        }
        Record::PurchaseOrder(order) => {
            let lines = order.order_lines.iter().enumerate().filter(|(_, line)| line.article_number.is_none());
            lines.filter_map(|(at, line)| Some((at, "purchaseOrderLines", line.product_code.as_ref()?))).collect()
        }
        Record::Article(_) | Record::Withdrawal(_) => Vec::new(),
    };
    let (mut numbers, mut missing) = (HashMap::new(), Vec::new());
    for (at, list, code) in codes {
        if numbers.contains_key(code) {
            continue;
        }
        match article_number(ongoing, ledger, tenant, Some(code), &format!("/{list}/{at}/articleNumber")).await? {
            Ok(number) => drop(numbers.insert(code.clone(), number)),
            Err(absent) => missing.push(format!("It waits: {}.", absent.why)),
        }
    }
    Ok((numbers, missing))
}
