//! `where`: what became of a record, found by the number that a person knows. Its story is told by [`bridge::roads::story`].

use std::time::Duration;

use bridge::http::RESERVE;
use bridge::ports::{Item, State as _};
use bridge::roads::story::{self, Facts, Story, tell};
use bridge::state::journal::Note;
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use bridge_aws::tenant_table::Stored;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::status::zone;

/// Short, since a person waits. Nothing is written behind it, so the client's reserve comes on top.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Tenants that are looked at side by side.
const AT_ONCE: usize = 16;

/// Numbers that are offered where none fits.
const SUGGESTIONS: usize = 8;

/// A record that has the number.
#[derive(Debug, Serialize)]
struct Found {
    tenant_id: String,
    feed: Feed,
    key: String,
    number: Option<String>,
    outcome: Option<Outcome>,
    reason: Option<String>,
    ongoing: Option<Value>,
    seen: Option<Value>,
    retry_at: Option<String>,
    correlation_id: String,
    /// In Ongoing at this moment, where it is an order that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    ongoing_now: Option<Value>,
    /// What the ERP was told of it.
    back: Vec<Back>,
    story: Story,
}

/// A write-back.
#[derive(Debug, Serialize)]
struct Back {
    what: &'static str,
    #[serde(flatten)]
    note: Note,
}

/// A record by the names it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    sk: String,
    number: String,
}

