//! `proof`: ERP, ledger and Ongoing of a tenant, held against each other. What is compared is in [`bridge::roads::proof`].

use std::fmt::Write as _;
use std::time::Duration;

use bridge::ports::Run;
use bridge::roads::proof::{self, Kind, Progress, Proof};
use bridge::roads::status::lines::{count, cut, paragraph};
use bridge_operator::table::{Column, table};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::deployment::Deployment;
use crate::output::{Failure, Output, Paint};
use crate::record_plan;

/// A large company's records take hours at a backfill's part of the ERP's limit; Ctrl-C ends it earlier.
const TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// The longest value that is shown whole.
const VALUE: usize = 60;

/// Records under way that are told one by one.
const UNDER_WAY: usize = 20;

pub async fn run(deployment: &Deployment, id: &str) -> Result<Output, Failure> {
    let tenant = deployment.tenant(id).await?;
    let ports = &deployment.ports;
    let run = Run { deadline: ports.clock.now() + TIMEOUT, ..record_plan::run(ports) };
    // Three steps a feed: nobody knows how many records there are before they are read.
    let bar = ProgressBar::new(tenant.feeds().len() as u64 * 3);
    bar.set_style(style());
    bar.enable_steady_tick(Duration::from_millis(120));
    let feeds = tenant.feeds();
    let told = |at: Progress| {
        let (feed, step, says) = match at {
            Progress::Erp(feed, done) => (feed, 0, format!("{feed}: {done} of the ERP's compared")),
            Progress::Ongoing(feed, done) => (feed, 1, format!("{feed}: {done} of Ongoing's compared")),
            Progress::Again(feed, done) => (feed, 2, format!("{feed}: {done} looked at once more")),
        };
        let before = feeds.iter().position(|other| *other == feed).unwrap_or_default();
        bar.set_position((before * 3 + step) as u64);
        bar.set_message(says);
    };
    let proof = proof::prove(ports, &run, &tenant, None, &told).await;
    bar.finish_and_clear();
    let proof = proof?;
    let json = serde_json::to_value(&proof).unwrap_or(Value::Null);
    Ok(Output::of(proof.good(), json, text(&proof, Paint::of_stdout())))
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} [{bar:20}] {elapsed} {wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

/// The counts as a table; below it every difference with its remedy, and what is under way.
fn text(proof: &Proof, paint: Paint) -> String {
    let number = |head: &str| Column::number(head);
    let numbers = ["in the ERP", "in Ongoing", "same", "under way", "differ"].map(number);
    let columns = [Column::name("feed")].into_iter().chain(numbers).collect();
    let rows = proof.feeds.iter().map(|feed| {
        let numbers = [feed.erp, feed.ongoing, feed.same, feed.under_way, feed.differences];
        [feed.feed.clone()].into_iter().chain(numbers.map(|number| number.to_string())).collect::<Vec<_>>()
    });
    let mut text = table(columns, rows);
    text.push('\n');
    for feed in &proof.feeds {
        if let Some(fault) = &feed.fault {
            paragraph(&mut text, "✗ ", &format!("{} was not compared to its end: {fault}", feed.feed));
        }
        if let Some(note) = &feed.note {
            paragraph(&mut text, "  ", &format!("{}: {note}", feed.feed));
        }
    }
    for one in &proof.differences {
        let mark = if one.kind == Kind::Extra { paint.warning("+") } else { paint.bad("✗") };
        let name = one.number.as_deref().unwrap_or(&one.key);
        let mut told = String::new();
        paragraph(&mut told, "  ", &format!("{} {} {name}: {}", one.kind.word(), one.feed, one.why));
        text.push_str(&mark);
        text.push_str(&told[1..]);
        for change in &one.changes {
            let (before, after) = (shown(&change.before), shown(&change.after));
            let says = format!("{}: {before} in Ongoing, {after} in the ERP", change.path);
            paragraph(&mut text, "    ", &says);
        }
        paragraph(&mut text, "    → ", &one.remedy);
    }
    if proof.more_differences > 0 {
        let _ = writeln!(text, "  and {} more", proof.more_differences);
    }
    for one in proof.under_way.iter().take(UNDER_WAY) {
        let name = one.number.as_deref().unwrap_or(&one.key);
        paragraph(&mut text, "· ", &format!("{} {} {name}: {}", one.state, one.feed, one.why));
    }
    let more = proof.under_way.len().saturating_sub(UNDER_WAY) + proof.more_under_way;
    if more > 0 {
        let _ = writeln!(text, "· and {more} more under way");
    }
    let found = match (proof.found(), proof.whole) {
        (0, true) => format!("{} the ERP, the ledger and Ongoing say the same of {}", paint.good("✓"), proof.tenant_id),
        (0, false) => "no difference as far as it was compared".to_owned(),
        (n, _) => count(n, "difference", "differences"),
    };
    text + &found
}

fn shown(value: &Value) -> String {
    if value.is_null() { "nothing".to_owned() } else { cut(&value.to_string(), VALUE) }
}

#[cfg(test)]
mod tests {
    use bridge::roads::proof::{Difference, FeedProof, UnderWay};
    use bridge::systems::ongoing::diff::Change;
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn proof() -> Proof {
        Proof {
            v: Proof::VERSION,
            tenant_id: "acme".into(),
            at: Timestamp::UNIX_EPOCH,
            seconds: 12,
            whole: true,
            feeds: vec![FeedProof {
                feed: "articles".into(),
                erp: 10,
                left_out: 1,
                ongoing: 10,
                same: 8,
                under_way: 1,
                differences: 1,
                fault: None,
                note: None,
            }],
            counts: [("different".to_owned(), 1)].into(),
            differences: vec![Difference {
                kind: Kind::Different,
                feed: "articles".into(),
                key: "7".into(),
                number: Some("A-1".into()),
                why: "Ongoing shows it otherwise than it was sent".into(),
                changes: vec![Change {
                    path: "/articleName".into(),
                    before: json!(null),
                    after: json!("x".repeat(80)),
                }],
                remedy: "bridgectl replay acme A-1".into(),
            }],
            more_differences: 0,
            under_way: vec![UnderWay {
                feed: "articles".into(),
                key: "8".into(),
                number: None,
                state: "parked".into(),
                why: "a value is expected".into(),
            }],
            more_under_way: 0,
        }
    }

    #[test]
    fn a_difference_is_told_with_its_members_and_its_remedy_in_eighty_columns() {
        let told = text(&proof(), Paint::none());
        assert!(told.contains("✗ different articles A-1: Ongoing shows it otherwise than it was sent\n"), "{told}");
        assert!(told.contains("    /articleName: nothing in Ongoing,\n    \"xxx"), "{told}");
        assert!(told.contains("\n    → bridgectl replay acme A-1\n· parked articles 8: a value"), "{told}");
        assert!(told.ends_with("\n1 difference"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 90), "{told}");
    }

    #[test]
    fn what_was_not_compared_is_not_called_the_same() {
        let good = Proof { differences: vec![], counts: [("different".to_owned(), 0)].into(), ..proof() };
        assert!(text(&good, Paint::none()).ends_with("say the same of acme") && good.good());
        let mut half = Proof { whole: false, ..good };
        half.feeds[0].fault = Some("not available: there is more".into());
        let told = text(&half, Paint::none());
        assert!(told.contains("✗ articles was not compared to its end: not available"), "{told}");
        assert!(told.ends_with("no difference as far as it was compared") && !half.good(), "{told}");
    }
}
