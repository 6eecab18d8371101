//! The event that started a pull: a schedule, jobs from the queue, or a call by hand. Told apart by the event's shape.

use serde_json::Value;

use crate::words::envelope::Job;
use crate::words::received_message::ReceivedMessage;

/// What a pull function is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A schedule's tick: a job for every tenant.
    Tick,
    /// The proof's schedule (`{"proof": "all"}`): a job for every feed of every tenant.
    Proof,
    /// Messages of the job queue: `(message id, body)`.
    Jobs(Vec<(String, String)>),
    /// One job, by hand.
    Job(Job),
}

/// The members a job by hand may have.
const JOB: [&str; 4] = ["tenant_id", "feeds", "since", "resume"];

impl Event {
    /// Reads an invocation's payload.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it, without quoting its values.
    pub fn read(payload: &Value) -> Result<Self, String> {
        let members = payload.as_object().ok_or("an event is an object")?;
        if members.contains_key("Records") {
            let messages = messages(payload)?;
            return Ok(Self::Jobs(messages.into_iter().map(|message| (message.id, message.body)).collect()));
        }
        if payload["source"] == "aws.events" || payload["detail-type"] == "Scheduled Event" {
            return Ok(Self::Tick);
        }
        if members.len() == 1 && payload["proof"] == "all" {
            return Ok(Self::Proof);
        }
        if !members.contains_key("tenant_id") {
            return Err("neither a scheduled event, nor messages of a queue, nor an object with a tenant_id".into());
        }
        let unknown: Vec<&str> = members.keys().map(String::as_str).filter(|name| !JOB.contains(name)).collect();
        if !unknown.is_empty() {
            return Err(format!("unknown members {}; a job has {}", unknown.join(", "), JOB.join(", ")));
        }
        job(payload).map(Self::Job)
    }
}

/// A job of its message's body.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn job_of(body: &str) -> Result<Job, String> {
    let body = serde_json::from_str(body).map_err(|error| format!("a job is JSON: {error}"))?;
    job(&body)
}

fn job(value: &Value) -> Result<Job, String> {
    crate::words::wire::decode(value).map_err(|fault| fault.to_string())
}

/// The messages of a queue's event, in its order.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn messages(payload: &Value) -> Result<Vec<ReceivedMessage>, String> {
    let records = payload["Records"].as_array().ok_or("the event has no list of Records")?;
    records.iter().map(message).collect()
}

fn message(record: &Value) -> Result<ReceivedMessage, String> {
    if record["eventSource"] != "aws:sqs" {
        return Err("the event's records are no messages of a queue".into());
    }
    let text = |value: &Value, name: &str| {
        value.as_str().map(str::to_owned).ok_or_else(|| format!("a message of the queue has no {name}"))
    };
    let attributes = &record["attributes"];
    let received = attributes["ApproximateReceiveCount"].as_str().and_then(|count| count.parse().ok());
    Ok(ReceivedMessage {
        id: text(&record["messageId"], "messageId")?,
        receipt: text(&record["receiptHandle"], "receiptHandle")?,
        // A queue that is not FIFO has no groups: all of it is one.
        group: attributes["MessageGroupId"].as_str().unwrap_or_default().to_owned(),
        received: received.unwrap_or(1),
        body: text(&record["body"], "body")?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::words::feed::Feed;

    fn record(id: &str, body: &str) -> Value {
        json!({
            "messageId": id,
            "receiptHandle": "r",
            "body": body,
            "attributes": { "ApproximateReceiveCount": "3", "MessageGroupId": "wms.acme.159" },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-north-1:000000000000:jobs"
        })
    }

    #[test]
    fn a_rule_and_a_scheduler_both_tick() {
        let rule = json!({ "version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
        let scheduler = json!({ "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}" });
        assert_eq!(Event::read(&rule), Ok(Event::Tick));
        assert_eq!(Event::read(&scheduler), Ok(Event::Tick));
        assert_eq!(Event::read(&json!({ "proof": "all" })), Ok(Event::Proof));
        assert!(Event::read(&json!({ "proof": "acme" })).is_err());
    }

    #[test]
    fn messages_keep_their_order_and_their_bodies_unread() {
        let payload = json!({ "Records": [record("1", "{\"tenant_id\":\"acme\"}"), record("2", "no job")] });
        let bodies = vec![("1".into(), "{\"tenant_id\":\"acme\"}".into()), ("2".into(), "no job".into())];
        assert_eq!(Event::read(&payload), Ok(Event::Jobs(bodies)));
        assert_eq!(job_of("{\"tenant_id\":\"acme\"}"), Ok(Job::tick("acme")));
        assert!(job_of("no job").is_err());
        let deliveries = messages(&payload).unwrap();
        assert_eq!((deliveries[1].group.as_str(), deliveries[1].received), ("wms.acme.159", 3));
    }

    #[test]
    fn messages_of_another_source_or_without_an_id_are_refused() {
        let mut other = record("1", "{}");
        other["eventSource"] = json!("aws:kinesis");
        assert!(Event::read(&json!({ "Records": [other] })).unwrap_err().contains("no messages of a queue"));
        let mut nameless = record("1", "{}");
        nameless["messageId"] = Value::Null;
        assert!(messages(&json!({ "Records": [nameless] })).unwrap_err().contains("messageId"));
        assert!(messages(&json!({ "source": "aws.events" })).is_err());
    }

    #[test]
    fn a_person_names_a_tenant_and_may_name_feeds_and_a_moment() {
        let payload = json!({ "tenant_id": "acme", "feeds": ["orders"], "since": "2026-01-01T00:00:00Z" });
        let Ok(Event::Job(job)) = Event::read(&payload) else { panic!("a job") };
        assert_eq!((job.feeds, job.resume), (Some(vec![Feed::Orders]), None));
        assert_eq!(job.since.map(|since| since.as_second()), Some(1_767_225_600));
    }

    #[test]
    fn a_person_is_told_what_is_wrong() {
        let refused = |payload: Value| Event::read(&payload).unwrap_err();
        let unknown = refused(json!({ "tenant_id": "acme", "feed": "orders", "sinse": 1 }));
        assert!(unknown.starts_with("unknown members feed, sinse;"), "{unknown}");
        assert!(refused(json!({ "tenant_id": "acme", "feeds": ["stock"] })).contains("/feeds/0"));
        assert!(refused(json!({ "tenant_id": "acme", "since": "2026-01-01" })).contains("/since"));
        assert!(refused(json!({})).contains("tenant_id"));
        assert!(refused(json!("acme")).contains("object"));
    }
}
