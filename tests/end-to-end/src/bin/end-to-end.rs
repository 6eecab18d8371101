//! The end-to-end test: the deployed template, the real binaries, the vendors' systems on loopback.

use std::process::ExitCode;

use end_to_end::checks::{
    Report, Stage, consent, hygiene, operator, plan, roads, rotation, status_page, tenants, write_back,
};

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
    // One story: each builds on what the ones before left.
    macro_rules! play {
        ($($group:ident::$check:ident),+ $(,)?) => {
            $(report.note(&stringify!($check).replace('_', " "), $group::$check(&stage).await);)+
        };
    }
    play! {
        roads::everything_arrives_as_the_erp_has_it,
        roads::a_tick_without_a_change_writes_nothing,
        roads::each_change_is_one_write,
        roads::what_cannot_be_mapped_is_parked_with_the_member,
        tenants::an_invalid_item_is_skipped_and_disturbs_nobody,
        tenants::a_replaced_secret_is_picked_up,
        tenants::a_pull_by_hand_brings_what_is_older,
        operator::files_are_checked_before_anything_is_asked,
        operator::a_tenant_comes_changes_and_goes,
        operator::a_company_is_onboarded_by_answers,
        operator::secrets_are_put_without_being_shown,
        operator::a_check_says_what_is_missing,
        operator::a_probe_says_how_the_vendors_are_and_writes_nothing,
        operator::a_pull_brings_what_is_older_and_its_order_is_found,
        operator::a_paused_tenant_is_left_alone,
        plan::a_plan_is_done_exactly_or_says_what_moved,
        plan::a_tenant_without_credentials_is_stored_and_waits,
        hygiene::an_unreadable_message_does_not_hold_up_its_group,
        roads::a_tick_without_a_change_writes_nothing,
        write_back::the_webhook_opens_to_its_token_alone,
        write_back::what_the_warehouse_does_is_in_the_erp_once,
        write_back::a_lost_webhook_is_found_by_the_reconcile,
        write_back::what_was_written_back_does_not_come_round,
        roads::a_tick_without_a_change_writes_nothing,
    }
    // In a browser, where there is one.
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
    browse! {
        consent::a_stopped_company_is_connected_again_with_one_link,
        consent::procountor_is_connected_by_key_login_and_by_a_pasted_key_without_scripts,
        consent::a_refusal_and_a_used_link_say_what_to_do,
        consent::the_start_page_reads_well_on_a_phone_in_every_language,
        consent::the_consent_log_tells_steps_and_no_secrets,
        status_page::a_customer_looks_at_its_orders_and_the_warehouse_at_all_without_scripts,
    }
    play! {
        roads::a_tick_without_a_change_writes_nothing,
        rotation::a_webhook_token_is_rotated_and_the_former_one_works_on,
        rotation::a_refresh_token_is_rotated_and_the_next_pull_works,
        rotation::what_cannot_be_rotated_is_refused_with_advice,
        hygiene::the_logs_tell_outcomes_and_no_secrets,
        hygiene::nothing_was_given_up,
    }
    if report.end() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
