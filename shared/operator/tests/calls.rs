//! Stacks, functions and logs against a server that answers as AWS documents it: paging, refusals, failed functions.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../aws/tests/loopback/mod.rs"]
mod loopback;

use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use bridge::words::fault::Fault;
use bridge_operator::aws_client::AwsClient;
use bridge_operator::stack::Stack;
use loopback::{Calls, local, scripted};
use serde_json::{Value, json};

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Scripted\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

/// Answers of `DescribeStacks`, one a page.
fn pages(stacks: &[&str]) -> Vec<String> {
    let page = |(at, stack): (usize, &&str)| {
        let next = if at + 1 < stacks.len() { "<NextToken>t&amp;1</NextToken>" } else { "" };
        let body = format!(
            r#"<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
            <DescribeStacksResult><Stacks>{stack}</Stacks>{next}</DescribeStacksResult></DescribeStacksResponse>"#
        );
        answer(200, "content-type: text/xml\r\n", &body)
    };
    stacks.iter().enumerate().map(page).collect()
}

fn stack(name: &str, outputs: &[&str]) -> String {
    let output = |key: &&str| {
        format!("<member><OutputKey>{key}</OutputKey><OutputValue>{name}-{key}?a=1&amp;b=2</OutputValue></member>")
    };
    let outputs: String = outputs.iter().map(output).collect();
    format!(
        "<member><StackName>{name}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>
        <CreationTime>2026-01-01T00:00:00Z</CreationTime><Parameters>
          <member><ParameterKey>AllowLocalEndpoints</ParameterKey><ParameterValue>true</ParameterValue></member>
          <member><ParameterKey>AlarmEmail</ParameterKey><ParameterValue></ParameterValue></member>
        </Parameters><Outputs>{outputs}<member><OutputKey>None</OutputKey><OutputValue></OutputValue></member></Outputs>
        </member>"
    )
}

const OURS: [&str; 5] =
    ["TenantTableName", "StateTableName", "WritebackDeadLetterQueueUrl", "SecretPrefix", "ImportQueueUrl"];

