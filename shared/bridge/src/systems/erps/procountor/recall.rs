//! What Procountor tells of a sending whose stored intent and journal are lost, with the state table or by an older one.
//!
//! A second `/send` is a second mail. So a sending is only left to the write-back where status and log agree that there was
//! none, and its intent stands there again all the same: the write-back then looks at both once more, a quarter of an hour
//! later at the earliest, before it sends.

use super::Procountor;
use super::back::{send_intent, sent_by_log};
use super::outgoing::{Document, Stage};
use crate::systems::erp::Recalled;
use crate::words::domain::Shipment;
use crate::words::fault::{Fault, Result};

impl Procountor<'_> {
    /// What the ERP tells of the sending of a shipped order.
    pub(super) async fn recalled(&self, shipment: &Shipment, is_written: bool) -> Result<Recalled> {
        // What is no document of Procountor's is not sent.
        let Ok(id) = shipment.key.parse() else { return Ok(Recalled::default()) };
        let doubt = match is_written {
            true => None,
            false => self.doubt(id).await?,
        };
        Ok(Recalled { intent: Some(send_intent(id)), doubt })
    }

    /// Why it cannot be told whether a document was sent, if it cannot.
    async fn doubt(&self, id: i64) -> Result<Option<String>> {
        let document = match self.document(id).await {
            // One that is gone is not sent.
            Err(Fault::Rejected { .. }) => return Ok(None),
            answered => answered?,
        };
        match document.stage() {
            Ok(Stage::Sent | Stage::Over(_)) => Ok(None),
            Ok(Stage::Unfinished | Stage::Waiting) => self.doubt_of_unsent(&document).await,
            // A status on no way to being sent: it may have been, before somebody moved it there.
            Err(fault) => Ok(Some(fault.to_string())),
        }
    }

    /// A status says that it was not sent; the log may know of a sending all the same.
    async fn doubt_of_unsent(&self, document: &Document) -> Result<Option<String>> {
        match self.log(document.id).await {
            Ok(log) => Ok(sent_by_log(document, &log)),
            Err(fault) if fault.passes_by_itself() => Err(fault),
            Err(fault) => Ok(Some(format!("the order is {}, and its log cannot be read: {fault}", document.status))),
        }
    }
}
