//! What is kept between invocations, on the state table and the secret store.

pub mod backfill;
pub mod cursor;
pub mod intents;
pub mod journal;
pub mod lease;
pub mod ledger;
pub mod outstanding;
pub mod secret_cache;
pub(crate) mod tenants;
pub(crate) mod tries;
pub(crate) mod unreadable;
