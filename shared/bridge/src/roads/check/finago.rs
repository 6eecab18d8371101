//! Finago Office: which company the user is in, and whether each service answers it. There are no named rights (Finago
//! sheet, section 1.3), so a right is the service's own name.

use jiff::Timestamp;

use super::checklist::Checklist;
use super::{Point, identity};
use crate::ports::Ports;
use crate::systems::erps::finago::Finago;
use crate::tenant::Tenant;
use crate::words::fault::Fault;
use crate::words::feed::Feed;

/// The services that the tenant's processes ask, each with the feed whose search is asked.
fn services(tenant: &Tenant) -> Vec<(Feed, &'static str)> {
    let feeds = tenant.feeds();
    let orders = feeds.contains(&Feed::Orders) || tenant.sends_shipments() || tenant.sends_import_status();
    let needs = [
        (Feed::Articles, "Product", feeds.contains(&Feed::Articles) || tenant.sends_stock()),
        (Feed::Orders, "InvoiceOrder", orders),
        (Feed::Suppliers, "Company", feeds.contains(&Feed::Suppliers) || feeds.contains(&Feed::Orders)),
    ];
    needs.into_iter().filter(|(.., needed)| *needed).map(|(feed, service, _)| (feed, service)).collect()
}

pub(super) fn needed(tenant: &Tenant) -> Vec<Point> {
    services(tenant).into_iter().map(|(_, service)| Point::Right(service.to_owned())).collect()
}

pub(super) async fn look(list: &mut Checklist, ports: &Ports, tenant: &Tenant, deadline: Timestamp) {
    let finago = Finago::new(ports, tenant, deadline);
    match finago.identity().await {
        Ok(identity) => list.company(identity["Client"]["Name"].as_str(), identity::finago_id(&identity)),
        Err(fault) => return list.unanswered(&fault),
    }
    for (feed, service) in services(tenant) {
        let right = Point::Right(service.to_owned());
        match finago.answers(feed).await {
            Ok(()) => list.good(right),
            Err(fault @ (Fault::Unavailable { .. } | Fault::RateLimited { .. })) => return list.unanswered(&fault),
            Err(fault) => {
                let advice = format!(
                    "the service {service} refuses the integration user ({fault}): an administrator gives it the right in \
                     user administration, and the company may have to order the web service"
                );
                list.missing(right, advice);
            }
        }
    }
}
