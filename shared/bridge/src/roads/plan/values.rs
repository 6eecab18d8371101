//! What values a member has in what the ERP holds, so that a map of them can be written: the setting `values`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Progress, read};
use crate::ports::{Ports, Run};
use crate::systems::erp::What;
use crate::systems::ongoing::{map, values};
use crate::tenant::values::text;
use crate::tenant::{Mapped, Processes, Tenant};
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Found {
    /// Of which feed.
    pub feed: Feed,
    /// The member, in which `*` stands for every row.
    pub at: String,
    /// Records that were read and mapped.
    pub records: usize,
    /// Records among them that do not have the member.
    pub without: usize,
    /// Records that could not be read or mapped.
    pub unmapped: usize,
    /// The values, the most frequent first.
    pub values: Vec<FoundValue>,
    /// Why there may be more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FoundValue {
    /// The value by the mapping.
    pub value: String,
    /// How often it is there.
    pub times: usize,
    /// Whether the tenant's map lists it.
    pub listed: bool,
    /// What it becomes; `null`: it is left out, or parks its record.
    pub becomes: Value,
    /// Whether it parks its record.
    pub parks: bool,
}

/// Reads what changed since a moment, and counts the values of a member by the mapping, before any map. Reads only.
///
/// # Errors
/// When the state cannot be read.
pub async fn found(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    (feed, at): (Feed, &str),
    since: Timestamp,
    progress: &dyn Fn(Progress),
) -> Result<Found> {
    let mut counts = BTreeMap::<String, usize>::new();
    let maps = &tenant.settings.values;
    let reading = read(ports, run, &only(tenant, feed), Some(since), None, progress).await?;
    let mut told =
        Found { feed, at: at.to_owned(), records: 0, without: 0, unmapped: 0, values: Vec::new(), fault: None };
    for read in &reading.feeds {
        told.fault = read.fault.as_ref().map(ToString::to_string);
        for change in read.pages.iter().flat_map(|page| &page.changes) {
            let record = match &change.what {
                What::Import(record) => record,
                What::Parked(_) | What::Unread(_) => {
                    told.unmapped += 1;
                    continue;
                }
                What::Filtered(_) | What::Withdrawn(_) | What::Gone(_) | What::Known => continue,
            };
            let Some(body) = map::members(record, tenant.ongoing.goods_owner_id) else { continue };
            let texts: Vec<String> = values::at(&body, at).into_iter().filter_map(|(_, value)| text(value)).collect();
            told.records += 1;
            told.without += usize::from(texts.is_empty());
            texts.into_iter().for_each(|text| *counts.entry(text).or_default() += 1);
        }
    }
    if reading.feeds.is_empty() {
        told.fault = Some(format!("the feed {feed} is not one of the tenant's"));
    }
    let rule = maps.iter().find(|map| map.feed == feed && map.at == at);
    told.values = counts
        .into_iter()
        .map(|(value, times)| {
            let as_value = Value::from(value.as_str());
            let mapped = rule.map_or(Mapped::Kept, |rule| rule.of(&as_value));
            FoundValue {
                times,
                listed: matches!(mapped, Mapped::To(_)),
                becomes: match mapped {
                    Mapped::To(to) => Value::from(to),
                    Mapped::Kept => as_value,
                    Mapped::Parked | Mapped::Dropped => Value::Null,
                },
                parks: mapped == Mapped::Parked,
                value,
            }
        })
        .collect();
    told.values.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.value.cmp(&b.value)));
    Ok(told)
}

/// The tenant with this feed alone, and without maps, which may park what is to be counted.
fn only(tenant: &Tenant, feed: Feed) -> Tenant {
    let mut tenant = tenant.clone();
    let on = |one: Feed| Some(one == feed);
    tenant.processes = Processes {
        articles: on(Feed::Articles),
        orders: on(Feed::Orders),
        purchase_orders: on(Feed::PurchaseOrders),
        suppliers: on(Feed::Suppliers),
        ..tenant.processes
    };
    tenant.settings.values.clear();
    tenant
}
