//! Tenants that are added, invalid and repaired, while the stack stays as it is.

use std::time::Duration;

use bridge::words::feed::Feed;
use serde_json::{Value, json};

use super::roads::equal;
use super::{Stage, ensure};
use crate::Result;
use crate::scenario::{self, Scenario};

/// An item with an unknown key is skipped and named in the log; the tenant beside it goes on.
///
/// # Errors
/// What is not so.
pub async fn an_invalid_item_is_skipped_and_disturbs_nobody(stage: &Stage) -> Result {
    let good = stage.first()?;
    let mut item = good.item()?;
    item["tenant_id"] = json!("demo-misspelt");
    item["colour"] = json!("red");
    stage.stack.tenant(&item).await?;
    good.act(&scenario::rename("TER-500", "Termos 1 l, svart")).await?;
    let tick = crate::tick::run(&stage.stack, std::slice::from_ref(good), |_| ()).await;
    stage.stack.without_tenant("demo-misspelt").await?;
    let tick = tick?.remove(0);
    ensure(tick.writes == 1, || format!("{} writes for one renamed product", tick.writes))?;
    equal(good, &good.in_erp().await?, &stage.warehouse(good).await?)?;
    let lines = stage.stack.logs(&stage.stack.pull_function(good.kind)).await?;
    let named = lines.iter().any(|line| line.contains("demo-misspelt") && line.contains("colour"));
    ensure(named, || "no line of the log names the tenant and the key".into())?;
    ensure(stage.stack.ledger("demo-misspelt").await?.is_empty(), || "something was pulled for it".into())
}

/// The ERP's secret is wrong, then right; then Ongoing's: each is picked up at the next refusal.
///
/// # Errors
/// What is not so.
pub async fn a_replaced_secret_is_picked_up(stage: &Stage) -> Result {
    let second = second();
    let job = json!({ "tenant_id": second.tenant_id });
    second.fill().await?;
    second.onboard(&stage.stack).await?;
    let erp = format!("{}/{}", second.kind, second.tenant_id);
    let wms = format!("ongoing/{}", second.tenant_id);
    let (username, password) = &second.warehouse_login;
    stage.stack.secret(&erp, &json!({ "client_key": "not-the-key-of-it" })).await?;
    stage
        .stack
        .secret(&wms, &json!({ "username": username, "password": "not-the-password", "webhook_tokens": [] }))
        .await?;

    let summary = stage.stack.pull(second.kind, &job).await?;
    ensure(summary["feeds"][0]["end"] == "failed", || format!("with a wrong key: {summary}"))?;

    stage.stack.secret(&erp, &second.credentials).await?;
    // After a refusal a function looks at a secret once in ten seconds.
    tokio::time::sleep(Duration::from_secs(11)).await;
    let summary = stage.stack.pull(second.kind, &job).await?;
    let (articles, orders) = (feed(&summary, Feed::Articles), feed(&summary, Feed::Orders));
    ensure(articles["end"] == "complete" && articles["queued"].as_u64() > Some(0), || format!("then: {summary}"))?;
    ensure(orders["end"] == "complete" && orders["queued"] == 0, || format!("before start_date: {summary}"))?;

    // Long enough for the import to be refused at least once.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let early = stage.warehouse(&second).await?.writes;
    ensure(early == 0, || format!("{early} writes with a wrong password"))?;
    stage.stack.secret(&wms, &json!({ "username": username, "password": password, "webhook_tokens": [] })).await?;
    stage.quiet(&second).await?;
    let mut sources = second.in_erp().await?;
    for source in sources.iter_mut().filter(|source| source.feed == Feed::Orders) {
        source.wanted = None;
    }
    equal(&second, &sources, &stage.warehouse(&second).await?)
}

/// A pull by hand with `since` brings what is older than `start_date`, once.
///
/// # Errors
/// What is not so.
pub async fn a_pull_by_hand_brings_what_is_older(stage: &Stage) -> Result {
    let second = second();
    let since = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let job = json!({ "tenant_id": second.tenant_id, "feeds": ["orders"], "since": since.to_string() });
    let before = stage.warehouse(&second).await?.writes;
    let summary = stage.stack.pull(second.kind, &job).await?;
    stage.quiet(&second).await?;
    let sources = second.in_erp().await?;
    let wanted = sources.iter().filter(|source| source.feed == Feed::Orders && source.wanted.is_some()).count() as u64;
    let queued = feed(&summary, Feed::Orders)["queued"].as_u64();
    ensure(queued == Some(wanted), || format!("{wanted} orders are older, and: {summary}"))?;
    ensure(summary["feeds"].as_array().map(Vec::len) == Some(1), || format!("other feeds were pulled: {summary}"))?;
    let after = stage.warehouse(&second).await?;
    equal(&second, &sources, &after)?;
    ensure(after.writes == before + wanted, || format!("{} writes for {wanted} orders", after.writes - before))?;

    stage.stack.pull(second.kind, &job).await?;
    stage.quiet(&second).await?;
    let again = stage.warehouse(&second).await?.writes;
    ensure(again == after.writes, || format!("{} writes the second time", again - after.writes))
}

/// The second company, whose tenant starts tomorrow.
fn second() -> Scenario {
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    Scenario { settings: json!({ "start_date": tomorrow.to_string() }), ..scenario::second() }
}

fn feed(summary: &Value, feed: Feed) -> Value {
    let feeds = summary["feeds"].as_array().into_iter().flatten();
    feeds.into_iter().find(|one| one["feed"] == feed.word()).cloned().unwrap_or_default()
}
