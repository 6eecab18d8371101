//! Ctrl-C, and the end that `kill` asks for: whoever started something says what it ends.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// As a shell tells that a command was ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The time is up.
    Time,
    /// Somebody wants it to end.
    End,
}

/// The signals that end a program.
pub struct Interrupt {
    said: Receiver<()>,
    waited_for: Arc<AtomicBool>,
}

impl Interrupt {
    /// From now on the first one that comes before anybody waits ends the program with these words.
    pub fn before(words: &'static str) -> io::Result<Self> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let (says, said) = channel();
        let waited_for = Arc::new(AtomicBool::new(false));
        let waits = Arc::clone(&waited_for);
        thread::spawn(move || {
            for _ in signals.forever() {
                if waits.load(Ordering::SeqCst) {
                    let _ = says.send(());
                } else {
                    eprintln!("\n{words}");
                    process::exit(INTERRUPTED);
                }
            }
        });
        Ok(Self { said, waited_for })
    }

    /// From now on whoever waits is told.
    pub fn is_waited_for(&self) {
        self.waited_for.store(true, Ordering::SeqCst);
    }

    /// Waits for one, for this long or as long as it takes.
    pub fn wait(&self, time: Option<Duration>) -> Wake {
        let Some(time) = time else {
            let _ = self.said.recv();
            return Wake::End;
        };
        match self.said.recv_timeout(time) {
            Err(RecvTimeoutError::Timeout) => Wake::Time,
            _ => Wake::End,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_its_time_or_with_a_signal() {
        let interrupt = Interrupt::before("nobody waits").unwrap();
        interrupt.is_waited_for();
        assert_eq!(interrupt.wait(Some(Duration::from_millis(1))), Wake::Time);
        signal_hook::low_level::raise(SIGTERM).unwrap();
        assert_eq!(interrupt.wait(Some(Duration::from_secs(20))), Wake::End);
        signal_hook::low_level::raise(SIGINT).unwrap();
        assert_eq!(interrupt.wait(None), Wake::End);
    }
}
