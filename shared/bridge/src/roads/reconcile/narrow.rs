//! A list by ascending ids of which one record keeps every page from being read that it stands on: it is found, and passed
//! over.
//!
//! First ever fewer rows are asked for, so that what stands before it is read. Where a single row cannot be read, its id is
//! looked for: a list of one row cannot be read from any id up to the record's own, and can from the next one on.
//! Of several in a row the last is found, and those before it cannot be told from it.

use serde::{Deserialize, Serialize};

/// How far the search for such a record has come; kept between looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Narrow {
    /// So many rows are asked for.
    rows: usize,
    /// The largest id from which one row could not be read.
    #[serde(default)]
    fails: Option<i64>,
    /// The smallest id from which one could.
    #[serde(default)]
    works: Option<i64>,
}

/// Behind every record's id (Ongoing sheet, section 1.8: ids are 32 bits): a list from here on is empty, whatever is wrong with
/// a record.
pub(crate) const BEHIND_ALL: i64 = i32::MAX as i64;

/// What a page is to be asked for: from which id on, and how many rows.
pub(crate) fn asked(narrow: Option<&Narrow>, id_from: i64, most: usize) -> (i64, usize) {
    let Some(narrow) = narrow else { return (id_from, most) };
    let from = match (narrow.fails, narrow.works) {
        (None, _) => id_from,
        (Some(fails), None) => (fails + (fails - id_from) + 1).min(BEHIND_ALL),
        (Some(fails), Some(works)) => fails + (works - fails) / 2,
    };
    (from, narrow.rows)
}

/// Whether what is read now is no page of the walk, but tells where the record is.
pub(crate) fn searches(narrow: Option<&Narrow>) -> bool {
    narrow.is_some_and(|narrow| narrow.fails.is_some())
}

/// Notes that a page from this id on could not be read. Returns the record's id once it is known; the search is over then.
pub(crate) fn failed(narrow: &mut Option<Narrow>, from: i64, most: usize) -> Option<i64> {
    let before = narrow.get_or_insert(Narrow { rows: most, fails: None, works: None });
    match before.rows {
        0 | 1 => before.fails = Some(from),
        rows => before.rows = rows / 2,
    }
    found(narrow)
}

/// Notes that a page from this id on was read. Returns the record's id once it is known; the search is over then.
pub(crate) fn worked(narrow: &mut Option<Narrow>, from: i64, most: usize) -> Option<i64> {
    match narrow {
        Some(search) if search.fails.is_some() => search.works = Some(from),
        // What stood in the way is behind, or further on.
        Some(search) if search.rows < most => search.rows *= 2,
        _ => *narrow = None,
    }
    found(narrow)
}

fn found(narrow: &mut Option<Narrow>) -> Option<i64> {
    let (fails, works) = narrow.as_ref().and_then(|narrow| narrow.fails.zip(narrow.works))?;
    (works - fails <= 1).then(|| {
        *narrow = None;
        fails
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks a list of which these records cannot be read; what was read, what was passed over, and in how many calls.
    fn walk(ids: &[i64], bad: &[i64], most: usize) -> (Vec<i64>, Vec<i64>, usize) {
        let (mut read, mut passed, mut calls) = (Vec::new(), Vec::new(), 0);
        let (mut narrow, mut id_from) = (None, 0);
        loop {
            let (from, rows) = asked(narrow.as_ref(), id_from, most);
            let page: Vec<i64> = ids.iter().copied().filter(|id| *id >= from).take(rows).collect();
            calls += 1;
            assert!(calls < 2_000, "it does not end: {narrow:?} at {id_from}");
            let searched = searches(narrow.as_ref());
            let is_read = !page.iter().any(|id| bad.contains(id));
            let found = if is_read { worked(&mut narrow, from, most) } else { failed(&mut narrow, from, most) };
            if let Some(id) = found {
                passed.push(id);
                id_from = id + 1;
            } else if is_read && !searched {
                let Some(last) = page.last() else { return (read, passed, calls) };
                id_from = last + 1;
                read.extend(page);
            }
        }
    }

    #[test]
    fn all_others_are_read_and_the_calls_are_few() {
        let ids: Vec<i64> = (1..=400).map(|n| n * 37 + n % 5).collect();
        for bad in [vec![], vec![38], vec![ids[199]], vec![ids[399]], vec![ids[10], ids[11], ids[350]]] {
            let (read, passed, calls) = walk(&ids, &bad, 100);
            let good: Vec<i64> = ids.iter().copied().filter(|id| !bad.contains(id)).collect();
            // Of two in a row the first stands before the second whatever is asked for.
            let found: Vec<i64> = bad.iter().copied().filter(|id| *id != ids[10] || bad.len() == 1).collect();
            assert_eq!((read, &passed), (good, &found));
            assert!(calls <= 5 + bad.len() * 40, "{calls} for {bad:?}");
        }
    }
}
