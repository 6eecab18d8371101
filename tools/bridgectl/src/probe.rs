//! `probe`: how the vendors behave where their documents leave it open, settled against a test company.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bridge::ports::Ports;
use bridge::roads::check::identity::{self, Identity};
use bridge::roads::probe::record::{self, Recorder};
use bridge::roads::probe::{self, Before, Documents, Report};
use bridge::roads::status::lines::paragraph;
use bridge::tenant::Tenant;
use clap::Args;
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::json;

use crate::deployment::Deployment;
use crate::identity::guard;
use crate::output::{Failure, Output, note};
use crate::prompt;
use crate::signals::{Held, Signals};
use crate::token_refresh;

/// A probe is over by then, which leaves a session unused and waits for turns of rate limits.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

#[derive(Args)]
pub struct Probe {
    /// Tenant id
    pub tenant: String,
    /// Also make documents of its own, in a company and a goods owner for tests: says before which and what stays of them,
    /// and asks for the company's name
    #[arg(long)]
    pub write: bool,
    /// Do not ask: the company's name, as the ERP spells it
    #[arg(long, value_name = "NAME", requires = "write")]
    pub yes_to: Option<String>,
    /// Also send a document, to this address alone
    #[arg(long, value_name = "ADDRESS", requires = "write")]
    pub mail: Option<String>,
    /// Keep the exchanges in this folder, with names, addresses, tokens and numbers replaced
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
    /// Also where another tenant has the same goods owner or reads the same company
    #[arg(long, requires = "write")]
    pub shared: bool,
}

pub async fn run(deployment: &Deployment, asked: &Probe) -> Result<Output, Failure> {
    let tenant = deployment.tenant(&asked.tenant).await?;
    let recorded = asked.record.as_ref().map(|_| record::recording(&deployment.ports, &tenant));
    let all = recorded.as_ref().map_or_else(|| Ports::clone(&deployment.ports), |(ports, _)| ports.clone());
    let documents = Rc::new(Documents::default());
    let all = documents.stoppable(&all);
    let ports = probe::read_only(&all, &tenant.tenant_id);
    let deadline = ports.clock.now() + TIMEOUT;
    let who = identity::ask(&ports, &tenant, deadline);
    let who = prompt::with_spinner("asking which company and which goods owner", who).await;
    if asked.write {
        // Nothing is written where another tenant has the same, unless a person insists.
        guard(deployment, &tenant, asked.shared).await?;
        agree(&ports, &tenant, &who, asked).await?;
    }
    // Not what a person took to answer.
    let deadline = ports.clock.now() + TIMEOUT;
    let probing = with_progress(async |show| {
        let tell = &|fact| {
            recorded.iter().for_each(|(_, recorder)| recorder.looks_at(fact));
            show(fact);
        };
        let mut findings = probe::reads(&ports, &tenant, deadline, tell).await;
        if asked.write {
            // Nor what the reads took.
            let deadline = ports.clock.now() + TIMEOUT;
            findings.extend(probe::writes(&all, &tenant, asked.mail.as_deref(), deadline, &documents, tell).await);
        }
        let report = Report::of(&tenant, who, ports.clock.now(), findings);
        Report { wrote: asked.write, stopped: documents.is_stopped(), stays: documents.stay(), ..report }
    });
    // What only reads leaves nothing behind, wherever it ends.
    let probed = if asked.write { until_stopped(probing, &documents).await } else { Ok(probing.await) };
    if let (Some(folder), Some((_, recorder))) = (&asked.record, &recorded) {
        keep(recorder, folder)?;
    }
    let report = probed?;
    Ok(Output::of(report.good(), json!(report), probe::text(&report)))
}

/// How often it is looked whether a token was kept.
const KEPT_SOON: Duration = Duration::from_millis(100);

/// Has a signal stop the probe, which then cleans up; the next one leaves at once, and says what is left.
async fn until_stopped<T>(probing: impl Future<Output = T>, documents: &Documents) -> Result<T, Failure> {
    let unwatched = |error| Failure::wrong(format!("signals cannot be waited for, so nothing was written: {error}"));
    let _held = Held::now();
    let mut signals = Signals::new().map_err(unwatched)?;
    let mut probing = pin!(probing);
    let mut leaves = false;
    loop {
        tokio::select! {
            done = &mut probing => return Ok(done),
            () = tokio::time::sleep(KEPT_SOON), if leaves => if !token_refresh::is_refreshing() {
                return Err(Failure::wrong(left(&documents.stay())));
            },
            _ = signals.next() => match documents.is_stopped() {
                false => {
                    documents.stop();
                    note("stopping: what was made is cleaned up, which takes some calls; once more leaves it as it is");
                }
                // What Visma gives out would be lost with the process.
                true if token_refresh::is_refreshing() => {
                    note("the token that Visma is giving out is kept first");
                    leaves = true;
                }
                true => return Err(Failure::wrong(left(&documents.stay()))),
            }
        }
    }
}

/// What is left of a probe that did not clean up.
fn left(stay: &[String]) -> String {
    let mut text = String::from(if stay.is_empty() { "left; nothing was made" } else { "left, with this made:\n" });
    stay.iter().for_each(|line| paragraph(&mut text, "stays: ", line));
    text.trim_end().to_owned()
}