fn config(base: &str) -> SdkConfig {
    let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).endpoint_url(base);
    let credentials = Credentials::new("key", "secret", None, None, "test");
    config
        .http_client(bridge_aws::tls::sdk_client().unwrap())
        .region(Region::from_static("eu-north-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// What the operator's call comes to where AWS answers so.
fn at<T>(answers: Vec<String>, call: impl AsyncFn(&AwsClient) -> T) -> (T, Calls) {
    local(async {
        let (base, calls) = scripted(answers).await;
        (call(&AwsClient::new(config(&base))).await, calls)
    })
}

fn unauthorized<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    let Err(Fault::Unauthorized(why)) = result else { panic!("{result:?}") };
    why
}

#[test]
fn a_stack_s_outputs_and_parameters_are_told_apart() {
    let (found, calls) = at(pages(&[&stack("bridge", &OURS)]), async |aws| Stack::find(aws, "bridge").await);
    let found = found.unwrap();
    assert_eq!((found.name.as_str(), found.outputs.len()), ("bridge", OURS.len()), "an empty output is none");
    assert_eq!(found.output("SecretPrefix").unwrap(), "bridge-SecretPrefix?a=1&b=2");
    assert!(found.allows_local());
    assert_eq!(found.parameters.get("AlarmEmail").map(String::as_str), Some(""));
    let (head, body) = calls.borrow()[0].clone();
    assert!(head.contains("Credential=key/") && head.contains("/eu-north-1/cloudformation/aws4_request"), "{head}");
    assert!(body.contains("Action=DescribeStacks") && body.contains("StackName=bridge"), "{body}");
}

#[test]
fn a_long_list_of_stacks_is_read_to_its_end_and_ours_are_known_by_their_outputs() {
    let all = [stack("a", &OURS), stack("other", &OURS[..3]), stack("b", &OURS)];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (found, calls) = at(pages(&all[..2]), async |aws| Stack::all(aws).await.unwrap());
    assert_eq!(found.iter().map(|stack| &*stack.name).collect::<Vec<_>>(), ["a"]);
    assert!(calls.borrow()[1].1.contains("NextToken=t%261"), "{calls:?}");
    let (found, _) = at(pages(&[&all.concat()]), async |aws| Stack::all(aws).await.unwrap());
    assert_eq!(found.iter().map(|stack| &*stack.name).collect::<Vec<_>>(), ["a", "b"]);
}

/// What CloudFormation says when it refuses.
fn refusal(status: u16, code: &str, message: &str) -> Vec<String> {
    let body = format!(
        r#"<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
        <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"#
    );
    vec![answer(status, "content-type: text/xml\r\n", &body)]
}

#[test]
fn what_cloudformation_refuses_is_told_apart_by_what_to_do() {
    let find = async |aws: &AwsClient| Stack::find(aws, "bridge").await;
    let (none, _) = at(refusal(400, "ValidationError", "Stack with id bridge does not exist"), find);
    assert_eq!(none, Err(Fault::Unexpected("there is no stack bridge in eu-north-1".into())));
    let may_not = "User: arn:aws:iam::1:user/me is not authorized to perform: cloudformation:DescribeStacks";
    let (denied, calls) = at(refusal(403, "AccessDenied", may_not), find);
    assert_eq!(unauthorized(denied), format!("cloudformation: 403: AccessDenied: {may_not}"));
    assert_eq!(calls.borrow().len(), 1);
    let (expired, _) = at(refusal(403, "ExpiredToken", "The security token included in the request is expired"), find);
    assert!(unauthorized(expired).contains("token included in the request is expired"));
    let (other, _) = at(refusal(400, "ValidationError", "1 validation error detected"), find);
    assert!(matches!(other, Err(Fault::Unexpected(_))), "{other:?}");
    let (nothing, _) = at(pages(&[""]), find);
    assert!(matches!(nothing, Err(Fault::Unexpected(_))), "{nothing:?}");
}

fn invoked(status: u16, headers: &str, body: &Value) -> (Result<Value, Fault>, Calls) {
    let answers = vec![answer(status, headers, &body.to_string())];
    at(answers, async |aws| aws.invoke("bridge-pull-visma", &json!({ "tenant_id": "acme" })).await)
}

#[test]
fn a_function_answers_or_fails_with_its_own_reason() {
    let (answer, calls) = invoked(200, "", &json!({ "jobs": 3 }));
    assert_eq!(answer, Ok(json!({ "jobs": 3 })));
    let (head, body) = calls.borrow()[0].clone();
    assert!(head.starts_with("POST /2015-03-31/functions/bridge-pull-visma/invocations HTTP/1.1"), "{head}");
    assert_eq!(body, r#"{"tenant_id":"acme"}"#);
    let reason = json!({ "errorType": "InvocationFailed", "errorMessage": "there is no tenant acme" });
    for headers in ["x-amz-function-error: Unhandled\r\n", ""] {
        let failed = invoked(200, headers, &reason).0;
        assert_eq!(failed, Err(Fault::rejected("bridge-pull-visma", "there is no tenant acme")), "{headers}");
    }
    let silent = invoked(200, "x-amz-function-error: Unhandled\r\n", &json!({})).0;
    let Err(Fault::Rejected { .. }) = &silent else { panic!("{silent:?}") };
    assert!(silent.unwrap_err().to_string().contains("did not say why"));
}

#[test]
fn a_function_is_invoked_once_whatever_comes_of_it() {
    let busy = json!({ "Type": "User", "Message": "Rate Exceeded." });
    for (status, code) in [(429, "TooManyRequestsException"), (500, "ServiceException"), (503, "ServiceUnavailable")] {
        let (answer, calls) = invoked(status, &format!("x-amzn-errortype: {code}\r\n"), &busy);
        assert!(matches!(answer, Err(Fault::Unavailable { .. })), "{answer:?}");
        assert_eq!(calls.borrow().len(), 1, "{status}");
    }
    let gone = json!({ "Message": "Function not found: bridge-pull-visma" });
    let (answer, _) = invoked(404, "x-amzn-errortype: ResourceNotFoundException\r\n", &gone);
    let Err(Fault::Unexpected(why)) = answer else { panic!("{answer:?}") };
    assert_eq!(why, "lambda: 404: ResourceNotFoundException: Function not found: bridge-pull-visma");
}

#[test]
fn a_log_is_read_to_its_end_over_pages_that_may_be_empty() {
    let page = |lines: &[&str], next: Option<&str>| {
        let events: Vec<Value> = lines.iter().map(|line| json!({ "message": line, "timestamp": 1 })).collect();
        let body = json!({ "events": events, "nextToken": next }).to_string();
        answer(200, "content-type: application/x-amz-json-1.1\r\n", &body)
    };
    let pages = vec![page(&["a", "b"], Some("1")), page(&[], Some("2")), page(&["c"], None)];
    let (lines, calls) = at(pages, async |aws| aws.log_lines("/aws/lambda/bridge-pull-visma").await);
    assert_eq!(lines, Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    let asked: Vec<Value> = calls.borrow().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(asked[0], json!({ "logGroupName": "/aws/lambda/bridge-pull-visma" }));
    assert_eq!((&asked[1]["nextToken"], &asked[2]["nextToken"]), (&json!("1"), &json!("2")));
}

#[test]
fn without_a_region_or_credentials_nobody_is_asked_and_what_to_set_is_said() {
    local(async {
        let (base, calls) = scripted(vec![answer(200, "", "{}")]).await;
        let aws = AwsClient::new(config(&base).into_builder().region(None).build());
        for why in [
            unauthorized(Stack::find(&aws, "bridge").await),
            unauthorized(Stack::all(&aws).await),
            unauthorized(aws.invoke("f", &json!({})).await),
            unauthorized(aws.log_lines("g").await),
        ] {
            assert!(why.contains("AWS_REGION"), "{why}");
        }
        let nobody = SharedCredentialsProvider::new(CredentialsProviderChain::first_try("none", Nobody));
        let aws = AwsClient::new(config(&base).into_builder().credentials_provider(nobody).build());
        for why in [
            unauthorized(Stack::find(&aws, "bridge").await),
            unauthorized(Stack::all(&aws).await),
            unauthorized(aws.invoke("f", &json!({})).await),
            unauthorized(aws.log_lines("g").await),
        ] {
            assert!(why.contains("AWS_PROFILE") && why.contains("aws sso login"), "{why}");
            assert!(!why.contains('\n') && !why.contains("Attempted"), "{why}");
        }
        assert!(calls.borrow().is_empty());
    });
}

#[test]
fn where_nobody_listens_it_passes_by_itself() {
    local(async {
        let aws = AwsClient::new(config("http://127.0.0.1:9"));
        let fault = Stack::find(&aws, "bridge").await.unwrap_err();
        assert!(matches!(&fault, Fault::Unavailable { why, .. } if why.starts_with("cloudformation: ")), "{fault:?}");
    });
}

/// Credentials of somebody who never logged in.
#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nothing is set")))
    }
}

#[test]
fn a_function_that_is_not_waited_for_is_asked_for_an_event() {
    let job = json!({ "tenant_id": "acme", "since": "2026-01-01T00:00:00Z" });
    let (requested, calls) = at(vec![answer(202, "", "")], async |aws| aws.request("bridge-pull-visma", &job).await);
    requested.unwrap();
    let (head, body) = calls.borrow()[0].clone();
    assert!(head.starts_with("POST /2015-03-31/functions/bridge-pull-visma/invocations"), "{head}");
    assert!(head.to_ascii_lowercase().contains("x-amz-invocation-type: event"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), job);
}
