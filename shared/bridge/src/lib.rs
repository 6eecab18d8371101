//! Everything Ongoing Bridge knows: the ERPs, Ongoing WMS, and the protocol between them.
//!
//! No AWS, no sockets and no clock of its own: what the cloud keeps for us comes in through [`ports`]. Each floor uses only
//! those below it; `tests/floors.rs` holds it. The reader's path is a function's `main.rs` → [`roads`] → [`systems`] → the
//! mapping, which reads like its table in `docs/mapping`.

pub mod doors;

pub mod roads;

pub mod systems;

pub mod state;

pub mod http;

pub mod ports;

pub mod tenant;

pub mod words;
