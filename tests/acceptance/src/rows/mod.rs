//! The mapping tables of `docs/mapping` as tests: change one source leaf, and exactly the body leaves that the table lists
//! for it change; and every leaf of the body is listed.

mod check;
mod explained;
mod support_matrix;

use std::path::PathBuf;

use bridge::systems::erps;
use bridge::systems::ongoing::map;
use bridge::tenant::Settings;
use bridge::words::domain::Record;
use bridge::words::fault::Fault;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::civil::Date;
use serde_json::Value;

pub use bridge::systems::mapping_table::{Document, Row, Section, What};
pub use check::check;
pub use explained::{check_explained, explained};
pub use support_matrix::{DOCUMENTS, matrix, proven};

/// The day on which fixtures are mapped.
const TODAY: Date = jiff::civil::date(2026, 3, 2);

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
/// The mapping's own, in words.
pub fn body(kind: Kind, feed: Feed, source: &Value) -> Result<Value, String> {
    mapped(kind, feed, source, &Settings::default()).map_err(|fault| fault.to_string())
}

/// The same, with a tenant's settings.
///
/// # Errors
/// The mapping's own.
pub fn mapped(kind: Kind, feed: Feed, source: &Value, settings: &Settings) -> Result<Value, Fault> {
    // The import finds the number; which one does not matter here.
    let found = |number: &mut Option<String>, code: &Option<String>| {
        *number = number.take().or_else(|| code.as_ref().map(|code| format!("article of {code}")));
    };
    match erps::record(kind, feed, source, settings, TODAY)? {
        Record::Article(article) => map::article(&article, 159, &settings.values),
        Record::Order(mut order) => {
            order.order_lines.iter_mut().for_each(|line| found(&mut line.article_number, &line.product_code));
            map::order(&order, 159, &settings.values)
        }
        Record::PurchaseOrder(mut order) => {
            order.order_lines.iter_mut().for_each(|line| found(&mut line.article_number, &line.product_code));
            map::purchase_order(&order, 159, &settings.values)
        }
        Record::Withdrawal(_) => Err(Fault::Unexpected("a withdrawal has no body".into())),
    }
}
