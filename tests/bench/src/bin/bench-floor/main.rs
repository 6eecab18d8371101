//! The floor: the barest loop that does a road's calls to ERP, queue and ledger in their cheapest form, with the crates that
//! the functions have. No validation, no retry, no log, no provenance, one tenant.

mod import;
mod ledger;
mod pull;
mod write_back;

use std::error::Error;

use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use self::ledger::Ledger;

/// What went wrong, to be printed.
type Failed = Box<dyn Error>;

/// The floor's clients.
struct Floor {
    http: reqwest::Client,
    ledger: Ledger,
    sqs: aws_sdk_sqs::Client,
    import_queue: String,
    /// Where the stub listens.
    base: String,
}

impl Floor {
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        let answer = self.http.get(format!("{}{path}", self.base)).bearer_auth("bench").send().await?;
        Ok(serde_json::from_slice(&answer.error_for_status()?.bytes().await?)?)
    }

    async fn put(&self, path: &str, body: String) -> Result<(), Failed> {
        let call = self.http.put(format!("{}{path}", self.base)).bearer_auth("bench");
        let call = call.header(CONTENT_TYPE, "application/json").body(body);
        call.send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let road = std::env::args().nth(1).unwrap_or_default();
    let base = format!("http://{}", std::env::var("AWS_LAMBDA_RUNTIME_API")?);
    let config = bridge_aws::entry::config().map_err(|error| error.to_string())?;
    let floor = Floor {
        http: bridge_aws::tls::client()?.build()?,
        ledger: Ledger::new(aws_sdk_dynamodb::Client::new(&config)),
        sqs: aws_sdk_sqs::Client::new(&config),
        import_queue: std::env::var("IMPORT_QUEUE_URL")?,
        base,
    };
    let runtime = format!("{}/2018-06-01/runtime/invocation", floor.base);
    loop {
        let next = floor.http.get(format!("{runtime}/next")).send().await?;
        let id = next.headers().get("lambda-runtime-aws-request-id").and_then(|id| id.to_str().ok());
        let id = id.unwrap_or_default().to_owned();
        let event = next.bytes().await?;
        let done = match road.as_str() {
            "pull" => pull::run(&floor).await,
            "import" => import::run(&floor, &event).await,
            _ => write_back::run(&floor, &event).await,
        };
        let (end, body) = match done {
            Ok(()) => ("response", "{}".to_owned()),
            Err(error) => ("error", error.to_string()),
        };
        floor.http.post(format!("{runtime}/{id}/{end}")).body(body).send().await?;
    }
}
