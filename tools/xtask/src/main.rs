//! The project's own commands: `cargo xtask build`, `cargo xtask test`, `cargo xtask demo`.

mod browser;
mod build;
mod checks;
mod demo;
mod glibc;
mod guard;
mod simulators;
mod stack;
mod steps;
mod template;
mod tools;
mod workspace;

use std::process::ExitCode;

use crate::build::Profile;
use crate::steps::Steps;
use crate::workspace::Workspace;

const USAGE: &str = "\
cargo xtask build [--local]    the functions for this machine's architecture, ready for `sam deploy`
                               --local: compiled quickly instead of small
cargo xtask test               everything that must pass
                               --no-e2e: without the end-to-end test; --only-e2e: that alone
cargo xtask demo [--keep]      the main job on this machine; --keep leaves it running until Ctrl-C
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["guard", command @ ..] = words.as_slice() {
        return guard::watch(command);
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
        ["demo"] => demo::run(&workspace, &mut steps, false),
        ["demo", "--keep"] => demo::run(&workspace, &mut steps, true),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if words.first() == Some(&"test") {
        println!("{}", steps.tally());
    }
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
