//! 600 requests a minute, counted per client and endpoint (Visma sheet, section 4).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::fault::Fault;
use super::members::is_guid;
use super::rules::Rules;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The calls of the running minute, by endpoint.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    windows: BTreeMap<String, (Timestamp, u32)>,
    /// Calls refused so far.
    pub refused: u32,
}

impl Pace {
    /// Counts a call.
    ///
    /// # Errors
    /// 4010 when the minute's calls are used up.
    pub fn admit(&mut self, now: Timestamp, path: &str, rules: &Rules) -> Result<(), Fault> {
        let segments =
            path.split('/').map(|part| if rules.ids_share_an_endpoint && is_guid(part) { "{id}" } else { part });
        let window = self.windows.entry(segments.collect::<Vec<_>>().join("/")).or_insert((now, 0));
        if now.duration_since(window.0) >= MINUTE {
            *window = (now, 0);
        }
        if window.1 >= rules.calls_per_minute {
            self.refused += 1;
            let left = MINUTE - now.duration_since(window.0);
            return Err(Fault::quota(rules.calls_per_minute, left.as_secs().max(1)));
        }
        window.1 += 1;
        Ok(())
    }
}
