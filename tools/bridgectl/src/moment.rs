//! Moments as a person writes them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// As `start_date` of a tenant item: a moment with a zone, or a date, which is its first moment in UTC.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let wanted = "a date such as 2026-01-01 or a moment such as 2026-01-01T06:00:00Z is expected";
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    // A date alone: a time of day without a zone is not silently dropped.
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten().ok_or(wanted)?;
    date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| wanted.to_owned())
}
