//! `man`: the manual's pages.

use std::path::Path;

use clap::CommandFactory as _;
use serde::Serialize;
use serde_json::json;

use crate::args::Cli;
use crate::output::{Failure, Output};

/// The pages that were written.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Pages {
    pages: Vec<String>,
}

pub fn run(folder: &Path) -> Result<Output, Failure> {
    let failed = |error: std::io::Error| Failure::wrong(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        pages.extend((name.starts_with("bridgectl") && name.ends_with(".1")).then_some(name));
    }
    pages.sort_unstable();
    let text = format!("{} pages are in {1}: man {1}/bridgectl.1", pages.len(), folder.display());
    Ok(Output::good(json!(Pages { pages }), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_page() {
        let folder = std::env::temp_dir().join(format!("bridgectl-man-{}", std::process::id()));
        let said = run(&folder).unwrap();
        let pages = said.json["pages"].as_array().unwrap();
        let page = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(pages.len() > 25 && pages.contains(&json!("bridgectl-tenant-new.1")), "{pages:?}");
        assert!(page("bridgectl.1").contains("Exit codes"), "{}", page("bridgectl.1"));
        assert!(page("bridgectl-tenant-plan.1").contains("Dry run"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
