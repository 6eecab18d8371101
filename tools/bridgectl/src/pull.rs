//! `pull`: invokes the pull function now. Backfills are in [`backfill`].

use bridge::words::envelope::Job;
use bridge_operator::table::{Column, table};
use serde_json::{Value, json};

use crate::args::Pull;
use crate::backfill::{self, Pulled};
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::prompt;
use crate::status::zone;

pub async fn run(deployment: &Deployment, pull: &Pull, utc: bool) -> Result<Output, Failure> {
    if pull.status {
        return backfill::status(deployment, &pull.tenant, &pull.feeds, &zone(utc)).await;
    }
    let tenant = deployment.tenant(&pull.tenant).await?;
    let id = &tenant.tenant_id;
    if !tenant.enabled {
        return Err(Failure::wrong(format!(
            "{id} is paused, and nothing is pulled for it: bridgectl tenant resume {id}"
        )));
    }
    let on = tenant.feeds();
    if let Some(off) = pull.feeds.iter().find(|feed| !on.contains(feed)) {
        let on: Vec<&str> = on.iter().map(|feed| feed.word()).collect();
        return Err(Failure::wrong(format!("{off} is not switched on for {id}; on are: {}", on.join(", "))));
    }
    let feeds = (!pull.feeds.is_empty()).then(|| pull.feeds.clone());
    let job = Job { feeds, since: pull.since, ..Job::tick(id) };
    if pull.since.is_some() {
        return backfill::start(deployment, &tenant, &job, !pull.no_wait, &zone(utc)).await;
    }
    let payload = serde_json::to_value(job).map_err(|error| Failure::cloud(error.to_string()))?;
    let function = format!("{}-pull-{}", deployment.stack.name, tenant.erp.kind);
    let summary = prompt::with_spinner("pulling", deployment.aws.invoke(&function, &payload)).await?;
    Ok(told(summary))
}

fn told(summary: Value) -> Output {
    let feeds: Vec<Value> = summary["feeds"].as_array().cloned().unwrap_or_default();
    let good = feeds.iter().all(|feed| feed["end"] != "failed");
    let number = |feed: &Value, name: &str| feed[name].as_u64().unwrap_or_default().to_string();
    let row = |feed: &Value| {
        let text = |name: &str| feed[name].as_str().unwrap_or_default().to_owned();
        let end = match text("end").as_str() {
            "complete" => "complete".to_owned(),
            "to_be_continued" => "goes on at the next tick".to_owned(),
            "leased" => "another run is at it".to_owned(),
            other => format!("{other}: {}", text("fault")),
        };
        let counts = ["queued", "unchanged", "filtered", "parked"].map(|name| number(feed, name));
        [text("feed")].into_iter().chain(counts).chain([end]).collect::<Vec<_>>()
    };
    let number = |head: &str| Column::number(head);
    let counts = ["queued", "unchanged", "left out", "parked"].map(number);
    let columns = [Column::name("feed")].into_iter().chain(counts).chain([Column::text("end")]).collect();
    let mut text = table(columns, feeds.iter().map(row));
    let count = |name: &str| feeds.iter().filter_map(|feed| feed[name].as_u64()).sum::<u64>();
    if count("queued") > 0 {
        text += "\nwhat is queued reaches Ongoing within a minute or two: bridgectl where NUMBER";
    }
    if count("parked") > 0 {
        text += "\nwhy something is parked: bridgectl parked";
    }
    Output::of(good, json!(Pulled::tick(summary)), text)
}

#[cfg(test)]
mod tests {
    use bridge::words::feed::Feed;

    use super::*;

    #[test]
    fn a_summary_says_how_each_feed_ended() {
        let feed = |feed: Feed, end: &str| json!({ "feed": feed, "queued": 3, "unchanged": 1, "filtered": 0, "parked": 1, "end": end, "fault": "no right" });
        let feeds = [feed(Feed::Articles, "complete"), feed(Feed::Orders, "to_be_continued")];
        let summary = json!({ "tenant_id": "a", "feeds": feeds });
        let tick = told(summary);
        assert_eq!(tick.code, crate::output::Code::Good);
        assert!(tick.text.contains("at the next tick") && tick.text.contains("bridgectl parked"));
        assert_eq!(tick.json["goes_on_in_background"], false);
        let failed = told(json!({ "feeds": [feed(Feed::Orders, "failed")] }));
        assert_eq!(failed.code, crate::output::Code::Faults);
        assert!(failed.text.contains("failed: no right"));
    }
}
