//! A fixed set of seeds of the simulation, and that a seed is the same every time.

use std::process::Command;

use acceptance::simulation::{Plan, Wanted, run};

const SEEDS: std::ops::Range<u64> = 1..13;

#[test]
fn a_fixed_set_of_seeds_breaks_no_invariant() {
    let mut broken = Vec::new();
    for seed in SEEDS {
        let outcome = run(&Plan::draw(seed, Wanted::default()), false);
        broken.extend(outcome.broken.iter().map(|broken| format!("seed {seed}: {broken}")));
    }
    assert!(broken.is_empty(), "{}\nthe story: cargo xtask simulate --seed <seed>", broken.join("\n"));
}

#[test]
fn the_same_seed_is_the_same_story_twice_in_one_process_and_in_another() {
    let hash = |seed| run(&Plan::draw(seed, Wanted::default()), false).hash;
    for seed in [3, 5] {
        let first = hash(seed);
        assert_eq!(first, hash(seed), "seed {seed} in one process");
        let mut other = Command::new(env!("CARGO_BIN_EXE_simulate"));
        let other = other.args(["--seed", &seed.to_string(), "--no-shrink"]).output().unwrap();
        let text = String::from_utf8_lossy(&other.stdout);
        assert!(text.contains(&format!("hash {first}")), "seed {seed} in another process: {text}");
    }
    assert_ne!(hash(3), hash(5));
}
