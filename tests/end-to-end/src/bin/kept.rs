//! What a person does with a demo that was kept: what it suggests, what can be broken in it and found, and the consents in
//! a browser. Runs on the stack that the demo has been played on.

use std::process::ExitCode;

use end_to_end::checks::{Report, Stage, consent, kept};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let stage = match Stage::find().await {
        Ok(stage) => stage,
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::default();
    macro_rules! play {
        ($($group:ident::$check:ident),+ $(,)?) => {
            $(report.note(&stringify!($check).replace('_', " "), $group::$check(&stage).await);)+
        };
    }
    macro_rules! browse {
        ($($group:ident::$check:ident),+ $(,)?) => {
            $(
                let name = stringify!($check).replace('_', " ");
                match &stage.driver {
                    Some(driver) => report.note(&name, $group::$check(&stage, driver).await),
                    None => report.left_out(&name, "there is no browser"),
                }
            )+
        };
    }
    play! { kept::what_the_demo_suggests_can_be_done }
    browse! {
        consent::a_stopped_company_is_connected_again_with_one_link,
        consent::procountor_is_connected_by_key_login_and_by_a_pasted_key_without_scripts,
    }
    play! {
        kept::a_tick_that_is_made_by_itself_tells_what_it_did,
        kept::what_is_broken_is_found_by_the_command_that_is_named,
    }
    if report.end() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
