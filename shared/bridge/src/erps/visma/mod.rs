//! Visma.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::{Effect, WarehouseEvent};
use crate::erp::{Change, Cursor, Erp, Feed, Known, Page};
use crate::fault::{Fault, Result};
use crate::ports::Ports;
use crate::tenant::Tenant;
use crate::write_back::Intents;

/// Visma, for one tenant.
pub struct Visma<'a> {
    _tenant: &'a Tenant,
}

impl<'a> Visma<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(_ports: &Ports, tenant: &'a Tenant, _deadline: Timestamp) -> Self {
        Self { _tenant: tenant }
    }
}

#[async_trait(?Send)]
impl Erp for Visma<'_> {
    async fn changes(&self, _feed: Feed, _cursor: &Cursor, _known: &dyn Known) -> Result<Page> {
        Err(Fault::Unexpected("not built yet".into()))
    }

    async fn read(&self, _feed: Feed, _keys: &[String]) -> Result<Vec<Change>> {
        Err(Fault::Unexpected("not built yet".into()))
    }

    async fn write_back(&self, _event: &WarehouseEvent, _intents: &Intents<'_>) -> Result<Vec<Effect>> {
        Err(Fault::Unexpected("not built yet".into()))
    }
}
