//! A day of one tenant: orders and changed articles come evenly, each order is shipped, Ongoing sends its webhooks.

use std::time::Duration;

use bridge::roads::cost::{TICKS, Usage};
use bridge::words::kind::Kind;
use serde_json::json;

use crate::shops::{Shop, article_number};
use crate::world::deployment::{FUNCTIONS, RECONCILE, TICK, pull_of};
use crate::world::{Peer, Pump, World};

/// Orders a day.
pub const ORDERS: usize = 200;

/// Changed articles a day.
pub const ARTICLES: usize = 500;

/// Between two articles that somebody makes.
const APART: Duration = Duration::from_secs(60);

/// After this no list has what was changed before.
const QUIET: Duration = Duration::from_secs(20 * 3600);

/// What a tenant's item takes of a read, where a query reads many: four of a kilobyte are one.
const OF_MANY: f64 = 0.25;

/// Articles that there are.
const RANGE: usize = 50;

/// A company with its articles in Ongoing and its first ticks behind it.
async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    for n in 0..RANGE {
        shop.put_article(&world, n, "Article");
        // A cursor stands at a moment: what changed at the same one is read with every tick until something else changes.
        world.wait(APART).await;
    }
    for _ in 0..2 {
        world.tick(shop.kind()).await;
        world.reconcile().await;
        world.wait(TICK).await;
    }
    for n in 0..RANGE {
        world.warehouse("count", &json!({ "articleNumber": article_number(n), "numberOfItems": 5000 }));
    }
    world.reconcile().await;
    world
}

/// What a day of `orders` and changed `articles` takes.
pub async fn day(shop: &dyn Shop, orders: usize, articles: usize) -> Usage {
    let world = open(shop).await;
    let bytes = world.logs.text().len();
    let writes = world.writes();
    world.counters.reset();
    let mut pump = Pump::new(&world).scheduled([pull_of(shop.kind()), RECONCILE]);
    let (mut put, mut changed, mut webhooks) = (0, 0, 0);
    let mut seen = world.webhooks(0).1;
    let mut to_ship: Vec<String> = Vec::new();
    for tick in 1..=TICKS {
        while changed < articles * tick / TICKS {
            changed += 1;
            shop.put_article(&world, changed % RANGE, &format!("Article, edition {changed}"));
        }
        let mut new = Vec::new();
        while put < orders * tick / TICKS {
            put += 1;
            new.push(shop.put_order(&world, put, &[put % RANGE, (put + 1) % RANGE]));
        }
        pump.run(TICK / 2).await;
        // What was handed out with the tick before is shipped at its own time; its process has had others since.
        for order in std::mem::replace(&mut to_ship, new) {
            world.warehouse("ship", &json!({ "orderNumber": order }));
            let (payloads, last) = world.webhooks(seen);
            seen = last;
            world.new_process();
            for payload in payloads {
                webhooks += 1;
                world.post(&payload).await;
            }
            pump.run(Duration::from_secs(60)).await;
        }
        let now = world.now();
        let next = now + (TICK / 2).saturating_sub(Duration::from_secs(60 * 3));
        pump.run_until(next).await;
        // Lambda keeps a process that waits for some minutes.
        pump.end_idle_processes();
    }
    let mut usage = counted(&world, shop.kind());
    usage.webhooks = webhooks as f64;
    usage.log_bytes = (world.logs.text().len() - bytes) as f64;
    usage.arrived = (world.writes() - writes) as f64;
    usage
}

/// What an idle tick, an order and a changed article take, where there are so many a day.
pub async fn work(shop: &dyn Shop, orders: usize, articles: usize) -> [Usage; 3] {
    let tick = idle(shop).await;
    let none = Usage::default().plus(&tick, TICKS as f64);
    let order = day(shop, orders, 0).await.beside(&none, orders as f64);
    let article = day(shop, 0, articles).await.beside(&none, articles as f64);
    [tick, order, article]
}

/// What a tick of a company takes to which nothing happens: its pull and its reconcile.
pub async fn idle(shop: &dyn Shop) -> Usage {
    let world = open(shop).await;
    let mut pump = Pump::new(&world).scheduled([pull_of(shop.kind()), RECONCILE]);
    // What an ERP shows again for some hours after it was changed is no part of it.
    pump.run(QUIET).await;
    pump.end_idle_processes();
    world.counters.reset();
    let bytes = world.logs.text().len();
    pump.run(TICK).await;
    Usage { log_bytes: (world.logs.text().len() - bytes) as f64, ..counted(&world, shop.kind()) }
}

fn counted(world: &World, kind: Kind) -> Usage {
    let counters = &world.counters;
    let calls = |peer: Peer, part: &str| counters.calls_of(peer, part) as f64;
    let mut usage = Usage {
        // Lists of the tenants of another ERP are no tenant's.
        reads: calls(Peer::State, "get ")
            + calls(Peer::State, "list ")
            + counters.items() as f64
            + calls(Peer::Tenants, "get ")
            + calls(Peer::Tenants, &format!("list {}", kind.word())) * OF_MANY,
        writes: calls(Peer::State, "put ") + calls(Peer::State, "delete "),
        secret_calls: calls(Peer::Secrets, ""),
        ..Usage::default()
    };
    for function in FUNCTIONS {
        let invoked = counters.invoked(function.name);
        usage.invocations += invoked.ended.values().sum::<usize>() as f64;
        usage.seconds += invoked.paid.as_secs_f64();
        let Some(mapping) = function.mapping else { continue };
        let delivered: usize = counters.deliveries(mapping.queue.name).values().sum();
        // Sent, received and deleted; batches make it fewer.
        *(if mapping.queue.fifo { &mut usage.fifo } else { &mut usage.standard }) += 3.0 * delivered as f64;
    }
    usage
}
