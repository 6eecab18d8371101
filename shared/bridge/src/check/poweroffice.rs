//! PowerOffice Go: privileges, and the module subscriptions that carry them (PowerOffice sheet, section 1).

use jiff::Timestamp;
use serde_json::Value;

use super::Point;
use super::look::Look;
use crate::erp::Feed;
use crate::erps::poweroffice::PowerOffice;
use crate::ports::Ports;
use crate::tenant::Tenant;

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

pub(super) async fn look(look: &mut Look, ports: &Ports, tenant: &Tenant, deadline: Timestamp) {
    let information = match PowerOffice::new(ports, tenant, deadline).information().await {
        Ok(information) => information,
        Err(fault) => return look.unanswered(&fault),
    };
    look.company(information["ClientName"].as_str());
    let has = |list: &str, name: &str| {
        let names = information[list].as_array().map_or(&[][..], Vec::as_slice);
        names.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(name))
    };
    for name in privileges(tenant) {
        let right = Point::Right(name.to_owned());
        // A privilege to write opens what is read too.
        if has("ValidPrivileges", name) || has("ValidPrivileges", &format!("{name}_Full")) {
            look.good(right);
        } else if has("InvalidPrivileges", name) {
            look.good(right);
            let advice = format!(
                "the company granted {name}, and its Go subscription does not carry it: the company orders the module from \
                 PowerOffice"
            );
            look.missing(Point::Module(name.to_owned()), advice);
        } else {
            let advice = format!(
                "the company has not granted the privilege {name}: an administrator grants it in Go under Settings, \
                 Extensions"
            );
            look.missing(right, advice);
        }
    }
}
