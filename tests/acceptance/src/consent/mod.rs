//! The consent pages from a person's side: a browser, and the vendors' own pages.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test ends where its input is not as it says")]

mod browser;
pub mod procountor;
pub mod visma;

pub use browser::{API, Browser, Page, at_vendor, link, status_link, written};
