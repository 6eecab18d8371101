//! The roads: what the functions do. In by [`pull`] and [`import`], back by [`write_back`] and [`reconcile`]; [`plan`] and
//! [`check`] look ahead for the operator, [`status`] tells how everything stands, [`story`] where one record is and
//! [`explain`] where its values come from; [`proof`] holds the ERP, the ledger and Ongoing against each other, and [`probe`]
//! asks the vendors what their documents leave open; [`rebuild`] fills a state that was lost from what both sides show;
//! [`freshness`] tells how long records took, and [`cost`] what that costs a month.

mod batch;
pub mod check;
pub mod cost;
pub mod explain;
pub mod freshness;
pub mod import;
mod offer;
pub mod plan;
pub mod probe;
pub mod proof;
pub mod pull;
pub mod rebuild;
pub mod reconcile;
pub mod repair;
pub mod retention;
pub mod status;
pub mod story;
pub mod write_back;
