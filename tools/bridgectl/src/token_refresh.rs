//! Guards a refresh of Visma's token in this process: it starts only where the new token can be stored, and signals
//! wait until it is.
//!
//! Visma's refresh tokens work once. Between sending one and storing its successor, the successor exists in this
//! process alone: if the process ends there, or may not write, the company's consent is lost. Every refresh takes a
//! lease in the state table first and gives it back at its end, so both are enforced there.

use std::rc::Rc;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bridge::http::login::refreshing;
use bridge::ports::{Item, Put, State};
use bridge::words::fault::{Fault, Result};

use crate::output::note;
use crate::signals::{self, Signals};

/// No refresh takes longer: the call to the vendor, and the attempts to store its answer.
const MAX_REFRESH: Duration = Duration::from_secs(60);

/// The state table, which watches writes of Visma's refresh lease. `W` checks that a secret may be written.
pub struct TokenRefreshGuard<W> {
    state: Rc<dyn State>,
    may_write: W,
}

impl<W: AsyncFn(&str) -> Result<()>> TokenRefreshGuard<W> {
    pub fn new(state: Rc<dyn State>, may_write: W) -> Self {
        Self { state, may_write }
    }

    async fn begin(&self, item: Item) -> Result<Put> {
        let id = item.sk.clone();
        (self.may_write)(&format!("visma/{id}")).await.map_err(|fault| {
            // Neither a fault of the consent nor one that a retry would mend.
            Fault::Unexpected(format!(
                "the access token has to be renewed, and nothing was sent to Visma: what it gives could not be kept from \
                 here ({fault}); bridgectl pull {id} has the pull function renew it"
            ))
        })?;
        defer_signals()?;
        let put = self.state.put(item).await;
        if !matches!(put, Ok(Put::Done)) {
            allow_signals();
        }
        put
    }
}

#[async_trait(?Send)]
impl<W: AsyncFn(&str) -> Result<()>> State for TokenRefreshGuard<W> {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.state.get(pk, sk).await
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.state.get_many(pk, sks).await
    }

    async fn get_across(&self, keys: &[(String, String)]) -> Result<Vec<Item>> {
        self.state.get_across(keys).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.state.list(pk, prefix, limit).await
    }

    async fn list_last(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.state.list_last(pk, prefix, limit).await
    }

    async fn numbered(&self, pk: &str, prefix: &str, number: &str) -> Result<Vec<Item>> {
        self.state.numbered(pk, prefix, number).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        match refreshing(&item).map(|(_, begins)| begins) {
            Some(true) => self.begin(item).await,
            Some(false) => {
                let put = self.state.put(item).await;
                allow_signals();
                put
            }
            None => self.state.put(item).await,
        }
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        self.state.delete(pk, sk, rev).await
    }
}

/// Since when a refresh is under way.
static SINCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Defers signals from here on.
fn defer_signals() -> Result<()> {
    static WATCH: OnceLock<Result<(), String>> = OnceLock::new();
    *SINCE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    let watched = WATCH.get_or_init(|| watch().map_err(|error| error.to_string()));
    watched.clone().map_err(|why| Fault::Unexpected(format!("signals cannot be waited for: {why}")))
}

