//! Every row of every mapping table, proven both ways.

use acceptance::rows;
use bridge::words::kind::Kind;

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

#[test]
fn finago() {
    prove(Kind::Finago, 39);
}

/// The document under the product's former name has the same rows, and so has the kind.
#[test]
fn finago_by_its_former_name() {
    let kind = Kind::named("24sevenoffice").unwrap();
    assert_eq!(kind, Kind::Finago);
    println!("24sevenoffice:");
    prove(kind, 39);
}

#[test]
fn procountor() {
    prove(Kind::Procountor, 38);
}

#[test]
fn visma() {
    prove(Kind::Visma, 28 + 26);
}

#[test]
fn the_readme_prints_what_was_proven() {
    let readme = std::fs::read_to_string(rows::root().join("README.md")).unwrap();
    let matrix = rows::matrix().unwrap();
    assert!(readme.contains(&matrix), "README's support matrix is not what the command prints:\n{matrix}");
}
