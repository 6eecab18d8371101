//! What Procountor rejects: parked with a reason that a person can act upon, and written once it can be.

use std::time::Duration;

use acceptance::shops::ProcountorShop;
use serde_json::json;
use simulators::Simulator as _;
use simulators::procountor::{Kind as Record, Right};

use crate::{COMPANY, SHOP, calls, mails, open, post, set_status, ship, status, ticks, told};

/// Status before, status after, mails, outcome, words of the reason.
const STATUSES: [(&str, &str, u64, &str, &str); 20] = [
    ("EMPTY", "EMPTY", 0, "parked", "there is no way from EMPTY"),
    ("UNFINISHED", "SENT", 1, "updated", "UNFINISHED -> SENT"),
    ("NOT_SENT", "SENT", 1, "updated", "NOT_SENT -> SENT"),
    ("SENT", "SENT", 0, "unchanged", "the order is SENT already"),
    ("RECEIVED", "RECEIVED", 0, "parked", "there is no way from RECEIVED"),
    ("PAID", "PAID", 0, "unchanged", "the order is PAID already"),
    ("PAYMENT_DENIED", "PAYMENT_DENIED", 0, "parked", "there is no way from PAYMENT_DENIED"),
    ("VERIFIED", "VERIFIED", 0, "parked", "there is no way from VERIFIED"),
    ("APPROVED", "APPROVED", 0, "parked", "there is no way from APPROVED (channel EMAIL)"),
    ("INVALIDATED", "INVALIDATED", 0, "unchanged", "warning: shipped, although the order is INVALIDATED"),
    ("PAYMENT_QUEUED", "PAYMENT_QUEUED", 0, "parked", "there is no way from PAYMENT_QUEUED"),
    ("PARTLY_PAID", "PARTLY_PAID", 0, "unchanged", "the order is PARTLY_PAID already"),
    ("PAYMENT_SENT_TO_BANK", "PAYMENT_SENT_TO_BANK", 0, "parked", "there is no way from PAYMENT_SENT_TO_BANK"),
    ("MARKED_PAID", "MARKED_PAID", 0, "unchanged", "the order is MARKED_PAID already"),
    ("STARTED", "STARTED", 0, "parked", "there is no way from STARTED"),
    ("INVOICED", "INVOICED", 0, "unchanged", "the order is INVOICED already"),
    ("OVERRIDDEN", "OVERRIDDEN", 0, "unchanged", "warning: shipped, although the order is OVERRIDDEN"),
    ("DELETED", "DELETED", 0, "unchanged", "warning: shipped, although the order is DELETED"),
    ("UNSAVED", "UNSAVED", 0, "parked", "there is no way from UNSAVED"),
    ("PAYMENT_TRANSACTION_REMOVED", "PAYMENT_TRANSACTION_REMOVED", 0, "parked", "there is no way from"),
];

