//! `pull --since` and `pull --status`: a backfill is started, followed to its end, and looked up later. Its place is in the
//! state table and its work in the functions: whoever looks on may leave at any time.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use bridge::roads::status::lines::{moment, since};
use bridge::state::backfill::{PREFIX, Progress, Records, Standing};
use bridge::tenant::Tenant;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};

/// What a pull did, or how far backfills are.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Pulled {
    pub tenant_id: String,
    /// What the function answered, where it was waited for.
    #[cfg_attr(test, schemars(with = "Option<bridge::roads::pull::Summary>"))]
    pub summary: Option<Value>,
    /// The backfills.
    pub feeds: Vec<FeedProgress>,
    /// Feeds of the backfill that were not come to.
    pub not_begun: Vec<Feed>,
    pub goes_on_in_background: bool,
}

impl Pulled {
    pub fn tick(summary: Value) -> Self {
        let tenant_id = summary["tenant_id"].as_str().unwrap_or_default().to_owned();
        let summary = Some(summary);
        Self { tenant_id, summary, feeds: Vec::new(), not_begun: Vec::new(), goes_on_in_background: false }
    }
}

/// From one look to the next.
const LOOK: Duration = Duration::from_secs(2);

/// Lines are no longer, as far as they can be broken.
const WIDTH: usize = 80;

/// How far each feed is.
type Backfills = BTreeMap<Feed, Progress>;

/// Starts a backfill, and follows it unless told not to wait.
pub async fn start(
    deployment: &Deployment,
    tenant: &Tenant,
    job: &Job,
    wait: bool,
    zone: &TimeZone,
) -> Result<Output, Failure> {
    let id = &tenant.tenant_id;
    let payload = serde_json::to_value(job).map_err(|error| Failure::cloud(error.to_string()))?;
    let function = format!("{}-pull-{}", deployment.stack.name, tenant.erp.kind);
    if !wait {
        deployment.aws.request(&function, &payload).await?;
        let text = format!("the backfill begins; how far it is: bridgectl pull {id} --status");
        let said = Pulled {
            tenant_id: id.clone(),
            summary: None,
            feeds: Vec::new(),
            not_begun: Vec::new(),
            goes_on_in_background: true,
        };
        return Ok(Output::good(json!(said), text));
    }
    let wanted = job.feeds.clone().unwrap_or_else(|| tenant.feeds());
    let before = read(deployment, id).await?;
    let mut shown = Shown::new(zone);
    let mut invocation = pin!(deployment.aws.invoke(&function, &payload));
    let mut summary: Option<Value> = None;
    let mut left = pin!(tokio::signal::ctrl_c());
    let mut interrupted = false;
    loop {
        tokio::select! {
            answer = &mut invocation, if summary.is_none() => summary = Some(answer?),
            _ = &mut left => interrupted = true,
            () = tokio::time::sleep(LOOK) => {}
        }
        let mut now_at = read(deployment, id).await?;
        // What was noted before is of an earlier backfill, until the function has come to this feed.
        now_at.retain(|feed, progress| wanted.contains(feed) && before.get(feed) != Some(progress));
        let now = Timestamp::now();
        shown.show(&now_at, now);
        let goes_on = summary.as_ref().is_none_or(|summary| goes_on(summary, &now_at, now));
        if interrupted || !goes_on {
            shown.end();
            let left_out = left_out(&wanted, summary.as_ref(), &now_at);
            let left_out = job.since.map(|since| left_out.into_iter().map(|feed| (feed, since)).collect());
            let left_out = left_out.unwrap_or_default();
            return Ok(told(Seen { id, summary, backfills: now_at, left_out, goes_on }, now, zone));
        }
    }
}

/// Feeds that the invocation did not come to: it ends where the ERP lets nobody in.
fn left_out(wanted: &[Feed], summary: Option<&Value>, backfills: &Backfills) -> Vec<Feed> {
    let Some(summary) = summary else { return Vec::new() };
    let said = |feed: &Feed| summary["feeds"].as_array().into_iter().flatten().any(|one| one["feed"] == feed.word());
    wanted.iter().copied().filter(|feed| !said(feed) && !backfills.contains_key(feed)).collect()
}

