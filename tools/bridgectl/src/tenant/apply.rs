//! `tenant apply`: what would change, the question, the write.

use bridge::ports::Put;
use serde_json::{Value, json};

use crate::args::Cli;
use crate::deployment::Deployment;
use crate::diff::{self, Difference};
use crate::document::Document;
use crate::person;
use crate::told::{Failure, Told, note};

/// What applying a file would do, before anything is done.
struct Preview {
    new: bool,
    differences: Vec<Difference>,
}

impl Preview {
    fn of(before: Option<&Value>, after: &Value) -> Self {
        Self { new: before.is_none(), differences: diff::between(before.unwrap_or(&Value::Null), after) }
    }

    fn text(&self, id: &str) -> String {
        let what = if self.new { "a new tenant" } else { "changes of the tenant" };
        format!("{what} {id}:\n{}", diff::lines(&self.differences))
    }

    fn json(&self, id: &str, written: bool) -> Value {
        json!({ "tenant_id": id, "new": self.new, "written": written, "differences": self.differences })
    }
}

pub async fn run(cli: &Cli, file: &str, yes: bool) -> Result<Told, Failure> {
    let refused = |faults| Failure::faulty("the file is not valid; nothing was written", faults);
    let document = Document::open(file).map_err(refused)?;
    // What is wrong for every stack is said before any is asked.
    document.tenant(true).map_err(refused)?;
    let deployment = Deployment::find(&cli.stack).await?;
    let tenant = document.tenant(deployment.stack.allows_local()).map_err(refused)?;
    let id = &tenant.tenant_id;

    let stored = deployment.tenants.stored(id).await?;
    let before = stored.as_ref().map(bridge_aws::tenants::Stored::item).transpose();
    let before = before.map_err(|error| Failure::wrong(format!("the stored item of {id} is no JSON: {error}")))?;
    let preview = Preview::of(before.as_ref(), &document.item);
    if preview.differences.is_empty() {
        return Ok(Told::good(preview.json(id, false), format!("{id} is stored as it is in {}", document.file)));
    }
    // What would happen to its records belongs here, before the question.
    note(&preview.text(id));
    if !yes && !person::confirms(&format!("store it in the stack {}? [y/N]", deployment.stack.name), &["y", "yes"])? {
        return Ok(Told::of(false, preview.json(id, false), "nothing was written"));
    }
    match deployment.tenants.put(&document.item, stored.as_ref()).await? {
        Put::Done => {
            let when = if tenant.enabled { "; the next tick works for it" } else { "; it is not enabled" };
            Ok(Told::good(preview.json(id, true), format!("{id} is stored{when}")))
        }
        Put::Conflict => Err(Failure::changed(format!(
            "somebody else changed {id} in between; nothing was written: look at it again and apply once more"
        ))),
    }
}
