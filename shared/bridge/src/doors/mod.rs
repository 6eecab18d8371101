//! The doors: Lambda events and requests of the HTTP API. Each parses its event and hands it to a road.

pub mod api_request;
pub mod consent;
pub mod event;
pub mod rotation;
pub mod webhook;
