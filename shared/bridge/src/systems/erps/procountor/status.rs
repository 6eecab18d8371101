//! What an invoice's status means for the warehouse (Procountor sheet, section 2).

use jiff::civil::Date;
use serde_json::Value;

use super::wire::InvoiceHead;
use crate::systems::erp::{Standing, What};
use crate::tenant::{FirstSeenSent, Settings};
use crate::words::feed::Feed;
use crate::words::vocabulary::procountor::ORDERS;

/// What is known of a document beside its own word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// How the ledger stands to it.
    pub standing: Standing,
    /// The day from which orders come in.
    pub begins: Option<Date>,
}

/// What the list's or the document's own word says; `None`: it is to be imported.
pub(super) fn verdict(feed: Feed, of: &str, head: &InvoiceHead, settings: &Settings, seen: Seen) -> Option<What> {
    let filtered = |why: &str| Some(What::Filtered(why.into()));
    if head.is_offer == Some(true) {
        return filtered("the document is an offer");
    }
    if head.kind.as_deref().is_some_and(|kind| kind != of) {
        return filtered("the document is of another type");
    }
    let status = head.status.as_deref().unwrap_or_default();
    match feed {
        Feed::Orders if pulled(status, settings) => None,
        Feed::PurchaseOrders if !matches!(status, "EMPTY" | "UNSAVED" | "INVALIDATED" | "DELETED" | "OVERRIDDEN") => {
            None
        }
        _ => Some(match status {
            "INVALIDATED" => What::Withdrawn("the order was invalidated".into()),
            "DELETED" => What::Withdrawn("the order was deleted".into()),
            "OVERRIDDEN" => What::Withdrawn("the order was replaced by another".into()),
            "EMPTY" | "UNSAVED" => What::Filtered("the order was never saved".into()),
            "SENT" => return sent(head, settings, seen),
            "INVOICED" => invoiced(head, seen),
            "PAID" | "PARTLY_PAID" | "MARKED_PAID" => What::Filtered("the order was paid already".into()),
            _ => What::Filtered(format!("the order's status {status} is not among order_statuses")),
        }),
    }
}

/// An order that is sent: to send its confirmation is ordinary, and says nothing of its goods (Procountor sheet, section 7).
/// One from before the tenant, or one that was left out, may have been shipped by whoever did it before.
fn sent(head: &InvoiceHead, settings: &Settings, seen: Seen) -> Option<What> {
    let filtered = |why: &str| Some(What::Filtered(why.into()));
    match (seen.standing, settings.first_seen_sent.unwrap_or_default()) {
        // It may have been edited before it was sent; what is the same goes nowhere. Or somebody asks for it.
        (Standing::HandedOut | Standing::AskedFor, _) => None,
        (Standing::LeftOut, _) => filtered("the order was sent already when it was left out: a backfill brings it"),
        (Standing::New, _) if is_old(head, seen) => {
            filtered("the order was sent already, and is older than the tenant: a backfill brings it")
        }
        (Standing::New, FirstSeenSent::Import) => None,
        (Standing::New, FirstSeenSent::Filter) => filtered("the order was sent already: a backfill brings it"),
        (Standing::New, FirstSeenSent::Park) => {
            let why =
                "the order was sent already when it was first seen: a backfill brings it, if it is not shipped yet";
            Some(What::Parked(why.into()))
        }
    }
}

/// An order that is an invoice by now, and that the warehouse may never have had.
fn invoiced(head: &InvoiceHead, seen: Seen) -> What {
    let missed = matches!(seen.standing, Standing::New | Standing::AskedFor) && !is_old(head, seen);
    if missed {
        let why = "the order is invoiced already, and was never in the warehouse: whether it is shipped is for a person to say";
        return What::Parked(why.into());
    }
    What::Filtered("the order was invoiced already".into())
}

fn is_old(head: &InvoiceHead, seen: Seen) -> bool {
    matches!((head.date, seen.begins), (Some(date), Some(begins)) if date < begins)
}

/// The statuses of documents that the warehouse may still have to deal with.
pub(super) fn open(feed: Feed, settings: &Settings) -> Vec<&str> {
    const PURCHASES: [&str; 5] = ["UNFINISHED", "NOT_SENT", "SENT", "APPROVED", "STARTED"];
    match (feed, &settings.order_statuses) {
        (Feed::Orders, None) => ORDERS.to_vec(),
        (Feed::Orders, Some(wanted)) => wanted.iter().filter_map(Value::as_str).collect(),
        _ => PURCHASES.to_vec(),
    }
}

