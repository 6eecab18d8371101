//! `tenant validate`: every fault of every file, without AWS.

use bridge::words::kind::Kind;
use serde::Serialize;
use serde_json::json;

use crate::document::{Document, FileFault};
use crate::output::{Failure, Output};

/// What is said of the files, good or bad.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Validation {
    files: Vec<Checked>,
    /// What makes a file unfit to be stored.
    faults: Vec<FileFault>,
    /// What is valid and surely not meant.
    warnings: Vec<FileFault>,
}

/// One file.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Checked {
    file: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    erp: Option<Kind>,
}

impl Validation {
    fn of(files: &[String], allow_local: bool) -> Self {
        let mut said = Self { files: Vec::new(), faults: Vec::new(), warnings: Vec::new() };
        for name in files {
            let read = Document::open(name).and_then(|document| Ok((document.tenant(allow_local)?, document)));
            let file = if name == "-" { "standard input".to_owned() } else { name.clone() };
            match read {
                Ok((tenant, document)) => {
                    said.warnings.extend(document.doubts(&tenant));
                    let (tenant_id, erp) = (Some(tenant.tenant_id), Some(tenant.erp.kind));
                    said.files.push(Checked { file, valid: true, tenant_id, erp });
                }
                Err(found) => {
                    said.faults.extend(found);
                    said.files.push(Checked { file, valid: false, tenant_id: None, erp: None });
                }
            }
        }
        said
    }

    fn text(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for checked in &self.files {
            let (Some(id), Some(kind)) = (&checked.tenant_id, checked.erp) else { continue };
            lines.push(format!("{}: {id} on {kind} is valid", checked.file));
            let its = self.warnings.iter().filter(|warning| warning.file == checked.file);
            lines.extend(its.map(|warning| format!("warning: {warning}")));
        }
        lines.join("\n")
    }
}

pub fn run(files: &[String], allow_local: bool) -> Result<Output, Failure> {
    let said = Validation::of(files, allow_local);
    let faulty = said.files.iter().filter(|file| !file.valid).count();
    if faulty == 0 {
        return Ok(Output::good(json!(said), said.text()));
    }
    let noun = if files.len() == 1 { "file" } else { "files" };
    let verb = if faulty == 1 { "is" } else { "are" };
    let error = format!("{faulty} of {} {noun} {verb} not valid", files.len());
    Err(Failure { answer: json!(said), ..Failure::faulty(error, said.faults) })
}