/// How far a tenant's backfills are.
pub async fn status(deployment: &Deployment, id: &str, feeds: &[Feed], zone: &TimeZone) -> Result<Output, Failure> {
    deployment.stored(id).await?;
    let mut backfills = read(deployment, id).await?;
    backfills.retain(|feed, _| feeds.is_empty() || feeds.contains(feed));
    let now = Timestamp::now();
    let goes_on = backfills.values().any(|progress| is_open(progress, now));
    Ok(told(Seen { id, backfills, goes_on, ..Seen::default() }, now, zone))
}

async fn read(deployment: &Deployment, id: &str) -> Result<Backfills, Failure> {
    let items = deployment.index(id, PREFIX).await?;
    Ok(items.iter().filter_map(Progress::of).collect())
}

fn is_open(progress: &Progress, now: Timestamp) -> bool {
    progress.standing != Standing::Complete && !progress.stands_still(now)
}

/// Whether there is anything to wait for after the first invocation has answered.
fn goes_on(summary: &Value, backfills: &Backfills, now: Timestamp) -> bool {
    let feeds = summary["feeds"].as_array().into_iter().flatten();
    let open = |feed: &Value| {
        let feed: Option<Feed> = serde_json::from_value(feed["feed"].clone()).ok();
        feed.and_then(|feed| backfills.get(&feed)).is_some_and(|progress| is_open(progress, now))
    };
    feeds.into_iter().any(open)
}

/// What is to be told.
#[derive(Default)]
struct Seen<'a> {
    id: &'a str,
    /// What the first invocation answered.
    summary: Option<Value>,
    backfills: Backfills,
    /// Feeds that were not begun, and since when they were asked for.
    left_out: Vec<(Feed, Timestamp)>,
    /// Whether anything goes on by itself.
    goes_on: bool,
}

/// The answer: what was done feed by feed, and what to do next.
fn told(seen: Seen<'_>, now: Timestamp, zone: &TimeZone) -> Output {
    let Seen { id, summary, backfills, left_out, goes_on } = seen;
    let mut lines: Vec<String> =
        backfills.iter().flat_map(|(feed, progress)| paragraph(*feed, progress, now, zone)).collect();
    let still = backfills.iter().filter(|(_, progress)| progress.stands_still(now));
    let again: Vec<(Feed, Timestamp)> =
        still.map(|(feed, progress)| (*feed, progress.since)).chain(left_out.iter().copied()).collect();
    let mut good = again.is_empty();
    // Where nothing could be noted, the invocation's own words are all there is.
    for feed in summary.iter().filter_map(|summary| summary["feeds"].as_array()).flatten() {
        let known = serde_json::from_value(feed["feed"].clone()).is_ok_and(|feed: Feed| backfills.contains_key(&feed));
        if !known {
            let text = |name: &str| feed[name].as_str().unwrap_or_default();
            lines.extend(wrapped(&format!("{}: {} {}", text("feed"), text("end"), text("fault")), 0));
            good &= text("end") != "failed";
        }
    }
    lines.extend(left_out.iter().map(|(feed, _)| format!("{feed}: not begun")));
    if lines.is_empty() {
        lines.push(format!("no backfill of {id} is known"));
    }
    if !again.is_empty() {
        lines.push("to go on where it stands, once the reason is gone:".into());
        lines.extend(again.iter().map(|(feed, since)| format!("  bridgectl pull {id} --since {since} --feeds {feed}")));
    }
    if goes_on {
        lines.push(format!("it goes on by itself; how far it is: bridgectl pull {id} --status"));
    }
    let count = |of: fn(&Progress) -> usize| backfills.values().map(of).sum::<usize>();
    if count(|progress| progress.records.queued) > 0 {
        lines.push("what is queued reaches Ongoing shortly: bridgectl where NUMBER".into());
    }
    if count(|progress| progress.records.parked) > 0 {
        lines.push("why something is parked: bridgectl parked".into());
    }
    let feeds = backfills.iter().map(|(feed, progress)| FeedProgress::of(*feed, progress, now)).collect();
    let not_begun: Vec<Feed> = left_out.into_iter().map(|(feed, _)| feed).collect();
    let said = Pulled { tenant_id: id.to_owned(), summary, feeds, not_begun, goes_on_in_background: goes_on };
    Output::of(good, json!(said), lines.join("\n"))
}

