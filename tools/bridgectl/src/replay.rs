//! `replay`: records are mapped again and what differs is sent; the road is [`bridge::roads::plan`].

use std::fmt::Write as _;
use std::time::Duration;

use bridge::roads::plan::{Became, Plan, Reading, Refused, Which, members, numbered, with_reason};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::deployment::Deployment;
use crate::moment::moment;
use crate::output::{Failure, Output, Paint, note};
use crate::{prompt, record_plan};

/// How long the effects are waited for; what is not done by then goes on all the same.
const WAIT: Duration = Duration::from_secs(180);

/// Members that are named.
const MEMBERS: usize = 12;

#[derive(Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(false))]
pub struct Replay {
    /// Tenant id
    tenant: String,
    /// The record of this number, or with this id in the ERP: sent where Ongoing shows something else
    #[arg(group = "which", value_name = "NUMBER")]
    number: Option<String>,
    /// What the ERP changed since this date (UTC) or moment: sent where Ongoing shows something else
    #[arg(long, group = "which", value_parser = moment, value_name = "DATE|MOMENT")]
    since: Option<Timestamp>,
    /// What is parked, left out or kept with this text in its reason; lifts what was left out at first sight
    #[arg(long, group = "which", value_name = "TEXT")]
    reason: Option<String>,
    /// Everything that a changed mapping, value map or setting touches: what is mapped to something else than was sent
    #[arg(long, group = "which")]
    changed: bool,
    /// Only these: articles, orders, purchase_orders, suppliers
    #[arg(long, value_delimiter = ',', value_name = "FEED,…")]
    feeds: Vec<Feed>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do not wait until the records are imported
    #[arg(long)]
    no_wait: bool,
}

pub async fn run(deployment: &Deployment, what: &Replay) -> Result<Output, Failure> {
    let tenant = deployment.tenant(&what.tenant).await?;
    let id = &tenant.tenant_id;
    if !tenant.enabled {
        return Err(Failure::wrong(format!("{id} is paused: bridgectl tenant resume {id} first")));
    }
    let feeds = feeds(&tenant, &what.feeds)?;
    let ports = &deployment.ports;
    let which = which(deployment, what, &feeds).await?;
    let run = record_plan::run(ports);
    let (reading, plan) = record_plan::plan_again(ports, &run, &tenant, &which, &feeds).await?;
    note(&text(&plan));
    if let Some(feed) = plan.feeds.iter().find(|feed| feed.fault.is_some()) {
        let why = feed.fault.as_deref().unwrap_or_default();
        return Err(Failure::cloud(format!("{} could not be read to its end, and nothing was sent: {why}", feed.feed)));
    }
    let (differ, of, named) = members(&plan);
    let said = Answer { tenant_id: id.clone(), records: of, differ, members: named, plan: plan.clone(), became: None };
    if differ == 0 {
        let unknown = what.number.as_deref().filter(|_| reading.is_without_records());
        return Ok(Output::of(
            unknown.is_none() && record_plan::good(&plan),
            json!(said),
            nothing_sent(&plan, of, unknown),
        ));
    }
    if !what.yes && !prompt::confirm(&format!("send these {differ}? [y/N]"), &["y", "yes"])? {
        return Ok(Output::of(false, json!(said), "nothing was sent"));
    }
    send(deployment, &tenant, &run, reading, &plan, said, !what.no_wait).await
}

/// Why nothing is sent, and what helps; `unknown` is a number of which the ERP showed no record.
fn nothing_sent(plan: &Plan, of: usize, unknown: Option<&str>) -> String {
    let id = &plan.tenant_id;
    if let Some(number) = unknown {
        return format!(
            "nothing is to be sent: no record was found by {number}, or none could be read;\n\
             other names of it: bridgectl where {number} --tenant {id}"
        );
    }
    match plan.count("rejected") {
        0 => format!("nothing is to be sent: {of} read again"),
        rejected => format!(
            "nothing is to be sent: {of} read again, of which {rejected} cannot be imported;\n\
             put right what each reason names, then the same command again"
        ),
    }
}

/// What a replay would send, and what became of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    tenant_id: String,
    /// How many were read again.
    records: usize,
    /// How many of them would be sent.
    differ: usize,
    /// The members that differ, and in how many records.
    members: Vec<(String, usize)>,
    plan: Plan,
    #[serde(skip_serializing_if = "Option::is_none")]
    became: Option<Vec<Became>>,
}

