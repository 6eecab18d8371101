//! Lambda entry points: clients are built once per process, and each invocation is one run.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, SharedCredentialsProvider, StalledStreamProtectionConfig};
use aws_types::SdkConfig;
use bridge::doors::api_request::{self, Call};
use bridge::doors::consent::Deployment;
use bridge::doors::event::{self, Event};
use bridge::doors::pages;
use bridge::doors::rotation::{Request, Versions};
use bridge::ports::token_cache::TokenCache;
use bridge::ports::{Ports, Run};
use bridge::state::secret_cache::SecretCache;
use bridge::words::envelope::Job;
use bridge::words::fault::Fault;
use bridge::words::kind::Kind;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use lambda_runtime::{Context, Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

use crate::clock::SystemClock;
use crate::environment::{Aws, Environment, IMPORT_QUEUE_URL, JOB_QUEUE_URL, WRITEBACK_QUEUE_URL};
use crate::metrics;
use crate::queue::Queues;
use crate::secret_store::SecretStore;
use crate::secret_versions::SecretVersions;
use crate::state_table::StateTable;
use crate::telemetry;
use crate::tenant_table::TenantTable;
use crate::tls;
use crate::transport::Network;

/// One attempt of a call to AWS; a page of a scan is one.
const ATTEMPT: Duration = Duration::from_secs(5);

/// A call to AWS with all its attempts.
const OPERATION: Duration = Duration::from_secs(15);

/// What is kept of an invocation for saying that its time ran out.
const LAST: Duration = Duration::from_secs(1);

/// A pull function: serves invocations until Lambda ends the process.
///
/// # Errors
/// When the environment is wrong, or Lambda's runtime interface fails.
pub async fn pull(kind: Kind) -> Result<(), Error> {
    let ports = ports(&read_environment(&[IMPORT_QUEUE_URL, JOB_QUEUE_URL])?).await?;
    serve(ports, async |ports, run, payload| handle_pull(ports, run, kind, payload).await).await
}

/// The import function: serves invocations until Lambda ends the process.
///
/// # Errors
/// As [`pull`].
pub async fn import() -> Result<(), Error> {
    let ports = ports(&read_environment(&[IMPORT_QUEUE_URL, WRITEBACK_QUEUE_URL])?).await?;
    serve(ports, handle_import).await
}

/// The webhook function: serves invocations until Lambda ends the process.
///
/// # Errors
/// As [`pull`].
pub async fn webhook() -> Result<(), Error> {
    let ports = ports(&read_environment(&[WRITEBACK_QUEUE_URL])?).await?;
    serve(ports, handle_api_request).await
}

/// The consent pages and the status page: serves invocations until Lambda ends the process.
///
/// # Errors
/// As [`pull`].
pub async fn connect() -> Result<(), Error> {
    let environment = read_environment(&[])?;
    let api_url = environment.needed_api_url().map_err(|wrong| wrong.to_string())?;
    let deployment = Deployment { api_url, contact: environment.warehouse.clone() };
    let ports = ports(&environment).await?;
    serve(ports, async |ports, run, payload| pages::answer(ports, run, &deployment, payload).await).await
}

/// The write-back function: serves invocations until Lambda ends the process.
///
/// # Errors
/// As [`pull`].
pub async fn write_back() -> Result<(), Error> {
    let ports = ports(&read_environment(&[WRITEBACK_QUEUE_URL])?).await?;
    serve(ports, handle_write_back).await
}

/// The reconcile function: serves invocations until Lambda ends the process.
///
/// # Errors
/// As [`pull`].
pub async fn reconcile() -> Result<(), Error> {
    let ports = ports(&read_environment(&[WRITEBACK_QUEUE_URL, JOB_QUEUE_URL])?).await?;
    serve(ports, handle_reconcile).await
}

/// The rotation function: serves invocations until Lambda ends the process.
///
/// # Errors
/// As [`pull`].
pub async fn rotate() -> Result<(), Error> {
    let environment = read_environment(&[])?;
    let config = config()?;
    let versions: Rc<dyn Versions> = Rc::new(SecretVersions::new(aws_sdk_secretsmanager::Client::new(&config)));
    let prefix = &environment.secret_prefix;
    let step = async |ports: &Ports, run: &Run, payload: &Value| {
        let request = Request::read(payload)?;
        let done = bridge::doors::rotation::rotate(ports, &versions, prefix, run, &request).await;
        done.map(|()| Value::Null).map_err(|fault| fault.to_string())
    };
    serve(ports(&environment).await?, step).await
}

/// Reads and checks the environment, and starts logging. The error is one sentence, which `main` shows as it is.
fn read_environment(queues: &[&'static str]) -> Result<Environment, String> {
    let environment =
        Environment::read().and_then(|read| read.with_queues(queues)).map_err(|wrong| wrong.to_string())?;
    telemetry::init(&environment.log_level, &environment.secret_prefix);
    Ok(environment)
}

/// What Lambda's environment says of AWS, with an end to every call: left to themselves the clients wait for an answer for
/// ever. It has the credentials, so profiles, roles and the addresses of metadata, of which the SDK's own chain is made, are
/// neither linked nor asked.
///
/// # Errors
/// When there are no certificates to trust.
pub fn config() -> Result<SdkConfig, Error> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(tls::CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let Aws { region, endpoint, credentials } = Aws::read();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(tls::sdk_client()?)
        .retry_config(tls::retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts);
    config.set_region(region).set_endpoint_url(endpoint);
    config.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
    Ok(config.build())
}

/// The ports on AWS and the network.
///
/// # Errors
/// When there are no certificates to trust.
pub async fn ports(environment: &Environment) -> Result<Ports, Error> {
    ports_at(&config()?, environment)
}

/// As [`ports`], with the given SDK configuration.
///
/// # Errors
/// As [`ports`].
pub fn ports_at(config: &SdkConfig, environment: &Environment) -> Result<Ports, Error> {
    let dynamo = aws_sdk_dynamodb::Client::new(config);
    let clock = Rc::new(SystemClock);
    let random = Rc::new(SystemClock);
    let secrets = aws_sdk_secretsmanager::Client::new(config);
    let queues = Queues::new(aws_sdk_sqs::Client::new(config), environment.queues.clone());
    Ok(Ports {
        clock: clock.clone(),
        random,
        state: Rc::new(StateTable::new(dynamo.clone(), &environment.state_table)),
        tenants: Rc::new(TenantTable::new(dynamo, &environment.tenant_table)),
        queue: Rc::new(queues),
        secrets: Rc::new(SecretCache::new(SecretStore::new(secrets, &environment.secret_prefix), clock)),
        transport: Rc::new(Network::new(environment.allow_local)?),
        tokens: Rc::new(TokenCache::default()),
        drifts: Rc::default(),
        circuits: None,
        paces: environment.paces,
        backfill: false,
        allow_local: environment.allow_local,
        personal_data: environment.personal_data,
    })
}

/// Serves invocations one after the other. A failed one is logged here, once; a panic's message is never logged.
async fn serve<H>(ports: Ports, handle: H) -> Result<(), Error>
where
    H: AsyncFn(&Ports, &Run, &Value) -> Result<Value, String>,
{
    let (ports, handle) = (&ports, &handle);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let run = run(&event.context).map_err(failed)?;
        telemetry::begin(&run.id);
        // Boxed: the types of the roads are deeply nested, and each layer around one would be too.
        let answer = AssertUnwindSafe(handle(ports, &run, &event.payload)).catch_unwind().boxed_local();
        let answer = match tokio::time::timeout(left(run.deadline, ports.clock.now()), answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err("the invocation panicked".into())),
            Err(_) => Err("the invocation's time ran out".into()),
        };
        let answer = answer.map_err(|reason| {
            tracing::error!(target: "invocation", correlation_id = run.id, reason, "failed");
            failed(reason)
        });
        metrics::print(ports.clock.now());
        answer
    }))
    .await
}

