//! Signals that end the process: hangup, Ctrl-C, terminate. A command that has something to put in order first holds them.

use std::sync::atomic::{AtomicBool, Ordering};

static HELD: AtomicBool = AtomicBool::new(false);

/// While it lives nobody else ends the process at a signal.
pub struct Held(());

impl Held {
    pub fn now() -> Self {
        HELD.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.store(false, Ordering::SeqCst);
    }
}

/// Whether a command holds them.
pub fn are_held() -> bool {
    HELD.load(Ordering::SeqCst)
}

/// The signals, which end nothing by themselves from here on.
#[cfg(unix)]
pub struct Signals([(tokio::signal::unix::Signal, i32); 3]);

#[cfg(unix)]
impl Signals {
    pub fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let on = |kind: SignalKind| signal(kind).map(|signal| (signal, 128 + kind.as_raw_value()));
        Ok(Self([on(SignalKind::hangup())?, on(SignalKind::interrupt())?, on(SignalKind::terminate())?]))
    }

    /// The next one, as the exit code by which a shell tells it.
    pub async fn next(&mut self) -> i32 {
        let [hangup, interrupt, terminate] = &mut self.0;
        tokio::select! {
            _ = hangup.0.recv() => hangup.1,
            _ = interrupt.0.recv() => interrupt.1,
            _ = terminate.0.recv() => terminate.1,
        }
    }
}

/// The signals, which end nothing by themselves from here on.
#[cfg(not(unix))]
pub struct Signals(());

#[cfg(not(unix))]
impl Signals {
    pub fn new() -> std::io::Result<Self> {
        Ok(Self(()))
    }

    /// The next one, as the exit code by which a shell tells it.
    pub async fn next(&mut self) -> i32 {
        let _ = tokio::signal::ctrl_c().await;
        130
    }
}
