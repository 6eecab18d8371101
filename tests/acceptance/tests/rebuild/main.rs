//! A state table that is lost, or is an older one: filled again from what the ERP and Ongoing show, after which nothing is
//! written twice and nothing is forgotten.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod all_erps;
mod drill;
mod older;
mod scene;
mod sendings;
