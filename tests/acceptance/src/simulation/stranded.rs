//! What stands still after an hour of quiet although nothing is in its way: a message that is gone and that nobody took away,
//! and a record that waits for what is there. Time mends both, which must not hide what it costs.

use bridge::state::ledger::WaitsFor;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;

use super::estate::Estate;
use super::judge::Broken;
use super::plan::Plan;
use crate::world::World;

/// Faults that take messages away: these are noticed after a day.
const TAKE_MESSAGES: [&str; 2] = ["import queue purged", "messages expire"];

/// What is stranded.
pub(super) fn found(world: &World, estate: &Estate, plan: &Plan) -> Vec<Broken> {
    let queued: Vec<String> = world.memory.import_queue().into_iter().map(|message| message.body).collect();
    let taken = plan.faults.iter().any(|fault| TAKE_MESSAGES.contains(&fault.kind));
    let mut broken = Vec::new();
    for tenant in 0..estate.truths.len() {
        let (id, owner) = (estate.tenant_id(tenant), estate.goods_owner(tenant));
        let ongoing = world.vendors.ongoing.borrow().model.state(owner).unwrap_or_default();
        let has = |number: &str| {
            let articles = ongoing["articles"].as_array();
            articles.into_iter().flatten().any(|article| article["articleNumber"] == number)
        };
        for (feed, key, entry) in [Feed::Articles, Feed::Orders]
            .into_iter()
            .flat_map(|feed| world.ledger(&id, feed).into_iter().map(move |(key, entry)| (feed, key, entry)))
        {
            let number = entry.number.clone().unwrap_or_default();
            let mut breaks = |invariant, what: String| {
                let (tenant_id, number, key) = (id.clone(), number.clone(), key.clone());
                broken.push(Broken { invariant, tenant_id, number, key, what, passes: false });
            };
            let is_queued = || queued.iter().any(|body| body.contains(&id) && body.contains(&key));
            if entry.is_unsettled() && !taken && !is_queued() {
                let at = entry.handed_out.as_ref().map(|last| last.at);
                breaks(
                    "I18",
                    format!("the message of {feed} that was queued at {at:?} is gone, and nobody took it away"),
                );
            }
            let parked = entry.parked.as_ref().filter(|_| entry.outcome == Some(Outcome::Parked));
            if let Some(WaitsFor::ArticleNumber(article)) = parked.and_then(|parked| parked.waits_for.as_ref())
                && has(article)
            {
                breaks("I16", format!("it waits for the article {article}, which is there"));
            }
        }
    }
    broken
}
