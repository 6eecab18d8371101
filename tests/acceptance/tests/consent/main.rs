//! The consent pages, the whole way: a browser that keeps its cookies, the vendors' own pages, and everything that can go
//! wrong on the way.

#![expect(clippy::unwrap_used, reason = "a test ends where its input is not as it says")]

mod access_control;
mod procountor;
mod replaced;
mod timeouts;
mod trust;
mod visma;
mod whole;
