//! How long the operator's commands take: `times TENANTS`, on the deployed template with the real binaries.

use std::process::ExitCode;

use end_to_end::load::times;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let tenants = std::env::args().nth(1).and_then(|tenants| tenants.parse().ok()).filter(|tenants| *tenants > 2);
    let Some(tenants) = tenants else {
        eprintln!("times TENANTS: three or more");
        return ExitCode::from(2);
    };
    match times::run(tenants).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
