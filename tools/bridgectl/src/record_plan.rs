//! The plan of a tenant's records: making it, showing it, and following the records that were handed out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use bridge::ports::{Ports, Run};
use bridge::roads::plan::{self, Applied, Became, FeedPlan, Plan, Planned, Progress, Reading, Refused, Step, Which};
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use bridge::words::feed::Feed;
use bridge_operator::table::{self, Column};
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::Value;

use crate::output::{Failure, Paint};
use crate::private_file;

/// A first run of a large company may take this long; Ctrl-C ends it earlier.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// The longest value that is shown whole.
const MAX_VALUE_WIDTH: usize = 60;

/// A run from this machine, by which its records are found in the logs.
pub fn run(ports: &Ports) -> Run {
    let id: String = ports.random.bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    Run { id: format!("bridgectl-{id}"), deadline: ports.clock.now() + TIMEOUT }
}

/// Reads and assesses; nothing is written.
pub async fn plan(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    since: Option<Timestamp>,
    earlier: Option<&Plan>,
) -> Result<(Reading, Plan), Fault> {
    let read_only = plan::read_only(ports, &tenant.tenant_id);
    with_progress(async |progress| {
        let reading = plan::read(&read_only, run, tenant, since, earlier, progress).await?;
        let plan = plan::assess(&read_only, run, tenant, &reading, progress).await?;
        Ok((reading, plan))
    })
    .await
}

/// Reads again and assesses; nothing is written.
pub async fn plan_again(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    which: &Which,
    feeds: &[Feed],
) -> Result<(Reading, Plan), Fault> {
    let read_only = plan::read_only(ports, &tenant.tenant_id);
    with_progress(async |progress| {
        let reading = plan::read_again(&read_only, run, tenant, which, feeds, progress).await?;
        let plan = plan::assess(&read_only, run, tenant, &reading, progress).await?;
        Ok((reading, plan))
    })
    .await
}

/// Applies exactly what was planned, or says why not. It assesses once more, which takes as long as the plan did.
pub async fn apply(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    reading: Reading,
    plan: &Plan,
    store: impl AsyncFnOnce() -> Result<(), Fault>,
) -> Result<Applied, Refused> {
    with_progress(async |progress| plan::apply(ports, run, tenant, reading, plan, store, progress).await).await
}

