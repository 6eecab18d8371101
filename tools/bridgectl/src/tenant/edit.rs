//! `tenant edit`: a stored item in an editor, checked, shown as what changed, and stored unless somebody else was quicker.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::apply::{self, Preview};
use super::yaml;
use crate::args::Edit;
use crate::deployment::Deployment;
use crate::document::Document;
use crate::identity;
use crate::output::{Failure, Output, note};
use crate::private_file;
use crate::questions::Questions;

pub async fn run(deployment: &Deployment, edit: &Edit) -> Result<Output, Failure> {
    let (stored, item) = deployment.stored(&edit.id).await?;
    let mut ask = Questions::at_standard_input();
    let text = match bridge::tenant::Tenant::parse(&item, deployment.stack.allows_local()) {
        Ok(tenant) => yaml::commented(&item, tenant.erp.kind),
        Err(_) => yaml::plain(&item)?,
    };
    let editor = editor();
    let local = deployment.stack.allows_local();
    let Some(document) = changed(&text, &edit.id, local, &mut ask, |text| edited(&editor, &edit.id, text))? else {
        return Ok(Output::good(json!(Preview::of(Some(&item), &item).said(&edit.id, None)), "nothing was changed"));
    };
    let tenant = document.tenant(local).map_err(|faults| Failure::faulty("it is not valid", faults))?;
    document.warn(&tenant);
    let preview = Preview::of(Some(&item), &document.item);
    let mut said = preview.said(&edit.id, None);
    if preview.is_empty() {
        return Ok(Output::good(json!(said), "nothing was changed"));
    }
    note(&preview.text(&edit.id));
    let meeting = identity::guard(deployment, &tenant, edit.insist.shared).await?;
    note(&meeting.text());
    if !edit.yes && !ask.yes(&format!("store this in the stack {}?", deployment.stack.name), false)? {
        return Ok(Output::of(false, json!(said), "nothing was written"));
    }
    identity::note(deployment, &tenant, &meeting, edit.insist.shared).await?;
    apply::store(deployment, &document, Some(&stored), &preview).await.map_err(apply::failed)?;
    said.written();
    let then = format!("{} is stored; what that does to its records: bridgectl tenant plan {0}", edit.id);
    Ok(Output::good(json!(said), then))
}

/// The document that the person made of a text, once it is valid; `None` where it was left as it is.
fn changed(
    text: &str,
    id: &str,
    local: bool,
    ask: &mut Questions<'_>,
    edit: impl Fn(&str) -> Result<String, Failure>,
) -> Result<Option<Document>, Failure> {
    let mut at = text.to_owned();
    loop {
        let now = edit(&at)?;
        if now == text {
            return Ok(None);
        }
        at = now;
        let name = format!("{id}.yaml");
        let read =
            Document::read(&name, &at).and_then(|document| document.tenant(local).map(|tenant| (document, tenant)));
        let faults = match read {
            Ok((document, tenant)) if tenant.tenant_id == id => return Ok(Some(document)),
            Ok((_, tenant)) => {
                let why = format!(
                    "the id is the tenant's name: {} would be another one (bridgectl tenant new)",
                    tenant.tenant_id
                );
                ask.tell(&why);
                Vec::new()
            }
            Err(faults) => faults,
        };
        faults.iter().for_each(|fault| ask.tell(&fault.to_string()));
        if !ask.yes("edit it again?", true)? {
            return Err(Failure::wrong("it is not valid; nothing was written"));
        }
    }
}

/// As other tools find it.
fn editor() -> String {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|editor| !editor.trim().is_empty()).unwrap_or_else(|| "vi".to_owned())
}

/// A text as it leaves the editor.
fn edited(editor: &str, id: &str, text: &str) -> Result<String, Failure> {
    let file = Scratch(std::env::temp_dir().join(format!("bridgectl-{}-{id}.yaml", std::process::id())));
    let failed = |error: std::io::Error| Failure::wrong(format!("{}: {error}", file.0.display()));
    private_file::write(&file.0, text).map_err(failed)?;
    // Through a shell, since an editor may be named with its options.
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(&file.0).status();
    match status {
        Ok(status) if status.success() => std::fs::read_to_string(&file.0).map_err(failed),
        Ok(status) => Err(Failure::wrong(format!("the editor {editor} ended with {status}; nothing was written"))),
        Err(error) => Err(Failure::wrong(format!("the editor {editor} cannot be started: {error}; EDITOR names one"))),
    }
}

/// A file that goes with the command.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(Path::new(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const TEXT: &str = "tenant_id: acme\nenabled: true\nerp: {kind: visma}\n\
                        ongoing: {base_url: https://x.example.com/api/v1, goods_owner_id: 1}\n";

    #[test]
    fn an_editor_with_its_options_changes_the_text_and_one_that_fails_says_so() {
        let text = edited("sed -i s/true/false/", "acme-edited", TEXT).unwrap();
        assert!(text.contains("enabled: false"), "{text}");
        assert!(edited("false", "acme-failed", TEXT).unwrap_err().error.contains("the editor false ended with"));
    }

    #[test]
    fn it_is_edited_until_it_is_valid() {
        let mut said = Vec::new();
        let mut ask = Questions::of(&b"\n\n"[..], &mut said);
        let turn = Cell::new(0);
        let edit = |text: &str| {
            turn.set(turn.get() + 1);
            Ok(match turn.get() {
                1 => text.replace("visma", "vsma"),
                2 => text.replace("vsma", "visma").replace("acme", "other"),
                _ => text.replace("other", "acme").replace("true", "false"),
            })
        };
        let document = changed(TEXT, "acme", false, &mut ask, edit).unwrap().unwrap();
        assert_eq!((turn.get(), &document.item["enabled"]), (3, &json!(false)));
        drop(ask);
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("vsma is no ERP") && said.contains("other would be another one"), "{said}");
    }

    #[test]
    fn what_is_left_as_it_is_or_given_up_changes_nothing() {
        let mut ask = Questions::of(&b"n\n"[..], std::io::sink());
        assert!(changed(TEXT, "acme", false, &mut ask, |text| Ok(text.to_owned())).unwrap().is_none());
        let given_up = changed(TEXT, "acme", false, &mut ask, |text| Ok(text.replace("visma", "vsma")));
        assert_eq!(given_up.unwrap_err().error, "it is not valid; nothing was written");
    }
}
