//! `cargo xtask demo`: the main job on this machine, with progress.

use std::thread;
use std::time::Duration;

use crate::build::{self, Profile};
use crate::stack::Stack;
use crate::steps::{Failure, Steps};
use crate::tools;
use crate::workspace::Workspace;

/// The same stack as the end-to-end test's, and a program that shows what it does.
pub fn run(workspace: &Workspace, steps: &mut Steps, keep: bool) -> Result<(), Failure> {
    tools::ensure(workspace, steps)?;
    build::functions(workspace, steps, Profile::Local)?;
    build::companions(workspace, steps)?;
    let stack = Stack::start(workspace, steps)?;
    let mut demo = build::companion(workspace, "demo");
    stack.open_to(&mut demo);
    println!();
    // Its output is the demo: it goes to the terminal, not to a log.
    let status = demo.status().map_err(|e| report(format!("demo: {e}")))?;
    if !status.success() {
        return Err(report(format!("demo: {status}")));
    }
    if !keep {
        println!("\nTo play with it: cargo xtask demo --keep");
        return Ok(());
    }
    println!("\n{NEXT}");
    for (key, value) in stack.variables() {
        println!("  {key}={value}");
    }
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

/// What to do with a stack that was kept.
const NEXT: &str = "\
Still running, until Ctrl-C. In another terminal, for instance:

  . .local/env
  curl $SIM_POWEROFFICE/_sim/rename_product \\
    -d '{\"client_key\": \"demo-client-poweroffice\", \"code\": \"TER-500\", \"name\": \"Termos 1 l, rosa\"}'
  $BRIDGECTL tenant plan demo-poweroffice
  $BRIDGECTL pull demo-poweroffice
  $BRIDGECTL where TER-500
  $BRIDGECTL tenant list
  $BRIDGECTL connect-link demo-visma
  curl $SIM_ONGOING/_sim/state -d '{\"goodsOwnerId\": 159}'
  .tools/venv/bin/sam logs --stack-name $STACK_NAME
";

fn report(reason: String) -> Failure {
    eprintln!("{reason}");
    Failure::new(reason)
}