/// Runs work with a progress spinner, which is removed at the end.
pub async fn with_progress<T>(work: impl AsyncFnOnce(&dyn Fn(Progress)) -> T) -> T {
    let bar = spinner();
    let done = work(&|at| bar.set_message(progress_text(at))).await;
    bar.finish_and_clear();
    done
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message("reading");
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn progress_text(at: Progress) -> String {
    match at {
        Progress::Read(feed, count) => format!("{feed}: {count} read"),
        Progress::Assessed(feed, count, of) => format!("{feed}: {count} of {of} held against Ongoing"),
    }
}

/// A plan as a table of counts, and below it every record that is not left as it is, member by member.
pub fn text(plan: &Plan, paint: Paint) -> String {
    let mut text = counts(plan, table::width());
    for feed in &plan.feeds {
        for record in feed.records.iter().filter(|record| record.step != Step::Unchanged) {
            text.push('\n');
            text += &line(feed, record, paint);
        }
        if feed.parked > 0 {
            let _ = write!(
                text,
                "\n{} of {} are parked and tried again by the ticks, beside this: bridgectl parked",
                feed.parked, feed.feed
            );
        }
        if let Some(fault) = &feed.fault {
            let _ = write!(text, "\n{} {} could not be read to its end: {fault}", paint.bad("✗"), feed.feed);
        }
    }
    text
}

/// How many records of each feed are dealt with in which way. All ways are more than a terminal is wide: what happens to no
/// record is left out, and what is sent matters most.
fn counts(plan: &Plan, width: usize) -> String {
    let words: Vec<&str> = Step::WORDS.into_iter().filter(|word| *word == UNCHANGED || plan.count(word) > 0).collect();
    let row = |feed: &FeedPlan| {
        let count = |word: &&str| feed.records.iter().filter(|record| record.step.word() == *word).count().to_string();
        [feed.feed.to_string()].into_iter().chain(words.iter().map(count)).collect::<Vec<_>>()
    };
    let column = |word: &&str| match *word {
        UNCHANGED => Column::number(UNCHANGED).dropped(2),
        FILTERED => Column::number(FILTERED).dropped(1),
        word => Column::number(word),
    };
    let columns = [Column::name("feed")].into_iter().chain(words.iter().map(column)).collect();
    table::within(width, columns, plan.feeds.iter().map(row))
}

/// Ways in which nothing is sent and nothing is to be done.
const UNCHANGED: &str = "unchanged";
const FILTERED: &str = "filtered";

fn line(feed: &FeedPlan, record: &Planned, paint: Paint) -> String {
    let name = record.number.as_deref().unwrap_or(&record.key);
    let (mark, reason) = match &record.step {
        Step::Create => (paint.good("+"), None),
        Step::Update { .. } => (paint.warning("~"), None),
        Step::Cancel { reason } => (paint.warning("-"), Some(reason)),
        Step::Unchanged => ("=".to_owned(), None),
        Step::Blocked { reason } => (paint.warning("!"), Some(reason)),
        Step::Rejected { reason } => (paint.bad("✗"), Some(reason)),
        Step::Filtered { reason } => ("·".to_owned(), Some(reason)),
    };
    let mut line = format!("{mark} {} {} {name}", record.step.word(), feed.feed);
    if let Some(reason) = reason {
        let _ = write!(line, ": {reason}");
    }
    for mark in &record.marks {
        let _ = write!(line, "\n    {mark}");
    }
    if let Step::Update { changes, unseen } = &record.step {
        for change in changes {
            let _ = write!(line, "\n    {}: {} -> {}", change.path, short(&change.before), short(&change.after));
        }
        if !unseen.is_empty() {
            let _ = write!(line, "\n    sent as well, and not shown by Ongoing: {}", unseen.join(", "));
        }
    }
    line
}

fn short(value: &Value) -> String {
    let text = if value.is_null() { "nothing".to_owned() } else { value.to_string() };
    if text.chars().count() <= MAX_VALUE_WIDTH {
        return text;
    }
    text.chars().take(MAX_VALUE_WIDTH - 1).chain(['…']).collect()
}

/// Whether a plan can be done as it is, and brings everything it read.
pub fn good(plan: &Plan) -> bool {
    plan.whole() && plan.count("rejected") == 0
}

/// Why a plan could not be made to its end, with what helps; the fault names the system.
pub fn refusal(plan: &Plan) -> Option<String> {
    let closed = plan.feeds.iter().find(|feed| feed.fault.is_some())?;
    let why = format!("{} could not be read: {}", closed.feed, closed.fault.as_deref().unwrap_or_default());
    Some(match closed.unauthorized {
        true => format!("{why}; bridgectl check {} says what is missing", plan.tenant_id),
        false => why,
    })
}

/// Whether there is anything to hand out.
pub fn has_work(plan: &Plan) -> bool {
    ["create", "update", "cancel", "blocked"].iter().any(|word| plan.count(word) > 0)
}

/// A replay's plan with what is sent alone: what the warehouse keeps stays out of it.
pub fn only_sent(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for feed in &mut plan.feeds {
        feed.records.retain(|record| !matches!(record.step, Step::Blocked { .. }));
    }
    plan
}

/// Counts of a plan, for where the whole of it is too much.
pub fn summary(plan: &Plan) -> BTreeMap<&'static str, usize> {
    Step::WORDS.iter().map(|word| (*word, plan.count(word))).collect()
}

/// Writes a plan where only its owner reads it: it has names and addresses of customers.
pub fn save(plan: &Plan, file: &Path) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(plan).map_err(|error| Failure::wrong(error.to_string()))?;
    private_file::write(file, &text).map_err(|error| Failure::wrong(format!("{}: {error}", file.display())))
}

