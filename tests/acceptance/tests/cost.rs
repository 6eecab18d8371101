//! The file by which a tenant's cost is told is as the world counts it.

use acceptance::cost::idle;
use acceptance::shops;
use bridge::roads::cost::{Usage, Work};

/// A tick that finds nothing reads less than this: a third of what it was.
const MOST: f64 = 50.0 / 3.0;

/// How far a count may be from the file, which `UPDATE_COST=1 cargo xtask cost` writes anew.
const APART: f64 = 0.1;

#[tokio::test(start_paused = true)]
async fn an_idle_tick_takes_what_the_file_says() {
    let mut ticks = Vec::new();
    for shop in shops::all() {
        let tick = idle(shop.as_ref()).await;
        // What changed in one evening is not read all night.
        assert!(tick.reads < MOST, "{}: {tick:?}", shop.kind());
        ticks.push(tick);
    }
    let (counted, kept) = (Usage::mean(&ticks), Work::counted().tick);
    let members: [fn(&Usage) -> f64; 4] = [|of| of.invocations, |of| of.reads, |of| of.writes, |of| of.secret_calls];
    for member in members {
        let (counted, kept) = (member(&counted), member(&kept));
        assert!((counted - kept).abs() <= kept * APART, "{counted} was counted, and the file says {kept}");
    }
}