#[tokio::test(start_paused = true)]
async fn every_status_has_its_end() {
    let world = open(STATUSES.len(), json!({})).await;
    let mut payloads = Vec::new();
    for (at, (before, ..)) in STATUSES.iter().enumerate() {
        set_status(&world, at + 1, before);
        payloads.extend(ship(&world, at + 1));
    }
    post(&world, &payloads).await;
    for (at, (before, after, sent, outcome, words)) in STATUSES.iter().enumerate() {
        let (told, reason) = told(&world, at + 1);
        assert_eq!((status(&world, at + 1).as_str(), mails(&world, at + 1)), (*after, *sent), "{before}");
        assert_eq!(told, *outcome, "{before}: {reason}");
        assert!(reason.contains(words), "{before}: {reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_whose_channel_is_no_sending_is_approved_and_stays() {
    let world = open(2, json!({})).await;
    for n in [1, 2] {
        SHOP.change(&world, Record::Invoice, ProcountorShop::id(n), &json!({"invoiceChannel": "NO_SENDING"}));
    }
    set_status(&world, 2, "APPROVED");
    let payloads: Vec<_> = [1, 2].into_iter().flat_map(|n| ship(&world, n)).collect();
    post(&world, &payloads).await;
    let why = "its channel is NO_SENDING, there is nothing to send";
    assert_eq!(told(&world, 1), ("updated".into(), format!("UNFINISHED -> APPROVED: {why}")));
    assert_eq!(told(&world, 2), ("unchanged".into(), why.into()));
    assert_eq!((calls(&world, "PUT /invoices/{id}/send"), calls(&world, "PUT /invoices/{id}/approve")), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn without_approve_before_send_somebody_approves_and_the_next_look_sends() {
    let world = open(1, json!({"approve_before_send": false})).await;
    post(&world, &ship(&world, 1)).await;
    let (outcome, reason) = told(&world, 1);
    assert_eq!((outcome.as_str(), calls(&world, "PUT /invoices/{id}/approve")), ("parked", 0));
    assert!(reason.contains("approve_before_send is off"), "{reason}");
    set_status(&world, 1, "NOT_SENT");
    ticks(&world, 2).await;
    assert_eq!((status(&world, 1).as_str(), mails(&world, 1)), ("SENT", 1));
    assert_eq!(told(&world, 1).1, "NOT_SENT -> SENT");
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_named_and_the_order_goes_out_when_it_is_given() {
    for before in ["UNFINISHED", "NOT_SENT"] {
        let world = open(1, json!({})).await;
        set_status(&world, 1, before);
        let right = |right| {
            let mut erp = world.vendors.procountor.borrow_mut();
            if let Some(company) = erp.model.company_mut(COMPANY) {
                company.rights.sales_or_group_invoices = right;
            }
        };
        right(Right::Viewing);
        post(&world, &ship(&world, 1)).await;
        let (outcome, reason) = told(&world, 1);
        assert_eq!(outcome, "parked");
        for words in ["403", "type SALES_ORDER", before, "salesOrGroupInvoices VIEWING_RIGHTS"] {
            assert!(reason.contains(words), "{words}: {reason}");
        }
        // Pauses grow from a quarter of an hour on.
        ticks(&world, 3).await;
        assert_eq!((told(&world, 1).0.as_str(), mails(&world, 1)), ("parked", 0));
        right(Right::All);
        ticks(&world, 8).await;
        assert_eq!((status(&world, 1).as_str(), mails(&world, 1)), ("SENT", 1), "{before}");
        assert_eq!(told(&world, 1).0, "updated");
    }
}

#[tokio::test(start_paused = true)]
async fn where_orders_cannot_be_sent_they_are_parked_with_their_type_and_status() {
    let world = open(1, json!({})).await;
    world.vendors.procountor.borrow_mut().model.quirks.orders_can_be_sent = false;
    set_status(&world, 1, "NOT_SENT");
    post(&world, &ship(&world, 1)).await;
    let (outcome, reason) = told(&world, 1);
    assert_eq!(outcome, "parked");
    assert!(reason.contains("type SALES_ORDER, status NOT_SENT, right salesOrGroupInvoices ALL_RIGHTS"), "{reason}");
    // No intent is left behind that would keep a later try waiting.
    assert!(world.memory.items("tenant#acme", "intent#").is_empty());
}

#[tokio::test(start_paused = true)]
async fn another_type_or_a_document_that_is_gone_is_parked() {
    let world = open(3, json!({})).await;
    for (n, kind) in [(1, "PURCHASE_INVOICE"), (2, "SALES_INVOICE")] {
        SHOP.change(&world, Record::Invoice, ProcountorShop::id(n), &json!({"type": kind, "status": "NOT_SENT"}));
    }
    let gone = json!({"company": COMPANY, "id": ProcountorShop::id(3)});
    let done = world.vendors.procountor.borrow_mut().model.act(world.now(), "delete_invoice", &gone);
    assert!(done.is_ok(), "{done:?}");
    let payloads: Vec<_> = [1, 2, 3].into_iter().flat_map(|n| ship(&world, n)).collect();
    post(&world, &payloads).await;
    assert_eq!([1, 2].map(|n| mails(&world, n)), [0, 1]);
    assert_eq!([1, 2, 3].map(|n| told(&world, n).0), ["parked", "updated", "parked"]);
    assert!(told(&world, 1).1.contains("a PURCHASE_INVOICE is not sent"), "{:?}", told(&world, 1));
    assert!(told(&world, 3).1.contains("shows no such document"), "{:?}", told(&world, 3));
}

/// A sending that the vendor took and that its status does not show: the order is never mailed again by itself.
#[tokio::test(start_paused = true)]
async fn a_status_that_falls_back_after_sending_is_a_persons_turn() {
    for lost in [false, true] {
        let world = open(1, json!({})).await;
        set_status(&world, 1, "NOT_SENT");
        let back = json!({"company": COMPANY, "id": ProcountorShop::id(1), "status": "NOT_SENT"});
        world.vendors.procountor.borrow_mut().model.interject("PUT /invoices/{id}/send", 1, "set_status", back);
        if lost {
            // The read before it, then the sending.
            let erp = world.site(acceptance::world::Site::Procountor);
            erp.plan(erp.calls() + 1, simulators::Trouble::LostAnswer);
        }
        post(&world, &ship(&world, 1)).await;
        if !lost {
            let words = "after sending the order's status is NOT_SENT; last transactions: SEND";
            assert!(told(&world, 1).1.contains(words), "{:?}", told(&world, 1));
        }
        ticks(&world, 12).await;
        let (outcome, reason) = told(&world, 1);
        assert_eq!((outcome.as_str(), mails(&world, 1)), ("parked", 1), "lost {lost}: {reason}");
        assert!(reason.contains("although its log has SEND"), "lost {lost}: {reason}");
        set_status(&world, 1, "SENT");
        world.wait(Duration::from_secs(24 * 3600)).await;
        ticks(&world, 2).await;
        assert_eq!(told(&world, 1), ("unchanged".into(), "the order is SENT already".into()));
        assert_eq!(mails(&world, 1), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_odd_status_after_sending_is_told_with_the_last_transactions() {
    let world = open(1, json!({})).await;
    let odd = json!({"company": COMPANY, "id": ProcountorShop::id(1), "status": "STARTED"});
    world.vendors.procountor.borrow_mut().model.interject("PUT /invoices/{id}/send", 1, "set_status", odd);
    post(&world, &ship(&world, 1)).await;
    let words = "unexpected: after sending the order's status is STARTED; last transactions: APPROVAL, SEND";
    assert_eq!(told(&world, 1), ("parked".into(), words.into()));
}
