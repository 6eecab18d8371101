//! `bridgectl probe`: under every answer to what nobody knows it tells the truth, and it writes nothing unless it is asked to.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod list;
mod lost;
mod reads;
mod record;
mod scene;
mod settings;
mod stopped;
mod writes;
