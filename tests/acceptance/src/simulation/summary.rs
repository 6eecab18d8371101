//! What many simulations came to.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::cost::Cost;
use super::outcome::Outcome;

/// Of many seeds together.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Seeds that were run.
    pub seeds: usize,
    /// Those that broke an invariant, as the command has them, with what it was.
    pub failed: Vec<(String, String)>,
    tenant_time: Duration,
    steps: usize,
    jobs: usize,
    faults: BTreeMap<&'static str, (usize, usize)>,
    checked: BTreeMap<&'static str, usize>,
    arrived: Times,
    back: Times,
    /// In how many seeds an operator was told what, and at how many looks.
    told: BTreeMap<String, (usize, usize)>,
    cost: Cost,
    quiet: BTreeMap<i64, usize>,
    overwritten: usize,
}

/// How long records took: all of them, and each tenant's slowest in twenty.
#[derive(Clone, Debug, Default)]
struct Times {
    all: Vec<u32>,
    tenants: Vec<u32>,
}

impl Times {
    fn add(&mut self, tenants: &[Vec<Duration>]) {
        for times in tenants.iter().filter(|times| !times.is_empty()) {
            let seconds = times.iter().map(|took| u32::try_from(took.as_secs()).unwrap_or(u32::MAX));
            let mut seconds: Vec<u32> = seconds.collect();
            seconds.sort_unstable();
            self.tenants.push(percentile(&seconds, 950));
            self.all.extend(seconds);
        }
    }

    fn join(&mut self, other: Self) {
        self.all.extend(other.all);
        self.tenants.extend(other.tenants);
    }

    fn table(&self, f: &mut fmt::Formatter<'_>, title: &str) -> fmt::Result {
        writeln!(f, "\n{title:<34} {:>12} {:>16}", "seconds", "a tenant's 95 %")?;
        let (mut all, mut tenants) = (self.all.clone(), self.tenants.clone());
        all.sort_unstable();
        tenants.sort_unstable();
        for (name, of_thousand) in [("median", 500), ("90 %", 900), ("99 %", 990), ("longest", 1000)] {
            writeln!(f, "{name:<34} {:>12} {:>16}", percentile(&all, of_thousand), percentile(&tenants, of_thousand))?;
        }
        Ok(())
    }
}

fn percentile(sorted: &[u32], of_thousand: usize) -> u32 {
    sorted.len().checked_sub(1).map_or(0, |last| sorted[last * of_thousand / 1000])
}

impl Summary {
    /// Adds the outcome of a seed, as the command has it.
    pub fn add(&mut self, seed: &str, outcome: &Outcome) {
        self.seeds += 1;
        self.tenant_time += outcome.tenant_time;
        self.steps += outcome.steps;
        self.jobs = self.jobs.max(outcome.jobs);
        for (kind, count) in &outcome.faults {
            let (seeds, times) = self.faults.entry(kind).or_default();
            *seeds += 1;
            *times += count;
        }
        for (invariant, count) in &outcome.checked {
            *self.checked.entry(invariant).or_default() += count;
        }
        self.arrived.add(&outcome.arrived);
        self.back.add(&outcome.back);
        for (what, looks) in &outcome.told {
            let told = self.told.entry(what.clone()).or_default();
            *told = (told.0 + 1, told.1 + looks);
        }
        self.cost.add(outcome.cost);
        *self.quiet.entry(outcome.quiet).or_default() += 1;
        self.overwritten += outcome.overwritten;
        if let Some(broken) = outcome.broken.first() {
            self.failed.push((seed.to_owned(), broken.to_string()));
        }
    }

    /// Adds another summary.
    pub fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.failed.extend(other.failed);
        self.tenant_time += other.tenant_time;
        self.steps += other.steps;
        self.jobs = self.jobs.max(other.jobs);
        self.overwritten += other.overwritten;
        for (kind, (seeds, times)) in other.faults {
            let all = self.faults.entry(kind).or_default();
            *all = (all.0 + seeds, all.1 + times);
        }
        other.checked.into_iter().for_each(|(invariant, count)| *self.checked.entry(invariant).or_default() += count);
        other.quiet.into_iter().for_each(|(hours, count)| *self.quiet.entry(hours).or_default() += count);
        self.arrived.join(other.arrived);
        self.back.join(other.back);
        for (what, (seeds, looks)) in other.told {
            let told = self.told.entry(what).or_default();
            *told = (told.0 + seeds, told.1 + looks);
        }
        self.cost.add(other.cost);
    }

    fn costs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { records, paid, slept, ongoing, erps, state, writes } = self.cost;
        writeln!(f, "\n{:<34} {:>12} {:>16}", "cost, faults included", "in all", "a record")?;
        let each = |all: f64| all / (records.max(1) as f64);
        writeln!(f, "{:<34} {records:>12}", "records that arrived")?;
        for (name, seconds) in [("paid seconds", paid.as_secs_f64()), ("of these asleep", slept.as_secs_f64())] {
            writeln!(f, "{name:<34} {seconds:>12.0} {:>16.3}", each(seconds))?;
        }
        for (name, count) in [
            ("calls to Ongoing", ongoing),
            ("writes that it accepted", writes),
            ("calls to ERPs", erps),
            ("calls to the state table", state),
        ] {
            writeln!(f, "{name:<34} {count:>12} {:>16.2}", each(count as f64))?;
        }
        Ok(())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.tenant_time.as_secs_f64() / 86_400.0;
        writeln!(f, "{:<34} {:>12}", "seeds", self.seeds)?;
        writeln!(f, "{:<34} {:>12}", "seeds that broke an invariant", self.failed.len())?;
        writeln!(f, "{:<34} {days:>12.0}", "simulated tenant-days")?;
        let years = days / 365.25;
        writeln!(f, "{:<34} {years:>12.2}", "simulated tenant-years")?;
        writeln!(f, "{:<34} {:>12}", "steps", self.steps)?;
        writeln!(f, "{:<34} {:>12}", "most jobs that waited at one time", self.jobs)?;
        writeln!(f, "{:<34} {:>12}", "edits lost in a round trip to Visma", self.overwritten)?;
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
        self.arrived.table(f, "ERP to Ongoing, faults included")?;
        self.back.table(f, "shipped to known in the ERP")?;
        self.costs(f)?;
        writeln!(f, "\n{:<34} {:>12} {:>16}", "an operator was told", "in seeds", "half-hours")?;
        for (what, (seeds, looks)) in &self.told {
            let what: String = what.chars().take(34).collect();
            writeln!(f, "{what:<34} {seeds:>12} {looks:>16}")?;
        }
        for (seed, broken) in &self.failed {
            writeln!(f, "\nseed {seed}: {broken}\n  repeat with: cargo xtask simulate --seed {seed}")?;
        }
        Ok(())
    }
}
