//! The queues of messages that were given up.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use bridge::words::fault::{Fault, Result};
use bridge::words::kind::Kind;
use futures_util::future::try_join_all;

use crate::aws_client::AwsClient;
use crate::error_mapping::fault;
use crate::stack::Stack;

const SERVICE: &str = "sqs";

/// How many messages each dead-letter queue has, about, by the queue that they come from: `import`, `write_back`, then
/// `pull-visma` and so on, and `reconcile`. Asked side by side.
///
/// # Errors
/// As AWS refused.
pub async fn dead_letters(aws: &AwsClient, stack: &Stack) -> Result<Vec<(String, usize)>> {
    let client = Client::new(aws.config());
    let by_url = [("import", "ImportDeadLetterQueueUrl"), ("write_back", "WritebackDeadLetterQueueUrl")];
    let mut urls = Vec::new();
    for (name, output) in by_url {
        urls.push((name.to_owned(), Some(stack.output(output)?.to_owned())));
    }
    urls.extend(Kind::ALL.map(|kind| (format!("pull-{kind}"), None)));
    urls.push(("reconcile".to_owned(), None));
    let client = &client;
    try_join_all(urls.into_iter().map(|(name, url)| async move {
        let url = match url {
            Some(url) => url,
            None => url_of(client, &format!("{}-{name}-jobs-dead", stack.name)).await?,
        };
        Ok((name, messages(client, &url).await?))
    }))
    .await
}

async fn url_of(client: &Client, name: &str) -> Result<String> {
    let answer = client.get_queue_url().queue_name(name).send().await.map_err(|error| fault(SERVICE, &error))?;
    answer.queue_url.ok_or_else(|| Fault::Unexpected(format!("{SERVICE}: the queue {name} has no address")))
}

async fn messages(client: &Client, url: &str) -> Result<usize> {
    let wanted = QueueAttributeName::ApproximateNumberOfMessages;
    let call = client.get_queue_attributes().queue_url(url).attribute_names(wanted.clone());
    let answer = call.send().await.map_err(|error| fault(SERVICE, &error))?;
    let number = answer.attributes.unwrap_or_default().remove(&wanted).and_then(|number| number.parse().ok());
    number.ok_or_else(|| Fault::Unexpected(format!("{SERVICE}: {url} does not say how many messages it has")))
}