/// How far a backfill of a feed is.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FeedProgress {
    feed: Feed,
    since: Timestamp,
    begun: Timestamp,
    records: Records,
    /// The newest change that was seen, where the ERP says it.
    newest: Option<Timestamp>,
    standing: Standing,
    stands_still: bool,
    reason: Option<String>,
    noted_at: Timestamp,
}

impl FeedProgress {
    fn of(feed: Feed, progress: &Progress, now: Timestamp) -> Self {
        Self {
            feed,
            since: progress.since,
            begun: progress.begun,
            records: progress.records,
            newest: progress.newest,
            standing: progress.standing,
            stands_still: progress.stands_still(now),
            reason: progress.reason.clone(),
            noted_at: progress.noted_at,
        }
    }
}

/// One feed's backfill in one line.
fn line(feed: Feed, progress: &Progress, now: Timestamp, zone: &TimeZone) -> String {
    let records = progress.records.all();
    format!("{feed}: {}, {records} record{}", standing(progress, now, zone), if records == 1 { "" } else { "s" })
}

/// One feed's backfill in full.
fn paragraph(feed: Feed, progress: &Progress, now: Timestamp, zone: &TimeZone) -> Vec<String> {
    let counts = progress.records;
    let mut lines = vec![line(feed, progress, now, zone)];
    lines.push(format!(
        "  everything changed since {}, begun {}",
        moment(progress.since, now, zone),
        moment(progress.begun, now, zone)
    ));
    let (queued, unchanged) = (counts.queued, counts.unchanged);
    let records =
        format!("{queued} queued, {unchanged} unchanged, {} left out, {} parked", counts.filtered, counts.parked);
    lines.extend(wrapped(&records, 2));
    if let Some(newest) = progress.newest {
        lines.push(format!("  the newest change so far is of {}", moment(newest, now, zone)));
    }
    if let Some(reason) = &progress.reason {
        lines.extend(wrapped(reason, 2));
    }
    lines
}

fn standing(progress: &Progress, now: Timestamp, zone: &TimeZone) -> String {
    let noted = moment(progress.noted_at, now, zone);
    match progress.standing {
        Standing::Complete => format!("complete at {noted}"),
        Standing::Failed => format!("given up at {noted}"),
        _ if progress.stands_still(now) => format!("stands still {}", since(progress.noted_at, now, zone)),
        Standing::UnderWay => "under way".into(),
        Standing::Waits => format!("waits {}", since(progress.noted_at, now, zone)),
    }
}

/// A text in lines of [`WIDTH`], each of them indented.
fn wrapped(text: &str, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{}{word}", " ".repeat(indent))),
        }
    }
    lines
}

/// What somebody who looks on sees: a line a feed that changes on a terminal, and lines one after the other elsewhere.
struct Shown {
    bars: MultiProgress,
    feeds: BTreeMap<Feed, (ProgressBar, String)>,
    zone: TimeZone,
}

impl Shown {
    fn new(zone: &TimeZone) -> Self {
        Self { bars: MultiProgress::new(), feeds: BTreeMap::new(), zone: zone.clone() }
    }

    fn show(&mut self, backfills: &Backfills, now: Timestamp) {
        for (feed, progress) in backfills {
            let line = line(*feed, progress, now, &self.zone);
            let (bar, before) = self.feeds.entry(*feed).or_insert_with(|| {
                let style = ProgressStyle::with_template("{spinner} {wide_msg}");
                let bar =
                    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
                (self.bars.add(bar), String::new())
            });
            bar.tick();
            if *before == line {
                continue;
            }
            if self.bars.is_hidden() {
                note(&line);
            }
            bar.set_message(line.clone());
            *before = line;
        }
    }

