//! `probe`: how the vendors behave where their documents leave it open, settled against a test company.

use std::path::Path;
use std::time::Duration;

use bridge::ports::Ports;
use bridge::roads::check::identity::{self, Identity};
use bridge::roads::probe::record::{self, Recorder};
use bridge::roads::probe::{self, Before, Report};
use bridge::roads::status::lines::paragraph;
use bridge::tenant::Tenant;
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::json;

use crate::args::Probe;
use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};
use crate::prompt;

/// A probe is over by then, which leaves a session unused and waits for turns of rate limits.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

pub async fn run(deployment: &Deployment, asked: &Probe) -> Result<Output, Failure> {
    let tenant = deployment.tenant(&asked.tenant).await?;
    let (all, recorder) = record::recording(&deployment.ports, &tenant);
    let ports = probe::read_only(&all, &tenant.tenant_id);
    let deadline = ports.clock.now() + TIMEOUT;
    let who = identity::ask(&ports, &tenant, deadline);
    let who = prompt::with_spinner("asking which company and which goods owner", who).await;
    if asked.write {
        agree(&ports, &tenant, &who, asked).await?;
    }
    let report = with_progress(async |show| {
        let tell = &|fact| {
            recorder.looks_at(fact);
            show(fact);
        };
        let mut findings = probe::reads(&ports, &tenant, deadline, tell).await;
        let mut stays = Vec::new();
        if asked.write {
            let written = probe::writes(&all, &tenant, asked.mail.as_deref(), deadline, tell).await;
            findings.extend(written.findings);
            stays = written.stays;
        }
        let report = Report::of(&tenant, who, ports.clock.now(), findings);
        Report { wrote: asked.write, stays, ..report }
    })
    .await;
    if let Some(folder) = &asked.record {
        keep(&recorder, folder)?;
    }
    Ok(Output::of(report.good(), json!(report), probe::text(&report)))
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
