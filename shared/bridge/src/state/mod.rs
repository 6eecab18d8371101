//! What is kept between invocations, on the state table and the secret store.

pub mod backfill;
pub mod cursor;
pub mod delivery_fault;
pub(crate) mod due;
pub mod health;
pub mod intents;
pub mod journal;
pub mod ledger;
pub mod on_queue;
pub mod outstanding;
pub mod pull_lease;
pub mod reconcile_lease;
pub mod schema_drift;
pub mod secret_cache;
pub(crate) mod tenants;
pub(crate) mod tries;
pub(crate) mod unreadable;
