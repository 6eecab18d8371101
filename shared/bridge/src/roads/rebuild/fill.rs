//! Notes what was found out, the guards first: a process that ends in between leaves less, and nothing that could be written
//! twice.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{Filling, Found, Progress, Told};
use crate::ports::{Ports, Run};
use crate::roads::repair::Flow;
use crate::state::cursor;
use crate::state::intents::Intents;
use crate::state::journal::{Journal, Note};
use crate::state::ledger::{Entry, InOngoing, Ledger, Stored};
use crate::state::pull_lease::{PullLease, Taken, Work};
use crate::state::reconcile_lease::ReconcileLease;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// How long nobody else may work on the tenant; the filling of a large ledger takes minutes.
const LEASE: Duration = Duration::from_secs(1800);

/// Notes that are written side by side.
const AT_ONCE: usize = 8;

/// Ledger entries that are written before it is said how many are.
const PART: usize = 200;

/// Why nothing was noted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Somebody works on the tenant at this moment.
    #[error("{0} is under way for it")]
    AtWork(&'static str),
    /// The state cannot be reached. What was noted until then stands, and the same again goes on.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Notes what was found out. The tenant must not be worked for meanwhile, which leases see to.
///
/// # Errors
/// [`Refused`].
pub async fn fill(ports: &Ports, run: &Run, filling: &Filling, progress: &dyn Fn(Progress)) -> Result<(), Refused> {
    let tenant_id = filling.tenant_id.as_str();
    let brief = Run { id: run.id.clone(), deadline: ports.clock.now() + LEASE };
    let Taken::Mine(pull) = PullLease::take(ports, tenant_id, Work::Part, None, &brief).await? else {
        return Err(Refused::AtWork("a pull"));
    };
    let done = match ReconcileLease::take(ports, tenant_id, &brief).await {
        Ok(Some(lease)) => {
            let done = noted(ports, run, filling, progress).await;
            // One that cannot be given back runs out by itself.
            let progress = lease.progress();
            let _ = lease.give_back(ports, progress).await;
            done.map_err(Refused::Fault)
        }
        Ok(None) => Err(Refused::AtWork("a look of the reconcile")),
        Err(fault) => Err(fault.into()),
    };
    let _ = pull.give_back(ports).await;
    done
}

async fn noted(ports: &Ports, run: &Run, filling: &Filling, progress: &dyn Fn(Progress)) -> Result<()> {
    let tenant_id = filling.tenant_id.as_str();
    let intents = Intents::new(ports, tenant_id);
    // Whatever it finds: it stands then.
    stream::iter(&filling.intents)
        .map(|intent| intents.begin(intent))
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    journal(ports, run, filling).await?;
    if let Some(at) = filling.first_seen {
        cursor::seen_since(ports, tenant_id, at).await?;
    }
    ledger(ports, run, filling, progress).await
}

async fn journal(ports: &Ports, run: &Run, filling: &Filling) -> Result<()> {
    let (journal, ledger) = (Journal::new(ports, &filling.tenant_id), Ledger::new(ports, &filling.tenant_id));
    let notes = filling.found.iter().filter_map(|((flow, key), (number, found))| match (flow, found) {
        (Flow::Back(back), Found::Told(told)) => Some((*back, key, number, told, None)),
        (Flow::Back(back), Found::Doubtful { told, why }) => Some((*back, key, number, told, Some(why))),
        _ => None,
    });
    stream::iter(notes)
        .map(|(back, key, number, told, doubt)| {
            let (journal, ledger) = (&journal, &ledger);
            async move {
                journal.update(back, key, |note| set(note, run, number.as_deref(), told, doubt)).await?;
                match &told.order {
                    Some(order) => ledger.shipped_as(order, &told.tracking).await,
                    None => Ok(()),
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_for_each(|()| async { Ok(()) })
        .await
}

fn set(note: &mut Note, run: &Run, number: Option<&str>, told: &Told, doubt: Option<&String>) {
    note.number = number.map(str::to_owned);
    note.correlation_id.clone_from(&run.id);
    note.tracking.clone_from(&told.tracking);
    match doubt {
        Some(why) => note.leave(format!("whether it was done before the state table was lost is not known: {why}")),
        None => note.settle(Outcome::Unchanged, told.why.clone(), told.written.clone()),
    }
}

/// Writes the entries, articles before orders.
async fn ledger(ports: &Ports, run: &Run, filling: &Filling, progress: &dyn Fn(Progress)) -> Result<()> {
    let ledger = Ledger::new(ports, &filling.tenant_id);
    let same = filling.found.iter().filter_map(|((flow, key), (_, found))| match (flow, found) {
        (Flow::In(feed), Found::Same(entry)) => Some((*feed, key, Fill::Entry(entry))),
        _ => None,
    });
    let by_id = filling.by_id.iter().map(|((feed, key), there)| (*feed, key, Fill::Id(there, &run.id)));
    let mut fills: Vec<(Feed, &String, Fill<'_>)> = same.chain(by_id).collect();
    fills.sort_by_key(|(feed, ..)| *feed);
    let all = fills.len();
    let mut done = 0;
    for of_feed in fills.chunk_by(|one, other| one.0 == other.0) {
        for part in of_feed.chunks(PART) {
            let keys: Vec<String> = part.iter().map(|(_, key, _)| (*key).clone()).collect();
            let mut read = ledger.read(part[0].0, &keys).await?;
            let changes = part.iter().map(|(_, key, fill)| {
                let stored: Stored = read.remove(*key).unwrap_or_default();
                ((*key).clone(), stored, move |entry: &mut Entry| fill.set(entry))
            });
            ledger.update_all(part[0].0, changes.collect()).await?;
            done += part.len();
            progress(Progress::Noted(done, all));
        }
    }
    Ok(())
}

/// What an entry gets.
enum Fill<'a> {
    Entry(&'a Entry),
    Id(&'a InOngoing, &'a str),
}

impl Fill<'_> {
    /// What is newer by now stays.
    fn set(&self, entry: &mut Entry) {
        match self {
            Self::Entry(new) => {
                let version = |of: &Entry| of.seen.as_ref().map(|seen| seen.version.clone());
                if version(entry) <= version(new) {
                    let (handed_out, backfilled) = (entry.handed_out.take(), entry.backfilled);
                    *entry = Entry { handed_out, backfilled, ..(*new).clone() };
                }
            }
            Self::Id(there, run) if entry.ongoing.is_none() => {
                entry.number = entry.number.take().or_else(|| Some(there.number.clone()));
                entry.ongoing = Some((*there).clone());
                if entry.correlation_id.is_empty() {
                    entry.correlation_id = (*run).to_owned();
                }
            }
            Self::Id(..) => {}
        }
    }
}
