//! Orderings: a record taken back before, while or after it is imported, equal change times, messages that are gone. What
//! the ERP says last is what the warehouse has, and nobody else's order is touched.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod gone;
mod namesakes;
mod released;
mod scene;
mod seen;
mod taken_back;
