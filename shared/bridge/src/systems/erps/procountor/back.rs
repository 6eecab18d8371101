//! Shipments into Procountor: the order is sent (Procountor sheet, section 2, "Write-back").
//!
//! `/send` mails the document to the customer, every time it is called. So the status is read before and after it, and a
//! stored intent stands between: who finds one there does not send before it is known that the earlier call never came.

use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use serde_json::json;

use super::outgoing::{Document, Stage, last, missing};
use super::{Procountor, schema};
use crate::http::Call;
use crate::http::classify::turned_away;
use crate::state::intents::{Begun, Intents};
use crate::words::domain::{Effect, Shipment};
use crate::words::fault::{Fault, Result};

/// A call whose answer was lost may still arrive for so long; after that a status of `NOT_SENT` says that it never did.
const UNDER_WAY: Duration = Duration::from_secs(15 * 60);

/// Printed nowhere: it stands in the vendor's own log of the document, in letters of Windows-1252 (section 2).
const COMMENT: &str = "Shipped by the warehouse";

/// The stored intent of sending a document.
pub(super) fn send_intent(id: i64) -> String {
    format!("send {id}")
}

impl Procountor<'_> {
    /// Makes the order sent. There is no member for delivered quantities (section 2): what is short is told in the
    /// effect's reason, and what is picked later changes nothing.
    pub(super) async fn shipped(&self, shipment: &Shipment, intents: &Intents<'_>) -> Result<Effect> {
        let id =
            shipment.key.parse().map_err(|_| Fault::rejected("goodsOwnerOrderId", "no invoice id of Procountor's"))?;
        let effect = self.sent(id, intents).await?;
        Ok(match missing(shipment) {
            None => effect,
            Some(missing) => match effect {
                Effect::Written(what) => Effect::Written(format!("{what}; {missing}")),
                Effect::Unchanged(why) => Effect::Unchanged(format!("{why}; {missing}")),
                Effect::NotTaken(why) => Effect::NotTaken(format!("{why}; {missing}")),
            },
        })
    }

    async fn sent(&self, id: i64, intents: &Intents<'_>) -> Result<Effect> {
        let first = self.document(id).await?;
        let document = match first.stage()? {
            Stage::Unfinished => self.approve(&first).await?,
            Stage::Waiting | Stage::Sent | Stage::Over(_) => first.clone(),
        };
        match document.stage()? {
            Stage::Unfinished => Err(self.stuck("approving", &document).await),
            Stage::Waiting => self.send(&first.status, &document, intents).await,
            Stage::Sent => Ok(Effect::Unchanged(format!("the order is {} already", document.status))),
            Stage::Over(why) if document.status == first.status => Ok(Effect::Unchanged(why)),
            Stage::Over(why) => Ok(Effect::Written(format!("{} -> {}: {why}", first.status, document.status))),
        }
    }

    /// Approves what is unfinished, and reads it again.
    async fn approve(&self, document: &Document) -> Result<Document> {
        if self.tenant.settings.approve_before_send == Some(false) {
            let why = "the order is UNFINISHED and approve_before_send is off: somebody approves it in Procountor";
            return Err(Fault::Rejected { status: None, path: None, why: why.into() });
        }
        let query = [("updateInventory", "false".to_owned())];
        let url = self.url(&format!("invoices/{}/approve", document.id), &query);
        // May be sent again: a second approval is refused, and the status decides in any case.
        let approved = self.client.json(&Call::put(url, &json!({ "comment": COMMENT }))).await;
        approved.iter().for_each(|answer| schema::APPROVED.look(&self.client, answer));
        let after = self.document(document.id).await?;
        match approved {
            Err(fault) if after.status == document.status => Err(self.explained(fault, &after).await),
            Ok(_) | Err(_) => Ok(after),
        }
    }

    /// Sends a document that waits for it, once.
    async fn send(&self, from: &str, document: &Document, intents: &Intents<'_>) -> Result<Effect> {
        let what = send_intent(document.id);
        // A first sending as far as the state table knows: what it knew may be lost.
        let begun = intents.begin(&what).await?;
        if matches!(begun, Begun::First)
            && let Err(fault) = self.never_sent(document).await
        {
            intents.forget(&what).await?;
            return Err(fault);
        }
        if let Begun::Before(at) = begun {
            // Whoever began it may have come through since the first look.
            let now = self.document(document.id).await?;
            match now.stage()? {
                Stage::Waiting => {}
                Stage::Sent => return Ok(Effect::Unchanged(format!("{} by an earlier attempt", now.status))),
                Stage::Over(why) => return Ok(Effect::Unchanged(why)),
                Stage::Unfinished => {
                    return Err(Fault::unavailable("the order's status moved while it was read"));
                }
            }
            under_way(at, intents.now())?;
            self.never_sent(&now).await?;
            if let Begun::Before(_) = intents.begin_again(&what, at).await? {
                return Err(wait(UNDER_WAY));
            }
        }
        let url = self.url(&format!("invoices/{}/send", document.id), &[]);
        let sent = self.client.json(&Call { method: Method::PUT, replayable: false, ..Call::get(url) }).await;
        sent.iter().for_each(|answer| schema::SENT.look(&self.client, answer));
        if let Err(fault) = &sent
            && !fault.was_tried()
        {
            intents.forget(&what).await?;
            return Err(fault.clone());
        }
        if let Err(fault) = &sent
            && turned_away(fault)
        {
            intents.forget(&what).await?;
            return Err(self.explained(fault.clone(), document).await);
        }
        let after = self.document(document.id).await?;
        match (sent, after.stage()) {
            (_, Ok(Stage::Sent)) => Ok(Effect::Written(format!("{from} -> {}", after.status))),
            (Ok(_), _) => Err(self.stuck("sending", &after).await),
            (Err(_), _) => Err(wait(UNDER_WAY)),
        }
    }

    /// A last look before a document is sent anew: its own log may know of a sending that its status does not show, such
    /// as one that still waits in the vendor's queue or that came back. Then it is a person's turn.
    async fn never_sent(&self, document: &Document) -> Result<()> {
        let log = self.log(document.id).await?;
        match sent_by_log(document, &log) {
            Some(why) => Err(Fault::Rejected { status: None, path: None, why }),
            None => Ok(()),
        }
    }
}

/// What is said of a document that its own log calls sent, and its status does not.
pub(super) fn sent_by_log(document: &Document, log: &[String]) -> Option<String> {
    let sent = log.iter().any(|action| action == "SEND");
    sent.then(|| format!("the order is {} although its log has {}", document.status, last(log)))
}

/// Whether what was begun `at` that moment may still arrive: then the queue keeps the message.
fn under_way(at: Timestamp, now: Timestamp) -> Result<()> {
    let since = Duration::try_from(now.duration_since(at)).unwrap_or_default();
    match UNDER_WAY.checked_sub(since) {
        Some(left) if !left.is_zero() => Err(wait(left)),
        Some(_) | None => Ok(()),
    }
}

fn wait(after: Duration) -> Fault {
    Fault::RateLimited { status: None, after, why: "an earlier call to send the order may still arrive".into() }
}
