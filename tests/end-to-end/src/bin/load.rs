//! Load on the real parts: the deployed template, the real binaries, 200 tenants on one ERP's and another's simulator, one
//! of them a hundred times larger, records that cannot be mapped, and an ERP that takes calls and never answers.

use std::process::ExitCode;

use end_to_end::load;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match load::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
