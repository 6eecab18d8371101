//! Rotation in every order: from one state, everything that Secrets Manager, a person, a pull or a crash can do next,
//! to a depth of eight. States that behave alike count as one: `key` is what they have in common.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fixture;
mod rejected;
mod state_space;
mod visma;
mod webhook;
