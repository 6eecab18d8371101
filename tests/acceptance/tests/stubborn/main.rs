//! One record, number or part that always fails stops nobody else, is found in a bounded number of calls, and is not
//! forgotten.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod articles;
mod characters;
mod joined;
mod missing;
mod orders;
mod reconcile;
mod scene;
mod warehouse;
