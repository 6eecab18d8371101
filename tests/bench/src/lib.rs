//! What the benchmark's programs share: the stub of AWS and the vendors, the clock of processes, the table.

pub mod process;
pub mod samples;
pub mod stub;
pub mod table;
