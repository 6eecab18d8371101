//! Pages that were read before: what `apply` hands out is what `plan` showed.

use std::cell::Cell;

use jiff::Timestamp;

use super::backfill::Turn;
use super::start::Start;
use super::{Counts, Pull};
use crate::ports::{Ports, Run};
use crate::state::cursor::StoredCursor;
use crate::state::ledger::Ledger;
use crate::state::on_queue::OnQueue;
use crate::state::pull_lease::{HANDING_OUT, PullLease};
use crate::systems::erp::Page;
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::envelope::Job;
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// Hands out pages that were read before, as if they were read now, and moves the cursor as they say; a backfill (`since`)
/// moves none. The lease is held by whoever calls, and renewed with every page.
///
/// # Errors
/// When the queue or the state cannot be reached, or somebody moved the cursor all the same.
#[expect(clippy::too_many_arguments, reason = "what a pull knows of a feed, held by the caller since it was read")]
pub(crate) async fn replay(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    since: Option<Timestamp>,
    feed: Feed,
    mut stored: StoredCursor,
    pages: Vec<Page>,
    lease: &mut PullLease,
) -> Result<Counts> {
    let ledger = Ledger::new(ports, &tenant.tenant_id);
    let turn = Turn::of(&Job { since, ..Job::tick(&tenant.tenant_id) });
    let erp = erps::connect(ports, tenant, run.deadline);
    let on_queue = OnQueue::read(ports, &ledger, &tenant.tenant_id).await?;
    // Nobody ends a command: every page comes to its end.
    let unhurried = Run { id: run.id.clone(), deadline: Timestamp::MAX };
    let pull = Pull {
        ports,
        run: &unhurried,
        tenant,
        job: &turn.job,
        ledger: &ledger,
        before: turn.before,
        erp: erp.as_ref(),
        on_queue: &on_queue,
        start: &Start::default(),
        articles_are_complete: &Cell::new(true),
        walk_began: Cell::default(),
        walked: Cell::default(),
        // Nobody says when a plan was made.
        read_at: Cell::new(Timestamp::UNIX_EPOCH),
    };
    let mut counts = Counts::default();
    for page in pages {
        lease.renew(ports, ports.clock.now() + HANDING_OUT).await?;
        pull.hand_out(feed, page.changes, &mut counts).await?;
        pull.advance(feed, &mut stored, &page.cursor, page.more).await?;
    }
    Ok(counts)
}
