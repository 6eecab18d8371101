//! A failing plan made smaller, as long as it breaks the same invariant.

use std::time::{Duration, Instant};

use super::plan::Plan;
use super::run::run;

/// The smallest plan that was found within this (real) time to break the same invariant: with fewer faults, tenants and
/// acts.
#[must_use]
pub fn shrunk(plan: &Plan, invariant: &str, time: Duration) -> Plan {
    let (began, mut smallest) = (Instant::now(), plan.clone());
    let fails = |plan: &Plan| run(plan, false).broken.iter().any(|broken| broken.invariant == invariant);
    let late = || began.elapsed() >= time;
    loop {
        let before = size(&smallest);
        for at in (0..smallest.faults.len()).rev() {
            let mut fewer = smallest.clone();
            fewer.faults.remove(at);
            if !late() && fails(&fewer) {
                smallest = fewer;
            }
        }
        // A tenant without acts has nothing to lose.
        for tenant in 0..smallest.tenants.len() {
            let mut fewer = smallest.clone();
            fewer.acts.retain(|(_, of, _)| *of != tenant);
            if fewer.acts.len() < smallest.acts.len() && !late() && fails(&fewer) {
                smallest = fewer;
            }
        }
        let mut part = smallest.acts.len().div_ceil(2);
        while part > 0 {
            let mut from = 0;
            while from < smallest.acts.len() {
                let mut fewer = smallest.clone();
                fewer.acts.drain(from..(from + part).min(smallest.acts.len()));
                if !late() && fails(&fewer) {
                    smallest = fewer;
                } else {
                    from += part;
                }
            }
            part /= 2;
        }
        if size(&smallest) == before || late() {
            return smallest;
        }
    }
}

fn size(plan: &Plan) -> usize {
    plan.faults.len() + plan.acts.len()
}
