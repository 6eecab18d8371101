//! An AWS account or an emulator; every test gets tables, queues and secrets of its own.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
};
use aws_sdk_sqs::types::QueueAttributeName;
use aws_types::SdkConfig;
use bridge::ports::Clock;
use bridge::words::domain::{Article, Record};
use bridge::words::envelope::Envelope;
use bridge::words::feed::Feed;
use jiff::{SignedDuration, Timestamp};

/// Where the tests work.
pub struct Account {
    config: SdkConfig,
}

/// Runs a test there, if there is a place.
pub fn with_account(test: impl AsyncFn(&Account)) {
    if std::env::var_os("AWS_ENDPOINT_URL").is_none() {
        println!("left out: AWS_ENDPOINT_URL names no emulator");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = bridge_aws::entry::config().unwrap();
        test(&Account { config }).await;
    });
}

impl Account {
    pub fn dynamo(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }

    /// A name that nobody else has.
    pub fn name(&self, what: &str) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        format!("bridge-test-{what}-{}-{}-{next}", Timestamp::now().as_millisecond(), std::process::id())
    }

    pub async fn state_table(&self) -> String {
        self.table("pk", Some("sk")).await
    }

    pub async fn table(&self, hash: &str, range: Option<&str>) -> String {
        let name = self.name("table");
        let dynamo = self.dynamo();
        let mut call = dynamo.create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
        for (key, kind) in [(Some(hash), KeyType::Hash), (range, KeyType::Range)] {
            let Some(key) = key else { continue };
            let attribute = AttributeDefinition::builder().attribute_name(key);
            call = call
                .attribute_definitions(attribute.attribute_type(ScalarAttributeType::S).build().unwrap())
                .key_schema(KeySchemaElement::builder().attribute_name(key).key_type(kind).build().unwrap());
        }
        call.send().await.unwrap();
        for _ in 0..60 {
            let table = dynamo.describe_table().table_name(&name).send().await.unwrap().table.unwrap();
            if table.table_status == Some(TableStatus::Active) {
                return name;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        panic!("the table {name} does not become active");
    }

    pub async fn queue(&self, fifo: bool) -> String {
        let name = self.name("queue") + if fifo { ".fifo" } else { "" };
        let mut call = self.sqs().create_queue().queue_name(name);
        if fifo {
            call = call.attributes(QueueAttributeName::FifoQueue, "true");
        }
        call.send().await.unwrap().queue_url.unwrap()
    }

    /// Every message of the queue, each removed before the next is asked for.
    pub async fn received(&self, url: &str) -> Vec<String> {
        let sqs = self.sqs();
        let mut bodies = Vec::new();
        loop {
            let call = sqs.receive_message().queue_url(url).max_number_of_messages(10).wait_time_seconds(1);
            let messages = call.send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return bodies;
            }
            for message in messages {
                let handle = message.receipt_handle.unwrap();
                sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
                bodies.push(message.body.unwrap());
            }
        }
    }

    /// Makes the secret, or replaces its value.
    pub async fn secret(&self, id: &str, value: &str) {
        let secrets = self.secrets();
        let put = secrets.put_secret_value().secret_id(id).secret_string(value).send().await;
        if put.is_err() {
            secrets.create_secret().name(id).secret_string(value).send().await.unwrap();
        }
    }
}

/// The record with this number, of this group.
pub fn envelope(group: &str, n: usize) -> Envelope {
    let weight = Some("1.50".parse().unwrap());
    let record = Record::Article(Article { article_number: format!("A{n}"), weight, ..Article::default() });
    Envelope {
        v: Envelope::VERSION,
        tenant_id: "acme".into(),
        group: group.into(),
        feed: Feed::Articles,
        key: n.to_string(),
        number: Some(format!("A{n}")),
        version: "2026-01-01T00:00:00Z".into(),
        fingerprint: "f".into(),
        queued_at: Timestamp::UNIX_EPOCH,
        correlation_id: "run".into(),
        attempt: 0,
        record,
    }
}

/// A clock that is set by hand.
#[derive(Default)]
pub struct ManualClock(Cell<SignedDuration>);

impl ManualClock {
    /// Lets seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.0.set(self.0.get() + SignedDuration::from_secs(seconds));
    }
}

#[async_trait(?Send)]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.get()
    }

    async fn sleep(&self, pause: Duration) {
        self.pass(pause.as_secs() as i64);
    }

    fn chance(&self) -> f64 {
        0.5
    }
}
