//! `tenant rebuild`: a state that was lost, or is an older one, is filled from what both sides show. What is noted and what is
//! left is in [`bridge::roads::rebuild`].

use std::fmt::Write as _;
use std::time::Duration;

use bridge::ports::Run;
use bridge::roads::rebuild::{self, Left, Progress, Rebuild, Refused};
use bridge::roads::status::lines::{count, moment, paragraph};
use bridge::state::journal::Back;
use bridge::tenant::Tenant;
use bridge_operator::table::{Column, table};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output, Paint, note};
use crate::status::zone;
use crate::{prompt, record_plan};

/// A large company's records take hours at a backfill's part of the ERP's limit; Ctrl-C ends it earlier.
const TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// Records that are told one by one; `--json` has more.
const TOLD: usize = 40;

pub async fn run(
    deployment: &Deployment,
    id: &str,
    since: Option<Timestamp>,
    yes: bool,
    utc: bool,
) -> Result<Output, Failure> {
    let tenant = deployment.tenant(id).await?;
    idle(&tenant, deployment.stack.parameters.get("EstateState").map(String::as_str))?;
    let ports = &deployment.ports;
    let Some(since) = rebuild::begins(ports, &tenant, since).await? else {
        return Err(Failure::usage(format!(
            "neither the state nor start_date says from when on orders are the integration's: --since DATE, the day on \
             which {id} was onboarded"
        )));
    };
    let run = Run { deadline: ports.clock.now() + TIMEOUT, ..record_plan::run(ports) };
    let bar = bar(&tenant);
    let read = rebuild::read(ports, &run, &tenant, since, &|at| show(&bar, &tenant, at)).await;
    bar.finish_and_clear();
    let (filling, told) = read?;
    note(&text(&told, ports.clock.now(), &zone(utc), Paint::of_stderr()));
    if let Some(feed) = told.feeds.iter().find(|feed| feed.fault.is_some()) {
        let why = feed.fault.as_deref().unwrap_or_default();
        return Err(Failure::cloud(format!(
            "{} could not be read to its end, and nothing was noted: {why}",
            feed.feed
        )));
    }
    let good = told.for_a_person.is_empty();
    if !filling.has_work() {
        return Ok(Output::of(good, json!(told), "nothing is to be noted: the state has it all"));
    }
    let question = format!("note these {}, and send nothing? [y/N]", told.filled() + told.for_a_person.len());
    if !yes && !prompt::confirm(&question, &["y", "yes"])? {
        return Ok(Output::of(false, json!(told), "nothing was noted"));
    }
    let bar = ProgressBar::new(0);
    bar.set_style(style());
    bar.enable_steady_tick(Duration::from_millis(120));
    let filled = rebuild::fill(ports, &run, &filling, &|at| show(&bar, &tenant, at)).await;
    bar.finish_and_clear();
    filled.map_err(|refused| refusal(id, refused))?;
    let told = Rebuild { written: true, ..told };
    Ok(Output::of(good, json!(told), ended(&told)))
}

/// The roads would write beside it what it is about to note.
fn idle(tenant: &Tenant, estate: Option<&str>) -> Result<(), Failure> {
    if tenant.enabled && estate != Some("STOPPED") {
        let id = &tenant.tenant_id;
        return Err(Failure::wrong(format!(
            "{id} is worked for: stop the estate first (sam deploy --parameter-overrides EstateState=STOPPED), or \
             bridgectl tenant pause {id}"
        )));
    }
    Ok(())
}

fn refusal(id: &str, refused: Refused) -> Failure {
    match refused {
        Refused::AtWork(who) => {
            let when = "the same command again when it is over, in half an hour at the latest";
            Failure::changed(format!("{who} is still under way for {id}, and nothing was noted: {when}"))
        }
        Refused::Fault(fault) => {
            let why = format!("noting broke off: {fault}; the same command goes on, before {id} is worked for again");
            Failure { error: why, ..Failure::from(fault) }
        }
    }
}

