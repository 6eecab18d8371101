//! Records that are read together, of which one keeps all of them from being read: they are halved until it is found.
//!
//! One among n takes about two calls for each halving. What it is held by is its own only if the API answers otherwise: a
//! read that does not contain it is tried before the halving begins and again before any record is called unreadable.

use crate::words::fault::{Fault, Result};

/// Records that are read together by their keys.
pub(super) trait Batch {
    /// What a record is asked for by.
    type Key: Clone;
    /// What comes.
    type Row;

    /// Reads these; what does not exist is left out. `once`: what fails is not waited for and tried again.
    async fn read(&self, keys: &[Self::Key], once: bool) -> Result<Vec<Self::Row>>;

    /// Reads in the same way what does not exist. Whatever is answered, the API is there.
    async fn probe(&self) -> Result<()>;

    /// Whether there is time for another call.
    fn has_time(&self) -> bool;
}

/// What was read of many records.
#[derive(Debug)]
pub(super) struct Read<K, R> {
    /// What came.
    pub rows: Vec<R>,
    /// What could not be read, each with its own fault.
    pub unread: Vec<(K, Fault)>,
    /// How many of the keys, from the first on, were dealt with before the time ran out.
    pub done: usize,
}

/// Reads records; those that cannot be read are found and left aside.
///
/// # Errors
/// What concerns all of them: the API does not answer, or not to us.
pub(super) async fn read<B: Batch>(batch: &B, keys: &[B::Key]) -> Result<Read<B::Key, B::Row>> {
    if keys.is_empty() {
        return Ok(Read { rows: Vec::new(), unread: Vec::new(), done: 0 });
    }
    match batch.read(keys, false).await {
        Ok(rows) => Ok(Read { rows, unread: Vec::new(), done: keys.len() }),
        Err(fault) => halve(batch, keys, own(batch, fault).await?).await,
    }
}

/// Reads records that met this fault together, which is known to be that of some of them.
///
/// # Errors
/// What concerns all of them.
pub(super) async fn halve<B: Batch>(batch: &B, keys: &[B::Key], met: Fault) -> Result<Read<B::Key, B::Row>> {
    let mut read = Read { rows: Vec::new(), unread: Vec::new(), done: keys.len() };
    if let [key] = keys {
        read.unread.push((key.clone(), met));
        return Ok(read);
    }
    let half = keys.len() / 2;
    // The last is the next, so that what is dealt with is always the first of the keys.
    let mut left = vec![(half, keys.len()), (0, half)];
    while let Some((from, to)) = left.pop() {
        if !batch.has_time() {
            read.done = from;
            break;
        }
        let part = &keys[from..to];
        let tried = match batch.read(part, true).await {
            Err(Fault::RateLimited { .. }) => batch.read(part, false).await,
            tried => tried,
        };
        match (tried, part) {
            (Ok(rows), _) => read.rows.extend(rows),
            (Err(fault), [key]) => read.unread.push((key.clone(), own(batch, fault).await?)),
            (Err(fault), _) if concerns_all(&fault) => return Err(fault),
            (Err(_), _) => {
                let half = from + part.len() / 2;
                left.extend([(half, to), (from, half)]);
            }
        }
    }
    Ok(read)
}

/// The fault, where it is that of the records that were asked for.
///
/// # Errors
/// The fault, where it concerns all records.
pub(super) async fn own<B: Batch>(batch: &B, fault: Fault) -> Result<Fault> {
    let down = concerns_all(&fault) || fault.passes_by_itself() && !is_answer(&batch.probe().await);
    if down { Err(fault) } else { Ok(fault) }
}

/// Whether a fault is not a record's own.
pub(super) fn concerns_all(fault: &Fault) -> bool {
    matches!(fault, Fault::Unauthorized(_) | Fault::RateLimited { .. })
}

