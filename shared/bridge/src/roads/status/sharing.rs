//! Which tenants have one goods owner, or read one company.

use std::collections::HashMap;

use serde_json::Value;

use crate::ports::Ports;
use crate::roads::check::identity::Identity;
use crate::tenant::Tenant;

/// Another tenant that has the same goods owner, or reads the same company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Which.
    pub with: String,
    /// The goods owner; `None` where it is the company.
    pub goods_owner: Option<i64>,
    /// Whether a person insisted on it.
    pub insisted: bool,
}

/// All tenants by what they may share.
pub(crate) struct Sharing {
    tenants: HashMap<String, Identity>,
    by_group: HashMap<String, Vec<String>>,
}

impl Sharing {
    /// The tenants with these items; where one alone is looked at, the others as they were noted.
    pub(crate) fn among(ports: &Ports, items: &[Value], noted: Vec<(String, Identity)>) -> Self {
        let mut noted: HashMap<String, Identity> = noted.into_iter().collect();
        let mut tenants = HashMap::new();
        for tenant in items.iter().filter_map(|item| Tenant::parse(item, ports.allow_local).ok()) {
            let mut identity = Identity::of(&tenant);
            if let Some(noted) = noted.remove(&tenant.tenant_id).filter(|noted| noted.erp == identity.erp) {
                (identity.company, identity.insisted) = (noted.company, noted.insisted);
            }
            tenants.insert(tenant.tenant_id, identity);
        }
        if items.len() == 1 {
            tenants.extend(noted);
        }
        let mut by_group: HashMap<String, Vec<String>> = HashMap::new();
        for (id, identity) in &tenants {
            let company = identity.company.as_ref().map(|company| format!("{} {}", identity.erp, company.id));
            for name in [Some(identity.group.clone()), company].into_iter().flatten() {
                by_group.entry(name).or_default().push(id.clone());
            }
        }
        Self { tenants, by_group }
    }

    /// Those that a tenant meets, by their ids.
    pub(crate) fn of(&self, tenant_id: &str) -> Vec<Shares> {
        let Some(own) = self.tenants.get(tenant_id) else { return Vec::new() };
        let company = own.company.as_ref().map(|company| format!("{} {}", own.erp, company.id));
        let groups = [Some(own.group.clone()), company].into_iter().flatten();
        let ids = groups.filter_map(|name| self.by_group.get(&name)).flatten().filter(|id| *id != tenant_id);
        let mut ids: Vec<&String> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let shares = |id: &String| {
            let other = &self.tenants[id];
            Shares {
                with: id.clone(),
                goods_owner: own.has_goods_owner_of(other).then_some(own.goods_owner_id),
                insisted: own.insisted.contains(id) || other.insisted.iter().any(|insisted| insisted == tenant_id),
            }
        };
        ids.into_iter().map(shares).collect()
    }
}
