//! The parts of a scenario.

use bridge::words::feed::Feed;
use serde_json::Value;

use crate::warehouse::There;

/// One action in the ERP.
#[derive(Clone)]
pub struct Act {
    /// What a person would say they did; empty for what needs no telling.
    pub said: &'static str,
    /// The simulator's name for it.
    pub action: &'static str,
    /// Its arguments, beside those that name the company.
    pub args: Value,
}

/// A record in the ERP.
#[derive(Clone, Debug)]
pub struct Source {
    /// The feed it would come by.
    pub feed: Feed,
    /// The ERP's own id.
    pub key: String,
    /// The number a person asks for.
    pub number: String,
    /// What a person sees of it.
    pub seen: String,
    /// What Ongoing is to have; `None` for what must not get there.
    pub wanted: Option<There>,
}

/// What is asked of an ERP after the warehouse has worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// How far the order of this number is.
    Order(&'a str),
    /// The stock of the article of this number.
    Stock(&'a str),
}