/// Whether somebody is there who answers, be it that there is no such record.
pub(super) fn is_answer<T>(probed: &Result<T>) -> bool {
    probed.as_ref().err().is_none_or(|fault| !fault.passes_by_itself() && !concerns_all(fault))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use futures_util::FutureExt as _;

    use super::*;

    /// Records by number, of which some cannot be read.
    #[derive(Default)]
    struct Records {
        stubborn: Vec<u32>,
        fault: Option<Fault>,
        down_after: Option<usize>,
        calls: RefCell<Vec<usize>>,
        probes: Cell<usize>,
        time: Option<usize>,
    }

    impl Records {
        fn with(stubborn: &[u32]) -> Self {
            Self { stubborn: stubborn.to_vec(), ..Self::default() }
        }

        fn is_down(&self) -> bool {
            self.down_after.is_some_and(|calls| self.calls.borrow().len() > calls)
        }

        fn read(&self, most: u32) -> Result<Read<u32, u32>> {
            let keys: Vec<u32> = (0..most).collect();
            read(self, &keys).now_or_never().unwrap()
        }
    }

    impl Batch for Records {
        type Key = u32;
        type Row = u32;

        async fn read(&self, keys: &[u32], _once: bool) -> Result<Vec<u32>> {
            self.calls.borrow_mut().push(keys.len());
            match keys.iter().any(|key| self.stubborn.contains(key)) || self.is_down() {
                true => Err(self.fault.clone().unwrap_or_else(|| Fault::unavailable("500"))),
                false => Ok(keys.to_vec()),
            }
        }

        async fn probe(&self) -> Result<()> {
            self.probes.set(self.probes.get() + 1);
            if self.is_down() { Err(Fault::unavailable("500")) } else { Err(Fault::rejected("/id", "404")) }
        }

        fn has_time(&self) -> bool {
            self.time.is_none_or(|calls| self.calls.borrow().len() < calls)
        }
    }

    fn unread(read: &Read<u32, u32>) -> Vec<u32> {
        read.unread.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn one_in_250_is_found_in_some_twenty_calls_wherever_it_stands() {
        for stubborn in 0..250 {
            let records = Records::with(&[stubborn]);
            let read = records.read(250).unwrap();
            assert_eq!((unread(&read), read.rows.len(), read.done), (vec![stubborn], 249, 250));
            assert!(records.calls.borrow().len() <= 17 && records.probes.get() == 2, "{:?}", records.calls);
        }
    }

    #[test]
    fn any_number_of_them_is_found_and_the_others_are_read_in_their_order() {
        for stubborn in [&[][..], &[0], &[7], &[0, 1, 2, 3], &[3, 4, 9], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] {
            let read = Records::with(stubborn).read(10).unwrap();
            assert_eq!(unread(&read), stubborn);
            let others: Vec<u32> = (0..10).filter(|key| !stubborn.contains(key)).collect();
            assert_eq!((read.rows, read.done), (others, 10));
        }
        let alone = Records::with(&[0]).read(1).unwrap();
        assert_eq!((unread(&alone), alone.done), (vec![0], 1));
    }

    #[test]
    fn an_api_that_is_down_or_turns_us_away_accuses_no_record() {
        for down_after in 0..5 {
            let records = Records { down_after: Some(down_after), ..Records::with(&[5]) };
            assert!(records.read(10).is_err(), "down after {down_after} calls");
        }
        for fault in [
            Fault::Unauthorized("401".into()),
            Fault::RateLimited { status: None, after: std::time::Duration::from_secs(9), why: "429".into() },
        ] {
            let records = Records { fault: Some(fault.clone()), ..Records::with(&[5]) };
            assert_eq!(records.read(10).unwrap_err(), fault);
        }
    }

    #[test]
    fn when_the_time_runs_out_the_first_of_the_keys_are_dealt_with() {
        for calls in 1..12 {
            let records = Records { time: Some(calls), ..Records::with(&[2, 6]) };
            let read = records.read(10).unwrap();
            let mut dealt: Vec<u32> = read.rows.iter().copied().chain(unread(&read)).collect();
            dealt.sort_unstable();
            assert_eq!(dealt, (0..u32::try_from(read.done).unwrap()).collect::<Vec<_>>(), "{calls}");
        }
    }

    #[test]
    fn what_is_refused_needs_no_probe() {
        let records = Records { fault: Some(Fault::rejected("/x", "400")), ..Records::with(&[3]) };
        assert_eq!(unread(&records.read(10).unwrap()), [3]);
        assert_eq!(records.probes.get(), 0);
    }
}
