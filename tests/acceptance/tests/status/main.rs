//! What a person on call is told: how the feeds and the ways back do, and why something waits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod explain;
mod find;
mod freshness;
mod health;
mod page;
mod pages;
mod repair;
mod screen;
mod shared_owner;
mod standing;
mod story;
