//! Everything Ongoing Bridge knows: the ERPs, Ongoing WMS, and the protocol between them.
//!
//! No AWS, no sockets and no clock of its own: what the cloud keeps for us comes in through [`ports`]. The reader's path is
//! a function's `main.rs` → [`pull`] or [`import`] → [`erps`] → the mapping, which reads like its table in `docs/mapping`.

pub mod call;
pub mod check;
pub mod consent;
pub mod cursor;
pub mod domain;
pub mod envelope;
pub mod erp;
pub mod erps;
pub mod event;
pub mod fault;
pub mod http;
pub mod import;
pub mod ledger;
pub mod ongoing;
pub mod outcome;
pub mod plan;
pub mod ports;
pub mod pull;
pub mod reconcile;
pub mod secret;
pub mod tenant;
mod unreadable;
pub mod webhook;
pub mod wire;
pub mod write_back;
