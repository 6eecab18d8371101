//! Prompts at the terminal. Questions go to standard error, so that standard output is the answer alone.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::ProgressBar;

use crate::output::Failure;

/// Whether somebody can be asked.
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks for one of few words; `wanted` is the one that means yes.
pub fn confirm(question: &str, wanted: &[&str]) -> Result<bool, Failure> {
    confirm_or(question, wanted, "--yes")
}

/// As [`confirm`], where another option answers before.
pub fn confirm_or(question: &str, wanted: &[&str], option: &str) -> Result<bool, Failure> {
    if !is_interactive() {
        let why = format!("nobody can be asked where standard input is no terminal; {option} answers before");
        return Err(Failure::usage(why));
    }
    let mut error = std::io::stderr();
    let mut answer = String::new();
    let asked = write!(error, "{question} ").and_then(|()| error.flush());
    let read = asked.and_then(|()| std::io::stdin().lock().read_line(&mut answer));
    read.map_err(|error| Failure::usage(error.to_string()))?;
    Ok(wanted.contains(&answer.trim()))
}

/// Shows on a terminal that something is under way.
pub async fn with_spinner<T>(what: &'static str, work: impl Future<Output = T>) -> T {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    let done = work.await;
    bar.finish_and_clear();
    done
}

/// Shows on a terminal how many are done.
pub async fn with_count<T, W: Future<Output = T>>(what: &'static str, work: impl FnOnce(Tell) -> W) -> T {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(120));
    let telling = bar.clone();
    let done = work(Box::new(move |count| telling.set_message(format!("{count} {what}")))).await;
    bar.finish_and_clear();
    done
}

/// Is told how many are done.
pub type Tell = Box<dyn Fn(usize)>;
