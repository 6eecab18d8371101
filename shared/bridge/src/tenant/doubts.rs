//! What a valid item says that is possible and surely not meant. The functions work for such a tenant all the same: a person
//! is told before the item is stored.

use jiff::Timestamp;
use url::{Host, Url};

use super::{Invalid, Tenant};

/// How every address of Ongoing's API ends (Ongoing sheet, section 1.1).
const API: &str = "/api/v1";

impl Tenant {
    /// What is surely not meant, each with its path and what would be right.
    #[must_use]
    pub fn doubts(&self, now: Timestamp) -> Vec<Invalid> {
        let start = self.settings.start_date.filter(|start| *start > now).map(|start| {
            Invalid::new(
                "/settings/start_date",
                format!("it lies ahead: no order that is changed before {start:.0} comes in"),
            )
        });
        start.into_iter().chain(self.ongoing_url()).chain(self.statuses()).collect()
    }

    /// An address of Ongoing's that is not the API's. What a local one is, nobody can say.
    fn ongoing_url(&self) -> Option<Invalid> {
        let url = &self.ongoing.base_url;
        let path = url.path().trim_end_matches('/');
        if !is_public(url) || path.ends_with(API) {
            return None;
        }
        let told = match path.split_once(API) {
            Some((_, behind)) if behind.starts_with('/') => {
                format!("the address of the API ends in {API}; {behind} behind it is surely too much")
            }
            _ => format!("the address of the API ends in {API}, as in https://api.ongoingsystems.se/<warehouse>{API}"),
        };
        Some(Invalid::new("/ongoing/base_url", told))
    }

    /// Goods that are shipped before the warehouse has started.
    fn statuses(&self) -> Option<Invalid> {
        let (shipped, started) = (&self.ongoing.shipped_statuses, self.ongoing.started_from_status);
        let early = shipped.iter().find(|status| **status < started)?;
        let told = format!("{early} means shipped, and the warehouse starts at {started} only (started_from_status)");
        Some(Invalid::new("/ongoing/shipped_statuses", told))
    }
}

fn is_public(url: &Url) -> bool {
    url.scheme() == "https" && matches!(url.host(), Some(Host::Domain(name)) if name.contains('.'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn doubts(pointer: &str, value: Value) -> Vec<String> {
        let mut item = json!({
            "tenant_id": "acme", "erp": { "kind": "visma" },
            "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159 },
            "settings": {},
        });
        let (holder, name) = pointer.rsplit_once('/').unwrap();
        item.pointer_mut(holder).unwrap()[name] = value;
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        Tenant::parse(&item, true).unwrap().doubts(now).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_surely_not_meant_is_told() {
        let url = |url: &str| doubts("/ongoing/base_url", json!(url)).join("; ");
        let ends = "/ongoing/base_url: the address of the API ends in /api/v1";
        assert!(url("https://api.ongoingsystems.se/acme").starts_with(&format!("{ends}, as in")));
        assert!(url("https://wms1.ongoingsystems.se/acme/api/v11").starts_with(&format!("{ends}, as in")));
        let behind = url("https://api.ongoingsystems.se/acme/api/v1/orders");
        assert_eq!(behind, format!("{ends}; /orders behind it is surely too much"));
        let start = doubts("/settings/start_date", json!("2026-03-02"));
        assert_eq!(
            start,
            ["/settings/start_date: it lies ahead: no order that is changed before 2026-03-02T00:00:00Z comes in"]
        );
        assert_eq!(doubts("/ongoing/shipped_statuses", json!([450, 200])).len(), 1);
    }

    #[test]
    fn what_may_be_meant_is_not_doubted() {
        let good = ["https://api.ongoingsystems.se/acme/api/v1/", "https://wms.example.com/api/v1"];
        let local = ["http://127.0.0.1:9/demo", "http://simulators:80/x", "https://10.0.0.7/api", "http://localhost:1"];
        for url in good.into_iter().chain(local) {
            assert!(doubts("/ongoing/base_url", json!(url)).is_empty(), "{url}");
        }
        assert!(doubts("/settings/start_date", json!("2026-02-28")).is_empty());
        assert!(doubts("/ongoing/shipped_statuses", json!([])).is_empty());
    }
}
