use super::*;
use crate::finago::INVOICE;

fn header(response: &Response, name: &str) -> String {
    response.headers.iter().find(|(key, _)| key == name).unwrap().1.clone()
}

fn call(caller: &mut Caller) -> Response {
    caller.call(INVOICE, "GetDeliveryMethods", "")
}

#[test]
fn every_answer_says_what_is_left_and_until_when() {
    let mut caller = Caller::new();
    caller.now = at("2026-02-03T10:19:00Z");
    let response = call(&mut caller);
    assert_eq!((response.status, header(&response, "APILimitRemaining").as_str()), (200, "7198"));
    assert_eq!(header(&response, "APILimitReset"), "2026-02-03T11:00:00Z");
    caller.session = None;
    let response = call(&mut caller);
    assert_eq!((response.status, header(&response, "APILimitRemaining").as_str()), (500, "7197"));
}

#[test]
fn past_the_hours_calls_all_is_blocked_until_the_hour_turns() {
    let mut caller = Caller::new();
    caller.finago.rules.calls_per_hour = 3;
    assert_eq!(call(&mut caller).status, 200);
    assert_eq!(call(&mut caller).status, 200);
    for over in 1..3 {
        let response = call(&mut caller);
        assert_eq!(response.status, 500);
        let text = fault_text(&response);
        assert!(
            text.contains(&format!("Limit exceeded by {over}."))
                && text.contains("Quarantine ends 2026-02-03T11:00:00")
        );
        assert_eq!(header(&response, "APILimitRemaining"), "0");
    }
    caller.finago.rules.hourly_limit_status = 429;
    assert_eq!(call(&mut caller).status, 429);
    caller.now = at("2026-02-03T11:00:00Z");
    caller.finago.rules.session_idle = SignedDuration::from_hours(2);
    assert_eq!(call(&mut caller).status, 200);
}

#[test]
fn the_budget_is_one_for_all_companies() {
    let mut caller = Caller::new();
    caller.finago.rules.calls_per_hour = 3;
    let other = caller.login("p&lt;w&amp;d", SECOND);
    assert_eq!(call(&mut caller).status, 200);
    caller.session = Some(other);
    assert_eq!(call(&mut caller).status, 500);
}

#[test]
fn a_burst_within_a_second_is_a_429() {
    let mut caller = Caller::new();
    let statuses: Vec<u16> = (0..25).map(|_| call(&mut caller).status).collect();
    assert_eq!((statuses.iter().filter(|status| **status == 200).count(), statuses[24]), (24, 429));
    caller.pass(1);
    assert_eq!(call(&mut caller).status, 200);
    caller.finago.rules.calls_per_second = None;
    assert!((0..50).all(|_| call(&mut caller).status == 200));
}
