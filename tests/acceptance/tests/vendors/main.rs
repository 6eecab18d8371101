//! What the vendors do and a mapping alone does not say: goods and what is none, credit notes, lengths, keys, sessions.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod addresses;
mod cleared;
mod credited;
mod dates;
mod decimals;
mod first_seen;
mod goods;
mod keys;
mod lengths;
mod lists;
mod scene;
mod sessions;
mod statuses;
mod values;
