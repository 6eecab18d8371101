//! Messages that are nothing we know are kept whole, as long as names and addresses may be: they must neither be lost nor hold
//! up their group.

use serde_json::json;

use crate::ports::{Item, Ports, Run};
use crate::words::digest::sha256;
use crate::words::fault::Result;
use crate::words::outcome::Outcome;
use crate::words::received_message::ReceivedMessage;

/// Keeps a message under `unreadable`, by its content.
///
/// # Errors
/// When the store cannot be reached.
pub(crate) async fn keep(
    ports: &Ports,
    run: &Run,
    queue: &str,
    delivery: &ReceivedMessage,
    reason: &str,
) -> Result<()> {
    let item = Item {
        pk: "unreadable".into(),
        sk: format!("{queue}#{}", sha256(&delivery.body)),
        rev: 1,
        body: json!({ "group": delivery.group, "reason": reason, "body": delivery.body, "at": ports.clock.now() }),
        expires: Some(ports.clock.now() + ports.personal_data),
    };
    // A conflict means that it is kept already.
    ports.state.put(item).await?;
    tracing::error!(
        target: "record",
        correlation_id = run.id,
        group = delivery.group,
        outcome = Outcome::Parked.word(),
        reason,
        "record"
    );
    Ok(())
}
