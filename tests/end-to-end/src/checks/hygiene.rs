//! What a run leaves behind: no unreadable message in the way, nothing in a dead-letter queue, no secret in the logs.

use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde_json::Value;

use super::roads::equal;
use super::{Stage, ensure};
use crate::Result;
use crate::scenario;

/// A message that is no JSON is kept aside; what comes after it in its group arrives.
///
/// # Errors
/// What is not so.
pub async fn an_unreadable_message_does_not_hold_up_its_group(stage: &Stage) -> Result {
    let first = stage.first()?;
    let tenant = Tenant::parse(&first.item()?, true).map_err(|faults| format!("{faults:?}"))?;
    stage.stack.import_message(&tenant.ongoing.group(), "no JSON at all").await?;
    first.act(&scenario::rename("KOP-505", "Turkopp, bjerk")).await?;
    let tick = crate::tick::run(&stage.stack, std::slice::from_ref(first), |_| ()).await?.remove(0);
    ensure(tick.writes == 1, || format!("{} writes for one renamed product", tick.writes))?;
    equal(first, &first.in_erp().await?, &stage.warehouse(first).await?)?;
    let kept = stage.stack.unreadable().await?;
    ensure(kept == 1, || format!("{kept} unreadable messages are kept"))
}

/// No dead-letter queue has got anything.
///
/// # Errors
/// What is not so.
pub async fn nothing_was_given_up(stage: &Stage) -> Result {
    let kinds: Vec<Kind> = stage.scenarios.iter().map(|scenario| scenario.kind).collect();
    let given_up = stage.stack.given_up(&kinds).await?;
    ensure(given_up == 0, || format!("{given_up} messages were given up"))
}

/// Every function's log is lines of JSON with the outcomes, without a secret and without where anybody lives.
///
/// # Errors
/// What is not so; the text itself is not repeated.
pub async fn the_logs_tell_outcomes_and_no_secrets(stage: &Stage) -> Result {
    let second = scenario::second();
    let mut hidden = second.secret_texts();
    let road = |name: &str| format!("{}-{name}", stage.stack.name);
    let mut functions = vec![road("wms-import"), road("writeback")];
    for scenario in stage.scenarios.iter().chain([&second]) {
        hidden.extend(scenario.secret_texts());
        personal(&scenario.state().await?, &mut hidden);
        functions.push(stage.stack.pull_function(scenario.kind));
    }
    ensure(hidden.len() > 20, || "there is nothing to look for".into())?;
    for function in &functions {
        let lines = stage.stack.logs(function).await?;
        let told = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let outcomes = told.filter(|line| line["target"] == "record" && line["outcome"].is_string()).count();
        ensure(outcomes > 5, || format!("{function}: {outcomes} outcomes in {} lines", lines.len()))?;
        for line in &lines {
            let ours = !["START ", "END ", "REPORT ", "INIT_START "].iter().any(|word| line.starts_with(word));
            let json = line.trim().is_empty() || serde_json::from_str::<Value>(line).is_ok();
            ensure(json || !ours, || format!("{function}: a line is no JSON: {line}"))?;
            let found = hidden.iter().position(|text| line.contains(text));
            ensure(found.is_none(), || format!("{function}: a line has text {found:?} of what is to be hidden"))?;
        }
    }
    Ok(())
}

/// Streets, mail addresses and telephone numbers in a company's state, and a token that the ERP gave out.
fn personal(state: &Value, found: &mut Vec<String>) {
    const MEMBERS: [&str; 8] =
        ["addressline", "address1", "address2", "street", "email", "phone", "mobile", "refresh_token"];
    match state {
        Value::Array(list) => list.iter().for_each(|one| personal(one, found)),
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.to_ascii_lowercase();
                match value.as_str() {
                    Some(text) if text.len() > 5 && MEMBERS.iter().any(|member| name.contains(member)) => {
                        found.push(text.to_owned());
                    }
                    _ => personal(value, found),
                }
            }
        }
        _ => {}
    }
}
