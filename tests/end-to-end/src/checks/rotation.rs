//! Rotation, with the steps in Secrets Manager's order.

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Stage, ensure};
use crate::Result;
use crate::rotation::STEPS;

/// Two rotations of a webhook token: the new one and the one before open the door, the one before both does not. Nothing of
/// it is logged.
///
/// # Errors
/// What is not so.
pub async fn a_webhook_token_is_rotated_and_the_former_one_works_on(stage: &Stage) -> Result {
    let scenario = stage.first()?;
    let name = format!("ongoing/{}", scenario.tenant_id);
    let before = stage.stack.secret_value(&name).await?;
    let mut tokens = vec![scenario.webhook_token()];
    for round in 1..=2 {
        rotate(stage, &name, &format!("00000000-0000-4000-8000-00000000000{round}")).await?;
        let now = stage.stack.secret_value(&name).await?;
        let live = now["webhook_tokens"].as_array().map(Vec::as_slice).unwrap_or_default();
        ensure(live.len() == 2 && live[1] == tokens[0].as_str(), || format!("{} tokens are live", live.len()))?;
        ensure(now["password"] == before["password"], || "the password is another one".into())?;
        tokens.insert(0, live[0].as_str().unwrap_or_default().to_owned());
        let webhook = json!({
            "webhookInventoryId": 1, "webhookEventId": 1, "goodsOwnerId": scenario.goods_owner,
            "article": { "articleNumber": scenario.counts.0 },
        });
        for (age, token) in tokens.iter().enumerate() {
            let (id, body) = (&scenario.tenant_id, webhook.to_string());
            let status = match age {
                0 => stage.stack.webhook_of_a_new_token(id, token, &body).await?,
                _ => stage.stack.webhook(id, token, body).await?,
            };
            let wanted = if age < 2 { 202 } else { 401 };
            ensure(status == wanted, || format!("round {round}: {status} for the token of {age} rotations ago"))?;
        }
    }
    for line in stage.stack.logs(&stage.stack.rotation_function()).await? {
        let told = tokens.iter().any(|token| line.contains(token));
        ensure(!told, || "the rotation's log has a token in it".into())?;
    }
    stage.stack.secret(&name, &before).await?;
    stage.stack.until_written_back(|_| ()).await
}

/// A refresh token is exchanged, and the next pull works with what came of it.
///
/// # Errors
/// What is not so.
pub async fn a_refresh_token_is_rotated_and_the_next_pull_works(stage: &Stage) -> Result {
    let scenario =
        stage.scenarios.iter().find(|scenario| scenario.kind == Kind::Visma).ok_or("there is no company on Visma")?;
    let name = format!("visma/{}", scenario.tenant_id);
    let before = stage.stack.secret_value(&name).await?;
    rotate(stage, &name, "00000000-0000-4000-8000-000000000003").await?;
    let after = stage.stack.secret_value(&name).await?;
    let other = |member: &str| after[member].is_string() && after[member] != before[member];
    ensure(other("refresh_token") && other("access_token"), || "the tokens are the same".into())?;
    let summary = stage.stack.pull(scenario.kind, &json!({ "tenant_id": scenario.tenant_id })).await?;
    let feeds = summary["feeds"].as_array().cloned().unwrap_or_default();
    let good = |feed: &Value| feed["end"] == "complete";
    ensure(!feeds.is_empty() && feeds.iter().all(good), || format!("the next pull: {summary}"))?;
    stage.quiet(scenario).await
}

/// What cannot be rotated is refused with what a person does instead.
///
/// # Errors
/// What is not so.
pub async fn what_cannot_be_rotated_is_refused_with_advice(stage: &Stage) -> Result {
    let scenario = stage.first()?;
    let refused = [
        (format!("{}/{}", scenario.kind, scenario.tenant_id), "bridgectl secret put"),
        ("finago/app".into(), "bridgectl secret put"),
        ("visma/app".into(), "developer portal"),
        (format!("ongoing/{}", scenario.tenant_id), "no rotation is under way"),
    ];
    for (name, advice) in refused {
        let answer = stage.stack.rotate(&name, "00000000-0000-4000-8000-000000000009", "createSecret").await;
        let why = answer.err().map(|why| why.to_string()).unwrap_or_default();
        ensure(why.contains(advice), || format!("{name}: {why}"))?;
    }
    Ok(())
}

/// A rotation, each of its steps twice.
async fn rotate(stage: &Stage, name: &str, token: &str) -> Result {
    stage.stack.begin_rotation(name, token).await?;
    for step in STEPS {
        for _ in 0..2 {
            stage.stack.rotate(name, token, step).await.map_err(|why| format!("{step}: {why}"))?;
        }
    }
    let labels = stage.stack.labels(name, token).await?;
    ensure(labels == ["AWSCURRENT"], || format!("{name}: the new version has the labels {labels:?}"))
}
