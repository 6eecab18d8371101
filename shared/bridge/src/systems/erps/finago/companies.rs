//! Companies joined to orders and products: read in batches, kept for the run (Finago sheet, section 2.6).

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use super::client::Services;
use super::slices::{Kind, Records};
use super::values;
use crate::systems::bisect;
use crate::words::fault::Result;

/// Companies asked for in one call.
const BATCH: usize = 100;

/// What is known of companies in this run; `None` is one that does not exist.
#[derive(Default)]
pub(super) struct Companies(RefCell<HashMap<i64, Result<Option<Value>>>>);

impl Companies {
    /// Reads those of these companies that are not known yet, as far as the time allows. What cannot be read is kept as its
    /// fault, for those records alone that need it.
    ///
    /// # Errors
    /// When no call can go right.
    pub async fn read(&self, services: &Services<'_>, mut numbers: Vec<i64>) -> Result<()> {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| !self.0.borrow().contains_key(number));
        for batch in numbers.chunks(BATCH) {
            let read = bisect::read(&Records { services, kind: Kind::Companies }, batch).await?;
            let mut known = self.0.borrow_mut();
            known.extend(batch[..read.done].iter().map(|number| (*number, Ok(None))));
            known.extend(read.unread.into_iter().map(|(number, fault)| (number, Err(fault))));
            for row in read.rows {
                if let Some(number) = values::number(&row, "Id") {
                    known.insert(number, Ok(Some(row)));
                }
            }
            if read.done < batch.len() {
                break;
            }
        }
        Ok(())
    }

    /// Whether a company was asked for.
    pub fn knows(&self, number: i64) -> bool {
        self.0.borrow().contains_key(&number)
    }

    /// A company that was read.
    ///
    /// # Errors
    /// Why it could not be.
    pub fn get(&self, number: i64) -> Result<Option<Value>> {
        self.0.borrow().get(&number).cloned().unwrap_or(Ok(None))
    }
}
