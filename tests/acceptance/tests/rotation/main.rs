//! Rotation in every order: from one state, everything that Secrets Manager, a person, a pull or a crash can do next, and from
//! what comes of each again, eight deep. States that behave alike are one: what they have in common is in `key`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fixture;
mod rejected;
mod state_space;
mod visma;
mod webhook;
