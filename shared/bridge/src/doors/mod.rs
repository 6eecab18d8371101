//! The doors: Lambda events and requests of the HTTP API. Each parses its event and hands it to a road.

pub mod api_request;
pub mod consent;
pub mod event;
mod page_frame;
mod page_headers;
pub mod pages;
pub mod rotation;
pub mod status_page;
pub mod webhook;
