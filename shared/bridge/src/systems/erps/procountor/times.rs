//! The vendor's date-times: local, without a zone (Procountor sheet, section 2). They are compared as they are, and never
//! made into moments.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The zone the vendor's clocks are taken to show; it is not documented.
pub(super) fn zone() -> TimeZone {
    TimeZone::get("Europe/Helsinki").unwrap_or(TimeZone::UTC)
}

/// Reads a date-time with or without seconds and with any fraction; an offset, should there be one, is left unread.
pub(super) fn read(text: &str) -> Option<DateTime> {
    text.parse().ok()
}

/// As a query has it: whole seconds, so a little earlier at most.
pub(super) fn spelled(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A version that compares as text. In autumn the clocks show one hour twice, and a change in the second round would seem
/// older than one in the first. So a time that may be of the second round, since that has come by `now`, is placed behind
/// the whole first round. `now` is of a `Date` header, which tells whole seconds: it may be almost one later.
pub(super) fn version(at: DateTime, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let plain = format!("{at:.9}");
    let AmbiguousOffset::Fold { after, .. } = zone.to_ambiguous_timestamp(at).offset() else { return plain };
    let second = after.to_timestamp(at).ok();
    let to_come = |second: Timestamp| now.is_some_and(|now| now + SignedDuration::from_secs(1) <= second);
    if second.is_none_or(to_come) {
        return plain;
    }
    // The end of the hour, which begins on the hour.
    let end = at.with().minute(59).second(59).subsec_nanosecond(999_999_999).build().unwrap_or(at);
    format!("{end:.9} {plain}")
}

/// When a record of this version was changed, by the clock that the vendor is taken to have.
pub(in crate::systems::erps) fn changed_at(version: &str) -> Option<Timestamp> {
    // Of the hour that is there twice, the time itself stands behind.
    let at = read(version.rsplit(' ').next()?)?;
    at.to_zoned(zone()).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(at: &str, now: &str) -> String {
        version(read(at).unwrap(), Some(now.parse().unwrap()), &zone())
    }

    #[test]
    fn any_spelling_of_a_time_is_read() {
        for spelling in ["2026-10-05T06:07:08", "2026-10-05T06:07:08.000", "2026-10-05T06:07:08.000000000"] {
            assert_eq!(text(spelling, "2026-10-05T10:00:00Z"), "2026-10-05T06:07:08.000000000");
        }
        assert_eq!(read("2026-10-05T06:07").map(spelled).as_deref(), Some("2026-10-05T06:07:00"));
        assert_eq!(read("yesterday"), None);
    }

    #[test]
    fn the_hour_that_autumn_repeats_stays_in_order() {
        // Clocks go from 04:00 back to 03:00 at 01:00 UTC.
        let first = text("2026-10-25T03:50:00", "2026-10-25T00:55:00Z");
        let second = text("2026-10-25T03:10:00", "2026-10-25T01:12:00Z");
        let later = text("2026-10-25T03:40:00", "2026-10-25T01:45:00Z");
        let after = text("2026-10-25T04:00:00", "2026-10-25T02:01:00Z");
        assert!(first < second && second < later && later < after, "{first} {second} {later} {after}");
        // Read while the second round has not come that far, it can only be of the first.
        assert_eq!(text("2026-10-25T03:50:00", "2026-10-25T01:20:00Z"), first);
        // Read in the second in which it changed.
        let at_once = text("2026-10-25T03:10:00.9", "2026-10-25T01:10:00Z");
        assert!(first < at_once && at_once > second, "{first} {at_once}");
    }

    #[test]
    fn the_hour_that_spring_leaves_out_is_as_good_as_any() {
        let at = |minute: &str| text(&format!("2026-03-29T{minute}"), "2026-03-29T05:00:00Z");
        assert!(at("02:59:00") < at("03:30:00") && at("03:30:00") < at("04:00:00"));
    }
}
