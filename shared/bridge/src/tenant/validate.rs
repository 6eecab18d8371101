//! Validates a tenant item: every fault with its path and what would be right.

use std::fmt;

use serde_json::Value;
use url::Url;

use super::read::Reading;
use super::settings::Settings;
use super::{ErpAddress, OngoingAddress, Processes, Tenant, ValueMap};
use crate::words::address_guard;
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::vocabulary::{finago, ongoing, procountor};

/// One fault of a tenant item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// JSON pointer to the fault.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// Where a member is unknown: the ones that are known there.
    pub known: Vec<String>,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", if self.path.is_empty() { "/" } else { &self.path }, self.problem)
    }
}

impl Invalid {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), known: Vec::new() }
    }
}

pub(super) fn parse(item: &Value, allow_local: bool) -> Result<Tenant, Vec<Invalid>> {
    let reading = Reading::of(item);
    let mut faults = Faults(Vec::new());
    let Some(read) = &reading.item else { return Err(reading.faults) };
    faults.tenant_id(&read.tenant_id);
    let kind = read.erp.kind;
    let mut address = |path: &str, text: &str| faults.address(path, text, allow_local);
    let base_url =
        read.erp.base_url.as_ref().map_or_else(|| Some(kind.base_url()), |text| address("/erp/base_url", text));
    let auth_url =
        read.erp.auth_url.as_ref().map_or_else(|| Some(kind.auth_url()), |text| address("/erp/auth_url", text));
    let ongoing_url = address("/ongoing/base_url", &read.ongoing.base_url);
    for (name, problem) in read.contact.faults() {
        faults.add(format!("/contact/{name}"), problem);
    }
    // What an ERP has cannot be said of one that is not known.
    if !reading.stands_in("/erp/kind") {
        faults.processes(kind, &read.processes);
        faults.settings(kind, item, &read.settings);
    }
    faults.0.retain(|fault| !reading.stands_in(&fault.path));
    let found: Vec<Invalid> = reading.faults.into_iter().chain(faults.0).collect();
    let (true, Some(read), Some(base_url), Some(auth_url), Some(ongoing_url)) =
        (found.is_empty(), reading.item, base_url, auth_url, ongoing_url)
    else {
        return Err(found);
    };
    Ok(Tenant {
        tenant_id: read.tenant_id,
        enabled: read.enabled,
        erp: ErpAddress { kind, base_url, auth_url },
        ongoing: OngoingAddress {
            base_url: ongoing_url,
            goods_owner_id: read.ongoing.goods_owner_id,
            shipped_statuses: read.ongoing.shipped_statuses,
            started_from_status: read.ongoing.started_from_status,
        },
        processes: read.processes,
        settings: read.settings,
        contact: read.contact,
    })
}

