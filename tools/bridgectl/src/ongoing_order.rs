//! An order's current state in Ongoing, for `where`. If Ongoing does not answer, the ledger's data is shown anyway.

use std::time::Duration;

use bridge::http::RESERVE;
use bridge::systems::ongoing::Ongoing;
use bridge::systems::ongoing::wire::ExistingOrder;
use bridge::tenant::Tenant;
use bridge::words::fault::Result;
use serde::Serialize;

use crate::deployment::Deployment;

/// Short, since a person waits. Nothing is written behind it, so the client's reserve comes on top.
const TIMEOUT: Duration = Duration::from_secs(15);

/// An order in Ongoing now, or why that is not known.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct OngoingOrder {
    /// The number of its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// Whether the warehouse works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tracking: Vec<String>,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

impl OngoingOrder {
    /// Asks with the tenant's credentials; one call.
    pub async fn read(deployment: &Deployment, tenant_id: &str, order_id: i64) -> Self {
        let tenant = match deployment.tenant(tenant_id).await {
            Ok(tenant) => tenant,
            Err(failure) => return Self::unknown(failure.error),
        };
        let ports = &deployment.ports;
        let ongoing = Ongoing::new(ports, &tenant, ports.clock.now() + TIMEOUT + RESERVE);
        Self::of(&tenant, ongoing.order_by_id(order_id).await)
    }

    fn of(tenant: &Tenant, answer: Result<Option<ExistingOrder>>) -> Self {
        match answer {
            Ok(Some(order)) => Self {
                status: order.status(),
                started: Some(order.started(tenant.ongoing.started_from_status)),
                tracking: order.tracking_numbers(),
                unknown: None,
            },
            Ok(None) => Self::unknown("there is no order of this id any more".into()),
            Err(fault) => Self::unknown(format!("Ongoing could not be asked: {fault}")),
        }
    }

    fn unknown(why: String) -> Self {
        Self { unknown: Some(why), ..Self::default() }
    }

    /// As one line of text.
    pub fn text(&self) -> String {
        if let Some(why) = &self.unknown {
            return why.clone();
        }
        let status = self.status.map_or_else(|| "no status".into(), |status| format!("status {status}"));
        let started = if self.started == Some(true) { ", the warehouse has started" } else { "" };
        let out = if self.tracking.is_empty() { String::new() } else { format!(", {}", self.tracking.join(", ")) };
        format!("{status}{started}{out}")
    }
}

#[cfg(test)]
mod tests {
    use bridge::words::fault::Fault;
    use serde_json::{Value, json};

    use super::*;

    fn tenant() -> Tenant {
        let ongoing = json!({ "base_url": "https://api.ongoingsystems.se/a/api/v1", "goods_owner_id": 1 });
        let item = json!({ "tenant_id": "acme", "erp": { "kind": "visma" }, "ongoing": ongoing });
        Tenant::parse(&item, false).unwrap()
    }

    fn text(answer: Result<Option<Value>>) -> String {
        let read = |order: Value| serde_json::from_value::<ExistingOrder>(order).unwrap();
        OngoingOrder::of(&tenant(), answer.map(|order| order.map(read))).text()
    }

    #[test]
    fn an_order_is_told_with_its_status_and_where_it_went() {
        let info = |status: i64| json!({ "orderId": 7, "orderNumber": "10023", "orderStatus": { "number": status } });
        assert_eq!(text(Ok(Some(json!({ "orderInfo": info(200) })))), "status 200");
        let sent = json!({ "orderInfo": info(450), "tracking": [{ "waybill": "W1" }] });
        assert_eq!(text(Ok(Some(sent))), "status 450, the warehouse has started, W1");
    }

    #[test]
    fn an_order_that_cannot_be_seen_says_why() {
        assert!(text(Ok(None)).contains("no order of this id"));
        assert!(text(Err(Fault::unavailable("down"))).contains("down"));
    }
}
