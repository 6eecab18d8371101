//! `cargo xtask simulate --planted`: faults that are planted in the product, all in one build, each to be found by the
//! simulation. A patch in `tests/acceptance/planted/simulated` asks `crate::planted::is` whether its fault is the one; its first
//! lines say for each fault `# name: what is wrong`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::simulation_build::{Speed, build_at};
use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// Within so many seeds a planted fault has to be found.
const SEEDS: &str = "500";

/// And within this time: a fault can make a simulation that never ends.
const LONGEST: Duration = Duration::from_secs(300);

/// What the seeds have that are under way when one has told of the fault.
const OTHERS: Duration = Duration::from_secs(10);

/// The faults that were found, a name a line.
const FOUND: &str = "tests/acceptance/planted/simulated.txt";

/// How long a sample looks for one fault after the other.
const SAMPLE: Duration = Duration::from_secs(30);

/// The variable that says which fault is meant.
pub const MEANT: &str = "PLANTED";

/// What the product asks.
const SWITCH: &str = r#"//! Which fault is planted.

/// Whether it is this one.
#[must_use]
pub fn is(name: &str) -> bool {
    static NAME: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    NAME.get_or_init(|| std::env::var("PLANTED").ok()).as_deref() == Some(name)
}
"#;

/// Where the switch goes, and who declares it.
const SWITCH_FILE: &str = "shared/bridge/src/planted.rs";
const DECLARED_IN: &str = "shared/bridge/src/lib.rs";

/// A fault that was found, or the reason why it was not.
struct Found {
    name: String,
    took: Duration,
    seed: Result<(u64, String), String>,
}

/// Looks for every fault whose name contains `filter`.
pub fn run(workspace: &Workspace, steps: &mut Steps, filter: &str) -> Result<(), Failure> {
    let faults = faults(workspace)?;
    let wanted: Vec<String> = faults.into_iter().filter(|name| name.contains(filter)).collect();
    if wanted.is_empty() {
        return Err(Failure::new(format!("no planted fault has {filter} in its name")));
    }
    let program = steps.step("planted faults: build", || build(workspace, Speed::Quick))?;
    let mut all = Vec::new();
    for (at, name) in wanted.iter().enumerate() {
        all.push(look(steps, &program, name, &format!("{} of {}", at + 1, wanted.len())));
    }
    table(&all)
}

/// Looks for some of those that were found before, others with every commit.
pub fn sample(workspace: &Workspace, steps: &mut Steps, program: &Path) -> Result<(), Failure> {
    let found = read(&workspace.root.join(FOUND))?;
    let mut faults = faults(workspace)?;
    faults.retain(|name| found.lines().any(|line| line == name));
    if faults.is_empty() {
        return Err(Failure::new(format!("{FOUND} names no planted fault")));
    }
    let began = Instant::now();
    let mut all = Vec::new();
    let first = usize::try_from(commit(workspace)? % faults.len() as u64).unwrap_or_default();
    // A step that shares no factor with their number meets each of them once.
    let apart = (1..).map(|n| n * 2 + 11).find(|step| common(*step, faults.len()) == 1).unwrap_or(1);
    for at in 0..faults.len() {
        if began.elapsed() >= SAMPLE {
            break;
        }
        all.push(look(steps, program, &faults[(first + at * apart) % faults.len()], "a sample"));
    }
    table(&all)
}

fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

/// The first digits of the commit as a number.
fn commit(workspace: &Workspace) -> Result<u64, Failure> {
    let head = output(Command::new("git").current_dir(&workspace.root).args(["rev-parse", "HEAD"]))?;
    let digits: String = head.chars().take(12).collect();
    u64::from_str_radix(&digits, 16).map_err(|error| Failure::new(format!("git rev-parse: {head}: {error}")))
}

fn look(steps: &mut Steps, program: &Path, name: &str, which: &str) -> Found {
    let began = Instant::now();
    let found = steps.step(&format!("planted ({which}): {name}"), || found(program, name));
    let seed = found.map_err(|failure| failure.to_string());
    Found { name: name.to_owned(), took: began.elapsed(), seed }
}

