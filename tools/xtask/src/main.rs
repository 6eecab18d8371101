//! The project's own commands: `cargo xtask build`, `cargo xtask test`, `cargo xtask demo`.

mod bench;
mod browser;
mod build;
mod built_template;
mod checks;
mod demo;
mod demo_arguments;
mod erp;
mod fresh;
mod fuzz;
mod glibc;
mod interrupt;
mod new_erp;
mod packages;
mod planted;
mod process_group;
mod sbom;
mod simulate;
mod simulated;
mod simulation_build;
mod simulators;
mod stack;
mod steps;
mod template;
mod tools;
mod workspace;

use std::process::{Command, ExitCode};

use crate::build::Profile;
use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

const USAGE: &str = "\
cargo xtask build [--local]    the functions for this machine's architecture, ready for `sam deploy`
                               --local: compiled quickly instead of small
cargo xtask test               everything that must pass
                               --no-e2e: without the end-to-end test; --only-e2e: that alone
cargo xtask planted [NAME]     takes each mend in tests/acceptance/planted back, and sees its test fail
cargo xtask simulate [...]     the seeded simulation of the whole estate: --seeds N, --seed S, --days N, --tenants N
                               --planted [NAME]: finds each fault in tests/acceptance/planted/simulated
cargo xtask fuzz [NAME] [--seconds N]
                               the coverage-guided targets of tests/fuzz, 30 s each; needs cargo-fuzz
cargo xtask bench [--quick]    CPU, calls and memory of the deployed functions beside a bare loop: --records N,
                               --repeats N; --instructions: counted a record, where valgrind is installed
cargo xtask erp NAME           the tests of one ERP alone, and what it lacks
cargo xtask new-erp NAME       the scaffold of an ERP: files, edits, a stub of the vendor that trades
cargo xtask cost               what a deployment costs a month: 1, 10, 40, 1,000 and 10,000 tenants, and what dominates
cargo xtask load               200 tenants on the deployed template in the emulator; prints figures
cargo xtask times [--tenants N]
                               how long the operator's commands take in the emulator; 1,000 tenants when left out
cargo xtask demo [--keep]      the main job on this machine; --keep leaves it running until Ctrl-C, --tick 1m ticks
                               --break ongoing|erp-login|order|article: breaks one thing in a kept one, and says
                               which command finds it; --mend: puts it right
";

/// Runs the program of the acceptance tests; what it prints is the person's.
fn cost(workspace: &Workspace) -> Result<(), Failure> {
    let mut program = Command::new(cargo());
    program.current_dir(&workspace.root).args(["run", "--quiet", "--package", "acceptance", "--bin", "cost"]);
    let status = program.status().map_err(|error| Failure::new(format!("cost: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new("the cost could not be counted")) }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["guard", command @ ..] = words.as_slice() {
        return process_group::watch(command);
    }
    let workspace = match Workspace::find() {
        Ok(workspace) => workspace,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    let mut steps = Steps::new(workspace.logs());
    let outcome = match words.as_slice() {
        ["build"] => build::run(&workspace, &mut steps, Profile::Deployed),
        ["build", "--local"] => build::run(&workspace, &mut steps, Profile::Local),
        ["test"] => checks::run(&workspace, &mut steps, true),
        ["test", "--only-e2e"] => checks::end_to_end(&workspace, &mut steps),
        ["test", "--no-e2e"] => checks::run(&workspace, &mut steps, false),
        ["planted"] => planted::run(&workspace, &mut steps, ""),
        ["planted", filter] => planted::run(&workspace, &mut steps, filter),
        ["simulate", "--planted"] => simulated::run(&workspace, &mut steps, ""),
        ["simulate", "--planted", filter] => simulated::run(&workspace, &mut steps, filter),
        ["simulate", arguments @ ..] => simulate::run(&workspace, &mut steps, arguments),
        ["fuzz"] => fuzz::run(&workspace, &mut steps, "", None),
        ["fuzz", "--seconds", seconds] => fuzz::run(&workspace, &mut steps, "", Some(seconds)),
        ["fuzz", name] => fuzz::run(&workspace, &mut steps, name, None),
        ["fuzz", name, "--seconds", seconds] => fuzz::run(&workspace, &mut steps, name, Some(seconds)),
        ["bench", arguments @ ..] => bench::run(&workspace, &mut steps, arguments),
        ["cost"] => cost(&workspace),
        ["erp", word] => erp::run(&workspace, &mut steps, word),
        ["new-erp", word] => new_erp::run(&workspace, &mut steps, word),
        ["load"] => checks::load(&workspace, &mut steps),
        ["times"] => checks::times(&workspace, &mut steps, "1000"),
        ["times", "--tenants", tenants] => checks::times(&workspace, &mut steps, tenants),
        ["demo", arguments @ ..] => demo::run(&workspace, &mut steps, arguments),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if matches!(words.first(), Some(&("test" | "planted"))) {
        println!("{}", steps.tally());
    }
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) if matches!(words.first(), Some(&("simulate" | "fuzz"))) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::FAILURE,
    }
}