/// How long a handler may run. What does not end by itself is ended here and said so, before Lambda ends the process
/// without a word.
fn left(deadline: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(deadline.duration_since(now)).unwrap_or_default().saturating_sub(LAST)
}

/// The error that a manual caller of a failed invocation sees.
fn failed(reason: String) -> Diagnostic {
    Diagnostic { error_type: "InvocationFailed".into(), error_message: reason }
}

fn run(context: &Context) -> Result<Run, String> {
    let deadline = i64::try_from(context.deadline).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    let deadline = deadline.ok_or("the invocation's deadline is no time")?;
    Ok(Run { id: context.request_id.clone(), deadline })
}

async fn handle_pull(ports: &Ports, run: &Run, kind: Kind, payload: &Value) -> Result<Value, String> {
    match Event::read(payload)? {
        Event::Tick => {
            let jobs = bridge::roads::pull::schedule(ports, kind).await.map_err(|fault| fault.to_string())?;
            Ok(json!({ "jobs": jobs }))
        }
        Event::Proof => Err("a proof is the reconcile's".into()),
        Event::Jobs(messages) => {
            let work = async |job: Job| bridge::roads::pull::job(ports, run, kind, &job).await.map(|_| ());
            Ok(run_jobs(run, messages, work).await)
        }
        Event::Job(job) => {
            let summary = bridge::roads::pull::job(ports, run, kind, &job).await.map_err(|fault| fault.to_string())?;
            serde_json::to_value(summary).map_err(|error| error.to_string())
        }
    }
}

