//! Ongoing WMS: the user, the goods owner, and the statuses that the tenant item names (Ongoing sheet, sections 1.2, 3.2).

use jiff::Timestamp;

use super::checklist::Checklist;
use super::{Point, State};
use crate::ports::Ports;
use crate::systems::ongoing::Ongoing;
use crate::tenant::Tenant;
use crate::words::fault::Fault;

pub(super) fn needed(tenant: &Tenant) -> Vec<Point> {
    vec![Point::GoodsOwner(tenant.ongoing.goods_owner_id)]
}

pub(super) async fn look(list: &mut Checklist, ports: &Ports, tenant: &Tenant, deadline: Timestamp) {
    let ongoing = Ongoing::new(ports, tenant, deadline);
    let statuses = match ongoing.order_statuses().await {
        Ok(statuses) => statuses,
        Err(fault @ Fault::Rejected { .. }) => {
            let advice = format!("base_url does not lead to the REST API, which ends in /api/v1: {fault}");
            return list.missing(Point::Reach, advice);
        }
        Err(fault) => return list.turned_away(&tenant.tenant_id, &fault),
    };
    list.good(Point::Reach);
    list.good(Point::Login);
    let owner = Point::GoodsOwner(tenant.ongoing.goods_owner_id);
    let advice = "the API user does not see this goods owner: give it the goods owner in Ongoing under Administration, API \
                  for goods owners, or put right ongoing.goods_owner_id";
    // An old system does not list its goods owners; there the list of one's articles tells.
    let sees = match ongoing.goods_owners().await {
        Ok(Some(owners)) => {
            let own = owners.into_iter().find(|owner| owner.id == tenant.ongoing.goods_owner_id);
            let sees = own.is_some();
            list.company(own.and_then(|own| own.name).as_deref(), None);
            Ok(sees)
        }
        Ok(None) => ongoing.reads_goods_owner().await.map(|()| true),
        Err(fault) => Err(fault),
    };
    match sees {
        Ok(sees) => list.point(owner, sees, advice),
        Err(Fault::Rejected { .. } | Fault::Unauthorized(_)) => list.missing(owner, advice),
        Err(fault) => return list.unanswered(&fault),
    }
    // An unknown status is no fault of the connection, and orders would not be seen as shipped.
    let (shipped, started) = (&tenant.ongoing.shipped_statuses, tenant.ongoing.started_from_status);
    let mut named: Vec<i64> = shipped.iter().copied().chain([started]).collect();
    named.sort_unstable();
    named.dedup();
    for number in named.into_iter().filter(|number| !statuses.is_empty() && !statuses.contains(number)) {
        let setting = if shipped.contains(&number) { "shipped_statuses" } else { "started_from_status" };
        let advice = format!("ongoing.{setting} names {number}, which this warehouse does not have");
        list.found(Point::Status(number), State::Warning, advice);
    }
}
