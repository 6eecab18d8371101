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
    /// Where a member or a word is unknown: the ones that are known there.
    pub known: Vec<String>,
    /// The word that is unknown, where it is a value. `problem` does not list what is known then: whoever tells it may
    /// have something shorter to say.
    pub word: Option<String>,
}

impl Invalid {
    /// All that would be right, where a word is unknown.
    #[must_use]
    pub fn one_of(&self) -> Option<String> {
        self.word.as_ref().map(|_| format!("one of {} is expected", self.known.join(", ")))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", if self.path.is_empty() { "/" } else { &self.path }, self.problem)?;
        self.one_of().map_or(Ok(()), |right| write!(f, "; {right}"))
    }
}

impl Invalid {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), known: Vec::new(), word: None }
    }

    /// A word that is none of those that are known; `what` they are.
    pub(super) fn word<'a>(
        path: impl Into<String>,
        word: &str,
        what: impl fmt::Display,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known = known.into_iter().map(str::to_owned).collect();
        Self { known, word: Some(word.to_owned()), ..Self::new(path, format!("{word} is no {what}")) }
    }
}

pub(super) fn parse(item: &Value, allow_local: bool) -> Result<Tenant, Vec<Invalid>> {
    let reading = Reading::of(item);
    let mut faults = Faults(Vec::new());
    let Some(read) = &reading.item else { return Err(reading.faults) };
    faults.tenant_id(&read.tenant_id);
    if read.ongoing.goods_owner_id < 1 {
        faults.add("/ongoing/goods_owner_id", "the number of a goods owner is expected, which is 1 or more");
    }
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
        if kind == Kind::Visma {
            self.visma_statuses(settings);
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
        let listed = listed.map(|(index, state)| (format!("/settings/order_statuses/{index}"), word(state)));
        let single = [("shipped_status", &settings.shipped_status), ("import_status", &settings.import_status)];
        let single = single.into_iter().filter_map(|(name, state)| Some((format!("/settings/{name}"), state.clone()?)));
        for (path, state) in listed.chain(single).filter(|(_, state)| !finago::exists(state)) {
            self.0.push(Invalid::word(path, &state, "state of an order in Finago", finago::names()));
        }
    }

    /// The settings of Procountor that name statuses of a document and types of a product.
    fn procountor_words(&mut self, settings: &Settings) {
        let (statuses, types) = (procountor::STATUSES, procountor::TYPES);
        let listed = settings.order_statuses.iter().flatten().map(word).enumerate();
        for (at, status) in listed.filter(|(_, status)| !statuses.contains(&status.as_str())) {
            let path = format!("/settings/order_statuses/{at}");
            self.0.push(Invalid::word(path, &status, "status of an order in Procountor", statuses));
        }
        let listed = settings.product_types.iter().flatten().enumerate();
        for (at, kind) in listed.filter(|(_, kind)| !types.contains(&kind.as_str())) {
            let path = format!("/settings/product_types/{at}");
            self.0.push(Invalid::word(path, kind, "type of a product in Procountor", types));
        }
    }

    /// The statuses of Visma's orders are numbers.
    fn visma_statuses(&mut self, settings: &Settings) {
        for (index, status) in settings.order_statuses.iter().flatten().enumerate() {
            if !Settings::is_visma_status(status) {
                let problem = "is no status of an order in Visma; 1 (draft), 2 (ongoing), 3 (shipped) or 4 (invoiced) is \
                               expected";
                self.add(format!("/settings/order_statuses/{index}"), format!("{} {problem}", word(status)));
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

/// A value as a person wrote it.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
