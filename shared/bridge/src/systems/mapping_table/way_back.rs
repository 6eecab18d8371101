//! The table of what is written to the ERPs (`docs/mapping/way-back.md`).

use crate::words::kind::Kind;

const TEXT: &str = include_str!("../../../../../docs/mapping/way-back.md");

/// A member of the ERP's that is written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BackRow {
    /// `shipments`, `stock` or `import_status`.
    pub process: String,
    /// JSON pointer into the ERP's record.
    pub member: String,
    /// JSON pointer into what Ongoing shows.
    pub from: String,
    /// When and how.
    pub how: String,
}

/// What is written to an ERP.
#[must_use]
pub fn way_back(kind: Kind) -> Vec<BackRow> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let rows = TEXT.lines().filter(|line| line.starts_with("| ")).map(cells).filter(|row| row[0] == kind.word());
    rows.filter_map(|row| match row.as_slice() {
        [_, process, member, from, how] => {
            Some(BackRow { process: process.clone(), member: member.clone(), from: from.clone(), how: how.clone() })
        }
        _ => None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_erp_takes_is_in_the_table_and_nothing_else() {
        for kind in Kind::ALL {
            let rows = way_back(kind);
            let has = |process: &str| rows.iter().any(|row| row.process == process);
            assert_eq!(has("shipments"), kind.takes_shipments(), "{kind}");
            assert_eq!(has("stock"), kind.takes_stock(), "{kind}");
            assert_eq!(has("import_status"), kind.takes_import_status(), "{kind}");
            assert!(rows.iter().all(|row| row.member.starts_with('/') && row.from.starts_with('/')), "{rows:?}");
        }
        assert_eq!(TEXT.lines().filter(|line| line.starts_with("| ")).count(), 2 + 8);
    }
}
