//! The roads: what the functions do. In by [`pull`] and [`import`], back by [`write_back`] and [`reconcile`]; [`plan`] and
//! [`check`] look ahead for the operator, [`status`] tells how everything stands and
//! [`story`] where one record is, and [`proof`] holds the ERP, the ledger and Ongoing against each other.

mod batch;
pub mod check;
pub mod import;
mod offer;
pub mod plan;
pub mod proof;
pub mod pull;
pub mod reconcile;
pub mod repair;
pub mod status;
pub mod story;
pub mod write_back;
