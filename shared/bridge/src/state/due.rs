//! Index items in the order in which what they point at is due, so that a look at the first of them finds what has been due
//! longest, and ends where the rest is not due yet.
//!
//! The item says when: whoever moves a due time places another item before it writes the new time, and removes the old one
//! after. A crash in between leaves an index item too many, which a later look removes, never one too few.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::ports::{Item, Ports};
use crate::words::fault::Result;

/// Index items read in one look.
pub const PAGE: usize = 1_000;

/// Index items read to see whether a look is worth it: most of the time there are fewer, and none of them is due.
const GLANCE: usize = 50;

/// How long nobody looks for index items of an earlier release where there were none: its last invocations end after a new one
/// has begun.
pub const MOVED_OVER: Duration = Duration::from_secs(24 * 3600);

/// What is left for a person stands behind what is due, so that one list has both.
pub const LEFT: &str = "due-left";

/// An index item may stand before the entry that it is placed for is written, but no longer than an invocation lives.
const AHEAD: Duration = Duration::from_secs(15 * 60);

/// The sort key of what is due then: milliseconds in fixed digits, rounded up, so that nothing is found before its time.
/// Of what is due at one moment, what was queued first goes first.
pub(super) fn sk(prefix: &str, at: Timestamp, queued_at: Option<Timestamp>, key: &str) -> String {
    format!("{prefix}{:015}#{:015}#{key}", milliseconds(at), queued_at.map_or(0, milliseconds))
}

fn milliseconds(at: Timestamp) -> i128 {
    (at.as_nanosecond() + 999_999).div_euclid(1_000_000).max(0)
}

/// Places an index item; a conflict means that it is there already.
pub(super) async fn place(ports: &Ports, pk: &str, sk: String, body: Value) -> Result<()> {
    ports.state.put(Item { pk: pk.to_owned(), sk, rev: 1, body, expires: None }).await.map(|_| ())
}

/// Index items that are due, the longest first.
pub(super) struct Look {
    /// The items.
    pub items: Vec<Item>,
    /// Whether more of them may be due.
    pub more: bool,
}

/// What is due under a prefix after the first `skip` items, at most [`PAGE`].
///
/// # Errors
/// When the store cannot be reached.
pub(super) async fn look(ports: &Ports, pk: &str, prefix: &str, now: Timestamp, skip: usize) -> Result<Look> {
    let items = ports.state.list(pk, prefix, skip + PAGE).await?;
    let whole = items.len() < skip + PAGE;
    let until = now.as_nanosecond().div_euclid(1_000_000);
    let is_due = |item: &Item| time(prefix, item).is_none_or(|at| at <= until);
    let listed = items.len().saturating_sub(skip);
    let items: Vec<Item> = items.into_iter().skip(skip).take_while(is_due).collect();
    Ok(Look { more: !whole && items.len() == listed, items })
}

/// Those of `words` under which something may be due: `{prefix}{word}#…`. One read for all of them.
///
/// # Errors
/// When the store cannot be reached.
pub(super) async fn glance<T: Copy>(
    ports: &Ports,
    pk: &str,
    prefix: &str,
    words: &[(T, &str)],
    now: Timestamp,
) -> Result<Vec<T>> {
    let items = ports.state.list(pk, prefix, GLANCE).await?;
    let until = now.as_nanosecond().div_euclid(1_000_000);
    let may_be_due = |word: &str| {
        let prefix = format!("{prefix}{word}#");
        let mut of = items.iter().filter(|item| item.sk.starts_with(&prefix));
        items.len() == GLANCE || of.any(|item| time(&prefix, item).is_none_or(|at| at <= until))
    };
    Ok(words.iter().filter(|(_, word)| may_be_due(word)).map(|(what, _)| *what).collect())
}

/// Whether an index item that nothing answers to can be removed: what is younger may be ahead of what it was placed for.
pub(super) fn is_stale(prefix: &str, item: &Item, now: Timestamp) -> bool {
    time(prefix, item).is_none_or(|at| at + i128::try_from(AHEAD.as_millis()).unwrap_or(0) <= milliseconds(now))
}

fn time(prefix: &str, item: &Item) -> Option<i128> {
    item.sk.strip_prefix(prefix)?.split('#').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn item(at: Timestamp, queued_at: Option<Timestamp>, key: &str) -> Item {
        Item { pk: "p".into(), sk: sk("due#", at, queued_at, key), rev: 1, body: Value::Null, expires: None }
    }

    #[test]
    fn keys_sort_by_time_then_by_queue_then_by_key() {
        let (one, two) = (at("2026-03-02T07:00:00.001Z"), at("2026-03-02T07:00:00.002Z"));
        let keys =
            [item(one, Some(one), "b"), item(one, Some(two), "a"), item(one, Some(two), "b"), item(two, None, "a")];
        assert!(keys.is_sorted_by_key(|item| item.sk.clone()));
    }

    #[test]
    fn nothing_is_found_before_its_time() {
        let due = item(at("2026-03-02T07:00:00.0005Z"), None, "k#1");
        assert_eq!(time("due#", &due), Some(milliseconds(at("2026-03-02T07:00:00.001Z"))));
    }

    #[test]
    fn what_answers_to_nothing_stays_as_long_as_its_writer_may_live() {
        let due = item(at("2026-03-02T07:00:00Z"), None, "k");
        assert!(!is_stale("due#", &due, at("2026-03-02T07:14:59Z")));
        assert!(is_stale("due#", &due, at("2026-03-02T07:15:00Z")));
    }
}
