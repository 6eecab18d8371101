//! The systems that are spoken with: the ERPs behind one contract, and the one WMS.

mod bisect;
pub mod erp;
pub mod erps;
pub mod mapping_table;
pub mod ongoing;
pub mod probe;
pub mod schema;
