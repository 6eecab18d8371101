//! Prints the README's support matrix, after proving every row that it counts.

use std::process::ExitCode;

fn main() -> ExitCode {
    match acceptance::rows::matrix() {
        Ok(matrix) => {
            println!("{matrix}");
            ExitCode::SUCCESS
        }
        Err(faults) => {
            eprintln!("{faults}");
            ExitCode::FAILURE
        }
    }
}
