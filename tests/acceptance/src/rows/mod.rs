//! The mapping tables of `docs/mapping` as tests: change one source leaf, and exactly the body leaves that the table lists
//! for it change; and every leaf of the body is listed.

mod check;
mod support_matrix;
mod table;

use std::path::PathBuf;

use bridge::systems::erps;
use bridge::systems::ongoing::map;
use bridge::tenant::Settings;
use bridge::words::domain::Record;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::civil::Date;
use serde_json::Value;

pub use check::check;
pub use support_matrix::{matrix, proven};
pub use table::{Document, Row, Section, What};

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The mapping table of an ERP.
///
/// # Errors
/// What is wrong with the file.
pub fn document(kind: Kind) -> Result<Document, String> {
    let path = root().join(format!("docs/mapping/{kind}.md"));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Document::parse(&text)
}

/// A fixture of an ERP: a source record with what is joined to it.
///
/// # Errors
/// What is wrong with the file.
pub fn fixture(kind: Kind, name: &str) -> Result<Value, String> {
    let path = root().join(format!("tests/simulators/fixtures/{kind}/{name}.json"));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The body that goes to Ongoing for a source record, by the very mapping the pull and the import use.
///
/// # Errors
/// The mapping's own.
pub fn body(kind: Kind, feed: Feed, source: &Value) -> Result<Value, String> {
    const TODAY: Date = jiff::civil::date(2026, 3, 2);
    let record = erps::record(kind, feed, source, &Settings::default(), TODAY).map_err(|fault| fault.to_string())?;
    match record {
        Record::Article(article) => map::article(&article, 159, &[]).map_err(|fault| fault.to_string()),
        Record::Order(mut order) => {
            for line in &mut order.order_lines {
                // The import finds the number; which one does not matter here.
                let code = line.product_code.clone();
                line.article_number = line.article_number.take().or_else(|| Some(format!("article of {}", code?)));
            }
            map::order(&order, 159, &[]).map_err(|fault| fault.to_string())
        }
        Record::PurchaseOrder(mut order) => {
            for line in &mut order.order_lines {
                let code = line.product_code.clone();
                line.article_number = line.article_number.take().or_else(|| Some(format!("article of {}", code?)));
            }
            map::purchase_order(&order, 159, &[]).map_err(|fault| fault.to_string())
        }
        Record::Withdrawal(_) => Err("a withdrawal has no body".into()),
    }
}
