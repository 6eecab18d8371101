//! The words that every floor shares. They do no I/O.

pub mod address_guard;
pub mod backoff;
pub mod cause;
pub mod cursor;
pub mod digest;
pub mod domain;
pub mod envelope;
pub mod facts;
pub mod fault;
pub mod feed;
pub mod kind;
pub mod metric;
pub mod noncharacter;
pub mod outcome;
pub mod paces;
pub mod received_message;
pub mod schema;
pub mod schema_drift;
pub mod secret;
pub mod vocabulary;
pub mod wire;
