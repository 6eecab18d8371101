//! The layers of tests above the unit: row tests, contract tests for all ERPs by one list, journeys in process, crash and
//! trouble enumeration.

pub mod answers;
pub mod chance;
pub mod consent;
pub mod cost;
pub mod foreign;
pub mod replay;
pub mod rows;
pub mod secret_versions;
pub mod shops;
pub mod simulation;
pub mod world;
