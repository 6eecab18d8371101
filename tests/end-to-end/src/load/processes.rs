//! What the functions' processes use, read from `/proc` while they run. Elsewhere than on Linux there is nothing to read.

use std::collections::BTreeMap;
use std::fs;

/// Clock ticks in a second, as `/proc` counts CPU time: the same on every Linux.
const TICKS: f64 = 100.0;

/// The processes that were seen.
#[derive(Default)]
pub(super) struct Processes {
    seen: BTreeMap<u32, Process>,
}

struct Process {
    function: String,
    most_kilobytes: u64,
    cpu_ticks: u64,
}

/// What a function's processes used.
#[derive(Default)]
pub(super) struct Used {
    pub processes: usize,
    pub most_megabytes: u64,
    pub cpu_seconds: f64,
}

impl Processes {
    /// Looks once.
    pub(super) fn look(&mut self) {
        let Ok(entries) = fs::read_dir("/proc") else { return };
        for id in entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
            let Some(function) = function(id) else { continue };
            let (Some(most_kilobytes), Some(cpu_ticks)) = (peak(id), cpu(id)) else { continue };
            let process = self.seen.entry(id).or_insert(Process { function, most_kilobytes: 0, cpu_ticks: 0 });
            process.most_kilobytes = process.most_kilobytes.max(most_kilobytes);
            process.cpu_ticks = process.cpu_ticks.max(cpu_ticks);
        }
    }

    /// By function.
    pub(super) fn used(&self) -> BTreeMap<String, Used> {
        let mut all: BTreeMap<String, Used> = BTreeMap::new();
        for process in self.seen.values() {
            let used = all.entry(process.function.clone()).or_default();
            used.processes += 1;
            used.most_megabytes = used.most_megabytes.max(process.most_kilobytes / 1024);
            #[expect(clippy::cast_precision_loss, reason = "a process does not run for thousands of years")]
            let seconds = process.cpu_ticks as f64 / TICKS;
            used.cpu_seconds += seconds;
        }
        all
    }
}

/// The function that a process is, by what Lambda's environment calls it.
fn function(id: u32) -> Option<String> {
    let program = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let program = program.split(|byte| *byte == 0).next()?;
    if !program.ends_with(b"bootstrap") {
        return None;
    }
    let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
    let name = environment.split(|byte| *byte == 0).find_map(|pair| pair.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="))?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// The most memory that it had, in kB.
fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Its CPU time, in clock ticks: the 14th and 15th field, counted from behind the name, which may hold blanks.
fn cpu(id: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}
