//! Many tenants, many articles, long outages: what is shared is used and shared out, orders do not wait behind articles, and
//! what is outstanding is bounded.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

mod budgets;
mod first_run;
mod outage;
mod room;

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A call to a vendor.
const CALL: Duration = Duration::from_millis(300);
