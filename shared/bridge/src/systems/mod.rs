//! The systems that are spoken with: the ERPs behind one contract, and the one WMS.

pub mod erp;
pub mod erps;
pub mod ongoing;
