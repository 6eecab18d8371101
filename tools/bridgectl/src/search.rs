//! Finding a record for `where` and `explain`: by the index of names, else in the ledgers of what an earlier release imported,
//! else of Ongoing. Each further step is taken where those before found nothing.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use bridge::http::RESERVE;
use bridge::roads::story::find::{self, Found, MOST, Matches, SUGGESTIONS};
use bridge::state::ledger::names::{NameOf, Named};
use bridge::tenant::Tenant;
use bridge_aws::tenant_table::Stored;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;

use crate::deployment::Deployment;
use crate::output::{Failure, note};

/// Short, since a person waits. Nothing is written behind it, so the client's reserve comes on top.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// Ledgers that are read side by side.
const AT_ONCE: usize = 16;

/// How long ledgers are looked through for what an earlier release imported.
const LONGEST: Duration = Duration::from_secs(45);

/// The tenants that are looked at.
pub async fn tenants(deployment: &Deployment, tenant: Option<&str>) -> Result<Vec<Stored>, Failure> {
    match tenant {
        Some(id) => Ok(vec![deployment.stored(id).await?.0]),
        None => Ok(deployment.tenants.all().await?),
    }
}

/// The records that a person may mean, and else what else there is.
pub async fn search(deployment: &Deployment, tenants: &[Stored], name: &str) -> Result<Matches, Failure> {
    let ids: Vec<&str> = tenants.iter().map(Stored::tenant_id).collect();
    let mut matches = find::by_name(&deployment.ports, &ids, name).await?;
    if !matches.found.is_empty() {
        return Ok(matches);
    }
    let (found, like) = earlier(deployment, &ids, name).await?;
    matches.more = found.len().saturating_sub(MOST);
    matches.found = found.into_iter().take(MOST).collect();
    matches.like.extend(like);
    matches.like.sort_unstable();
    matches.like.dedup();
    matches.like.truncate(SUGGESTIONS);
    if let ([stored], true) = (tenants, matches.found.is_empty())
        && let Some(tenant) = valid(deployment, stored)
    {
        let deadline = deployment.ports.clock.now() + TIMEOUT + RESERVE;
        match find::in_ongoing(&deployment.ports, &tenant, name, deadline).await {
            Ok(found) => matches.found = found,
            Err(fault) => note(&format!("Ongoing could not be asked for it: {fault}")),
        }
    }
    Ok(matches)
}

/// A tenant whose item is valid.
pub fn valid(deployment: &Deployment, stored: &Stored) -> Option<Tenant> {
    deployment.valid(stored.tenant_id(), &stored.item().ok()?).ok()
}

/// Something that takes its time, with a spinner at a terminal.
pub fn spinner(message: String) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(message);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// What was imported before there was an index of names, and has not been changed since: the names of whole ledgers are read,
/// as far as a person waits for it.
async fn earlier(deployment: &Deployment, ids: &[&str], name: &str) -> Result<(Vec<Found>, Vec<String>), Failure> {
    let bar = spinner(format!("looking through the ledgers of {} tenants", ids.len()));
    let (began, mut all, mut looked) = (Instant::now(), Vec::new(), 0);
    let mut read = stream::iter(ids)
        .map(async |id| {
            let numbers = deployment.state.numbers(&Tenant::partition(id), "ledger#").await?;
            Ok::<_, Failure>((*id, numbers))
        })
        .buffered(AT_ONCE);
    while let Some((id, numbers)) = read.try_next().await? {
        looked += 1;
        bar.set_message(format!("looking through the ledgers: {looked} of {} tenants", ids.len()));
        all.extend(numbers.into_iter().filter_map(|(sk, number)| Some((id, named(&sk, number)?))));
        if began.elapsed() > LONGEST {
            break;
        }
    }
    bar.finish_and_clear();
    if looked < ids.len() {
        note(&format!(
            "looked through the ledgers of {looked} of {} tenants for what an earlier release imported; --tenant ID looks at \
             one",
            ids.len()
        ));
    }
    let (found, like) = matching(all, name);
    let found = found.into_iter().map(|(id, named)| Found { tenant_id: id.to_owned(), named });
    Ok((found.collect(), like))
}

fn named(sk: &str, name: String) -> Option<Named> {
    let (feed, key) = sk.strip_prefix("ledger#")?.split_once('#')?;
    Some(Named { feed: feed.parse().ok()?, key: key.to_owned(), name, of: NameOf::Number })
}

/// Of all records, those that a text names: by the whole number in any spelling, or by an id of the ERP; else by the
/// beginning of the number, where that leaves one. Beside them, what else the number may have been meant to be.
fn matching<T: Copy>(all: Vec<(T, Named)>, text: &str) -> (Vec<(T, Named)>, Vec<String>) {
    let text = text.trim().to_lowercase();
    let pick = |wanted: &dyn Fn(&Named) -> bool| -> Vec<(T, Named)> {
        all.iter().filter(|(_, named)| wanted(named)).cloned().collect()
    };
    let whole = pick(&|named| named.name.to_lowercase() == text || named.key.to_lowercase() == text);
    if !whole.is_empty() {
        return (whole, Vec::new());
    }
    let begins = pick(&|named| named.name.to_lowercase().starts_with(&text));
    if begins.len() == 1 {
        return (begins, Vec::new());
    }
    let numbers = |named: Vec<(T, Named)>| {
        let mut numbers: Vec<String> = named.into_iter().map(|(_, named)| named.name).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.truncate(SUGGESTIONS);
        numbers
    };
    if !begins.is_empty() {
        return (Vec::new(), numbers(begins));
    }
    // One key pressed in a wrong way.
    let near = pick(&|named| strsim::osa_distance(&named.name.to_lowercase(), &text) <= 1);
    (Vec::new(), numbers(near))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<((), Named)> {
        let records = [("orders", "a#1", "SO-10023"), ("orders", "a#2", "SO-10024"), ("articles", "x", "Lamp-7")];
        let record = |(feed, key, number): (&str, &str, &str)| {
            ((), named(&format!("ledger#{feed}#{key}"), number.to_owned()).unwrap())
        };
        records.map(record).into()
    }

    #[test]
    fn a_number_is_found_without_case_by_its_beginning_and_by_the_erp_s_id() {
        let found = |text: &str| {
            let (found, like) = matching(all(), text);
            let found: Vec<String> = found.into_iter().map(|(_, named)| named.name).collect();
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
}
