//! Every row of every mapping table, proven both ways.

use acceptance::rows;
use bridge::erp::Kind;

fn prove(kind: Kind, rows_in_document: usize) {
    match rows::proven(kind) {
        Ok(rows) => {
            println!("{kind}: {rows} rows proven both ways");
            assert_eq!(rows, rows_in_document, "{kind}");
        }
        Err(faults) => panic!("{faults}"),
    }
}

#[test]
fn poweroffice() {
    prove(Kind::PowerOffice, 37);
}
