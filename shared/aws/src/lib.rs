//! Ongoing Bridge on AWS: the ports of [`bridge::ports`] on DynamoDB, SQS and Secrets Manager, the network, and the way
//! from Lambda to the roads ([`entry`]).

pub mod attributes;
pub mod clock;
mod conditional_write;
pub mod dynamo;
pub mod entry;
pub mod environment;
pub mod error_mapping;
mod item;
mod message;
pub mod queue;
pub mod secrets;
pub mod telemetry;
pub mod tenants;
pub mod transport;
pub mod versions;
