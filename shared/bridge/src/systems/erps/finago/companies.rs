//! Companies joined to orders and products: read in batches, kept for the run (Finago sheet, section 2.6).

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use super::client::Services;
use super::values;
use crate::words::fault::{Fault, Result};

/// Companies asked for in one call: few enough that one which the service cannot read holds up few others.
const BATCH: usize = 100;

/// What is known of companies in this run; `None` is one that does not exist.
#[derive(Default)]
pub(super) struct Companies(RefCell<HashMap<i64, Result<Option<Value>>>>);

impl Companies {
    /// Reads those of these companies that are not known yet. What cannot be read is kept as its fault, for those records
    /// alone that need it.
    ///
    /// # Errors
    /// When no call can go right.
    pub async fn read(&self, services: &Services<'_>, mut numbers: Vec<i64>) -> Result<()> {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| !self.0.borrow().contains_key(number));
        for batch in numbers.chunks(BATCH) {
            let found = match services.companies(batch).await {
                Err(fault @ (Fault::Unauthorized(_) | Fault::RateLimited { .. })) => return Err(fault),
                other => other,
            };
            let mut known = self.0.borrow_mut();
            known.extend(batch.iter().map(|number| (*number, found.as_ref().map(|_| None).map_err(Clone::clone))));
            for row in found.unwrap_or_default() {
                if let Some(number) = values::number(&row, "Id") {
                    known.insert(number, Ok(Some(row)));
                }
            }
        }
        Ok(())
    }

    /// A company that was read.
    ///
    /// # Errors
    /// Why it could not be.
    pub fn get(&self, number: i64) -> Result<Option<Value>> {
        self.0.borrow().get(&number).cloned().unwrap_or(Ok(None))
    }
}
