//! A message received from a queue.

/// A message as it came from the queue.
#[derive(Clone, Debug)]
pub struct ReceivedMessage {
    /// The message's id, by which it is given back to the queue.
    pub id: String,
    /// The receipt handle, by which its visibility time-out is changed.
    pub receipt: String,
    /// Its group.
    pub group: String,
    /// The receive count, this receive included.
    pub received: u32,
    /// Its body.
    pub body: String,
}