struct Faults(Vec<Invalid>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, problem: impl Into<String>) {
        self.0.push(Invalid::new(path, problem));
    }

    fn tenant_id(&mut self, id: &str) {
        if ["app", "callback"].contains(&id) {
            self.add("/tenant_id", "this word is reserved; choose another");
        } else if !super::is_id(id) {
            self.add("/tenant_id", "1 to 63 of a-z, 0-9 and - are expected, not beginning with -");
        }
    }

    fn address(&mut self, path: &str, text: &str, allow_local: bool) -> Option<Url> {
        address_guard::read(text, allow_local).map_err(|problem| self.add(path, problem)).ok()
    }

    fn processes(&mut self, kind: Kind, processes: &Processes) {
        let Processes { articles, orders, purchase_orders, suppliers, shipments, stock, import_status } = processes;
        let can = |feed: Feed| kind.feeds().contains(&feed);
        let rows = [
            ("articles", articles, can(Feed::Articles)),
            ("orders", orders, can(Feed::Orders)),
            ("purchase_orders", purchase_orders, can(Feed::PurchaseOrders)),
            ("suppliers", suppliers, can(Feed::Suppliers)),
            ("shipments", shipments, kind.takes_shipments()),
            ("stock", stock, kind.takes_stock()),
            ("import_status", import_status, kind.takes_import_status()),
        ];
        for (name, value, possible) in rows {
            if *value == Some(true) && !possible {
                self.add(
                    format!("/processes/{name}"),
                    format!("{kind} has no such process; leave it out or say false"),
                );
            }
        }
    }

    fn settings(&mut self, kind: Kind, item: &Value, settings: &Settings) {
        let given = item.get("settings").and_then(Value::as_object);
        for name in given.into_iter().flat_map(|members| members.keys()) {
            if !Settings::OF_ALL.contains(&name.as_str()) && !Settings::of(kind).contains(&name.as_str()) {
                self.add(format!("/settings/{name}"), format!("{kind} has no such setting"));
            }
        }
        if kind == Kind::Finago {
            self.finago_states(settings);
        }
        if kind == Kind::Procountor {
            self.procountor_words(settings);
        }
        if settings.order_statuses.as_ref().is_some_and(Vec::is_empty) {
            self.add("/settings/order_statuses", "at least one status is expected");
        }
        for (index, status) in settings.order_statuses.iter().flatten().enumerate() {
            if let Some(problem) = Settings::order_status_problem(kind, status) {
                self.add(format!("/settings/order_statuses/{index}"), problem);
            }
        }
        for (index, number) in settings.not_goods.iter().enumerate() {
            let beginning = number.strip_suffix('*').unwrap_or(number);
            if beginning.trim() != beginning || beginning.is_empty() || beginning.contains('*') {
                let problem = "an article number is expected, with * at its end for any rest, such as FREIGHT or FEE-*";
                self.add(format!("/settings/not_goods/{index}"), problem);
            }
        }
        self.values(kind, settings);
        for (index, field) in settings.extra_fields.iter().enumerate() {
            self.feed(kind, field.feed, format!("/settings/extra_fields/{index}/feed"));
            self.pointer(&field.from, format!("/settings/extra_fields/{index}/from"));
            if let Err(problem) = ongoing::check(field.feed, &field.to) {
                self.add(format!("/settings/extra_fields/{index}/to"), problem);
            }
        }
        for (index, filter) in settings.filters.iter().enumerate() {
            self.feed(kind, filter.feed, format!("/settings/filters/{index}/feed"));
            self.pointer(&filter.path, format!("/settings/filters/{index}/path"));
            if filter.values.is_empty() {
                self.add(format!("/settings/filters/{index}/in"), "at least one value is expected");
            }
        }
    }

    fn values(&mut self, kind: Kind, settings: &Settings) {
        for (index, value_map) in settings.values.iter().enumerate() {
            let ValueMap { feed, at, map, .. } = value_map;
            let path = |member: &str| format!("/settings/values/{index}/{member}");
            if *feed == Feed::Suppliers {
                self.add(path("feed"), "suppliers have no body of their own in Ongoing");
            } else {
                self.feed(kind, *feed, path("feed"));
                ongoing::check_mapped(*feed, at).unwrap_or_else(|problem| self.add(path("at"), problem));
            }
            let same = |earlier: &&ValueMap| earlier.feed == *feed && earlier.at == *at;
            if let Some(earlier) = settings.values[..index].iter().position(|earlier| same(&earlier)) {
                self.add(path("at"), format!("/settings/values/{earlier} maps it already"));
            }
            if map.is_empty() {
                self.add(path("map"), "at least one value is expected");
            }
            for (from, to) in map {
                if [from, to].iter().any(|text| text.is_empty() || text.trim() != text.as_str()) {
                    let name = from.replace('~', "~0").replace('/', "~1");
                    self.add(
                        path(&format!("map/{name}")),
                        "texts without blanks around them are expected on both sides",
                    );
                }
            }
        }
    }

    /// The settings of Finago Office that name states of an order.
    fn finago_states(&mut self, settings: &Settings) {
        let listed = settings.order_statuses.iter().flatten().enumerate();
        let listed = listed.map(|(index, state)| (format!("/settings/order_statuses/{index}"), state.as_str()));
        let single = [("shipped_status", &settings.shipped_status), ("import_status", &settings.import_status)];
        let single =
            single.into_iter().filter_map(|(name, state)| Some((format!("/settings/{name}"), state.as_deref()?)));
        let named = listed.chain(single.map(|(path, state)| (path, Some(state))));
        for (path, _) in named.filter(|(_, state)| !state.is_some_and(finago::exists)) {
            self.add(path, "a state of an order is expected, such as Confirmed or OrderState_Sent");
        }
    }

    /// The settings of Procountor that name statuses of a document and types of a product.
    fn procountor_words(&mut self, settings: &Settings) {
        let (statuses, types) = (procountor::STATUSES, procountor::TYPES);
        for (at, status) in settings.order_statuses.iter().flatten().enumerate() {
            if !status.as_str().is_some_and(|status| statuses.contains(&status)) {
                let problem = format!("one of {} is expected", statuses.join(", "));
                self.add(format!("/settings/order_statuses/{at}"), problem);
            }
        }
        for (at, kind) in settings.product_types.iter().flatten().enumerate() {
            if !types.contains(&kind.as_str()) {
                let problem = format!("one of {} is expected", types.join(", "));
                self.add(format!("/settings/product_types/{at}"), problem);
            }
        }
    }

    fn feed(&mut self, kind: Kind, feed: Feed, path: String) {
        if !kind.feeds().contains(&feed) {
            self.add(path, format!("{kind} has no feed {feed}"));
        }
    }

    fn pointer(&mut self, pointer: &str, path: String) {
        if !pointer.starts_with('/') {
            self.add(path, "a JSON pointer such as /CustomerReference is expected");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item() -> Value {
        json!({
            "tenant_id": "acme",
            "erp": {"kind": "poweroffice"},
            "ongoing": {"base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159},
        })
    }

    /// The path of the only fault of an item that was changed at one place.
    fn fault(pointer: &str, value: Value) -> String {
        let mut item = item();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = if parent.is_empty() { &mut item } else { item.pointer_mut(parent).unwrap() };
        parent[name] = value;
        let faults = Tenant::parse(&item, false).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(!faults[0].problem.is_empty());
        faults[0].path.clone()
    }

    #[test]
    fn the_smallest_item_has_the_documents_defaults() {
        let tenant = Tenant::parse(&item(), false).unwrap();
        assert!(tenant.enabled);
        assert_eq!(tenant.erp.base_url.as_str(), "https://goapi.poweroffice.net/v2");
        assert_eq!(tenant.erp.auth_url.as_str(), "https://goapi.poweroffice.net/OAuth/Token");
        assert_eq!(
            (tenant.ongoing.shipped_statuses.as_slice(), tenant.ongoing.started_from_status),
            (&[450, 500][..], 320)
        );
        assert_eq!(tenant.feeds(), [Feed::Articles, Feed::Orders]);
    }

    #[test]
    fn the_former_name_of_finago_is_the_same_erp() {
        let kind = |word: &str| {
            let mut item = item();
            item["erp"]["kind"] = json!(word);
            Tenant::parse(&item, false).unwrap().erp.kind
        };
        assert_eq!(kind("24sevenoffice"), kind("finago"));
    }

    #[test]
    fn every_fault_has_its_path() {
        for (pointer, value, path) in [
            ("/tenant_id", json!("Acme"), "/tenant_id"),
            ("/tenant_id", json!("-acme"), "/tenant_id"),
            ("/tenant_id", json!("app"), "/tenant_id"),
            ("/tenant_id", json!("a".repeat(64)), "/tenant_id"),
            ("/erp/kind", json!("sap"), "/erp/kind"),
            ("/erp/base_url", json!("http://goapi.poweroffice.net/v2"), "/erp/base_url"),
            ("/erp/auth_url", json!("https://127.0.0.1/token"), "/erp/auth_url"),
            ("/ongoing/base_url", json!("https://localhost/api"), "/ongoing/base_url"),
            ("/ongoing/goods_owner_id", json!("many"), "/ongoing/goods_owner_id"),
            ("/processes", json!({"shipments": true}), "/processes/shipments"),
            ("/processes", json!({"purchase_orders": true}), "/processes/purchase_orders"),
            ("/processes", json!({"articles": "yes"}), "/processes/articles"),
            ("/settings", json!({"create_backorder": true}), "/settings/create_backorder"),
            ("/settings", json!({"start_date": "yesterday"}), "/settings/start_date"),
            ("/settings", json!({"not_goods": ["FREIGHT", "*"]}), "/settings/not_goods/1"),
            ("/settings", json!({"not_goods": ["FEE*-1"]}), "/settings/not_goods/0"),
            ("/settings", json!({"not_goods": [" FREIGHT"]}), "/settings/not_goods/0"),
            ("/settings", json!({"bundles": "parts"}), "/settings/bundles"),
            ("/contact", json!({"phone": "call us"}), "/contact/phone"),
            ("/contact", json!({"mail": "warehouse"}), "/contact/mail"),
            ("/contact", json!({"company": " Acme AS"}), "/contact/company"),
            ("/contact", json!({"logo": "http://example.com/logo.png"}), "/contact/logo"),
            (
                "/settings",
                json!({"values": [{"feed": "orders", "at": "/wayOfDelivery", "map": {"1": "DHL"}}]}),
                "/settings/values/0/at",
            ),
            (
                "/settings",
                json!({"values": [{"feed": "orders", "at": "/goodsOwnerOrderId", "map": {"1": "DHL"}}]}),
                "/settings/values/0/at",
            ),
            (
                "/settings",
                json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {}}]}),
                "/settings/values/0/map",
            ),
            (
                "/settings",
                json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {"a/b": " st"}}]}),
                "/settings/values/0/map/a~1b",
            ),
            (
                "/settings",
                json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {"1": "st"}, "else": "ask"}]}),
                "/settings/values/0/else",
            ),
            (
                "/settings",
                json!({"values": [{"feed": "articles", "at": "/unitCode", "map": {"1": "st"}, "other": "keep"}]}),
                "/settings/values/0/other",
            ),
            (
                "/settings",
                json!({"values": [{"feed": "suppliers", "at": "/unitCode", "map": {"1": "st"}}]}),
                "/settings/values/0/feed",
            ),
            (
                "/settings",
                json!({"values": [
                    {"feed": "articles", "at": "/unitCode", "map": {"1": "st"}},
                    {"feed": "orders", "at": "/wayOfDelivery/code", "map": {"1": "DHL"}},
                    {"feed": "articles", "at": "/unitCode", "map": {"2": "kg"}},
                ]}),
                "/settings/values/2/at",
            ),
            (
                "/settings",
                json!({"filters": [{"feed": "orders", "path": "Id", "in": [1]}]}),
                "/settings/filters/0/path",
            ),
            ("/settings", json!({"filters": [{"feed": "orders", "path": "/Id", "in": []}]}), "/settings/filters/0/in"),
            (
                "/settings",
                json!({"filters": [{"feed": "suppliers", "path": "/Id", "in": [1]}]}),
                "/settings/filters/0/feed",
            ),
            (
                "/settings",
                json!({"extra_fields": [{"feed": "orders", "from": "/Cid", "to": "/invented"}]}),
                "/settings/extra_fields/0/to",
            ),
        ] {
            assert_eq!(fault(pointer, value), path);
        }
    }

    #[test]
    fn an_unknown_member_is_named_by_its_own_path() {
        for (pointer, value, path) in [
            ("/colour", json!(1), "/colour"),
            ("/erp/colour", json!(1), "/erp/colour"),
            ("/ongoing/colour", json!(1), "/ongoing/colour"),
            ("/processes", json!({"colour": true}), "/processes/colour"),
            ("/settings", json!({"colour": 1}), "/settings/colour"),
            ("/contact", json!({"colour": 1}), "/contact/colour"),
        ] {
            assert_eq!(fault(pointer, value), path);
        }
    }

    #[test]
    fn what_cannot_be_read_does_not_hide_what_is_wrong_elsewhere() {
        let mut item = item();
        item["tenant_id"] = json!("Acme");
        item["enabled"] = json!("yes");
        item["erp"]["base_url"] = json!("http://x.example.com");
        item["settings"] = json!({"create_backorder": true, "colour": 1});
        let faults = Tenant::parse(&item, false).unwrap_err();
        let mut paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        paths.sort_unstable();
        let expected = ["/enabled", "/erp/base_url", "/settings/colour", "/settings/create_backorder", "/tenant_id"];
        assert_eq!(paths, expected);
    }

    #[test]
    fn an_erp_that_is_not_known_is_one_fault_and_not_many() {
        let mut item = item();
        item["erp"]["kind"] = json!("sap");
        item["processes"] = json!({"purchase_orders": true});
        item["settings"] = json!({"article_price": "customerPrice"});
        let faults = Tenant::parse(&item, false).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["/erp/kind"]);
    }

    #[test]
    fn dates_and_moments_start_a_tenant() {
        let start = |text: &str| {
            let mut item = item();
            item["settings"] = json!({ "start_date": text });
            Tenant::parse(&item, false).unwrap().settings.start_date.unwrap().to_string()
        };
        assert_eq!(start("2026-01-01"), "2026-01-01T00:00:00Z");
        assert_eq!(start("2026-01-01T02:00:00+02:00"), "2026-01-01T00:00:00Z");
    }
}