fn bar(tenant: &Tenant) -> ProgressBar {
    // Nobody knows how many records there are before they are read.
    let bar = ProgressBar::new(tenant.feeds().len() as u64 + 2);
    bar.set_style(style());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} [{bar:20}] {elapsed} {wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

fn show(bar: &ProgressBar, tenant: &Tenant, at: Progress) {
    let feeds = tenant.feeds();
    let (place, says) = match at {
        Progress::Records(feed, done) => {
            let before = feeds.iter().position(|other| *other == feed).unwrap_or_default();
            (before, format!("{feed}: {done} of the ERP's held against Ongoing"))
        }
        Progress::Back(back, done) => {
            let behind = usize::from(back == Back::Stock);
            (feeds.len() + behind, format!("{}: {done} of Ongoing's held against the ERP", back.word()))
        }
        Progress::Noted(done, all) => {
            bar.set_length(all as u64);
            (done, format!("{done} of {all} noted"))
        }
    };
    bar.set_position(place as u64);
    bar.set_message(says);
}

/// The counts as a table; below it what waits for a person, and what is left.
fn text(told: &Rebuild, now: Timestamp, zone: &TimeZone, paint: Paint) -> String {
    let numbers = ["to note", "by id alone", "known", "left", "a person"].map(Column::number);
    let columns = [Column::name("feed")].into_iter().chain(numbers).collect();
    let rows = told.feeds.iter().map(|feed| {
        let numbers = [feed.filled, feed.by_id, feed.known, feed.left, feed.for_a_person];
        [feed.feed.clone()].into_iter().chain(numbers.map(|number| number.to_string())).collect::<Vec<_>>()
    });
    let mut text = table(columns, rows);
    let _ = writeln!(text, "\norders count from {} on", moment(told.since, now, zone));
    for feed in &told.feeds {
        if let Some(fault) = &feed.fault {
            paragraph(&mut text, "✗ ", &format!("{} was not read to its end: {fault}", feed.feed));
        }
    }
    for one in &told.for_a_person {
        let mut line = String::new();
        paragraph(&mut line, "  ", &says(one));
        text.push_str(&paint.bad("✗"));
        text.push_str(&line[1..]);
    }
    for one in told.left.iter().take(TOLD) {
        paragraph(&mut text, "· ", &says(one));
    }
    let more = told.left().saturating_sub(TOLD);
    if more > 0 {
        let _ = writeln!(text, "· and {more} more are left to pulls and write-backs");
    }
    text.trim_end().to_owned()
}

fn says(one: &Left) -> String {
    format!("{} {}: {}", one.feed, one.number.as_deref().unwrap_or(&one.key), one.why)
}

fn ended(told: &Rebuild) -> String {
    let id = &told.tenant_id;
    let mut text = format!(
        "noted: {}, {}; {} to pulls and write-backs",
        count(told.filled(), "record or write-back", "records and write-backs"),
        count(told.intents, "stored intent", "stored intents"),
        count(told.left(), "is left", "are left")
    );
    if !told.for_a_person.is_empty() {
        let waits = count(told.for_a_person.len(), "write-back waits", "write-backs wait");
        let _ = write!(
            text,
            "\n{waits} for a person and is not tried before: look at each in the ERP, and once it says there what it is, \
             bridgectl parked retry --tenant {id}"
        );
    }
    let _ = write!(text, "\nthen: bridgectl proof {id}");
    text
}

#[cfg(test)]
mod tests {
    use bridge::roads::rebuild::FeedRebuild;
    use serde_json::Value;

    use super::*;
    use crate::output::Code;

    fn left(feed: &str, number: &str, why: &str) -> Left {
        Left { feed: feed.into(), key: "7".into(), number: Some(number.into()), why: why.into() }
    }

    fn told() -> Rebuild {
        let feed = FeedRebuild {
            feed: "shipments".into(),
            filled: 12,
            by_id: 0,
            known: 3,
            left: 1,
            for_a_person: 1,
            fault: None,
        };
        Rebuild {
            v: Rebuild::VERSION,
            tenant_id: "acme".into(),
            at: Timestamp::UNIX_EPOCH,
            since: Timestamp::UNIX_EPOCH,
            seconds: 4,
            whole: true,
            feeds: vec![feed],
            left: vec![left("shipments", "20003", "the ERP does not say so yet: the write-back tells it")],
            more_left: 0,
            for_a_person: vec![left("shipments", "20001", "the order is NOT_SENT although its log has APPROVE, SEND")],
            intents: 2,
            written: true,
        }
    }

    fn tenant(enabled: bool) -> Tenant {
        let item: Value = json!({
            "tenant_id": "acme", "enabled": enabled, "erp": { "kind": "visma" },
            "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159 },
        });
        Tenant::parse(&item, false).unwrap()
    }

    #[test]
    fn what_is_left_and_what_waits_for_a_person_is_told_by_number() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let told = text(&told(), now, &TimeZone::get("Europe/Oslo").unwrap(), Paint::none());
        assert!(told.contains("shipments") && told.contains("12"), "{told}");
        assert!(told.contains("\norders count from 1 Jan 1970 01:00 on\n"), "{told}");
        assert!(
            told.contains("✗ shipments 20001: the order is NOT_SENT although its log has APPROVE, SEND\n"),
            "{told}"
        );
        assert!(told.ends_with("· shipments 20003: the ERP does not say so yet: the write-back tells it"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 90), "{told}");
    }

    #[test]
    fn what_was_noted_ends_in_the_next_command() {
        let said = ended(&told());
        assert!(said.starts_with("noted: 12 records and write-backs, 2 stored intents; 1 is left"), "{said}");
        assert!(said.contains("1 write-back waits for a person") && said.ends_with("bridgectl proof acme"), "{said}");
    }

    #[test]
    fn a_tenant_that_is_worked_for_is_refused() {
        for (enabled, estate, idles) in
            [(true, Some("RUNNING"), false), (true, None, false), (true, Some("STOPPED"), true), (false, None, true)]
        {
            let said = idle(&tenant(enabled), estate);
            assert_eq!(said.is_ok(), idles, "{enabled} {estate:?}");
            if let Err(failure) = said {
                assert_eq!(failure.code, Code::Faults);
                assert!(failure.error.contains("bridgectl tenant pause acme"), "{}", failure.error);
            }
        }
    }

    #[test]
    fn somebody_at_work_changes_it_in_between() {
        let failure = refusal("acme", Refused::AtWork("a pull"));
        assert!(failure.code == Code::Changed && failure.error.starts_with("a pull is still under way for acme"));
    }
}
