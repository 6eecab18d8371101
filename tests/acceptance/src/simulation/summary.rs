//! What many simulations came to.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::run::Outcome;

/// Of many seeds together.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Seeds that were run.
    pub seeds: usize,
    /// Those that broke an invariant, with what it was.
    pub failed: Vec<(u64, String)>,
    tenant_time: Duration,
    steps: usize,
    faults: BTreeMap<&'static str, (usize, usize)>,
    checked: BTreeMap<&'static str, usize>,
    arrived: Vec<u32>,
    quiet: BTreeMap<i64, usize>,
}

impl Summary {
    /// Adds a seed's outcome.
    pub fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.seeds += 1;
        self.tenant_time += outcome.tenant_time;
        self.steps += outcome.steps;
        for (kind, count) in &outcome.faults {
            let (seeds, times) = self.faults.entry(kind).or_default();
            *seeds += 1;
            *times += count;
        }
        for (invariant, count) in &outcome.checked {
            *self.checked.entry(invariant).or_default() += count;
        }
        self.arrived.extend(outcome.arrived.iter().map(|took| u32::try_from(took.as_secs()).unwrap_or(u32::MAX)));
        *self.quiet.entry(outcome.quiet).or_default() += 1;
        if let Some(broken) = outcome.broken.first() {
            self.failed.push((seed, broken.to_string()));
        }
    }

    /// Adds another summary.
    pub fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.failed.extend(other.failed);
        self.tenant_time += other.tenant_time;
        self.steps += other.steps;
        for (kind, (seeds, times)) in other.faults {
            let all = self.faults.entry(kind).or_default();
            *all = (all.0 + seeds, all.1 + times);
        }
        other.checked.into_iter().for_each(|(invariant, count)| *self.checked.entry(invariant).or_default() += count);
        other.quiet.into_iter().for_each(|(hours, count)| *self.quiet.entry(hours).or_default() += count);
        self.arrived.extend(other.arrived);
    }

    fn percentile(&self, sorted: &[u32], of_thousand: usize) -> u32 {
        sorted.len().checked_sub(1).map_or(0, |last| sorted[last * of_thousand / 1000])
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.tenant_time.as_secs_f64() / 86_400.0;
        writeln!(f, "{:<34} {:>12}", "seeds", self.seeds)?;
        writeln!(f, "{:<34} {:>12}", "seeds that broke an invariant", self.failed.len())?;
        writeln!(f, "{:<34} {days:>12.0}", "simulated tenant-days")?;
        writeln!(f, "{:<34} {:>12}", "steps", self.steps)?;
        writeln!(f, "\n{:<34} {:>12} {:>12}", "fault", "in seeds", "times")?;
        for (kind, (seeds, times)) in &self.faults {
            writeln!(f, "{kind:<34} {seeds:>12} {times:>12}")?;
        }
        writeln!(f, "\n{:<34} {:>12}", "invariant", "looked at")?;
        for (invariant, count) in &self.checked {
            writeln!(f, "{invariant:<34} {count:>12}")?;
        }
        writeln!(f, "\n{:<34} {:>12}", "right after quiet of", "seeds")?;
        for (hours, seeds) in &self.quiet {
            writeln!(f, "{:<34} {seeds:>12}", format!("{hours} h"))?;
        }
        let mut sorted = self.arrived.clone();
        sorted.sort_unstable();
        writeln!(f, "\n{:<34} {:>12}", "ERP to Ongoing, faults included", "seconds")?;
        for (name, of_thousand) in [("median", 500), ("90 %", 900), ("99 %", 990), ("longest", 1000)] {
            writeln!(f, "{name:<34} {:>12}", self.percentile(&sorted, of_thousand))?;
        }
        for (seed, broken) in &self.failed {
            writeln!(f, "\nseed {seed}: {broken}\n  repeat with: cargo xtask simulate --seed {seed}")?;
        }
        Ok(())
    }
}
