//! Holds recordings of `bridgectl probe --record DIR` against the simulators: `cargo run -p acceptance --bin replay -- DIR`. One
//! line a difference; exit code 1 where there are some.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use acceptance::replay::{differences, test_company};
use bridge::roads::probe::record::Recording;
use bridge::words::kind::Kind;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("a folder is missing: replay DIR")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let told = runtime.block_on(told(Path::new(&folder)))?;
    told.iter().try_for_each(|line| writeln!(io::stdout(), "{line}"))?;
    Ok(if told.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What differs, by the recordings of a folder.
async fn told(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let read = |system: &str| -> Result<Option<Recording>, Box<dyn Error>> {
        match std::fs::read_to_string(folder.join(format!("{system}.json"))) {
            Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    let (mut told, mut held) = (Vec::new(), 0);
    for kind in Kind::ALL {
        let Some(of_erp) = read(kind.word())? else { continue };
        let (world, tenant) = test_company(kind).await;
        for recording in read("ongoing")?.into_iter().chain([of_erp]) {
            held += recording.exchanges.len();
            told.extend(differences(&world, &tenant, &recording).await?);
        }
    }
    if held == 0 {
        return Err(format!("{} has no recording of an ERP", folder.display()).into());
    }
    writeln!(io::stderr(), "{held} exchanges were made again, {} differences", told.len())?;
    Ok(told)
}