fn allow_signals() {
    *SINCE.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Whether a refresh is under way, whose token would be lost with the process.
pub fn is_refreshing() -> bool {
    let since = *SINCE.lock().unwrap_or_else(PoisonError::into_inner);
    since.is_some_and(|since| since.elapsed() < MAX_REFRESH)
}

/// Takes the signals that end a process. On a thread of its own: the other one may stand at a prompt.
fn watch() -> std::io::Result<()> {
    let (ready, begun) = sync_channel(1);
    std::thread::Builder::new().spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(ready.send(Err(error))),
        };
        runtime.block_on(async {
            let mut signals = match Signals::new() {
                Ok(signals) => signals,
                Err(error) => return drop(ready.send(Err(error))),
            };
            let _ = ready.send(Ok(()));
            let mut code = signals.next().await;
            while signals::are_held() {
                code = signals.next().await;
            }
            if is_refreshing() {
                note("ending, as soon as the token that Visma is giving out is kept");
            }
            while is_refreshing() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            std::process::exit(code);
        });
    })?;
    begun.recv().unwrap_or_else(|_| Err(std::io::Error::other("their thread ended")))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};

    use serde_json::{Value, json};

    use super::*;

    /// A table that says in which order it was asked.
    struct RecordedWrites(Rc<RefCell<Vec<String>>>);

    #[async_trait(?Send)]
    impl State for RecordedWrites {
        async fn get(&self, _: &str, _: &str) -> Result<Option<Item>> {
            Ok(None)
        }
        async fn get_many(&self, _: &str, _: &[String]) -> Result<Vec<Item>> {
            Ok(Vec::new())
        }
        async fn list(&self, _: &str, _: &str, _: usize) -> Result<Vec<Item>> {
            Ok(Vec::new())
        }
        async fn put(&self, item: Item) -> Result<Put> {
            self.0.borrow_mut().push(format!("put {} {} {}", item.pk, item.sk, is_refreshing()));
            Ok(Put::Done)
        }
        async fn delete(&self, _: &str, _: &str, _: u64) -> Result<Put> {
            Ok(Put::Done)
        }
    }

    fn item(pk: &str, body: Value) -> Item {
        Item { pk: pk.into(), sk: "acme".into(), rev: 1, body, expires: None }
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    fn leased() -> Item {
        item("refresh#visma", json!({ "until": "2026-01-01T00:00:00Z", "intent": "digest" }))
    }

    #[test]
    fn a_refresh_begins_only_where_its_secret_may_be_written_and_holds_signals_until_it_ends() {
        let writes = Rc::new(RefCell::new(Vec::new()));
        let asked = Rc::clone(&writes);
        let guard = TokenRefreshGuard::new(Rc::new(RecordedWrites(Rc::clone(&writes))), async move |name: &str| {
            asked.borrow_mut().push(format!("may write {name}"));
            Ok(())
        });
        run(async {
            guard.put(item("budget#visma", json!({ "until": "x" }))).await.unwrap();
            guard.put(leased()).await.unwrap();
            assert!(is_refreshing());
            guard.put(item("refresh#visma", json!({ "spent": [] }))).await.unwrap();
        });
        assert!(!is_refreshing());
        let expected = [
            "put budget#visma acme false",
            "may write visma/acme",
            "put refresh#visma acme true",
            "put refresh#visma acme true",
        ];
        assert_eq!(*writes.borrow(), expected);
    }

    #[test]
    fn without_the_right_no_lease_is_taken_and_no_token_sent() {
        let writes = Rc::new(RefCell::new(Vec::new()));
        let denied = async |_: &str| Err(Fault::Unauthorized("AccessDeniedException".into()));
        let guard = TokenRefreshGuard::new(Rc::new(RecordedWrites(Rc::clone(&writes))), denied);
        let fault = run(guard.put(leased())).unwrap_err().to_string();
        assert!(fault.contains("AccessDeniedException") && fault.contains("bridgectl pull acme"), "{fault}");
        assert!(writes.borrow().is_empty());
    }

    const CHILD: &str = "BRIDGECTL_TEST_CHILD";

    #[test]
    fn a_signal_in_the_middle_of_a_refresh_ends_the_process_after_it() {
        if std::env::var_os(CHILD).is_some() {
            defer_signals().unwrap();
            println!("\nsent");
            std::thread::sleep(Duration::from_millis(700));
            println!("\nkept");
            allow_signals();
            std::thread::sleep(Duration::from_secs(20));
            return;
        }
        let test = "token_refresh::tests::a_signal_in_the_middle_of_a_refresh_ends_the_process_after_it";
        let mut child = Command::new(std::env::current_exe().unwrap());
        let child = child.args(["--exact", test, "--nocapture"]).env(CHILD, "1").stdout(Stdio::piped());
        let mut child = child.stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while line.trim() != "sent" {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the child said nothing");
        }
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("kept"), "{rest}");
        assert_eq!(child.wait().unwrap().code(), Some(143));
    }
}
