//! Messages as a pull puts them on the import queue.

use bridge::words::domain::{Article, Record};
use bridge::words::envelope::Envelope;
use bridge::words::feed::Feed;
use serde_json::json;

use super::World;

/// An article of a tenant on its way to Ongoing, whose key, number and name are one.
///
/// # Panics
/// Where an article needs more than that.
#[must_use]
pub fn article_message(world: &World, tenant_id: &str, goods_owner: i64, number: &str) -> Envelope {
    let article = serde_json::from_value::<Article>(json!({ "article_number": number, "article_name": number }));
    let record = Record::Article(article.unwrap_or_else(|why| panic!("{number}: {why}")));
    Envelope {
        v: Envelope::VERSION,
        tenant_id: tenant_id.into(),
        group: format!("https://api.ongoingsystems.se/acme/api/v1 {goods_owner}"),
        feed: Feed::Articles,
        key: number.into(),
        number: Some(number.into()),
        version: "1".into(),
        fingerprint: record.fingerprint(),
        queued_at: world.now(),
        correlation_id: "test".into(),
        attempt: 0,
        record,
    }
}
