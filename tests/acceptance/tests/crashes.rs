//! Crash at every step of a pull and of an import, enumerated, then run again: nothing lost, nothing doubled.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use acceptance::shops::{self, article_number, story};
use acceptance::world::{GOODS_OWNER, Peer, Site, World};
use serde_json::json;

fn assert_right(world: &World, orders: &[String], when: &str) {
    let ongoing = world.vendors.ongoing.borrow();
    for (n, name) in ["First", "Second"].iter().enumerate() {
        let body = ongoing.model.article_body(GOODS_OWNER, &article_number(n));
        assert_eq!(body.map(|body| &body["articleName"]), Some(&json!(name)), "{when}: article {n}");
    }
    for order in orders {
        assert!(ongoing.model.order_body(GOODS_OWNER, order).is_some(), "{when}: order {order} is lost");
    }
    let state = ongoing.model.state(GOODS_OWNER).unwrap();
    assert_eq!(state["articles"].as_array().unwrap().len(), 2, "{when}: an article is doubled");
    assert_eq!(state["orders"].as_array().unwrap().len(), orders.len(), "{when}: an order is doubled");
}

/// Writes of articles, and of anything else, that reached Ongoing.
fn writes(world: &World) -> (usize, usize) {
    let articles = world.counters.calls_of(Peer::Vendor(Site::Ongoing), "PUT /acme/api/v1/articles");
    (articles, world.writes() - articles)
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_loses_and_doubles_nothing() {
    for shop in shops::all() {
        let (world, orders) = story(shop.as_ref()).await;
        world.steps.plan(None);
        world.tick(shop.kind()).await;
        assert_right(&world, &orders, "without a crash");
        let (steps, names) = (world.steps.taken(), world.steps.names());
        assert!(steps > 40, "{}: only {steps} steps", shop.kind());
        let undisturbed = writes(&world);

        for (step, name) in names.iter().enumerate() {
            let when = format!("{}: crash at step {step}, {name}", shop.kind());
            let (world, orders) = story(shop.as_ref()).await;
            world.steps.plan(Some(step));
            world.tick(shop.kind()).await;
            world.steps.plan(None);
            world.tick(shop.kind()).await;
            assert_right(&world, &orders, &when);
            // What was under way may be sent again, and says the same: an order, or the articles of a batch, whose notes are
            // written together.
            let (articles, orders) = writes(&world);
            assert!(articles <= undisturbed.0 + 2, "{when}: {articles} writes of articles");
            assert!(orders <= undisturbed.1 + 1, "{when}: {orders} writes of orders");
            let again = articles > undisturbed.0 && orders > undisturbed.1;
            assert!(!again, "{when}: orders wait until the articles of their batch are noted");
            let writes = world.writes();
            world.tick(shop.kind()).await;
            assert_eq!(world.writes(), writes, "{when}: the next tick is not silent");
        }
        println!("{}: {steps} crash steps", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn two_crashes_in_a_row() {
    for shop in shops::all() {
        let (world, _) = story(shop.as_ref()).await;
        world.steps.plan(None);
        world.tick(shop.kind()).await;
        let steps = world.steps.taken();
        for step in 0..steps {
            let (world, orders) = story(shop.as_ref()).await;
            world.steps.plan(Some(step));
            world.tick(shop.kind()).await;
            world.steps.plan(Some(step / 2));
            world.tick(shop.kind()).await;
            world.steps.plan(None);
            world.tick(shop.kind()).await;
            assert_right(&world, &orders, &format!("{}: crashes at steps {step} and {}", shop.kind(), step / 2));
        }
    }
}
