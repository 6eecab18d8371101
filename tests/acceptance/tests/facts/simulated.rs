//! The simulation of the whole estate under pairs of answers.

use acceptance::answers;
use acceptance::simulation::{Plan, Wanted, run};

const SEEDS: std::ops::Range<u64> = 1..9;

#[test]
fn the_simulation_breaks_no_invariant_under_pairs_of_answers() {
    let mut broken = Vec::new();
    for seed in SEEDS {
        let pair = answers::pair(seed);
        let wanted = Wanted { tenants: Some(4), days: Some(1) };
        let outcome = answers::under(&pair, || run(&Plan::draw(seed, wanted), false));
        let told: Vec<String> = pair.iter().map(|(fact, answer)| format!("{}={answer}", fact.id)).collect();
        broken.extend(outcome.broken.iter().map(|broken| format!("seed {seed} under {}: {broken}", told.join(", "))));
    }
    println!("figure: facts | the simulation under pairs of answers: seeds | {}", SEEDS.count());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
