//! Every row of every mapping table, proven both ways.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use acceptance::rows;
use bridge::erp::Kind;

fn prove(kind: Kind, rows_in_document: usize) {
    let document = rows::document(kind).unwrap();
    let mut numbers = std::collections::BTreeSet::new();
    for section in &document.sections {
        let (faults, proven) = rows::check(kind, section);
        assert!(faults.is_empty(), "{kind}, {}:\n{}", section.feed, faults.join("\n"));
        numbers.extend(proven);
    }
    println!("{kind}: {} rows proven both ways", numbers.len());
    assert_eq!(numbers.len(), rows_in_document, "{kind}");
}

#[test]
fn poweroffice() {
    prove(Kind::PowerOffice, 37);
}

#[test]
fn visma() {
    prove(Kind::Visma, 28 + 26);
}
