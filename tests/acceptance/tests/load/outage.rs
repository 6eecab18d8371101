//! An ERP and a fifth of the warehouses hang for six hours: the others do not feel it.

use std::time::Duration;

use acceptance::shops::Companies;
use acceptance::world::deployment::pull_of;
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::words::kind::Kind;
use serde_json::json;

use crate::{CALL, MINUTE};

const HOURS: usize = 6;

/// How long records of healthy tenants take: mean, 99 of a hundred, slowest, in seconds.
async fn freshness(outage: bool) -> [f64; 3] {
    let world = World::new();
    world.keep_no_record();
    let kinds = [Kind::PowerOffice, Kind::Procountor, Kind::Visma];
    let all = kinds.map(|kind| Companies::found(&world, kind, 25, &json!({ "start_date": "2026-01-01" })));
    let sick = Companies::found(&world, Kind::Finago, 25, &json!({ "start_date": "2026-01-01" }));
    let is_sick = |goods_owner: i64| goods_owner % 5 == 0;
    for site in [Site::Ongoing, Site::PowerOffice, Site::Procountor, Site::Visma, Site::Finago] {
        world.rules.add(Rule::to(Peer::Vendor(site), Happens::Latency(CALL)));
    }
    let mut pump = Pump::new(&world).scheduled(Kind::ALL.map(pull_of));
    pump.run(30 * MINUTE).await;
    if outage {
        world.rules.add(Rule::to(Peer::Vendor(Site::Finago), Happens::Hangs));
        let owners =
            all.iter().chain([&sick]).flat_map(|companies| (0..companies.count()).map(|at| companies.goods_owner(at)));
        let hanging: Vec<i64> = owners.filter(|owner| is_sick(*owner)).collect();
        let hangs = Rule::when(move |call| hanging.iter().any(|owner| call.about(*owner)), Happens::Hangs);
        world.rules.add(hangs);
    }
    for round in 0..HOURS * 6 {
        for companies in all.iter().chain([&sick]) {
            for at in (0..companies.count()).filter(|at| (at + round) % 6 == 0) {
                companies.put_article(&world, at, round, "Article");
                companies.put_order(&world, at, round, &[round]);
            }
        }
        pump.run(10 * MINUTE).await;
    }
    pump.run(30 * MINUTE).await;
    let took = world.freshness.took(world.now(), |owner| !sick.has(owner) && !is_sick(owner));
    assert!(took.waiting.is_empty(), "{took}");
    let all: Vec<f64> = took.arrived.iter().map(Duration::as_secs_f64).collect();
    let within = |percent| took.percentile(percent).unwrap().as_secs_f64();
    [all.iter().sum::<f64>() / all.len() as f64, within(99), within(100)]
}

#[tokio::test(start_paused = true)]
async fn six_hours_without_an_erp_and_a_fifth_of_the_warehouses_move_the_others_by_a_tenth_at_most() {
    let [without, beside] = [freshness(false).await, freshness(true).await];
    println!(
        "figure: all | an ERP and a fifth of the warehouses hang for six hours: the others' freshness, mean, 99 %, slowest, \
         s | without {without:.0?}; beside {beside:.0?}"
    );
    for at in 0..2 {
        assert!(beside[at] <= without[at] * 1.1, "{beside:?} beside {without:?}");
    }
    // Until it is known whose warehouse hangs, a record may wait for one who tries.
    assert!(beside[2] <= without[2] + 90.0, "{beside:?} beside {without:?}");
}
