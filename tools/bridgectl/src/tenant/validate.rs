//! `tenant validate`: every fault of every file, without AWS.

use serde_json::json;

use crate::document::{Document, FileFault};
use crate::output::{Failure, Output};

pub fn run(files: &[String], allow_local: bool) -> Result<Output, Failure> {
    let mut faults: Vec<FileFault> = Vec::new();
    let mut good = Vec::new();
    for file in files {
        let tenant = Document::open(file).and_then(|document| Ok((document.tenant(allow_local)?, document.file)));
        match tenant {
            Ok((tenant, file)) => good.push((file, tenant)),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        let faulty = files.len() - good.len();
        let noun = if files.len() == 1 { "file" } else { "files" };
        let verb = if faulty == 1 { "is" } else { "are" };
        return Err(Failure::faulty(format!("{faulty} of {} {noun} {verb} not valid", files.len()), faults));
    }
    let lines: Vec<String> = good
        .iter()
        .map(|(file, tenant)| format!("{file}: {} on {} is valid", tenant.tenant_id, tenant.erp.kind))
        .collect();
    let json = good.iter().map(
        |(file, tenant)| json!({ "file": file, "tenant_id": tenant.tenant_id, "erp": tenant.erp.kind, "valid": true }),
    );
    Ok(Output::good(json.collect(), lines.join("\n")))
}
