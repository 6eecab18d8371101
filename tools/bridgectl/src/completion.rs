//! What a shell completes: words of the command line, and the ids of the tenants that there are.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use crate::args::Cli;
use crate::deployment::Deployment;

/// Ids are asked for once in so long: whoever presses Tab does not wait for AWS each time.
const KEPT: Duration = Duration::from_secs(600);

/// Nobody waits longer for a completion.
const PATIENCE: Duration = Duration::from_secs(4);

/// Arguments that are a tenant's id.
const IDS: [&str; 2] = ["tenant", "id"];

/// Answers a shell that asks by way of `COMPLETE`, and ends the program then.
pub fn answer() {
    clap_complete::CompleteEnv::with_factory(command).bin("bridgectl").complete();
}

/// The command line, with ids where they belong.
fn command() -> Command {
    with_ids(Cli::command())
}

fn with_ids(command: Command) -> Command {
    let of_arg = |arg: Arg| match arg.get_id().as_str() {
        "file" | "files" => arg.add(ArgValueCompleter::new(IdsAndFiles)),
        name if !IDS.contains(&name) => arg,
        _ if arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.contains("FILE"))) => {
            arg.add(ArgValueCompleter::new(IdsAndFiles))
        }
        _ => arg.add(ArgValueCandidates::new(candidates)),
    };
    command.mut_args(of_arg).mut_subcommands(with_ids)
}

fn candidates() -> Vec<CompletionCandidate> {
    ids().into_iter().map(CompletionCandidate::new).collect()
}

/// A stored tenant, or a file.
struct IdsAndFiles;

impl ValueCompleter for IdsAndFiles {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let begun = current.to_string_lossy();
        let ids = ids().into_iter().filter(|id| id.starts_with(&*begun)).map(CompletionCandidate::new);
        ids.chain(PathCompleter::file().complete(current)).collect()
    }
}

/// The ids as they were asked for lately, else as they are now. Where AWS does not answer there are none.
fn ids() -> Vec<String> {
    let kept = kept();
    if let Some(ids) = kept.as_deref().and_then(read) {
        return ids;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    let stack = std::env::var("BRIDGE_STACK").ok();
    let asked = async {
        let deployment = Deployment::find(stack.as_deref()).await.ok()?;
        let all = deployment.tenants.all().await.ok()?;
        Some(all.iter().map(|stored| stored.tenant_id().to_owned()).collect::<Vec<_>>())
    };
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, asked).await });
    let Ok(Some(ids)) = asked else { return Vec::new() };
    if let Some(file) = kept {
        write(&file, &ids);
    }
    ids
}

/// Where the ids of this account, region and stack are kept.
fn kept() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = named("XDG_CACHE_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| named("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let mut hasher = DefaultHasher::new();
    for name in
        ["BRIDGE_STACK", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"]
    {
        named(name).hash(&mut hasher);
    }
    Some(folder.join("bridgectl").join(format!("tenants-{:016x}", hasher.finish())))
}

fn read(file: &Path) -> Option<Vec<String>> {
    let written = std::fs::metadata(file).ok()?.modified().ok()?;
    let age = written.elapsed().ok()?;
    let text = (age < KEPT).then(|| std::fs::read_to_string(file).ok()).flatten()?;
    Some(text.lines().map(str::to_owned).collect())
}

/// A cache that cannot be written is none.
fn write(file: &Path, ids: &[String]) {
    if let Some(folder) = file.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    let _ = crate::private_file::write(file, &ids.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_lately_is_kept() {
        let file = std::env::temp_dir().join(format!("bridgectl-ids-{}", std::process::id())).join("tenants");
        assert_eq!(read(&file), None);
        write(&file, &["acme".into(), "other".into()]);
        assert_eq!(read(&file), Some(vec!["acme".to_owned(), "other".to_owned()]));
        let _ = std::fs::remove_dir_all(file.parent().unwrap());
    }

    #[test]
    fn every_tenant_argument_is_completed() {
        fn tenants(command: &Command, path: &str, found: &mut Vec<String>) {
            let completed =
                |arg: &&Arg| arg.get::<ArgValueCandidates>().is_some() || arg.get::<ArgValueCompleter>().is_some();
            found.extend(command.get_arguments().filter(completed).map(|arg| format!("{path} {}", arg.get_id())));
            command.get_subcommands().for_each(|sub| tenants(sub, &format!("{path} {}", sub.get_name()), found));
        }
        let mut found = Vec::new();
        tenants(&command(), "", &mut found);
        for wanted in
            ["check tenant", "tenant show id", "tenant plan tenant", "tenant apply file", "where tenant", "logs tenant"]
        {
            assert!(found.iter().any(|one| one.trim() == wanted), "{wanted} is not in {found:?}");
        }
    }
}