    fn end(&self) {
        for (bar, _) in self.feeds.values() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Code;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn progress(standing: Standing, reason: Option<&str>) -> Progress {
        let begun = at("2026-03-02T07:15:00Z");
        Progress {
            records: Records { queued: 1_234_567, unchanged: 1_234_567, filtered: 1_234_567, parked: 1_234_567 },
            newest: Some(at("2026-02-03T10:00:00Z")),
            standing,
            reason: reason.map(str::to_owned),
            ..Progress::new(at("2026-01-01T00:00:00Z"), begun, begun)
        }
    }

    fn backfills(progress: Progress) -> Backfills {
        BTreeMap::from([(Feed::PurchaseOrders, progress)])
    }

    #[test]
    fn every_standing_is_told_in_eighty_columns_with_what_to_do_next() {
        let (soon, late) = (at("2026-03-02T07:20:00Z"), at("2026-03-02T09:00:00Z"));
        let long = "not available: the ERP says that it is being maintained until the morning and asks for patience";
        for (standing, reason, now, code, says) in [
            (Standing::UnderWay, None, soon, Code::Good, "under way"),
            (Standing::Waits, Some(long), soon, Code::Good, "waits since 07:15 (5 min)"),
            (Standing::UnderWay, None, late, Code::Faults, "stands still since 07:15 (1 h)"),
            (Standing::Failed, Some(long), soon, Code::Faults, "given up at 07:15"),
            (Standing::Complete, None, late, Code::Good, "complete at 07:15"),
        ] {
            let backfills = backfills(progress(standing, reason));
            let goes_on = backfills.values().any(|progress| is_open(progress, now));
            let output = told(Seen { id: "acme", backfills, goes_on, ..Seen::default() }, now, &TimeZone::UTC);
            assert_eq!(output.code, code, "{}", output.text);
            assert!(output.text.contains(says), "{}", output.text);
            assert!(output.text.lines().all(|line| line.chars().count() <= WIDTH), "{}", output.text);
            assert!(reason.is_none_or(|reason| output.text.contains(&reason[..40])), "{}", output.text);
            let again = "bridgectl pull acme --since 2026-01-01T00:00:00Z --feeds purchase_orders";
            assert_eq!(output.text.contains(again), code == Code::Faults, "{}", output.text);
            assert_eq!(output.text.contains("--status"), goes_on, "{}", output.text);
            assert_eq!(output.json["feeds"][0]["stands_still"], code == Code::Faults);
            assert_eq!(output.json["goes_on_in_background"], goes_on);
        }
    }

    #[test]
    fn it_is_followed_while_a_feed_of_the_invocation_is_open() {
        let now = at("2026-03-02T07:20:00Z");
        let summary = json!({ "feeds": [{ "feed": "purchase_orders", "end": "to_be_continued" }] });
        assert!(goes_on(&summary, &backfills(progress(Standing::UnderWay, None)), now));
        assert!(!goes_on(&summary, &backfills(progress(Standing::Complete, None)), now));
        assert!(!goes_on(&summary, &backfills(progress(Standing::Failed, None)), now));
        // Another feed's is nothing that this one waits for; and a function of an older release notes nothing.
        assert!(!goes_on(&json!({ "feeds": [] }), &backfills(progress(Standing::UnderWay, None)), now));
        assert!(!goes_on(&summary, &BTreeMap::new(), now));
    }

    #[test]
    fn what_could_not_be_begun_is_told_as_the_invocation_said_it() {
        let summary = json!({ "feeds": [{ "feed": "orders", "end": "failed", "fault": "not authorized: no right" }] });
        let orders = Feed::Orders;
        assert_eq!(left_out(&[Feed::Articles, orders], Some(&summary), &BTreeMap::new()), [Feed::Articles]);
        let left_out = vec![(Feed::Articles, at("2026-01-01T00:00:00Z"))];
        let now = at("2026-03-02T07:20:00Z");
        let output =
            told(Seen { id: "acme", summary: Some(summary), left_out, ..Seen::default() }, now, &TimeZone::UTC);
        assert_eq!(output.code, Code::Faults);
        assert!(output.text.contains("orders: failed not authorized: no right"), "{}", output.text);
        assert!(output.text.contains("articles: not begun"), "{}", output.text);
        assert!(output.text.contains("--since 2026-01-01T00:00:00Z --feeds articles"), "{}", output.text);
        let nothing = told(Seen { id: "acme", ..Seen::default() }, now, &TimeZone::UTC);
        assert_eq!((nothing.code, nothing.text.as_str()), (Code::Good, "no backfill of acme is known"));
    }
}
