//! Procountor: what the user behind the key may do (Procountor sheet, section 1, "Rights instead of scopes").

use jiff::Timestamp;

use super::checklist::Checklist;
use super::{Point, State, identity};
use crate::ports::Ports;
use crate::systems::erps::procountor::Procountor;
use crate::tenant::Tenant;
use crate::words::fault::Fault;
use crate::words::feed::Feed;

/// What has to be said in an area.
#[derive(Clone, Copy)]
enum Need {
    /// `ALL_RIGHTS`.
    All,
    /// At least `VIEWING_RIGHTS`.
    View,
    /// `false`: else other people's documents are left out without a word.
    Off,
}

/// The call that tells all rights.
const ALL: &str = "users.rights";

/// Side, area and what is needed there.
fn areas(tenant: &Tenant) -> Vec<(&'static str, &'static str, Need)> {
    let feeds = tenant.feeds();
    let types = tenant.settings.product_types.as_deref();
    let of_type = |name: &str, unset: bool| types.map_or(unset, |types| types.iter().any(|one| one == name));
    let mut areas = Vec::new();
    if feeds.contains(&Feed::Articles) {
        if of_type("SALES", true) {
            areas.push(("sales", "productRegister", Need::View));
        }
        if of_type("PURCHASE", false) {
            areas.push(("purchases", "productRegister", Need::View));
        }
    }
    if feeds.contains(&Feed::PurchaseOrders) {
        areas.push(("purchases", "purchaseInvoices", Need::View));
        areas.push(("purchases", "purchaseInvoiceSearch", Need::View));
        areas.push(("purchases", "personalPurchaseInvoicesOnly", Need::Off));
    }
    // What is to be sent is read before and after.
    if feeds.contains(&Feed::Orders) || tenant.sends_shipments() {
        areas.push(("sales", "salesInvoiceSearch", Need::View));
        areas.push(("sales", "personalSalesInvoicesOnly", Need::Off));
    }
    if tenant.sends_shipments() {
        areas.push(("sales", "salesOrGroupInvoices", Need::All));
    }
    areas
}

pub(super) fn needed(tenant: &Tenant) -> Vec<Point> {
    areas(tenant).into_iter().map(|(side, area, _)| Point::Right(format!("{side}.{area}"))).collect()
}

pub(super) async fn look(list: &mut Checklist, ports: &Ports, tenant: &Tenant, deadline: Timestamp) {
    let procountor = Procountor::new(ports, tenant, deadline);
    match procountor.session_info().await {
        Ok(session) => list.company(session["name"].as_str(), identity::procountor_id(&session)),
        Err(fault) => return list.unanswered(&fault),
    }
    let rights = match procountor.rights().await {
        Ok(rights) => rights,
        Err(fault @ (Fault::Rejected { .. } | Fault::Unauthorized(_))) => {
            let advice = format!(
                "Procountor does not tell the user behind the API key its rights ({fault}): an administrator of the \
                 company looks at them in Procountor"
            );
            return list.missing(Point::Right(ALL.into()), advice);
        }
        Err(fault) => return list.unanswered(&fault),
    };
    for (side, area, need) in areas(tenant) {
        let name = format!("{side}.{area}");
        let right = Point::Right(name.clone());
        let said = &rights["rights"][side][area];
        let user = "the user behind the API key; an administrator of the company changes it in Procountor";
        match (need, said.as_str(), said.as_bool()) {
            (Need::Off, _, Some(false)) | (_, Some("ALL_RIGHTS"), _) | (Need::View, Some("VIEWING_RIGHTS"), _) => {
                list.good(right);
            }
            (Need::Off, _, Some(true)) => {
                let advice = format!(
                    "{area} is on: documents of other people are left out without a word. It is a right of {user}"
                );
                list.missing(right, advice);
            }
            (_, Some("NOT_ENABLED"), _) => {
                let advice = format!("{name} is not enabled: the company has not ordered that part of Procountor");
                list.missing(Point::Module(name), advice);
            }
            (Need::All, Some(_), _) => list.missing(right, format!("{name} has to be ALL_RIGHTS for {user}")),
            (Need::View, Some(_), _) => {
                list.missing(right, format!("{name} has to be VIEWING_RIGHTS or more for {user}"));
            }
            _ => list.found(right, State::Warning, format!("Procountor does not say anything about {name}")),
        }
    }
}
