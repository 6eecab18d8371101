//! What a simulation came to.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cost::Cost;
use super::judge::Broken;
use crate::world::Happened;

/// What a simulation came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is wrong.
    pub broken: Vec<Broken>,
    /// Of all that happened.
    pub hash: String,
    /// How much happened.
    pub steps: usize,
    /// Virtual time of all tenants together.
    pub tenant_time: Duration,
    /// How many jobs waited at one time.
    pub jobs: usize,
    /// How many hours of quiet were needed.
    pub quiet: i64,
    /// Edits that were lost in Visma within one round trip.
    pub overwritten: usize,
    /// How often each kind of fault struck.
    pub faults: BTreeMap<&'static str, usize>,
    /// How often each invariant was looked at.
    pub checked: BTreeMap<&'static str, usize>,
    /// How long records took from the ERP into Ongoing, by tenant.
    pub arrived: Vec<Vec<Duration>>,
    /// How long shipments took from Ongoing into the ERP, by tenant.
    pub back: Vec<Vec<Duration>>,
    /// What an operator was told, and at how many looks; one every half an hour.
    pub told: BTreeMap<String, usize>,
    /// What it cost.
    pub cost: Cost,
    /// The story, where it was asked for.
    pub story: Vec<Happened>,
}
