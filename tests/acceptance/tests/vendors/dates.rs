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

fn delivery(kind: Kind, source: &Value) -> Date {
    let record = erps::record(kind, Feed::Orders, source, &Settings::default(), date(2025, 1, 1)).unwrap();
    let Record::Order(order) = record else { panic!("{kind}: no order") };
    assert!(order.order_info.delivery_date.given);
    order.order_info.delivery_date.date
}

/// Finago Office tells moments; the others tell calendar dates, which may have a time of day after them.
#[test]
fn over_a_year_of_hours_every_erp_s_order_is_on_the_day_that_it_says() {
    let oslo = TimeZone::get("Europe/Oslo").unwrap();
    let cases = [
        (Kind::PowerOffice, "invoice-mail", "/DeliveryDate"),
        (Kind::Finago, "order", "/DeliveryDate"),
        (Kind::Procountor, "sales-order", "/deliveryStartDate"),
        (Kind::Visma, "order", "/DeliveryDate"),
    ];
    for (kind, fixture, at) in cases {
        let mut source = rows::fixture(kind, fixture).unwrap();
        let mut hour: Timestamp = "2026-01-01T00:30:00Z".parse().unwrap();
        let end: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        while hour < end {
            let utc = hour.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            let day = match kind {
                Kind::Finago => hour.to_zoned(oslo.clone()).date(),
                _ => utc[..10].parse().unwrap(),
            };
            *source.pointer_mut(at).unwrap() = json!(utc);
            assert_eq!(delivery(kind, &source), day, "{kind} {utc}");
            hour += SignedDuration::from_hours(1);
        }
        *source.pointer_mut(at).unwrap() = json!("2026-10-25");
        assert_eq!(delivery(kind, &source), date(2026, 10, 25), "{kind}");
    }
}