/// A plan that was written before.
pub fn open(file: &Path, tenant_id: &str) -> Result<Plan, Failure> {
    let wrong = |problem: String| Failure::wrong(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| wrong(format!("it is no plan: {error}")))?;
    let version = value["v"].as_u64().unwrap_or_default();
    if version > u64::from(Plan::VERSION) {
        return Err(wrong(format!("it is of version {version}, this command reads up to {}", Plan::VERSION)));
    }
    let plan: Plan = serde_json::from_value(value).map_err(|error| wrong(format!("it is no plan: {error}")))?;
    if plan.tenant_id != tenant_id {
        return Err(wrong(format!("it is the plan of {}, not of {tenant_id}", plan.tenant_id)));
    }
    Ok(plan)
}

/// Waits until everything that was handed out has become something, or the time is up.
pub async fn follow(ports: &Ports, plan: &Plan, patience: Duration) -> Result<Vec<Became>, Fault> {
    let bar = spinner();
    let until = ports.clock.now() + patience;
    loop {
        let became = plan::became(ports, plan).await?;
        let open = became.iter().filter(|one| one.outcome.is_none()).count();
        bar.set_message(format!("{} of {} imported", became.len() - open, became.len()));
        if open == 0 || ports.clock.now() > until {
            bar.finish_and_clear();
            return Ok(became);
        }
        ports.clock.sleep(Duration::from_millis(500)).await;
    }
}

