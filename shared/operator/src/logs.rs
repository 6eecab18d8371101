//! Log lines of a stack's functions about one record or run.

use aws_sdk_cloudwatchlogs::Client;
use bridge::roads::status::log_line::LogLine;
use bridge::words::fault::Result;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::aws_client::AwsClient;
use crate::error_mapping::fault;
use crate::stack::Stack;

const SERVICE: &str = "logs";

/// More lines of a group than anybody reads.
const MOST: usize = 2_000;

/// The lines of every function that name `text` as a record's number or key, a run or a tenant, since a moment, in the order
/// of time. The groups are asked side by side.
///
/// # Errors
/// As AWS refused.
pub async fn about(aws: &AwsClient, stack: &Stack, text: &str, since: Timestamp) -> Result<Vec<LogLine>> {
    aws.region()?;
    let client = Client::new(aws.config());
    let prefix = format!("/aws/lambda/{}-", stack.name);
    let mut groups = Vec::new();
    let mut pages = client.describe_log_groups().log_group_name_prefix(&prefix).into_paginator().send();
    while let Some(page) = pages.next().await {
        let found = page.map_err(|error| fault(SERVICE, &error))?.log_groups.unwrap_or_default();
        groups.extend(found.into_iter().filter_map(|group| group.log_group_name));
    }
    let (client, prefix) = (&client, &prefix);
    let each = groups.iter().map(|group| of_group(client, group, prefix, text, since));
    let mut lines: Vec<LogLine> = try_join_all(each).await?.into_iter().flatten().collect();
    lines.sort_by_key(|line| line.at);
    Ok(lines)
}

async fn of_group(client: &Client, group: &str, prefix: &str, text: &str, since: Timestamp) -> Result<Vec<LogLine>> {
    let function = group.strip_prefix(prefix).unwrap_or(group);
    let call = client.filter_log_events().log_group_name(group).start_time(since.as_millisecond());
    let mut pages = call.filter_pattern(pattern(text)).into_paginator().send();
    let mut lines = Vec::new();
    while let Some(page) = pages.next().await {
        let events = page.map_err(|error| fault(SERVICE, &error))?.events.unwrap_or_default();
        let read = events.into_iter().filter_map(|event| LogLine::read(function, &event.message?));
        // What has the text somewhere else is not about it.
        lines.extend(read.filter(|line| line.names(text)));
        if lines.len() >= MOST {
            break;
        }
    }
    Ok(lines)
}

/// Lines that have the text as a whole term (CloudWatch Logs user guide, "Filter pattern syntax").
fn pattern(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_term_of_the_pattern() {
        assert_eq!(pattern("SO 1\"2"), "\"SO 1\\\"2\"");
    }
}
