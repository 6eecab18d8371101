//! Log lines of a stack's functions about one record or run.

use aws_sdk_cloudwatchlogs::Client;
use bridge::roads::status::log_line::LogLine;
use bridge::words::fault::Result;
use bridge::words::kind::Kind;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::aws_client::AwsClient;
use crate::error_mapping::fault;
use crate::stack::Stack;

const SERVICE: &str = "logs";

/// More lines of a group than anybody reads.
const MOST: usize = 2_000;

/// Lines about something, in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// Them.
    pub lines: Vec<LogLine>,
    /// Where a function had more than are read: the moment up to which all of them are here.
    pub whole_until: Option<Timestamp>,
}

/// The lines of every function that name `text` as a record's number or key, a run or a tenant, since a moment. The groups are
/// asked side by side.
///
/// # Errors
/// As AWS refused.
pub async fn about(aws: &AwsClient, stack: &Stack, text: &str, since: Timestamp) -> Result<Lines> {
    aws.region()?;
    let client = Client::new(aws.config());
    let prefix = format!("/aws/lambda/{}-", stack.name);
    let mut groups = Vec::new();
    let mut pages = client.describe_log_groups().log_group_name_prefix(&prefix).into_paginator().send();
    while let Some(page) = pages.next().await {
        let found = page.map_err(|error| fault(SERVICE, &error))?.log_groups.unwrap_or_default();
        groups.extend(found.into_iter().filter_map(|group| group.log_group_name));
    }
    // The prefix is also that of a stack whose name begins with this one's.
    let ours = groups.iter().filter_map(|group| Some((group.as_str(), function(group.strip_prefix(&prefix)?)?)));
    let client = &client;
    let each = ours.map(|(group, function)| of_group(client, group, function, text, since));
    Ok(joined(try_join_all(each).await?))
}

/// Functions beside those that pull, as they are called behind the stack's name.
const FUNCTIONS: [&str; 6] =
    ["wms-import", "ongoing-webhook", "connect", "writeback", "reconcile", "rotate-credentials"];

/// A function of ours by its name.
fn function(name: &str) -> Option<&str> {
    let pulls = |word: &str| Kind::ALL.iter().any(|kind| kind.word() == word);
    (FUNCTIONS.contains(&name) || name.strip_prefix("pull-").is_some_and(pulls)).then_some(name)
}

/// What the groups have, together.
fn joined(groups: Vec<Lines>) -> Lines {
    let whole_until = groups.iter().filter_map(|group| group.whole_until).min();
    let mut lines: Vec<LogLine> = groups.into_iter().flat_map(|group| group.lines).collect();
    lines.sort_by_key(|line| line.at);
    Lines { lines, whole_until }
}

async fn of_group(client: &Client, group: &str, function: &str, text: &str, since: Timestamp) -> Result<Lines> {
    let call = client.filter_log_events().log_group_name(group).start_time(since.as_millisecond());
    let mut pages = call.filter_pattern(pattern(text)).into_paginator().send();
    let mut lines: Vec<LogLine> = Vec::new();
    // CloudWatch begins with the oldest.
    while let Some(page) = pages.next().await {
        if lines.len() >= MOST {
            let whole_until = lines.iter().map(|line| line.at).max();
            return Ok(Lines { lines, whole_until });
        }
        let events = page.map_err(|error| fault(SERVICE, &error))?.events.unwrap_or_default();
        let read = events.into_iter().filter_map(|event| LogLine::read(function, &event.message?));
        // What has the text somewhere else is not about it.
        lines.extend(read.filter(|line| line.names(text)));
    }
    Ok(Lines { lines, whole_until: None })
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

    #[test]
    fn every_function_of_the_template_is_known_and_no_other_stack_s() {
        let template: serde_norway::Value = serde_norway::from_str(include_str!("../../../template.yaml")).unwrap();
        let words = |mapping: &str, member: &str| {
            let all = template["Mappings"][mapping].as_mapping().unwrap();
            all.values().map(|one| one[member].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let named = words("Functions", "Name");
        assert_eq!(named, FUNCTIONS);
        let pulls: Vec<String> = words("Erps", "Word").iter().map(|word| format!("pull-{word}")).collect();
        for name in named.iter().chain(&pulls) {
            assert_eq!(function(name), Some(name.as_str()));
            // Behind the name of a stack `acme`, the functions of `acme-staging`.
            assert_eq!(function(&format!("staging-{name}")), None);
        }
    }

    #[test]
    fn where_one_function_has_more_it_is_known_until_when_all_are_there() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let line = |function: &str, moment: &str| {
            LogLine::read(function, &serde_json::json!({ "timestamp": moment }).to_string()).unwrap()
        };
        let (first, second) = ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z");
        let cut = Lines { lines: vec![line("writeback", first)], whole_until: Some(at(first)) };
        let whole = Lines { lines: vec![line("connect", second)], whole_until: None };
        let both = joined(vec![whole.clone(), cut]);
        assert_eq!(both.lines.iter().map(|line| line.at).collect::<Vec<_>>(), [at(first), at(second)]);
        assert_eq!(both.whole_until, Some(at(first)));
        assert_eq!(joined(vec![whole]).whole_until, None);
    }
}
