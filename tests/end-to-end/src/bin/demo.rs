//! The demo: played; or with arguments something with one that was kept: `tick`, `break WHAT`, `mend`.

use std::process::ExitCode;

use end_to_end::Result;
use end_to_end::demo::breaks::{self, Break};
use end_to_end::demo::{play, tick_once};
use end_to_end::stack::Stack;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => play().await,
        ["tick"] => ticked().await,
        ["break", what] => broken(what).await,
        ["mend"] => mended().await,
        _ => Err("tick, break WHAT and mend are known".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("the demo stopped: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn broken(what: &str) -> Result {
    let what = Break::named(what).ok_or_else(|| format!("{what} cannot be broken"))?;
    println!("{}", what.happen(&Stack::find().await?).await?);
    Ok(())
}

async fn ticked() -> Result {
    println!("{}", tick_once(&Stack::find().await?).await?);
    Ok(())
}

async fn mended() -> Result {
    breaks::mend(&Stack::find().await?).await?;
    println!("{}", breaks::MENDED);
    Ok(())
}
