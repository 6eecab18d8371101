//! Write-back to Visma eAccounting: one effect, whatever is lost, doubled or refused on the way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod fixture;
mod shipped;
mod stock;
