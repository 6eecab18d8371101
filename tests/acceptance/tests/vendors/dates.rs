//! The day of an order is its day, whatever the hour it is spelled with.

use bridge::systems::erps;
use bridge::tenant::Settings;
use bridge::words::domain::Record;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use acceptance::rows;

/// A date of a record that an ERP tells.
struct Told {
    kind: Kind,
    feed: Feed,
    fixture: &'static str,
    at: &'static str,
    /// Dates that would go before it.
    without: &'static [&'static str],
}

const fn told(kind: Kind, fixture: &'static str, at: &'static str, without: &'static [&'static str]) -> Told {
    Told { kind, feed: Feed::Orders, fixture, at, without }
}

/// Every date that goes to the warehouse.
const TOLD: [Told; 9] = [
    told(Kind::PowerOffice, "invoice-mail", "/DeliveryDate", &[]),
    told(Kind::Finago, "order", "/DeliveryDate", &[]),
    told(Kind::Procountor, "sales-order", "/deliveryStartDate", &[]),
    told(Kind::Procountor, "sales-order", "/deliveryEndDate", &["/deliveryStartDate"]),
    told(Kind::Procountor, "sales-order", "/date", &["/deliveryStartDate", "/deliveryEndDate"]),
    told(Kind::Visma, "order", "/DeliveryDate", &[]),
    told(Kind::Visma, "order", "/OrderDate", &["/DeliveryDate"]),
    Told { feed: Feed::PurchaseOrders, ..told(Kind::Procountor, "purchase-order", "/deliveryStartDate", &[]) },
    Told {
        feed: Feed::PurchaseOrders,
        ..told(Kind::Procountor, "purchase-order", "/deliveryEndDate", &["/deliveryStartDate"])
    },
];

fn day(told: &Told, source: &Value) -> Date {
    let (kind, feed) = (told.kind, told.feed);
    match erps::record(kind, feed, source, &Settings::default(), date(2025, 1, 1)).unwrap() {
        Record::Order(order) => order.order_info.delivery_date.date,
        Record::PurchaseOrder(order) => order.in_date.unwrap(),
        _ => panic!("{kind}: {feed} have no date"),
    }
}

/// Finago Office tells moments; the others tell calendar dates, which may have a time of day after them.
#[test]
fn over_a_year_of_hours_every_date_of_every_erp_is_on_the_day_that_it_says() {
    let oslo = TimeZone::get("Europe/Oslo").unwrap();
    for told in TOLD {
        let (kind, at) = (told.kind, told.at);
        let mut source = rows::fixture(kind, told.fixture).unwrap();
        for before in told.without {
            if let Some(value) = source.pointer_mut(before) {
                *value = Value::Null;
            }
        }
        source[at.trim_start_matches('/')] = Value::Null;
        let mut hour: Timestamp = "2026-01-01T00:30:00Z".parse().unwrap();
        let end: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        while hour < end {
            let utc = hour.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            let right = match kind {
                Kind::Finago => hour.to_zoned(oslo.clone()).date(),
                _ => utc[..10].parse().unwrap(),
            };
            *source.pointer_mut(at).unwrap() = json!(utc);
            assert_eq!(day(&told, &source), right, "{kind} {at} {utc}");
            hour += SignedDuration::from_hours(1);
        }
        *source.pointer_mut(at).unwrap() = json!("2026-10-25");
        assert_eq!(day(&told, &source), date(2026, 10, 25), "{kind} {at}");
    }
}