/// The first seed that breaks an invariant with the fault and none without it, with the invariant.
fn found(program: &Path, name: &str) -> Result<(u64, String), Failure> {
    let arguments = ["--seeds", SEEDS, "--until-found", "--no-shrink"];
    let said = simulated(program, &arguments, Some(name))?;
    let broken = said.lines().filter_map(|line| {
        let (seed, what) = line.strip_prefix("seed ")?.split_once(": ")?;
        Some((seed.parse::<u64>().ok()?, what.split(' ').next()?.to_owned()))
    });
    let first = broken.min().ok_or_else(|| Failure::new(format!("no invariant breaks in {SEEDS} seeds")))?;
    let clean = simulated(program, &["--from", &first.0.to_string(), "--seeds", "1", "--no-shrink"], None)?;
    match clean.lines().find(|line| line.starts_with("seed ")) {
        None => Ok(first),
        Some(line) => Err(Failure::new(format!("this seed breaks an invariant without the fault too: {line}"))),
    }
}

/// What the simulation says of seeds that break an invariant.
fn simulated(program: &Path, arguments: &[&str], fault: Option<&str>) -> Result<String, Failure> {
    let log = program.with_extension("log");
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", program.display()));
    let mut command = Command::new(program);
    command.args(arguments).env_remove(MEANT).stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(fault) = fault {
        command.env(MEANT, fault);
    }
    let began = Instant::now();
    let mut child = command.stderr(fs::File::create(&log).map_err(failed)?).spawn().map_err(failed)?;
    let is_found = |said: &str| said.lines().any(|line| line.starts_with("seed "));
    let mut found: Option<Instant> = None;
    let ended = loop {
        if let Some(ended) = child.try_wait().map_err(failed)? {
            break ended;
        }
        if found.is_none() && is_found(&fs::read_to_string(&log).map_err(failed)?) {
            found = Some(Instant::now());
        }
        // Where one seed has told of the fault, another one may go on with it for ever.
        if found.map_or(began.elapsed() > LONGEST, |found| found.elapsed() > OTHERS) {
            child.kill().and_then(|()| child.wait()).map_err(failed)?;
            return match found {
                Some(_) => fs::read_to_string(&log).map_err(failed),
                None => Err(Failure::new(format!("no end after {} s", LONGEST.as_secs()))),
            };
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let said = fs::read_to_string(&log).map_err(failed)?;
    if ended.success() || is_found(&said) { Ok(said) } else { Err(Failure::new(said)) }
}

/// What was found, and a failure where something was not.
fn table(all: &[Found]) -> Result<(), Failure> {
    println!("\n{:<44} {:>5}  {:<9} {:>7}", "planted fault", "seed", "invariant", "seconds");
    for Found { name, took, seed } in all {
        let (seed, invariant) = match seed {
            Ok((seed, invariant)) => (seed.to_string(), invariant.as_str()),
            Err(_) => ("-".to_owned(), "not found"),
        };
        println!("{name:<44} {seed:>5}  {invariant:<9} {:>7.1}", took.as_secs_f64());
    }
    let missed: Vec<&str> = all.iter().filter(|found| found.seed.is_err()).map(|found| found.name.as_str()).collect();
    println!("{} of {} found\n", all.len() - missed.len(), all.len());
    if missed.is_empty() { Ok(()) } else { Err(Failure::new(format!("not found: {}", missed.join(", ")))) }
}

/// The names of all faults, in the order of their patches.
fn faults(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut faults = Vec::new();
    for patch in patches(workspace)? {
        let text = read(&patch)?;
        let before = faults.len();
        for line in text.lines().take_while(|line| line.starts_with("# ")) {
            let name = line.trim_start_matches("# ").split(": ").next().unwrap_or_default();
            if !text.contains(&format!("crate::planted::is(\"{name}\")")) {
                return Err(Failure::new(format!("{}: nothing asks for {name}", patch.display())));
            }
            faults.push(name.to_owned());
        }
        if faults.len() == before {
            return Err(Failure::new(format!("{}: the first line has to be `# name: what is wrong`", patch.display())));
        }
    }
    Ok(faults)
}

fn patches(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    let folder = workspace.root.join("tests/acceptance/planted/simulated");
    let unreadable = |error| Failure::new(format!("{}: {error}", folder.display()));
    let mut patches: Vec<PathBuf> =
        fs::read_dir(&folder).map_err(unreadable)?.flatten().map(|entry| entry.path()).collect();
    patches.sort();
    Ok(patches)
}

/// Builds the simulation from a copy of the sources in which all faults are planted. The copy shares what is compiled of
/// third parties, and stays, so that the next build compiles what changed alone.
pub fn build(workspace: &Workspace, speed: Speed) -> Result<PathBuf, Failure> {
    let (tree, staged) = (workspace.target.join("planted"), workspace.target.join("planted-patched"));
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = output(Command::new("git").current_dir(&workspace.root).args(listed))?;
    let sources: Vec<&str> = listed.split('\0').filter(|path| workspace.root.join(path).is_file()).collect();
    for path in sources.iter().filter(|path| path.starts_with("shared/bridge/")) {
        write(&staged.join(path), &bytes(&workspace.root.join(path))?)?;
    }
    for patch in patches(workspace)? {
        let mut apply = Command::new("git");
        // Else the paths are taken to be those of the checkout around it.
        apply.current_dir(&staged).env("GIT_CEILING_DIRECTORIES", &workspace.target).arg("apply").arg(patch);
        output(&mut apply)?;
    }
    let declared = read(&staged.join(DECLARED_IN))? + "\npub mod planted;\n";
    write(&staged.join(DECLARED_IN), declared.as_bytes())?;
    write(&staged.join(SWITCH_FILE), SWITCH.as_bytes())?;
    // What is gone from the checkout goes from the copy: a file that became a folder would be there twice.
    let copied = tree.join("copied");
    let before = fs::read_to_string(&copied).unwrap_or_default();
    for gone in before.lines().filter(|path| !sources.contains(path)) {
        let _ = fs::remove_file(tree.join(gone));
    }
    write(&copied, sources.join("\n").as_bytes())?;
    for path in sources.into_iter().chain([SWITCH_FILE]) {
        let patched = staged.join(path);
        let from = if patched.is_file() { patched } else { workspace.root.join(path) };
        let (to, mut source) = (tree.join(path), bytes(&from)?);
        if path == "Cargo.toml" {
            source = of_its_own_version(&read(&from)?).into_bytes();
        }
        if fs::read(&to).ok().as_ref() != Some(&source) {
            write(&to, &source)?;
        }
    }
    let built = build_at(&tree, workspace, speed)?;
    let program = built.with_file_name("simulate-planted");
    fs::copy(&built, &program).map_err(|error| Failure::new(format!("{}: {error}", program.display())))?;
    Ok(program)
}

/// The workspace's manifest with a version that says that faults are planted. Else cargo takes what is compiled of the copy
/// for what is compiled of the checkout: a package is known by its name, its version and its place in its workspace.
fn of_its_own_version(manifest: &str) -> String {
    let version = |line: &str| match line.strip_prefix("version = \"").and_then(|rest| rest.strip_suffix('"')) {
        Some(version) => format!("version = \"{version}-planted\"\n"),
        None => format!("{line}\n"),
    };
    manifest.lines().map(version).collect()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(path, content));
    written.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn output(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| Failure::new(format!("{name}: {error}")))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    Err(Failure::new(format!("{name}: {}", String::from_utf8_lossy(&done.stderr))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_is_another_version_and_else_the_same() {
        let manifest = "[workspace.package]\nversion = \"0.1.0\"\n[dependencies]\nhex = { version = \"0.4\" }\n";
        assert_eq!(of_its_own_version(manifest), manifest.replace("0.1.0", "0.1.0-planted"));
    }
}
