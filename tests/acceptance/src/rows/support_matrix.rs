//! The README's support matrix, generated from the proven tables.

use std::collections::BTreeSet;

use bridge::words::feed::Feed;
use bridge::words::kind::Kind;

use super::{check, document};

/// The products that a document exists for, with its ERP: one ERP has two names and a document under each.
pub const DOCUMENTS: [(&str, Kind); 5] = [
    ("PowerOffice Go", Kind::PowerOffice),
    ("Finago Office", Kind::Finago),
    ("24SevenOffice", Kind::Finago),
    ("Procountor", Kind::Procountor),
    ("Visma eAccounting", Kind::Visma),
];

/// The rows of an ERP's tables that were proven both ways.
///
/// # Errors
/// Everything that is wrong with the tables or the mapping.
pub fn proven(kind: Kind) -> Result<usize, String> {
    let document = document(kind)?;
    let mut numbers = BTreeSet::new();
    for section in &document.sections {
        let (faults, proven) = check(kind, section);
        if !faults.is_empty() {
            return Err(format!("{kind}, {}:\n{}", section.feed, faults.join("\n")));
        }
        // Rows whose number is a small letter alone are in nobody's document.
        let counts = |number: &String| !matches!(number.as_bytes(), [b'a'..=b'z']);
        numbers.extend(proven.into_iter().filter(counts));
    }
    Ok(numbers.len())
}

/// The matrix as Markdown.
///
/// # Errors
/// As [`proven`].
pub fn matrix() -> Result<String, String> {
    let mut lines = vec![
        "| document | articles | orders | purchase orders | suppliers | shipments back | stock back | rows proven |"
            .into(),
        "| --- | --- | --- | --- | --- | --- | --- | --- |".into(),
    ];
    let mut all = 0;
    for (name, kind) in DOCUMENTS {
        let rows = proven(kind)?;
        all += if kind == Kind::Visma { 0 } else { rows };
        let mark = |there: bool| if there { "yes" } else { "–" };
        let feed = |feed: Feed| mark(kind.feeds().contains(&feed));
        lines.push(format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {rows} |",
            feed(Feed::Articles),
            feed(Feed::Orders),
            feed(Feed::PurchaseOrders),
            feed(Feed::Suppliers),
            mark(kind.takes_shipments()),
            mark(kind.takes_stock()),
        ));
    }
    lines.push(String::new());
    lines.push(format!("{all} rows in the four documents that have tables; Visma's lists beside them."));
    Ok(lines.join("\n"))
}
