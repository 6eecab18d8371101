//! Write-back, for every ERP: by webhook over the deployed API, and without it.

use serde_json::json;

use super::{Stage, ensure};
use crate::Result;
use crate::scenario::Scenario;
use crate::write_back::{self, Row};

/// The API takes a webhook of Ongoing's with the tenant's token, and nothing else.
///
/// # Errors
/// What is not so.
pub async fn the_webhook_opens_to_its_token_alone(stage: &Stage) -> Result {
    let scenario = stage.first()?;
    let (tenant, token) = (&scenario.tenant_id, scenario.webhook_token());
    let webhook = json!({
        "webhookInventoryId": 1, "webhookEventId": 1, "goodsOwnerId": scenario.goods_owner,
        "article": { "articleNumber": scenario.counts.0 },
    });
    let webhook = webhook.to_string();
    let calls = [
        (tenant.as_str(), token.as_str(), webhook.as_str(), 202),
        (tenant, "not-the-token", &webhook, 401),
        (tenant, "", &webhook, 401),
        ("demo-nobody", &token, &webhook, 401),
        (tenant, &token, r#"{"what": "no webhook"}"#, 400),
        (tenant, &token, "no JSON at all", 400),
    ];
    for (tenant, token, body, wanted) in calls {
        let status = stage.stack.webhook(tenant, token, body.to_owned()).await?;
        ensure(status == wanted, || format!("{status} instead of {wanted} for {tenant}, {body}"))?;
    }
    stage.stack.until_written_back(|_| ()).await
}

/// What the warehouse ships and counts is in the ERP after its webhooks, and the webhooks come twice for nothing.
///
/// # Errors
/// What is not so.
pub async fn what_the_warehouse_does_is_in_the_erp_once(stage: &Stage) -> Result {
    let (mut told, mut before) = (Vec::new(), Vec::new());
    for scenario in &stage.scenarios {
        before.push(write_back::rows(&stage.ongoing, scenario).await?);
        let since = write_back::last_event(&stage.ongoing).await?;
        write_back::work(&stage.ongoing, scenario).await?;
        told.push((scenario, write_back::webhooks(&stage.ongoing, scenario, since).await?));
    }
    write_back::deliver(&stage.stack, &told, |_| ()).await?;
    let mut records = Vec::new();
    for (scenario, before) in stage.scenarios.iter().zip(&before) {
        let parked = stage.stack.parked_back(&scenario.tenant_id).await?;
        ensure(parked.is_empty(), || format!("{}: parked: {parked:?}", scenario.label))?;
        let after = write_back::rows(&stage.ongoing, scenario).await?;
        stock(scenario, &after)?;
        for (old, new) in before.iter().zip(&after).filter(|(_, new)| new.order) {
            ensure(old.in_erp != new.in_erp, || format!("{}: {} is still {}", scenario.label, new.number, new.in_erp))?;
        }
        records.push(write_back::records(scenario).await?);
    }
    write_back::deliver(&stage.stack, &told, |_| ()).await?;
    for (scenario, records) in stage.scenarios.iter().zip(&records) {
        let same = write_back::records(scenario).await? == *records;
        ensure(same, || format!("{}: a webhook that came twice changed something", scenario.label))?;
    }
    Ok(())
}

/// A count of which no webhook tells is in the ERP after a reconcile, and the next reconcile finds nothing to tell.
///
/// # Errors
/// What is not so.
pub async fn a_lost_webhook_is_found_by_the_reconcile(stage: &Stage) -> Result {
    for scenario in stage.scenarios.iter().filter(|scenario| scenario.kind.takes_stock()) {
        write_back::count(&stage.ongoing, scenario, scenario.counts.0, scenario.counts.1 + 5).await?;
        let found = stage.stack.reconcile(&scenario.tenant_id).await?;
        ensure(found["notices"].as_u64() > Some(0), || format!("{}: the reconcile found {found}", scenario.label))?;
        stage.stack.until_written_back(|_| ()).await?;
        stock(scenario, &write_back::rows(&stage.ongoing, scenario).await?)?;
        let records = write_back::records(scenario).await?;
        let found = stage.stack.reconcile(&scenario.tenant_id).await?;
        stage.stack.until_written_back(|_| ()).await?;
        ensure(found["notices"] == 0, || format!("{}: the second reconcile found {found}", scenario.label))?;
        let same = write_back::records(scenario).await? == records;
        ensure(same, || format!("{}: a second reconcile changed something", scenario.label))?;
    }
    Ok(())
}

/// What was written back carries the ERP's new time of change and is looked at again, but does not come round.
///
/// # Errors
/// What is not so.
pub async fn what_was_written_back_does_not_come_round(stage: &Stage) -> Result {
    for (scenario, tick) in stage.scenarios.iter().zip(stage.tick().await?) {
        ensure(tick.writes == 0, || format!("{}: {} writes: {:?}", scenario.label, tick.writes, tick.arrivals))?;
    }
    Ok(())
}

/// Every article has the same stock on both sides.
fn stock(scenario: &Scenario, rows: &[Row]) -> Result {
    let stock: Vec<&Row> = rows.iter().filter(|row| !row.order).collect();
    ensure(stock.is_empty() != scenario.kind.takes_stock(), || {
        format!("{}: {} articles", scenario.label, stock.len())
    })?;
    for row in stock {
        ensure(row.in_ongoing == row.in_erp, || {
            format!("{}: {}: {} in Ongoing, {} in the ERP", scenario.label, row.number, row.in_ongoing, row.in_erp)
        })?;
    }
    Ok(())
}
