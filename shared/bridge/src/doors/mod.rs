//! The doors: what starts an invocation, and the pages and calls of the HTTP API. Each reads its event and hands it to a road.

pub mod api_request;
pub mod consent;
pub mod event;
pub mod rotation;
pub mod webhook;
