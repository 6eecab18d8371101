//! `tenant apply`: shows what would change, in the item and in Ongoing; asks; then does exactly that.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bridge::ports::{Put, Run};
use bridge::roads::plan::{Became, Plan, Reading, Refused};
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use bridge_aws::tenant_table::Stored;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{Apply, Cli};
use crate::deployment::Deployment;
use crate::diff::{self, Difference};
use crate::document::Document;
use crate::output::{Failure, Output, Paint, note};
use crate::{identity, prompt, record_plan};

/// How long somebody waits for the imports; what is not done by then goes on all the same.
const WAIT: Duration = Duration::from_secs(180);

const CHANGED_MEANWHILE: &str =
    "somebody else changed the item in between; nothing was written: look at it again and apply once more";

/// What applying a file would do, before anything is done.
pub(super) struct Preview {
    new: bool,
    differences: Vec<Difference>,
}

impl Preview {
    pub(super) fn of(before: Option<&Value>, after: &Value) -> Self {
        Self { new: before.is_none(), differences: diff::between(before.unwrap_or(&Value::Null), after) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    pub(super) fn text(&self, id: &str) -> String {
        let what = if self.new { "a new tenant" } else { "changes of the tenant" };
        format!("{what} {id}:\n{}", diff::lines(&self.differences))
    }

    pub(super) fn said(&self, id: &str, plan: Option<&Plan>) -> Applied {
        Applied {
            tenant_id: id.to_owned(),
            new: self.new,
            written: false,
            differences: self.differences.clone(),
            records: plan.map(record_plan::summary),
            became: None,
        }
    }
}

/// What was done, or would be.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Applied {
    tenant_id: String,
    /// Whether there was no such tenant before.
    new: bool,
    written: bool,
    differences: Vec<Difference>,
    /// How many records the plan has of each kind; `null` where there is none.
    records: Option<BTreeMap<&'static str, usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    became: Option<Vec<Became>>,
}

impl Applied {
    /// It is done.
    pub(super) fn written(&mut self) {
        self.written = true;
    }
}

/// What would be done with the tenant's records, and what was read for it.
struct Records {
    run: Run,
    reading: Reading,
    plan: Plan,
}

pub async fn run(cli: &Cli, apply: &Apply) -> Result<Output, Failure> {
    let confirm = |question: &str| prompt::confirm(&format!("{question} [y/N]"), &["y", "yes"]);
    run_asking(cli, apply, confirm).await
}

/// The same, where somebody is asked in another way.
pub(super) async fn run_asking(
    cli: &Cli,
    apply: &Apply,
    confirm: impl FnOnce(&str) -> Result<bool, Failure>,
) -> Result<Output, Failure> {
    let refused = |faults| Failure::faulty("the file is not valid; nothing was written", faults);
    let stored = bridge::tenant::is_id(&apply.file) && !Path::new(&apply.file).is_file();
    let mut file = None;
    if !stored {
        let document = Document::open(&apply.file).map_err(refused)?;
        // What is wrong for every stack is said before any is asked.
        document.tenant(true).map_err(refused)?;
        file = Some(document);
    }
    let deployment = Deployment::find(cli.stack.as_deref()).await?;
    let document = match file {
        Some(document) => document,
        None => Document::read(&apply.file, &deployment.stored(&apply.file).await?.1.to_string()).map_err(refused)?,
    };
    let tenant = document.tenant(deployment.stack.allows_local()).map_err(refused)?;
    let id = &tenant.tenant_id;
    document.warn(&tenant);

    let meeting = identity::guard(&deployment, &tenant, apply.insist.shared).await?;
    note(&meeting.text());
    let stored = deployment.tenants.stored(id).await?;
    let before = stored.as_ref().map(Stored::item).transpose();
    let before = before.map_err(|error| Failure::wrong(format!("the stored item of {id} is no JSON: {error}")))?;
    let preview = Preview::of(before.as_ref(), &document.item);
    let wanted = if apply.item_only { Wanted::Nothing } else { wanted(&deployment, &tenant, apply).await? };
    let plan = wanted.plan();
    // As a plan of the same says: whatever is done, something is to be put right.
    let good = wanted.good();
    let mut said = preview.said(id, plan);
    if preview.differences.is_empty() && !plan.is_some_and(record_plan::has_work) {
        // Whoever insists may have nothing else to change.
        identity::note(&deployment, &tenant, &meeting, apply.insist.shared).await?;
        return Ok(Output::of(good, json!(said), format!("{id} is stored as it is in {}", document.file)));
    }
    note(&preview.text(id));
    if let Some(plan) = plan {
        note(&record_plan::text(plan, Paint::of_stderr()));
    }
    let question = format!("do this in the stack {}?", deployment.stack.name);
    if !apply.yes && !confirm(&question)? {
        return Ok(Output::of(false, json!(said), "nothing was written"));
    }
    said.written();
    let store = async || {
        // Before the item: another's check finds it from then on.
        identity::note(&deployment, &tenant, &meeting, apply.insist.shared).await?;
        store(&deployment, &document, stored.as_ref(), &preview).await
    };
    let Wanted::Records(records) = wanted else {
        store().await.map_err(failed)?;
        let when = match (tenant.enabled, good) {
            (false, _) => "; it is not enabled",
            (true, true) => "; the next tick works for it",
            (true, false) => "; its records come when it is let in",
        };
        return Ok(Output::of(good, json!(said), format!("{id} is stored{when}")));
    };
    let Records { run, reading, plan } = *records;
    let ports = &deployment.ports;
    let again = again(apply, plan.since);
    let moved = |refused| refusal(id, &again, refused);
    record_plan::apply(ports, &run, &tenant, reading, &plan, store).await.map_err(moved)?;
    if apply.no_wait {
        return Ok(Output::of(good, json!(said), format!("{id} is stored, its records are on the import queue")));
    }
    let became = record_plan::follow(ports, &plan, WAIT).await?;
    let text = format!("{id} is stored; its records: {}", record_plan::became_text(&became, Paint::of_stdout()));
    // Done, and not to be done again: where it is not good, something is to be looked at.
    let good = good && became.iter().all(|one| one.as_planned);
    said.became = Some(became);
    Ok(Output::of(good, json!(said), text))
}

/// What is to be done beside storing the item.
enum Wanted {
    Records(Box<Records>),
    /// The ERP does not let us in yet: the item has to be there before a company can consent.
    Later,
    /// The tenant is not to be worked for, or its item alone is wanted.
    Nothing,
}

impl Wanted {
    fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Records(records) => Some(&records.plan),
            Self::Later | Self::Nothing => None,
        }
    }

    fn good(&self) -> bool {
        match self {
            Self::Records(records) => record_plan::good(&records.plan),
            Self::Later => false,
            Self::Nothing => true,
        }
    }
}

