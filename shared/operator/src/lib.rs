//! Access to a deployed stack from outside: its outputs, its functions and their logs. For the operator's command and
//! the end-to-end tests; no function is compiled with it.

pub mod alarms;
pub mod aws_client;
mod error_mapping;
pub mod logs;
pub mod queues;
pub mod secrets;
pub mod stack;
pub mod table;