async fn send(
    deployment: &Deployment,
    tenant: &Tenant,
    run: &bridge::ports::Run,
    reading: Reading,
    plan: &Plan,
    mut said: Answer,
    wait: bool,
) -> Result<Output, Failure> {
    let ports = &deployment.ports;
    record_plan::apply(ports, run, tenant, reading, plan, async || Ok(())).await.map_err(refusal)?;
    // As a plan of the same says: what was sent is done, and something is to be put right.
    let whole = record_plan::good(plan);
    if !wait {
        return Ok(Output::of(whole, json!(said), "they are on the import queue: bridgectl where NUMBER"));
    }
    let plan = &record_plan::only_sent(plan);
    let became = record_plan::follow(ports, plan, WAIT).await?;
    let good = whole && became.iter().all(|one| one.as_planned);
    let text = record_plan::became_text(&became, Paint::of_stdout());
    said.became = Some(became);
    Ok(Output::of(good, json!(said), text))
}

fn feeds(tenant: &Tenant, wanted: &[Feed]) -> Result<Vec<Feed>, Failure> {
    let on = tenant.feeds();
    match wanted.iter().find(|feed| !on.contains(feed)) {
        Some(off) => Err(Failure::wrong(format!("{off} is not switched on for {}", tenant.tenant_id))),
        None if wanted.is_empty() => Ok(on),
        None => Ok(wanted.to_vec()),
    }
}

async fn which(deployment: &Deployment, what: &Replay, feeds: &[Feed]) -> Result<Which, Failure> {
    let ports = &deployment.ports;
    if let Some(number) = &what.number {
        return Ok(Which::Keys(numbered(ports, &what.tenant, feeds, number).await?));
    }
    if let Some(reason) = &what.reason {
        let keys = with_reason(ports, &what.tenant, feeds, reason).await?;
        if keys.is_empty() {
            return Err(Failure::wrong(format!("no record of {} has that in its reason", what.tenant)));
        }
        return Ok(Which::Keys(keys));
    }
    Ok(what.since.filter(|_| !what.changed).map_or(Which::Changed(None), Which::Since))
}

/// How many differ and in what, and below it record by record.
fn text(plan: &Plan) -> String {
    let (differ, of, named) = members(plan);
    let mut text = format!("{differ} of {of} records would be sent");
    for (at, (member, records)) in named.iter().take(MEMBERS).enumerate() {
        let _ = write!(text, "{} {member} ({records})", if at == 0 { ":" } else { "," });
    }
    if named.len() > MEMBERS {
        let _ = write!(text, " and {} more members", named.len() - MEMBERS);
    }
    format!("{text}\n{}", record_plan::text(plan, Paint::of_stderr()))
}

fn refusal(refused: Refused) -> Failure {
    match refused {
        Refused::Moved(moved) => {
            Failure::moved("this moved meanwhile; nothing was sent: the same command again", moved)
        }
        Refused::NotWhole(why) => Failure::cloud(format!("not all could be read, and nothing was sent: {why}")),
        Refused::BrokeOff(fault) => Failure::cloud(format!("sending broke off: {fault}; the same command goes on")),
        Refused::Fault(fault) => fault.into(),
    }
}

#[cfg(test)]
mod tests {
    use bridge::roads::plan::{FeedPlan, Planned, Step};
    use bridge::words::cursor::Cursor;

    use super::*;

    fn plan(step: Step) -> Plan {
        let record = Planned {
            key: "k".into(),
            number: Some("1".into()),
            version: String::new(),
            fingerprint: None,
            marks: Vec::new(),
            step,
        };
        let feed = FeedPlan {
            feed: Feed::Orders,
            from: Cursor::Beginning,
            rev: 0,
            records: vec![record],
            parked: 0,
            fault: None,
            unauthorized: false,
        };
        Plan { v: 1, tenant_id: "acme".into(), made_at: Timestamp::UNIX_EPOCH, since: None, feeds: vec![feed] }
    }

    #[test]
    fn a_replay_that_sends_nothing_says_why() {
        assert_eq!(nothing_sent(&plan(Step::Unchanged), 1, None), "nothing is to be sent: 1 read again");
        let rejected = nothing_sent(&plan(Step::Rejected { reason: "no city".into() }), 1, None);
        assert!(rejected.contains("of which 1 cannot be imported;\nput right"), "{rejected}");
        let unknown = nothing_sent(&plan(Step::Filtered { reason: "it is gone".into() }), 1, Some("SO-1"));
        assert!(unknown.contains("no record was found by SO-1"), "{unknown}");
        assert!(unknown.ends_with("\nother names of it: bridgectl where SO-1 --tenant acme"), "{unknown}");
        assert!([rejected, unknown].iter().flat_map(|text| text.lines()).all(|line| line.len() <= 80));
    }
}