/// The plan to do: the one that was given, as far as it still holds, or a new one.
async fn wanted(deployment: &Deployment, tenant: &Tenant, apply: &Apply) -> Result<Wanted, Failure> {
    let given = apply.plan.as_deref().map(|file| record_plan::open(file, &tenant.tenant_id)).transpose()?;
    if !tenant.enabled {
        let idle = "the tenant is not enabled in this file, so nothing can be done for its records";
        return if given.is_some() { Err(Failure::wrong(idle)) } else { Ok(Wanted::Nothing) };
    }
    let ports = &deployment.ports;
    let run = record_plan::run(ports);
    let since = given.as_ref().and_then(|plan| plan.since);
    let (reading, made) = record_plan::plan(ports, &run, tenant, since, given.as_ref()).await?;
    match (given, record_plan::refusal(&made)) {
        (Some(plan), _) => Ok(Wanted::Records(Box::new(Records { run, reading, plan }))),
        (None, None) => Ok(Wanted::Records(Box::new(Records { run, reading, plan: made }))),
        (None, Some(why)) if made.feeds.iter().any(|feed| feed.unauthorized) => {
            note(&format!("its records wait: {why}, and the first tick after that brings them"));
            Ok(Wanted::Later)
        }
        (None, Some(why)) => Err(Failure::wrong(format!("{why}; --item-only stores the item alone"))),
    }
}

pub(super) async fn store(
    deployment: &Deployment,
    document: &Document,
    stored: Option<&Stored>,
    preview: &Preview,
) -> Result<(), Fault> {
    if preview.differences.is_empty() {
        return Ok(());
    }
    match deployment.tenants.put(&document.item, stored).await? {
        Put::Done => Ok(()),
        Put::Conflict => Err(Fault::rejected("/", CHANGED_MEANWHILE)),
    }
}

/// The command that makes the plan anew.
fn again(apply: &Apply, since: Option<Timestamp>) -> String {
    let mut command = format!("bridgectl tenant plan {}", apply.file);
    if let Some(since) = since {
        command += &format!(" --since {since}");
    }
    if let Some(plan) = &apply.plan {
        command += &format!(" --out {}", plan.display());
    }
    command
}

/// What a refused application says.
fn refusal(id: &str, again: &str, refused: Refused) -> Failure {
    match refused {
        Refused::BrokeOff(fault) => Failure::cloud(format!(
            "{id} is stored, and handing its records out broke off: {fault}; what was handed out is safe, and the ticks go on"
        )),
        Refused::Moved(moved) => Failure::moved(
            format!("this moved since the plan was made; nothing was written: {again}, and apply once more"),
            moved,
        ),
        Refused::NotWhole(why) => Failure::cloud(format!("the plan is not whole, and nothing was written: {why}")),
        Refused::Fault(fault) => failed(fault),
    }
}

/// A conditional write that met another is somebody else's change, not a fault of the file.
pub(super) fn failed(fault: Fault) -> Failure {
    match fault {
        Fault::Rejected { .. } => Failure::changed(CHANGED_MEANWHILE),
        other => other.into(),
    }
}