/// Whether orders in this status come in.
pub(super) fn pulled(status: &str, settings: &Settings) -> bool {
    match &settings.order_statuses {
        None => ORDERS.contains(&status),
        Some(wanted) => wanted.iter().filter_map(Value::as_str).any(|wanted| wanted == status),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::words::vocabulary::procountor::STATUSES;

    use super::*;

    fn word(feed: Feed, status: &str, settings: Value) -> &'static str {
        let of = if feed == Feed::Orders { "SALES_ORDER" } else { "PURCHASE_ORDER" };
        let head = serde_json::from_value(json!({"type": of, "status": status, "isOffer": null})).unwrap();
        let seen = Seen { standing: Standing::LeftOut, begins: None };
        match verdict(feed, of, &head, &serde_json::from_value(settings).unwrap(), seen) {
            None => "import",
            Some(What::Withdrawn(_)) => "withdrawn",
            Some(What::Filtered(_)) => "filtered",
            Some(_) => "other",
        }
    }

    #[test]
    fn every_status_has_its_meaning() {
        let table = STATUSES.map(|status| {
            (status, word(Feed::Orders, status, json!({})), word(Feed::PurchaseOrders, status, json!({})))
        });
        let expected = [
            ("EMPTY", "filtered", "filtered"),
            ("UNFINISHED", "import", "import"),
            ("NOT_SENT", "import", "import"),
            ("SENT", "filtered", "import"),
            ("RECEIVED", "filtered", "import"),
            ("PAID", "filtered", "import"),
            ("PAYMENT_DENIED", "filtered", "import"),
            ("VERIFIED", "filtered", "import"),
            ("APPROVED", "import", "import"),
            ("INVALIDATED", "withdrawn", "withdrawn"),
            ("PAYMENT_QUEUED", "filtered", "import"),
            ("PARTLY_PAID", "filtered", "import"),
            ("PAYMENT_SENT_TO_BANK", "filtered", "import"),
            ("MARKED_PAID", "filtered", "import"),
            ("STARTED", "import", "import"),
            ("INVOICED", "filtered", "import"),
            ("OVERRIDDEN", "withdrawn", "withdrawn"),
            ("DELETED", "withdrawn", "withdrawn"),
            ("UNSAVED", "filtered", "filtered"),
            ("PAYMENT_TRANSACTION_REMOVED", "filtered", "import"),
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn order_statuses_says_which_orders_come_in() {
        let settings = json!({"order_statuses": ["SENT"]});
        assert_eq!(word(Feed::Orders, "SENT", settings.clone()), "import");
        assert_eq!(word(Feed::Orders, "UNFINISHED", settings.clone()), "filtered");
        assert_eq!(word(Feed::Orders, "A_NEW_ONE", settings.clone()), "filtered");
        assert_eq!(word(Feed::PurchaseOrders, "UNFINISHED", settings), "import");
    }

    #[test]
    fn what_is_sent_or_invoiced_at_first_sight_goes_by_its_date_and_by_what_the_ledger_knows() {
        let (before, day) = ("2026-02-28", "2026-03-01");
        let said = |status: &str, date: &str, standing: Standing, settings: Value| {
            let head = json!({"type": "SALES_ORDER", "status": status, "date": date});
            let head = serde_json::from_value(head).unwrap();
            let seen = Seen { standing, begins: Some(day.parse().unwrap()) };
            match verdict(Feed::Orders, "SALES_ORDER", &head, &serde_json::from_value(settings).unwrap(), seen) {
                None => "import",
                Some(What::Parked(_)) => "parked",
                Some(What::Filtered(_)) => "filtered",
                Some(_) => "other",
            }
        };
        for (standing, date, sent, invoiced) in [
            (Standing::New, day, "import", "parked"),
            (Standing::New, before, "filtered", "filtered"),
            (Standing::LeftOut, day, "filtered", "filtered"),
            (Standing::AskedFor, before, "import", "filtered"),
            (Standing::AskedFor, day, "import", "parked"),
            (Standing::HandedOut, before, "import", "filtered"),
        ] {
            assert_eq!(said("SENT", date, standing, json!({})), sent, "{standing:?} {date}");
            assert_eq!(said("INVOICED", date, standing, json!({})), invoiced, "{standing:?} {date}");
            for (setting, new) in [("filter", "filtered"), ("park", "parked")] {
                let other = if (standing, date) == (Standing::New, day) { new } else { sent };
                assert_eq!(
                    said("SENT", date, standing, json!({"first_seen_sent": setting})),
                    other,
                    "{setting} {standing:?}"
                );
            }
            assert_eq!(said("PAID", date, standing, json!({})), "filtered");
        }
    }

    #[test]
    fn offers_and_documents_of_another_type_stay_out() {
        let settings = Settings::default();
        for head in [json!({"type": "SALES_ORDER", "isOffer": true}), json!({"type": "SALES_INVOICE"})] {
            let mut head: InvoiceHead = serde_json::from_value(head).unwrap();
            head.status = Some("UNFINISHED".into());
            let seen = Seen { standing: Standing::AskedFor, begins: None };
            assert!(matches!(verdict(Feed::Orders, "SALES_ORDER", &head, &settings, seen), Some(What::Filtered(_))));
        }
    }
}
