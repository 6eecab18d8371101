//! The vendors' systems as stateful models with their traps.
//!
//! Every simulator is a plain state machine behind [`Simulator`]: a request and the time go in, a response comes out. No
//! sockets, no clock, no randomness of its own. The same model is used in process (paused clock) and, through
//! [`server`], as a server on loopback.

pub mod drift;
pub mod facts;
pub mod finago;
pub mod ongoing;
pub mod poweroffice;
pub mod procountor;
pub mod server;
pub mod spec;
pub mod trouble;
pub mod visma;
pub mod wire;

use jiff::Timestamp;
use serde_json::Value;

pub use drift::{Calls, Drift};
pub use trouble::{Answer, Trouble, Troubled};
pub use wire::{Request, Response};

/// A vendor's system, as far as the bridge talks to it.
pub trait Simulator {
    /// Answers one HTTP request at the time `now`, changing the model's state as the vendor's system would.
    fn handle(&mut self, now: Timestamp, request: &Request) -> Response;

    /// The vendor's own way to spell a trouble at this request, or `None` where that trouble cannot happen to it.
    /// Those in which the call takes effect are made by [`Troubled`] and never asked for here.
    fn spell(&self, trouble: Trouble, request: &Request) -> Option<Response>;

    /// What a person would do by hand in the vendor's own screens: `action` names it, `args` details it. Used by the demo
    /// and by end-to-end tests over HTTP (`POST /_sim/<action>`), and directly by tests in process.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the action or its arguments.
    fn act(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String>;

    /// From now on this fact of [`facts`] has this answer.
    ///
    /// # Errors
    /// A sentence that says that there is no such fact of this vendor, or no such answer.
    fn assume(&mut self, fact: &str, answer: &str) -> Result<(), String>;
}
