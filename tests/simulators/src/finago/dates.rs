//! Times as the services write and read them: UTC without an offset out, filters read by a clock nobody has confirmed
//! (Finago sheet, sections 5.3 and 7).

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::soap::Fault;

/// How the server reads a filter without an offset, and what it keeps of the moment a row changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterClock {
    /// As UTC, like the times it returns.
    Utc,
    /// As Norwegian wall time; a time that the spring change skips is a fault.
    Oslo,
    /// As UTC against rows stamped by a clock this far behind: without an overlap such rows are lost.
    Behind(SignedDuration),
}

/// The moment a filter means, `None` for the value that stands for "not set".
pub(super) fn filter(clock: FilterClock, text: &str) -> Result<Option<Timestamp>, Fault> {
    if text.is_empty() || text.starts_with("0001-01-01") {
        return Ok(None);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(moment));
    }
    let civil: DateTime = text.parse().map_err(|_| Fault::unreadable(&format!("'{text}' is not a valid date.")))?;
    let utc = || civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    let moment = match clock {
        FilterClock::Utc => utc(),
        FilterClock::Behind(lag) => utc().and_then(|moment| moment.checked_add(lag)),
        FilterClock::Oslo => {
            let zone = TimeZone::get("Europe/Oslo").map_err(|error| Fault::server(&error.to_string()))?;
            let ambiguous = zone.to_ambiguous_timestamp(civil);
            if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
                return Err(Fault::server("The supplied DateTime represents an invalid time."));
            }
            ambiguous.compatible()
        }
    };
    moment.map(Some).map_err(|error| Fault::server(&error.to_string()))
}

/// A moment as the services write it: UTC, no offset, a fraction only when there is one.
pub(super) fn write(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).datetime().to_string()
}

pub(super) fn is_date_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok()
}
