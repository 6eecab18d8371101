//! The stub's lists are the vendor's: pages that turn, and what changed since the time that is asked for. One that showed
//! everything at every run would measure a pull that never ends.

use bench::stub::http::Request;
use bench::stub::visma::{Shown, Visma};
use bytes::Bytes;
use serde_json::Value;

/// The number of rows, and of pages.
fn listed(visma: &mut Visma, query: &str) -> (usize, u64) {
    let (method, path) = ("GET".to_owned(), "/visma/v2/articles".to_owned());
    let request = Request { method, path, query: query.to_owned(), target: None, body: Bytes::new() };
    let body: Value = serde_json::from_slice(&visma.answer(&request).body).unwrap_or_default();
    let pages = body["Meta"]["TotalNumberOfPages"].as_u64().unwrap_or_default();
    (body["Data"].as_array().map_or(0, Vec::len), pages)
}

#[test]
fn a_list_shows_what_changed_since() -> serde_json::Result<()> {
    let mut visma = Visma::new(1500, 0)?;
    let since = |time: &str| format!("$page=1&$filter=ChangedUtc%20gt%20{time}T00%3A00%3A00Z");
    assert_eq!(listed(&mut visma, "$page=1"), (1000, 2));
    assert_eq!(listed(&mut visma, "$page=2"), (500, 2));
    assert_eq!(listed(&mut visma, &since("2020-01-01")), (1000, 2));
    assert_eq!(listed(&mut visma, &since("2026-10-31")), (0, 1));
    visma.show(Shown::All(2026))?;
    assert_eq!(listed(&mut visma, &since("2026-10-31")), (1000, 2), "all of it once more");
    visma.show(Shown::Nothing)?;
    assert_eq!(listed(&mut visma, "$page=1"), (0, 1));
    Ok(())
}
