//! Every journey under every answer to what nobody knows of the vendors: it ends right, or parks with a reason.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod articles;
mod credits;
#[path = "../journeys.rs"]
mod journeys;
mod list;
mod orders;
mod roads;
mod runs;
mod simulated;
