//! PowerOffice Go: privileges, and the module subscriptions that carry them (PowerOffice sheet, section 1).

use jiff::Timestamp;
use serde_json::Value;

use super::checklist::Checklist;
use super::{Point, identity};
use crate::ports::Ports;
use crate::systems::erps::poweroffice::PowerOffice;
use crate::tenant::Tenant;
use crate::words::feed::Feed;

fn privileges(tenant: &Tenant) -> Vec<&'static str> {
    let feeds = tenant.feeds();
    let mut needed = Vec::new();
    if feeds.contains(&Feed::Articles) {
        needed.push("Product");
    }
    if tenant.sends_stock() {
        needed.push("Product_Full");
    }
    if feeds.contains(&Feed::Orders) {
        // `Customer` opens the delivery addresses too.
        needed.extend(["OutgoingInvoice", "Customer"]);
    }
    needed
}

pub(super) fn needed(tenant: &Tenant) -> Vec<Point> {
    privileges(tenant).into_iter().map(|name| Point::Right(name.to_owned())).collect()
}

pub(super) async fn look(list: &mut Checklist, ports: &Ports, tenant: &Tenant, deadline: Timestamp) {
    let information = match PowerOffice::new(ports, tenant, deadline).information().await {
        Ok(information) => information,
        Err(fault) => return list.unanswered(&fault),
    };
    list.company(information["ClientName"].as_str(), identity::poweroffice_id(&information));
    let has = |list: &str, name: &str| {
        let names = information[list].as_array().map_or(&[][..], Vec::as_slice);
        names.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(name))
    };
    for name in privileges(tenant) {
        let right = Point::Right(name.to_owned());
        // A privilege to write opens what is read too.
        if has("ValidPrivileges", name) || has("ValidPrivileges", &format!("{name}_Full")) {
            list.good(right);
        } else if has("InvalidPrivileges", name) {
            list.good(right);
            let advice = format!(
                "the company granted {name}, and its Go subscription does not carry it: the company orders the module from \
                 PowerOffice"
            );
            list.missing(Point::Module(name.to_owned()), advice);
        } else {
            let advice = format!(
                "the company has not granted the privilege {name}: an administrator grants it in Go under Settings, \
                 Extensions"
            );
            list.missing(right, advice);
        }
    }
}
