//! What `cargo xtask demo` is asked for.

use std::time::Duration;

/// More often than this a tick would meet the one before.
const OFTENEST: Duration = Duration::from_secs(10);

/// What can be broken, each with what a person would say of it.
pub const BREAKS: [(&str, &str); 4] = [
    ("ongoing", "Ongoing WMS gives no answer"),
    ("erp-login", "an ERP refuses the login"),
    ("order", "an order that cannot be mapped"),
    ("article", "an order of an article that the warehouse has not"),
];

/// One way to call it.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Play the main job.
    Play {
        /// It stays until Ctrl-C.
        keep: bool,
        /// And ticks by itself.
        tick: Option<Duration>,
    },
    /// Break something in one that was kept.
    Break(&'a str),
    /// Put right what was broken.
    Mend,
}

impl<'a> Asked<'a> {
    /// Reads the words behind `demo`; what is wrong with them, in a sentence.
    pub fn of(words: &[&'a str]) -> Result<Self, String> {
        let (mut keep, mut tick) = (false, None);
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                "--keep" => keep = true,
                "--tick" => tick = Some(interval(words.next().ok_or("--tick needs a time, such as 1m")?)?),
                "--break" => {
                    let what = words.next().unwrap_or_default();
                    let known = BREAKS.map(|(name, _)| name);
                    let known = known.contains(&what).then_some(Self::Break(what));
                    return known.ok_or_else(|| format!("--break takes one of\n{}", breaks()));
                }
                "--mend" => return Ok(Self::Mend),
                other => return Err(format!("demo knows no {other}; --keep, --tick, --break and --mend are there")),
            }
        }
        if tick.is_some() && !keep {
            return Err("--tick is for a demo that stays: cargo xtask demo --keep --tick 1m".into());
        }
        Ok(Self::Play { keep, tick })
    }
}

/// A line for each thing that can be broken.
fn breaks() -> String {
    BREAKS.map(|(name, says)| format!("  {name:10} {says}")).join("\n")
}

/// `30s`, `1m`.
fn interval(text: &str) -> Result<Duration, String> {
    let unclear = || format!("--tick {text}: a time such as 30s or 1m is expected");
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        _ => return Err(unclear()),
    };
    let number: u64 = number.parse().map_err(|_| unclear())?;
    let time = Duration::from_secs(number.checked_mul(seconds).ok_or_else(unclear)?);
    if time < OFTENEST { Err(format!("--tick {text}: at least 10s, which a tick takes itself")) } else { Ok(time) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_played_kept_and_ticking() {
        let play = |keep, seconds: Option<u64>| Ok(Asked::Play { keep, tick: seconds.map(Duration::from_secs) });
        assert_eq!(Asked::of(&[]), play(false, None));
        assert_eq!(Asked::of(&["--keep"]), play(true, None));
        assert_eq!(Asked::of(&["--keep", "--tick", "1m"]), play(true, Some(60)));
        assert_eq!(Asked::of(&["--tick", "30s", "--keep"]), play(true, Some(30)));
        assert_eq!(Asked::of(&["--break", "erp-login"]), Ok(Asked::Break("erp-login")));
        assert_eq!(Asked::of(&["--mend"]), Ok(Asked::Mend));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |words: &[&str]| Asked::of(words).unwrap_err();
        assert!(wrong(&["--tick", "1m"]).contains("--keep"));
        for time in ["1h", "m", "", "1", "1€", "99999999999999999999m", "9999999999999999999m"] {
            assert!(wrong(&["--keep", "--tick", time]).contains("30s or 1m"), "{time}");
        }
        assert!(wrong(&["--keep", "--tick", "2s"]).contains("10s"));
        assert!(wrong(&["--keep", "--tick"]).contains("needs a time"));
        assert!(wrong(&["--kep"]).contains("--kep"));
        for said in [wrong(&["--break"]), wrong(&["--break", "all"])] {
            assert!(BREAKS.iter().all(|(name, says)| said.contains(name) && said.contains(says)), "{said}");
            assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        }
    }
}