/// Writes what was recorded, a file a system.
fn keep(recorder: &Recorder, folder: &Path) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| Failure::wrong(format!("{} cannot be written: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    for recording in recorder.recordings() {
        let path = folder.join(format!("{}.json", recording.system));
        std::fs::write(&path, format!("{:#}\n", json!(recording))).map_err(unwritable)?;
        note(&format!("{} exchanges with {} are in {}", recording.exchanges.len(), recording.system, path.display()));
    }
    Ok(())
}

/// Says what will be made, and has the company's name typed.
async fn agree(ports: &Ports, tenant: &Tenant, who: &Identity, asked: &Probe) -> Result<(), Failure> {
    let deadline: Timestamp = ports.clock.now() + TIMEOUT;
    let before = probe::before(ports, tenant, who, asked.mail.as_deref(), deadline);
    let before = prompt::with_spinner("asking for open orders", before).await?;
    let before = before.map_err(|why| Failure::wrong(format!("{}\n{why}\nnothing was written", who.side_by_side())))?;
    note(&warning(who, &before));
    let is_right = match asked.yes_to.as_deref() {
        Some(name) => name == before.company,
        None => prompt::confirm_or("the company's name, to go on:", &[&before.company], "--yes-to NAME")?,
    };
    if is_right { Ok(()) } else { Err(Failure::wrong("that is not the company's name; nothing was written")) }
}

fn warning(who: &Identity, before: &Before) -> String {
    let mut text = format!("{}\n", who.side_by_side());
    before.warning.iter().for_each(|line| paragraph(&mut text, "- ", line));
    text.trim_end().to_owned()
}

/// Shows on a terminal which fact is looked at.
async fn with_progress<T>(work: impl AsyncFnOnce(&dyn Fn(&'static str)) -> T) -> T {
    let bar = ProgressBar::new_spinner().with_message("asking");
    bar.enable_steady_tick(Duration::from_millis(120));
    let done = work(&|fact| bar.set_message(fact)).await;
    bar.finish_and_clear();
    done
}

#[cfg(test)]
mod tests {
    use bridge::roads::check::identity::Company;
    use bridge::words::kind::Kind;

    use super::*;

    #[test]
    fn both_names_and_what_cannot_be_undone_are_said_in_80_columns() {
        let who = Identity {
            erp: Kind::Visma,
            company: Some(Company { id: "1".into(), name: Some("Mälar Textil AB".into()) }),
            group: "wms.acme.159".into(),
            goods_owner_id: 159,
            goods_owner: Some("Test".into()),
            insisted: Vec::new(),
        };
        let before =
            Before { company: "Mälar Textil AB".into(), warning: vec!["it stays ".repeat(20), "once".into()] };
        let told = warning(&who, &before);
        assert!(told.starts_with("Mälar Textil AB -> goods owner 159 Test\n- it stays"), "{told}");
        assert!(told.ends_with("\n- once") && told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }

    const CHILD: &str = "BRIDGECTL_TEST_PROBE";

    /// A probe that goes on until it is stopped, and then cleans up unless it is left.
    fn child(cleans_up: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let documents = Documents::default();
        let probing = async {
            println!("\nprobing");
            while !documents.is_stopped() || !cleans_up {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            println!("\ncleaned up");
        };
        let ended = runtime.block_on(until_stopped(probing, &documents));
        println!("\n{}", ended.err().map_or_else(|| "ended".into(), |failure| failure.text()));
    }

    /// What a child said that got so many signals, half a second after one another.
    fn signalled(cleans_up: bool, signals: usize) -> String {
        use std::io::{BufRead as _, BufReader, Read as _};
        use std::process::{Command, Stdio};

        let test = "probe::tests::a_signal_stops_a_probe_which_cleans_up_and_the_next_one_leaves_at_once";
        let mut child = Command::new(std::env::current_exe().unwrap());
        let child = child.args(["--exact", test, "--nocapture"]).env(CHILD, cleans_up.to_string());
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while line.trim() != "probing" {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the child said nothing");
        }
        for _ in 0..signals {
            std::thread::sleep(Duration::from_millis(500));
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        }
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        child.wait().unwrap();
        rest
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_stops_a_probe_which_cleans_up_and_the_next_one_leaves_at_once() {
        if let Ok(cleans_up) = std::env::var(CHILD) {
            return child(cleans_up == "true");
        }
        let said = signalled(true, 1);
        assert!(said.contains("cleaned up") && said.contains("ended"), "{said}");
        let said = signalled(false, 2);
        assert!(!said.contains("cleaned up") && said.contains("left; nothing was made"), "{said}");
    }

    #[test]
    fn who_leaves_is_told_what_was_made_and_how_it_is_removed() {
        let stay = ["order 7 in Ongoing is there and was NOT cleaned up: find it in Ongoing, and cancel it".to_owned()];
        let told = left(&stay);
        assert!(told.starts_with("left, with this made:\nstays: order 7 in Ongoing"), "{told}");
        assert!(told.contains("cancel it") && told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }
}
