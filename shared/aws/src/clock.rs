//! The system clock and the operating system's random numbers.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Clock, Random};
use jiff::Timestamp;

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait(?Send)]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    fn chance(&self) -> f64 {
        // Each `RandomState` hashes with other keys, and jitter needs no more than that.
        let bits = RandomState::new().build_hasher().finish() >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

impl Random for SystemClock {
    /// The operating system's.
    ///
    /// # Panics
    /// Where it has none: nothing may go on with bytes that can be guessed.
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        #[expect(clippy::expect_used, reason = "nothing may go on with bytes that can be guessed")]
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_spread_over_the_whole_range() {
        let chances: Vec<f64> = (0..1000).map(|_| SystemClock.chance()).collect();
        assert!(chances.iter().all(|chance| (0.0..1.0).contains(chance)));
        for tenth in 0..10 {
            let inside = chances.iter().filter(|chance| (**chance * 10.0) as u32 == tenth).count();
            assert!((50..200).contains(&inside), "{inside} of 1000 in tenth {tenth}");
        }
    }
}
