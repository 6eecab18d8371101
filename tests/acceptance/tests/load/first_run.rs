//! Orders beside a first run of a hundred thousand articles.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::deployment::pull_of;
use acceptance::world::{GOODS_OWNER, Happens, Peer, Pump, Rule, Site, World};
use bridge::words::kind::Kind;
use serde_json::json;

use crate::{CALL, MINUTE};

const ARTICLES: usize = 100_000;

#[tokio::test(start_paused = true)]
async fn orders_arrive_within_two_ticks_while_a_hundred_thousand_articles_are_under_way() {
    let world = World::new();
    world.keep_no_record();
    PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-01-01" }));
    (0..ARTICLES).for_each(|n| PowerOfficeShop.put_article(&world, n, "Article"));
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(CALL)));
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Latency(CALL)));
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    let began = world.now();
    // An order every ten minutes for three hours, each of an article that the first run comes to last.
    for n in 0..18 {
        let number = PowerOfficeShop.put_order(&world, n, &[ARTICLES - 1 - n]);
        world.freshness.ready(world.now(), GOODS_OWNER, &number);
        pump.run(10 * MINUTE).await;
    }
    let imported =
        world.vendors.ongoing.borrow().model.state(GOODS_OWNER).unwrap()["articles"].as_array().unwrap().len();
    pump.run(30 * MINUTE).await;
    let took = world.freshness.took(world.now(), |_| true);
    println!(
        "figure: 18 | orders during a first run of {ARTICLES} articles: median, slowest; articles in three hours | before \
         ten hours; now {} s, {} s; {imported}",
        took.percentile(50).unwrap().as_secs(),
        took.percentile(100).unwrap().as_secs()
    );
    assert!(took.waiting.is_empty(), "{took}");
    assert!(took.percentile(100).unwrap() < 30 * MINUTE, "{took}");
    // The first run is not held up by them: what Ongoing takes of one goods owner, but for the orders themselves.
    let possible = 3 * 3600 * 10 / 3;
    assert!(imported > possible * 17 / 20, "{imported} of {possible}");
    assert!(world.now().duration_since(began) > Duration::from_secs(3600).try_into().unwrap());
}
