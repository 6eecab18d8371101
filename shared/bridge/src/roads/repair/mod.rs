//! What a person does by hand: what is parked is tried again or given up, dead letters go back or are removed, and a tenant
//! that is gone is forgotten. What is mapped again is in [`crate::roads::plan`].

pub mod dead_letters;
mod parked;
pub mod purge;

pub use self::parked::{Flow, drop, retry};
