//! A message as a queue delivers it.

/// A message as it came from the queue.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The message's id, by which it is given back.
    pub id: String,
    /// The handle of this receive, by which the queue is told when it is to come again.
    pub receipt: String,
    /// Its group.
    pub group: String,
    /// How often it was received, this time included.
    pub received: u32,
    /// Its body.
    pub body: String,
}
