//! Procountor.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::erp::{Change, Cursor, Erp, Feed, Known, Page};
use crate::fault::{Fault, Result};
use crate::ports::Ports;
use crate::tenant::Tenant;

/// Procountor, for one tenant.
pub struct Procountor<'a> {
    _tenant: &'a Tenant,
}

impl<'a> Procountor<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(_ports: &Ports, tenant: &'a Tenant, _deadline: Timestamp) -> Self {
        Self { _tenant: tenant }
    }
}

#[async_trait(?Send)]
impl Erp for Procountor<'_> {
    async fn changes(&self, _feed: Feed, _cursor: &Cursor, _known: &dyn Known) -> Result<Page> {
        Err(Fault::Unexpected("not built yet".into()))
    }

    async fn read(&self, _feed: Feed, _keys: &[String]) -> Result<Vec<Change>> {
        Err(Fault::Unexpected("not built yet".into()))
    }
}
