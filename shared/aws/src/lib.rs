//! The ports of [`bridge::ports`] on AWS: DynamoDB, SQS, Secrets Manager and the network. [`entry`] has the Lambda
//! entry points.

pub mod attributes;
pub mod clock;
mod conditional_write;
pub mod entry;
pub mod environment;
pub mod error_mapping;
mod item;
mod message;
mod metrics;
pub mod queue;
pub mod secret_store;
pub mod secret_versions;
pub mod state_table;
mod state_writes;
pub mod telemetry;
pub mod tenant_table;
pub mod tls;
pub mod transport;
