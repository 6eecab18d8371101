//! What an invoice's status means for the warehouse (Procountor sheet, section 2).

use serde_json::Value;

use super::wire::InvoiceHead;
use crate::systems::erp::What;
use crate::tenant::Settings;
use crate::words::feed::Feed;
use crate::words::vocabulary::procountor::ORDERS;

/// What the list's or the document's own word says; `None`: it is to be imported.
pub(super) fn verdict(feed: Feed, of: &str, head: &InvoiceHead, settings: &Settings) -> Option<What> {
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
            "SENT" | "INVOICED" => What::Filtered("the order was sent already".into()),
            "PAID" | "PARTLY_PAID" | "MARKED_PAID" => What::Filtered("the order was paid already".into()),
            _ => What::Filtered(format!("the order's status {status} is not among order_statuses")),
        }),
    }
}

fn pulled(status: &str, settings: &Settings) -> bool {
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
        match verdict(feed, of, &head, &serde_json::from_value(settings).unwrap()) {
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
    fn offers_and_documents_of_another_type_stay_out() {
        let settings = Settings::default();
        for head in [json!({"type": "SALES_ORDER", "isOffer": true}), json!({"type": "SALES_INVOICE"})] {
            let mut head: InvoiceHead = serde_json::from_value(head).unwrap();
            head.status = Some("UNFINISHED".into());
            assert!(matches!(verdict(Feed::Orders, "SALES_ORDER", &head, &settings), Some(What::Filtered(_))));
        }
    }
}
