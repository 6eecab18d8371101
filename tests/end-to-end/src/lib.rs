//! The end-to-end test and the demo: one program each, on the deployed template with the real binaries. Nothing here knows
//! how the stack was started; its address is in the environment (`cargo xtask` puts it there).

pub mod bridgectl;
pub mod checks;
pub mod console_output;
pub mod demo;
pub mod ledger;
pub mod load;
pub mod mapping_coverage;
pub mod queues;
pub mod rotation;
pub mod scenario;
pub mod stack;
pub mod tick;
pub mod vendor;
pub mod warehouse;
pub mod webdriver;
pub mod write_back;

/// What goes wrong here is told to a person, in a sentence.
pub type Fault = Box<dyn std::error::Error>;

/// A result with such a sentence.
pub type Result<T = ()> = std::result::Result<T, Fault>;

/// A variable of the environment that has to be there.
pub(crate) fn variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(|_| format!("{name} is not set; run this through cargo xtask").into())
}
