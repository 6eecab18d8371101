//! `values`: what values a member has, so that a map of them can be written.

use std::collections::BTreeMap;
use std::time::Duration;

use bridge::roads::plan::{self, values::Found};
use bridge::roads::status::lines::moment;
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::vocabulary::ongoing;
use bridge_operator::table::{Column, table};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::args::Values;
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::record_plan;
use crate::status::zone;

/// How far back orders are read where nothing else is said: what a company does in a season has most of its values.
const LATELY: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The moment since when everything changed: articles are read in full.
const LONG_AGO: &str = "2000-01-01T00:00:00Z";

/// Values that are shown in a table.
const SHOWN: usize = 50;

/// The values of a member.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counted<'a> {
    tenant_id: &'a str,
    since: Timestamp,
    found: &'a Found,
}

pub async fn run(deployment: &Deployment, asked: &Values, utc: bool) -> Result<Output, Failure> {
    let tenant = deployment.tenant(&asked.tenant).await?;
    let feed = feed(&tenant, &asked.member, asked.feed)?;
    let ports = plan::read_only(&deployment.ports, &tenant.tenant_id);
    let long_ago = LONG_AGO.parse().unwrap_or_default();
    let lately = ports.clock.now() - LATELY;
    let since: Timestamp = asked.since.unwrap_or(if feed.starts_at_a_date() { lately } else { long_ago });
    let run = record_plan::run(&ports);
    let found = record_plan::with_progress(async |progress| {
        plan::values::found(&ports, &run, &tenant, (feed, &asked.member), since, progress).await
    })
    .await?;
    let good = found.fault.is_none();
    let said = Counted { tenant_id: &tenant.tenant_id, since, found: &found };
    Ok(Output::of(good, json!(said), text(&found, &moment(since, ports.clock.now(), &zone(utc)))))
}

/// The feed that is meant: the only one of the tenant's that has the member.
fn feed(tenant: &Tenant, member: &str, named: Option<Feed>) -> Result<Feed, Failure> {
    let has = |feed: &Feed| ongoing::mapped_members(*feed).iter().any(|other| other == member);
    let feeds: Vec<Feed> = tenant.feeds().into_iter().filter(has).collect();
    match (named, feeds.as_slice()) {
        (Some(named), _) if feeds.contains(&named) => Ok(named),
        (None, [feed]) => Ok(*feed),
        (None, [_, _, ..]) => {
            let names: Vec<&str> = feeds.iter().map(|feed| feed.word()).collect();
            Err(Failure::usage(format!("{member} is a member of {}; --feed names one", names.join(" and "))))
        }
        _ => Err(Failure::usage(format!(
            "{member} is no member whose values can be mapped in a feed of {}; /wayOfDelivery/code, /unitCode, \
             /consignee/countryCode and /orderLines/*/prices/currencyCode are some that can",
            tenant.tenant_id
        ))),
    }
}

fn text(found: &Found, since: &str) -> String {
    let columns = vec![Column::name("value"), Column::number("times"), Column::text("becomes")];
    let rows = found.values.iter().take(SHOWN).map(|value| {
        let becomes = match (value.listed, value.parks, value.becomes.as_str()) {
            (true, _, Some(to)) => to.to_owned(),
            (_, true, _) => "parks its record".into(),
            (_, _, Some(_)) => "as it is".into(),
            (_, _, None) => "left out".into(),
        };
        vec![value.value.clone(), value.times.to_string(), becomes]
    });
    let mut lines = vec![
        format!("{} of {} since {since}", found.at, found.feed),
        format!("{} records, {} of them without it", found.records, found.without),
    ];
    if found.unmapped > 0 {
        lines.push(format!("{} more could not be mapped: bridgectl parked", found.unmapped));
    }
    if !found.values.is_empty() {
        lines.push(table(columns, rows));
        if found.values.len() > SHOWN {
            lines.push(format!("and {} more: --json has all", found.values.len() - SHOWN));
        }
    }
    let open: BTreeMap<&str, &str> =
        found.values.iter().filter(|value| !value.listed).map(|value| (value.value.as_str(), "")).collect();
    if !open.is_empty() && open.len() <= SHOWN {
        let map = json!({ "feed": found.feed, "at": found.at, "map": open, "else": "keep" });
        lines.push(format!("not mapped yet; for settings.values, with what each is in the warehouse:\n{map:#}"));
    }
    if let Some(fault) = &found.fault {
        lines.push(format!("there may be more: {fault}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use bridge::roads::plan::values::FoundValue;
    use serde_json::Value;

    use super::*;

    #[test]
    fn values_are_told_with_what_they_become_and_a_map_to_fill_in() {
        let value = |value: &str, listed: bool, becomes: Value, parks: bool| FoundValue {
            value: value.into(),
            times: 3,
            listed,
            becomes,
            parks,
        };
        let found = Found {
            feed: Feed::Orders,
            at: "/wayOfDelivery/code".into(),
            records: 9,
            without: 1,
            unmapped: 2,
            values: vec![value("1", true, json!("DHL"), false), value("2", false, Value::Null, true)],
            fault: None,
        };
        let told = text(&found, "Sun 09:14");
        let head = "/wayOfDelivery/code of orders since Sun 09:14\n9 records, 1 of them without it\n";
        assert!(told.starts_with(head), "{told}");
        assert!(told.contains("2 more could not be mapped") && told.contains("parks its record"), "{told}");
        assert!(told.contains("\"map\": {\n    \"2\": \"\"\n  }"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }
}
