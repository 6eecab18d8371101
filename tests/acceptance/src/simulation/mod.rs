//! A simulation of a whole estate: from a seed, tenants on all four ERPs, what people do there and in the warehouse, and
//! faults in swarms; then quiet, and a judge who asks the simulators what is true.

mod afterwards;
mod cost;
mod during;
mod estate;
mod fault;
mod hot;
mod judge;
mod outcome;
pub mod plan;
mod platform;
mod quiet;
mod races;
mod run;
mod shrink;
mod stage;
mod stranded;
pub mod summary;
mod trade;
mod workload;

pub use cost::Cost;
pub use fault::{Fault, What};
pub use judge::Broken;
pub use outcome::Outcome;
pub use plan::{Act, Plan, Wanted};
pub use run::run;
pub use shrink::shrunk;
