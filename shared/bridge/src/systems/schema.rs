//! Has a client note where an answer has another shape than [`crate::words::schema`] says.

use serde_json::Value;

use crate::http::Client;
use crate::words::schema_drift::DriftKind;

pub use crate::words::schema::Schema;
pub(in crate::systems) use crate::words::schema::{Is, always, required, sometimes};

impl Schema {
    /// Has a client note what is new about a record.
    pub fn look(&self, client: &Client, record: &Value) {
        self.drifts(record).into_iter().for_each(|drift| client.drifted(drift));
    }

    /// The same of each of a list.
    pub fn look_at_all<'a>(&self, client: &Client, records: impl IntoIterator<Item = &'a Value>) {
        records.into_iter().for_each(|record| self.look(client, record));
    }

    /// Has a client note a page that is longer than was asked for.
    pub fn page(&self, client: &Client, rows: usize, asked: usize) {
        if rows > asked {
            client.drifted(self.drift(DriftKind::PageTooLong, "", false));
        }
    }
}
