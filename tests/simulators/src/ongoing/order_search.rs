//! `GET /orders` (Ongoing sheet, section 3.1).

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;

use super::order_view;
use super::owner::{Order, Owner};
use super::query::{Query, within};
use super::values::text;
use crate::{Request, Response};

const FILTERS: &str = "goodsOwnerId orderNumber orderNumbers goodsOwnerOrderId referenceNumbers consigneeOrderNumbers \
    articleNumbers orderStatusFrom orderStatusTo orderStatusChangedTimeFrom orderUpdatedTimeFrom orderCreatedTimeFrom \
    orderCreatedTimeTo shippedTimeFrom shippedTimeTo lastPickingTimeFrom lastPickingTimeTo orderFreeText1 \
    onlyOrdersWithOrderLinesToReport parcelNumber orderIdFrom maxOrdersToGet sort";

/// How far back `orderUpdatedTimeFrom` may reach (Ongoing sheet, section 0.8).
const UPDATE_WINDOW: SignedDuration = SignedDuration::from_hours(48);

/// All matches, ascending by id unless asked otherwise.
pub(super) fn list(owner: &Owner, now: Timestamp, request: &Request) -> Result<Response, Response> {
    let query = Query::of(request, FILTERS)?;
    let first = query.whole("orderIdFrom")?.unwrap_or(0);
    let most = query.whole("maxOrdersToGet")?.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(0));
    let (status_from, status_to) = (query.whole("orderStatusFrom")?, query.whole("orderStatusTo")?);
    let changed = query.time("orderStatusChangedTimeFrom")?;
    let updated = query.recent("orderUpdatedTimeFrom", now, UPDATE_WINDOW)?;
    let created = (query.time("orderCreatedTimeFrom")?, query.time("orderCreatedTimeTo")?);
    let shipped = (query.time("shippedTimeFrom")?, query.time("shippedTimeTo")?);
    let picked = (query.time("lastPickingTimeFrom")?, query.time("lastPickingTimeTo")?);
    let to_report = query.flag("onlyOrdersWithOrderLinesToReport")?;
    let articles = |order: &Order| {
        let of = |line: &super::owner::OrderLine| owner.articles[&line.article].number.clone();
        order.lines.iter().map(of).collect::<Vec<_>>()
    };
    let matches = |order: &&Order| {
        query.admits("orderNumber", Some(&order.number))
            && query.admits("orderNumbers", Some(&order.number))
            && query.admits("goodsOwnerOrderId", text(&order.head, "goodsOwnerOrderId"))
            && query.admits("referenceNumbers", text(&order.head, "referenceNumber"))
            && query.admits("consigneeOrderNumbers", text(&order.head, "consigneeOrderNumber"))
            && query.admits("orderFreeText1", text(&order.head, "freeText1"))
            && query.admits_any("articleNumbers", articles(order).iter().map(String::as_str))
            && query
                .admits_any("parcelNumber", order.parcels.iter().filter_map(|parcel| parcel["parcelNumber"].as_str()))
            && status_from.is_none_or(|from| order.status >= from)
            && status_to.is_none_or(|to| order.status <= to)
            && within(Some(order.status_changed), changed, None)
            && within(Some(order.updated), updated, None)
            && within(Some(order.created), created.0, created.1)
            && within(order.shipped, shipped.0, shipped.1)
            && within(order.last_picking, picked.0, picked.1)
            && (!to_report || order.lines.iter().any(|line| line.picked != line.reported.unwrap_or(Decimal::ZERO)))
    };
    let mut found: Vec<&Order> = owner.orders.range(first..).map(|(_, order)| order).filter(matches).collect();
    if query.all("sort").first().is_some_and(|sort| sort.eq_ignore_ascii_case("descending")) {
        found.reverse();
    }
    let list: Value = found.into_iter().take(most).map(|order| order_view::of(owner, order.id)).collect();
    Ok(Response::json(200, &list))
}
