//! The world that the other tests stand on: it must not be kinder than Lambda, SQS and the network.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod deadline;
mod many;
mod platform;
mod pump;
mod queue;
mod rules;
