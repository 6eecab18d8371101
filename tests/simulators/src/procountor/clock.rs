//! The vendor's date-times: local, without zone or offset (section 2).

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};

/// What the vendor's wall clock shows. In the autumn hour it shows the same times twice.
pub(super) fn local(zone: &TimeZone, now: Timestamp) -> DateTime {
    zone.to_datetime(now)
}

/// `2026-01-30T15:20:00`, with as many fraction digits as asked for; what is finer is cut off, not rounded.
pub(super) fn spell(at: DateTime, fraction_digits: usize) -> String {
    let mut text = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    if fraction_digits > 0 {
        let nanoseconds = format!("{:09}", at.subsec_nanosecond());
        text.push('.');
        text.push_str(&nanoseconds[..fraction_digits.min(9)]);
    }
    text
}

/// Reads a date-time, with or without seconds and fraction. One with an offset or a `Z`, or without a time, is none.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let plain = text.chars().all(|each| each.is_ascii_digit() || matches!(each, '-' | ':' | '.' | 'T'));
    let (_, time) = text.split_once('T')?;
    (plain && !time.contains('-')).then(|| text.parse().ok())?
}