pub async fn run(deployment: &Deployment, number: &str, tenant: Option<&str>, utc: bool) -> Result<Output, Failure> {
    let tenants = match tenant {
        Some(id) => vec![deployment.stored(id).await?.0],
        None => deployment.tenants.all().await?,
    };
    let exact: Vec<(&Stored, Vec<Item>)> = stream::iter(&tenants)
        .map(async |stored| {
            let pk = Tenant::partition(stored.tenant_id());
            deployment.state.numbered(&pk, "ledger#", number).await.map(|items| (stored, items))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut items: Vec<(&Stored, Item)> =
        exact.into_iter().flat_map(|(stored, items)| items.into_iter().map(move |item| (stored, item))).collect();
    let mut like = Vec::new();
    if items.is_empty() {
        let named: Vec<(&Stored, Vec<Named>)> = stream::iter(&tenants)
            .map(async |stored| {
                let pk = Tenant::partition(stored.tenant_id());
                let numbers = deployment.state.numbers(&pk, "ledger#").await?;
                let named = numbers.into_iter().map(|(sk, number)| Named { sk, number });
                Ok::<_, Failure>((stored, named.collect()))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let all = named.into_iter().flat_map(|(stored, named)| named.into_iter().map(move |named| (stored, named)));
        let (fits, others) = matching(all.collect(), number);
        like = others;
        for (stored, named) in fits {
            let item = deployment.state.get(&Tenant::partition(stored.tenant_id()), &named.sk).await?;
            items.extend(item.map(|item| (stored, item)));
        }
    }
    if items.is_empty() {
        let among = tenant.map_or_else(|| format!("{} tenants", tenants.len()), |id| format!("the tenant {id}"));
        return Err(Failure::wrong(nothing(number, &among, &like)));
    }
    let (now, zone) = (deployment.ports.clock.now(), zone(utc));
    let (mut found, mut text) = (Vec::new(), Vec::new());
    for (stored, item) in items {
        let tenant = stored.item().unwrap_or_else(|_| json!({ "tenant_id": stored.tenant_id() }));
        let Some(facts) = story::read(&deployment.ports, &tenant, item, now + TIMEOUT + RESERVE).await? else {
            continue;
        };
        let story = tell(&facts, now);
        text.push(with_names(story::text(&story, now, &zone), &facts));
        found.push(shown(facts, story));
    }
    Ok(Output::good(json!(found), text.join("\n\n")))
}

/// Of all records, those that a text names: by the whole number in any spelling, or by an id of the ERP; else by the
/// beginning of the number, where that leaves one. Beside them, what else the number may have been meant to be.
fn matching<T: Copy>(all: Vec<(T, Named)>, text: &str) -> (Vec<(T, Named)>, Vec<String>) {
    let text = text.trim().to_lowercase();
    let key = |named: &Named| named.sk.splitn(3, '#').nth(2).unwrap_or_default().to_lowercase();
    let pick = |wanted: &dyn Fn(&Named) -> bool| -> Vec<(T, Named)> {
        all.iter().filter(|(_, named)| wanted(named)).cloned().collect()
    };
    let whole = pick(&|named| named.number.to_lowercase() == text || key(named) == text);
    if !whole.is_empty() {
        return (whole, Vec::new());
    }
    let begins = pick(&|named| named.number.to_lowercase().starts_with(&text));
    if begins.len() == 1 {
        return (begins, Vec::new());
    }
    let numbers = |named: Vec<(T, Named)>| {
        let mut numbers: Vec<String> = named.into_iter().map(|(_, named)| named.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.truncate(SUGGESTIONS);
        numbers
    };
    if !begins.is_empty() {
        return (Vec::new(), numbers(begins));
    }
    // One key pressed in a wrong way.
    let near = pick(&|named| strsim::osa_distance(&named.number.to_lowercase(), &text) <= 1);
    (Vec::new(), numbers(near))
}

fn nothing(number: &str, among: &str, like: &[String]) -> String {
    if !like.is_empty() {
        return format!("nothing with the number {number} was pulled for {among}; there are: {}", like.join(", "));
    }
    format!(
        "nothing with the number {number} was pulled for {among}: it was changed before start_date, or is not in a status \
         that comes in, or the feed is behind (bridgectl status says how far it is); bridgectl pull ID --since DATE brings \
         what is older"
    )
}

/// The names by which the record is found elsewhere.
fn with_names(text: String, facts: &Facts) -> String {
    let run = Some(&facts.entry.correlation_id).filter(|run| !run.is_empty());
    let run = run.map_or_else(String::new, |run| format!("\n  run in the logs: {run}"));
    format!("{text}\n  id in the ERP: {}{run}", facts.key)
}

fn shown(facts: Facts, story: Story) -> Found {
    let entry = facts.entry;
    let unknown = |why: String| json!({ "unknown": why });
    Found {
        tenant_id: facts.tenant_id,
        feed: facts.feed,
        key: facts.key,
        number: entry.number,
        outcome: entry.outcome,
        reason: entry.reason,
        ongoing: entry.ongoing.map(|there| json!(there)),
        seen: entry.seen.map(|seen| json!({ "version": seen.version, "at": seen.at })),
        retry_at: entry.parked.and_then(|parked| parked.retry_at).map(|at: Timestamp| format!("{at:.0}")),
        correlation_id: entry.correlation_id,
        ongoing_now: facts.there.map(|there| there.map_or_else(unknown, |there| json!(there))),
        back: facts.back.into_iter().map(|(back, note)| Back { what: back.word(), note }).collect(),
        story,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<((), Named)> {
        let records = [("orders", "a#1", "SO-10023"), ("orders", "a#2", "SO-10024"), ("articles", "x", "Lamp-7")];
        let named = |(feed, key, number): (&str, &str, &str)| {
            ((), Named { sk: format!("ledger#{feed}#{key}"), number: number.to_owned() })
        };
        records.map(named).into()
    }

    #[test]
    fn a_number_is_found_without_case_by_its_beginning_and_by_the_erp_s_id() {
        let found = |text: &str| {
            let (found, like) = matching(all(), text);
            let found: Vec<String> = found.into_iter().map(|(_, named)| named.number).collect();
            (found.join(" "), like.join(" "))
        };
        let one = |number: &str| (number.to_owned(), String::new());
        for (text, expected) in [
            ("so-10023", one("SO-10023")),
            ("LAMP", one("Lamp-7")),
            ("A#2", one("SO-10024")),
            ("SO-1002", (String::new(), "SO-10023 SO-10024".to_owned())),
            ("SO-20023", (String::new(), "SO-10023".to_owned())),
            ("77", (String::new(), String::new())),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_was_not_found_says_what_there_is_or_why() {
        assert!(nothing("7", "2 tenants", &[]).contains("changed before start_date"));
        assert!(nothing("7", "2 tenants", &["70".into()]).ends_with("there are: 70"));
    }
}