async fn handle_reconcile(ports: &Ports, run: &Run, payload: &Value) -> Result<Value, String> {
    match Event::read(payload)? {
        Event::Tick => {
            let jobs = bridge::roads::reconcile::schedule(ports).await.map_err(|fault| fault.to_string())?;
            Ok(json!({ "jobs": jobs }))
        }
        Event::Proof => {
            let jobs = bridge::roads::proof::scheduled::schedule(ports).await.map_err(|fault| fault.to_string())?;
            Ok(json!({ "jobs": jobs }))
        }
        Event::Jobs(messages) => {
            let work = async |job: Job| match job.proof {
                Some(_) => bridge::roads::proof::scheduled::job(ports, run, &job).await.map(|_| ()),
                None => bridge::roads::reconcile::job(ports, run, &job).await.map(|_| ()),
            };
            Ok(run_jobs(run, messages, work).await)
        }
        Event::Job(job) if job == Job::tick(&job.tenant_id) => {
            let notices = bridge::roads::reconcile::job(ports, run, &job).await.map_err(|fault| fault.to_string())?;
            Ok(json!({ "notices": notices }))
        }
        Event::Job(_) => Err("a reconcile looks at all of a tenant: it takes a tenant_id and nothing else".into()),
    }
}

/// Jobs of the queue; what is no job, and one that panics, fails on its own and ends in the dead-letter queue.
async fn run_jobs(run: &Run, messages: Vec<(String, String)>, work: impl AsyncFn(Job) -> Result<(), Fault>) -> Value {
    let mut failed = Vec::new();
    for (id, body) in messages {
        let job = event::job_of(&body);
        let tenant_id = job.as_ref().ok().map(|job| job.tenant_id.clone());
        if let Err(reason) = run_job(job, &work).await {
            tracing::error!(target: "job", tenant_id, correlation_id = run.id, message_id = id, reason, "given back");
            failed.push(id);
        }
    }
    failures(failed)
}

async fn run_job(job: Result<Job, String>, work: &impl AsyncFn(Job) -> Result<(), Fault>) -> Result<(), String> {
    match AssertUnwindSafe(work(job?)).catch_unwind().await {
        Ok(done) => done.map_err(|fault| fault.to_string()),
        Err(_) => Err("the job panicked".into()),
    }
}

async fn handle_import(ports: &Ports, run: &Run, payload: &Value) -> Result<Value, String> {
    let deliveries = event::messages(payload)?;
    Ok(failures(bridge::roads::import::batch(ports, run, deliveries).await))
}

async fn handle_write_back(ports: &Ports, run: &Run, payload: &Value) -> Result<Value, String> {
    let deliveries = event::messages(payload)?;
    Ok(failures(bridge::roads::write_back::batch(ports, run, deliveries).await))
}

async fn handle_api_request(ports: &Ports, run: &Run, payload: &Value) -> Result<Value, String> {
    let reply = match Call::read(payload)? {
        Ok(call) => bridge::doors::webhook::receive(ports, &call.incoming(run)).await,
        Err(reply) => reply,
    };
    Ok(api_request::answer(reply))
}

/// The messages that SQS is to deliver again (`ReportBatchItemFailures`).
fn failures(ids: Vec<String>) -> Value {
    let ids: Vec<Value> = ids.into_iter().map(|id| json!({ "itemIdentifier": id })).collect();
    json!({ "batchItemFailures": ids })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_at_lambda_s_deadline() {
        let mut context = Context::default();
        context.request_id = "r".into();
        context.deadline = 1_767_225_600_123;
        let run = run(&context).unwrap();
        assert_eq!((run.id.as_str(), run.deadline.to_string().as_str()), ("r", "2026-01-01T00:00:00.123Z"));
    }

    #[test]
    fn every_call_to_aws_has_an_end_and_so_has_a_handler() {
        let config = config().unwrap();
        let timeouts = config.timeout_config().unwrap();
        let set = [timeouts.connect_timeout(), timeouts.operation_attempt_timeout(), timeouts.operation_timeout()];
        assert_eq!(set, [Some(tls::CONNECT), Some(ATTEMPT), Some(OPERATION)]);
        let deadline: Timestamp = "2026-01-01T00:02:00Z".parse().unwrap();
        assert_eq!(left(deadline, deadline - Duration::from_secs(120)), Duration::from_secs(119));
        assert_eq!(left(deadline, deadline), Duration::ZERO);
    }

    #[test]
    fn a_job_that_is_given_back_names_its_tenant() {
        let messages = |body: &str| vec![("m1".to_owned(), body.to_owned())];
        let run = Run { id: "run-1".into(), deadline: Timestamp::MAX };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let said = |body: &str| {
            let lines = crate::telemetry::tests::lines("info", || {
                let work = async |_: Job| Err(Fault::unavailable("the table is away"));
                let answer = runtime.block_on(run_jobs(&run, messages(body), work));
                assert_eq!(answer, failures(vec!["m1".into()]));
            });
            lines.into_iter().next().unwrap()
        };
        let line = said(r#"{"tenant_id":"acme"}"#);
        assert_eq!((&line["tenant_id"], &line["correlation_id"]), (&json!("acme"), &json!("run-1")));
        assert_eq!(line["reason"], "not available: the table is away");
        assert_eq!(said("{}").get("tenant_id"), None);
    }

    #[test]
    fn failures_are_named_as_sqs_reads_them() {
        assert_eq!(failures(vec![]), json!({ "batchItemFailures": [] }));
        assert_eq!(failures(vec!["m".into()]), json!({ "batchItemFailures": [{ "itemIdentifier": "m" }] }));
    }
}
