//! The operator's dry run on the deployed stack: it says what will happen and changes nothing; applied, exactly that
//! happens, or what moved in between is named.

use serde_json::{Value, json};

use super::{Stage, ensure};
use crate::Result;
use crate::bridgectl::Said;
use crate::scenario::{self, Scenario};
use crate::stack::Stack;
use crate::warehouse::Warehouse;

const PRODUCT: &str = "KOP-505";

/// A plan file that is gone afterwards.
struct File(std::path::PathBuf);

impl File {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("bridge-plan-{}.json", std::process::id())))
    }

    fn name(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The steps of a plan's article, as `--json` tells them.
fn step(plan: &Value) -> Value {
    let feeds = plan["feeds"].as_array().into_iter().flatten();
    let mut records = feeds.flat_map(|feed| feed["records"].as_array().into_iter().flatten());
    records.find(|record| record["number"] == PRODUCT).cloned().unwrap_or_default()
}

async fn renamed(scenario: &Scenario, name: &str) -> Result {
    scenario.act(&scenario::rename(PRODUCT, name)).await.map(drop)
}

fn apply(stack: &Stack, item: &Value, plan: &File) -> Result<Said> {
    stack.bridgectl(&["tenant", "apply", "-", "--yes", "--json", "--plan", &plan.name()], &item.to_string())
}

/// Planned twice and applied once: the first plan does not hold any more when it is applied.
///
/// # Errors
/// What is not so.
pub async fn a_plan_is_done_exactly_or_says_what_moved(stage: &Stage) -> Result {
    let (stack, second, file) = (&stage.stack, scenario::second(), File::new());
    let (id, item) = (second.tenant_id.as_str(), second.item()?);
    let there = async || Warehouse::of(&stage.ongoing, second.goods_owner).await;
    crate::tick::run(stack, std::slice::from_ref(&second), |_| ()).await?;
    let before = there().await?;
    let kept = stack.ledger(id).await?;

    renamed(&second, "Turkopp, rogn").await?;
    let plan = stack.operate(&["tenant", "plan", "-", "--out", &file.name()], &item.to_string())?;
    let update = step(&plan);
    let change = &update["changes"][0];
    ensure(update["step"] == "update" && change["path"] == "/articleName", || plan.to_string())?;
    ensure(change["after"] == "Turkopp, rogn" && update["changes"][1].is_null(), || update.to_string())?;
    let table = stack.bridgectl(&["tenant", "plan", id], "")?.with(0)?;
    ensure(table.out.contains("~ update articles KOP-505") && table.out.contains("-> \"Turkopp, rogn\""), || {
        table.out
    })?;
    ensure(there().await?.writes == before.writes, || "a plan wrote to Ongoing".into())?;
    ensure(stack.ledger(id).await? == kept, || "a plan wrote to the ledger".into())?;

    renamed(&second, "Turkopp, alm").await?;
    let moved = apply(stack, &item, &file)?.with(4)?.json()?;
    ensure(moved["moved"][0]["number"] == PRODUCT, || moved.to_string())?;
    ensure(there().await?.writes == before.writes, || "what had moved was written".into())?;

    stack.operate(&["tenant", "plan", "-", "--out", &file.name()], &item.to_string())?;
    let applied = apply(stack, &item, &file)?.with(0)?.json()?;
    let became = applied["became"].as_array().cloned().unwrap_or_default();
    ensure(became.len() == 1 && became[0]["outcome"] == "updated" && became[0]["as_planned"] == true, || {
        applied.to_string()
    })?;
    let after = there().await?;
    let article = after.records.get(&(bridge::words::feed::Feed::Articles, PRODUCT.to_owned()));
    ensure(article.is_some_and(|article| article.name == "Turkopp, alm"), || format!("{article:?}"))?;
    ensure(after.writes == before.writes + 1, || format!("{} writes", after.writes - before.writes))?;
    let tick = crate::tick::run(stack, std::slice::from_ref(&second), |_| ()).await?.remove(0);
    ensure(tick.writes == 0, || format!("{} writes by the tick behind it", tick.writes))
}

/// A tenant whose credentials are not there is stored all the same, and said to wait, with the exit code of its plan, which
/// is not written.
///
/// # Errors
/// What is not so.
pub async fn a_tenant_without_credentials_is_stored_and_waits(stage: &Stage) -> Result {
    let stack = &stage.stack;
    let mut item = scenario::second().item()?;
    item["tenant_id"] = json!("not-yet");
    // One of its own: that of another tenant is refused.
    item["ongoing"]["goods_owner_id"] = json!(997);
    let file = File::new();
    let planned = stack.bridgectl(&["tenant", "plan", "-", "--out", &file.name()], &item.to_string())?;
    let said = stack.bridgectl(&["tenant", "apply", "-", "--yes"], &item.to_string())?.with(1)?;
    let removed = stack.bridgectl(&["tenant", "remove", "not-yet", "--yes", "--force"], "")?;
    let waits = said.err.contains("its records wait") && said.err.contains("poweroffice/not-yet");
    ensure(planned.code == 1 && planned.err.contains("poweroffice: the secret"), || format!("{planned:?}"))?;
    ensure(!file.0.exists(), || "a plan that could not be made was written".into())?;
    ensure(waits && said.out.contains("not-yet is stored"), || format!("{said:?}"))?;
    removed.with(0).map(drop)
}
