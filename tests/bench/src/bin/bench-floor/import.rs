//! The import's calls: an event's entries in one read and one write, its orders looked at in one, a write a record.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Failed, Floor};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// The messages.
    pub records: Vec<Received>,
}

#[derive(Deserialize)]
pub struct Received {
    /// As it was sent.
    pub body: String,
}

#[derive(Deserialize)]
struct Message {
    key: String,
    path: String,
    number: String,
    body: Box<RawValue>,
}

pub async fn run(floor: &Floor, event: &[u8]) -> Result<(), Failed> {
    let event: Event = serde_json::from_slice(event)?;
    let messages = event.records.iter().map(|received| serde_json::from_str(&received.body));
    let messages: Vec<Message> = messages.collect::<Result<_, _>>()?;
    let keys: Vec<String> = messages.iter().map(|message| message.key.clone()).collect();
    let mut known = floor.ledger.read(&keys).await?;
    let orders: Vec<String> = messages
        .iter()
        .filter(|message| message.path == "orders")
        .map(|message| format!("&orderNumbers={}", message.number))
        .collect();
    if !orders.is_empty() {
        let _: Value = floor.get(&format!("/ongoing/api/v1/orders?goodsOwnerId=159{}", orders.concat())).await?;
    }
    let mut entries = Vec::new();
    for message in &messages {
        let path = format!("/ongoing/api/v1/{}", message.path);
        floor.put(&path, message.body.get().to_owned()).await?;
        let entry = known.remove(&message.key).unwrap_or_default();
        entries.push((message.key.clone(), entry));
    }
    floor.ledger.write(&entries).await
}
