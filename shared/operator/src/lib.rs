//! A deployed stack as its operator reaches it: its outputs, its functions and their logs. For the operator's command
//! and the end-to-end tests; no function is compiled with it.

pub mod cloud;
mod error_mapping;
pub mod stack;
