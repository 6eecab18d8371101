//! The pauses before something is tried again.

use std::time::Duration;

/// Seconds after the first try, the second and so on; the last for all that follow.
const SECONDS: [u64; 7] = [15, 30, 60, 120, 240, 480, 720];

/// The pause after so many tries that failed.
#[must_use]
pub fn after(tries: u32) -> Duration {
    let at = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX).min(SECONDS.len() - 1);
    Duration::from_secs(SECONDS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_to_twelve_minutes() {
        let seconds: Vec<u64> = [0, 1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(|tries| after(tries).as_secs()).into();
        assert_eq!(seconds, [15, 15, 30, 60, 120, 240, 480, 720, 720, 720]);
    }
}