/// What became of a plan: how many as planned, and each that is not.
pub fn became_text(became: &[Became], paint: Paint) -> String {
    let done = became.iter().filter(|one| one.as_planned && one.outcome.is_some()).count();
    let open = became.iter().filter(|one| one.outcome.is_none()).count();
    let mut text = format!("{done} of {} as planned", became.len());
    if open > 0 {
        let _ = write!(text, ", {open} still on the way: bridgectl where NUMBER");
    }
    for one in became.iter().filter(|one| !one.as_planned) {
        let name = one.number.as_deref().unwrap_or(&one.key);
        let outcome = one.outcome.map_or("under way", bridge::words::outcome::Outcome::word);
        let reason = one.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
        let _ = write!(
            text,
            "\n{} {} {name}: {} was planned, it is {outcome}{reason}",
            paint.bad("✗"),
            one.feed,
            one.planned
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use bridge::systems::ongoing::diff::Change;
    use bridge::words::cursor::Cursor;
    use bridge::words::outcome::Outcome;
    use serde_json::json;

    use super::*;

    fn plan(steps: Vec<(&str, Step)>) -> Plan {
        let record = |(number, step): (&str, Step)| Planned {
            key: format!("key-{number}"),
            number: Some(number.to_owned()),
            version: "1".into(),
            fingerprint: None,
            marks: Vec::new(),
            step,
        };
        let records = steps.into_iter().map(record).collect();
        let feed = FeedPlan {
            feed: Feed::Orders,
            from: Cursor::Beginning,
            rev: 0,
            records,
            parked: 0,
            fault: None,
            unauthorized: false,
        };
        Plan { v: 1, tenant_id: "acme".into(), made_at: Timestamp::UNIX_EPOCH, since: None, feeds: vec![feed] }
    }

    #[test]
    fn a_plan_is_told_record_by_record_and_a_change_member_by_member() {
        let change = Change { path: "/orderRemark".into(), before: Value::Null, after: json!("x".repeat(100)) };
        let mut plan = plan(vec![
            ("1", Step::Create),
            ("2", Step::Update { changes: vec![change], unseen: vec![] }),
            ("3", Step::Unchanged),
            ("4", Step::Blocked { reason: "the warehouse has started on the order (status 320)".into() }),
            ("5", Step::Rejected { reason: "rejected at /Rows/0/Quantity: a value is expected".into() }),
        ]);
        plan.feeds[0].records[0].marks = vec!["/wayOfDelivery/code: \"1\" -> \"DHL\" (/settings/values/0)".into()];
        let told = text(&plan, Paint::none());
        assert!(told.contains("orders 1\n    /wayOfDelivery/code: \"1\" -> \"DHL\" (/settings/values/0)\n"), "{told}");
        plan.feeds[0].records[0].marks.clear();
        let told = text(&plan, Paint::none());
        assert!(told.contains("+ create orders 1\n~ update orders 2\n    /orderRemark: nothing -> \"xxx"), "{told}");
        assert!(told.contains("…\n! blocked orders 4: the warehouse has started"), "{told}");
        assert!(
            told.contains("✗ rejected orders 5: rejected at /Rows/0/Quantity") && !told.contains("orders 3"),
            "{told}"
        );
        assert!(plan.whole() && !good(&plan) && has_work(&plan));
        assert_eq!(summary(&plan)["update"], 1);
        assert_eq!(refusal(&plan), None);
        plan.feeds[0].fault = Some("not authorized: no".into());
        assert_eq!(refusal(&plan).as_deref(), Some("orders could not be read: not authorized: no"));
        plan.feeds[0].unauthorized = true;
        assert!(refusal(&plan).unwrap().ends_with("; bridgectl check acme says what is missing"));
        assert!(text(&plan, Paint::none()).ends_with("orders could not be read to its end: not authorized: no"));
    }

    #[test]
    fn the_counts_keep_to_the_terminal() {
        let reason = || "why".to_owned();
        let mut plan = plan(vec![
            ("1", Step::Create),
            ("2", Step::Update { changes: vec![], unseen: vec![] }),
            ("3", Step::Cancel { reason: reason() }),
            ("4", Step::Unchanged),
            ("5", Step::Blocked { reason: reason() }),
            ("6", Step::Rejected { reason: reason() }),
            ("7", Step::Filtered { reason: reason() }),
        ]);
        plan.feeds[0].feed = Feed::PurchaseOrders;
        let all = counts(&plan, 80);
        assert!(all.lines().all(|line| line.chars().count() <= 80), "{all}");
        assert!(all.contains("purchase_orders") && all.ends_with("more in a wider terminal: unchanged"), "{all}");
        for word in Step::WORDS {
            assert!(counts(&plan, 140).contains(word), "{word}");
        }
        plan.feeds[0].records.truncate(1);
        let few = counts(&plan, 80);
        assert!(few.contains("create") && few.contains(UNCHANGED) && !few.contains("rejected"), "{few}");
    }

    #[test]
    fn what_became_otherwise_is_named() {
        let became = |number: &str, outcome, as_planned| Became {
            feed: Feed::Orders,
            key: "k".into(),
            number: Some(number.into()),
            planned: "create",
            outcome,
            reason: Some("why".into()),
            as_planned,
        };
        let all = [
            became("1", Some(Outcome::Created), true),
            became("2", None, true),
            became("3", Some(Outcome::Parked), false),
        ];
        let told = became_text(&all, Paint::none());
        assert_eq!(
            told,
            "1 of 3 as planned, 1 still on the way: bridgectl where NUMBER\n✗ orders 3: create was planned, it is parked: why"
        );
    }

    #[test]
    fn a_plan_s_file_is_its_owner_s_and_of_its_tenant() {
        let file = std::env::temp_dir().join(format!("bridgectl-plan-{}.json", std::process::id()));
        let plan = plan(vec![("1", Step::Create)]);
        save(&plan, &file).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(open(&file, "acme").unwrap(), plan);
        assert!(open(&file, "other").unwrap_err().error.contains("the plan of acme"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |mode: u32| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            mode(0o644);
            save(&plan, &file).unwrap();
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "it was there before");
        }
        std::fs::write(&file, "{\"v\": 99}").unwrap();
        assert!(open(&file, "acme").unwrap_err().error.contains("version 99"));
        std::fs::write(&file, "[]").unwrap();
        assert!(open(&file, "acme").unwrap_err().error.contains("it is no plan"));
        std::fs::remove_file(&file).unwrap();
    }
}
