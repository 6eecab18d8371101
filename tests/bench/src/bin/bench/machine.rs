//! What was measured on, and how large the programs are.

use std::fs;

use crate::side::Programs;

/// The machine in one or two lines.
pub fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches([' ', '\t', ':']);
    let model = if model.is_empty() { std::env::consts::ARCH } else { model };
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model:.50}, {cores} cores, load {load}")
}

/// The program's size on disk.
pub fn sizes(programs: &Programs) -> String {
    let bytes = fs::metadata(programs.function()).map(|file| file.len()).unwrap_or_default();
    format!("the functions' program: {:.1} MB before it is packed\n", bytes as f64 / 1e6)
}
