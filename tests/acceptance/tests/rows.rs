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

/// Of every member that a leaf moves `explain` names the leaf, of no other it does; it names the rows that the table says, and
/// leaves no row of any table without an answer.
#[test]
fn explain_names_exactly_the_source_that_moves_the_field() {
    let (mut faults, mut rows) = (Vec::new(), 0);
    for kind in Kind::ALL {
        for section in &rows::document(kind).unwrap().sections {
            let (found, answered) = rows::check_explained(kind, section);
            faults.extend(found.into_iter().map(|fault| format!("{kind}, {}: {fault}", section.feed)));
            rows += section.rows.iter().filter(|row| answered.contains(&row.number)).count();
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let all: usize = Kind::ALL.iter().map(|kind| rows::document(*kind).unwrap().count()).sum();
    println!("figure: rows of the mapping tables that explain answers | {rows} of {all}");
    assert_eq!(rows, all);
}

#[test]
fn the_readme_prints_what_was_proven() {
    let readme = std::fs::read_to_string(rows::root().join("README.md")).unwrap();
    let matrix = rows::matrix().unwrap();
    assert!(readme.contains(&matrix), "README's support matrix is not what the command prints:\n{matrix}");
}
