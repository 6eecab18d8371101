use super::*;
use crate::procountor::clock;

#[test]
fn times_are_local_and_have_no_offset() {
    let mut desk = Desk::new();
    let id = desk.product(json!({}));
    // 10:00 UTC is 12:00 in Helsinki in November.
    assert_eq!(desk.record(Kind::Product, id)["version"], "2026-11-10T12:00:00");
    desk.now = at("2027-06-01T10:00:00.9876Z");
    let id = desk.product(json!({}));
    assert_eq!(desk.record(Kind::Product, id)["version"], "2027-06-01T13:00:00");
    desk.sim.quirks.fraction_digits = 3;
    let id = desk.product(json!({}));
    assert_eq!(desk.record(Kind::Product, id)["version"], "2027-06-01T13:00:00.987");
}

#[test]
fn versions_step_back_when_the_clocks_do() {
    let mut desk = Desk::new();
    desk.now = at("2026-10-25T00:50:00Z");
    let before = desk.invoice(json!({}));
    desk.wait(20 * 60);
    let after = desk.invoice(json!({}));
    assert_eq!(desk.record(Kind::Invoice, before)["version"], "2026-10-25T03:50:00");
    assert_eq!(desk.record(Kind::Invoice, after)["version"], "2026-10-25T03:10:00");
    desk.log_in();
    // A cursor at the largest version seen does not see the later change; 70 minutes before it does.
    assert_eq!(desk.ids("/api/invoices?versionStartDate=2026-10-25T03:50:00"), [before]);
    assert_eq!(desk.ids("/api/invoices?versionStartDate=2026-10-25T02:40:00"), [after, before]);
}

#[test]
fn two_changes_within_a_second_carry_the_same_version() {
    let mut desk = Desk::new();
    let id = desk.product(json!({ "name": "a" }));
    let first = desk.record(Kind::Product, id);
    desk.now += SignedDuration::from_millis(400);
    desk.sim.change(desk.now, desk.company, Kind::Product, id, &json!({ "name": "b" })).unwrap();
    let second = desk.record(Kind::Product, id);
    assert_eq!(first["version"], second["version"]);
    assert_ne!(first["name"], second["name"]);
}

#[test]
fn the_window_takes_its_end_in_and_its_start_as_the_installation_has_it() {
    let mut desk = Desk::new();
    let id = desk.product(json!({}));
    let exact = "/api/products?versionStartDate=2026-11-10T12:00:00&versionEndDate=2026-11-10T12:00:00";
    assert_eq!(desk.ids(exact), [id]);
    desk.sim.quirks.start_is_inclusive = false;
    assert_eq!(desk.ids(exact), Vec::<i64>::new());
    assert_eq!(desk.ids("/api/products?versionEndDate=2026-11-10T11:59:59"), Vec::<i64>::new());
}

#[test]
fn date_times_are_read_without_zone_only() {
    for fine in ["2026-01-30T15:20:00", "2026-01-30T15:20", "2026-01-30T15:20:00.1234567"] {
        assert!(clock::parse(fine).is_some(), "{fine}");
    }
    for wrong in ["2026-01-30", "2026-01-30T15:20:00Z", "2026-01-30T15:20:00+02:00", "2026-01-30T15:20:00-02:00", "x"] {
        assert!(clock::parse(wrong).is_none(), "{wrong}");
    }
    let mut desk = Desk::new();
    assert_eq!(desk.status_of("/api/products?versionStartDate=2026-01-30T15:20:00Z"), 400);
}

#[test]
fn a_row_that_commits_late_carries_an_old_stamp() {
    let mut desk = Desk::new();
    let (company, stamped) = (desk.company, desk.now);
    let visible = stamped + SignedDuration::from_secs(90);
    let late = desk.sim.put_late(stamped, visible, company, Kind::Invoice, json!({})).unwrap();
    let known = desk.invoice(json!({ "notes": "before" }));
    desk.sim.change_late(stamped, visible, company, Kind::Invoice, known, &json!({ "notes": "after" })).unwrap();
    desk.wait(89);
    assert_eq!(desk.ids("/api/invoices"), [known]);
    assert_eq!(desk.get(&format!("/api/invoices/{known}"))["notes"], "before");
    desk.wait(1);
    assert_eq!(desk.ids("/api/invoices?versionEndDate=2026-11-10T12:00:00"), [known, late]);
    assert_eq!(desk.get(&format!("/api/invoices/{known}"))["notes"], "after");
}

#[test]
fn a_change_may_leave_the_version_as_it_was() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({}));
    desk.wait(60);
    desk.sim.change_silently(desk.now, desk.company, Kind::Invoice, id, &json!({ "notes": "quiet" })).unwrap();
    let invoice = desk.record(Kind::Invoice, id);
    assert_eq!((&invoice["notes"], &invoice["version"]), (&json!("quiet"), &json!("2026-11-10T12:00:00")));
}
