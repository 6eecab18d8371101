//! AWS, one vendor and the warehouse in one process: every call is answered from memory and counted.

pub mod http;
pub mod ongoing;
mod partiql;
pub mod runtime;
pub mod table;
pub mod visma;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use self::http::{Request, Response};
use self::ongoing::Ongoing;
use self::runtime::Runtime;
use self::table::{Refused, Table};
use self::visma::{Shown, Visma, article_number};

/// The tenant that is measured.
pub const TENANT: &str = "acme";

/// Messages of one event.
const EVENT: usize = 10;

/// Articles of one notice: as the bridge makes them.
const NOTICE: usize = 50;

/// Everything that the measured programs call.
pub struct Stub {
    base: String,
    table: RefCell<Table>,
    visma: RefCell<Visma>,
    ongoing: RefCell<Ongoing>,
    runtime: Runtime,
    import: RefCell<Vec<(String, String)>>,
    jobs: RefCell<Vec<String>>,
    counts: RefCell<BTreeMap<String, u64>>,
    latency: Cell<Duration>,
}

impl Stub {
    /// A stub that is reached at `base`.
    ///
    /// # Errors
    /// When the fixtures are not as they were.
    pub fn new(base: String) -> serde_json::Result<Self> {
        Ok(Self {
            base,
            table: RefCell::default(),
            visma: RefCell::new(Visma::new(0, 0)?),
            ongoing: RefCell::default(),
            runtime: Runtime::default(),
            import: RefCell::default(),
            jobs: RefCell::default(),
            counts: RefCell::default(),
            latency: Cell::default(),
        })
    }

    fn count(&self, what: impl Into<String>) {
        *self.counts.borrow_mut().entry(what.into()).or_default() += 1;
    }

    /// One call.
    pub async fn answer(&self, request: Request) -> Response {
        if let Some(target) = &request.target {
            let latency = self.latency.get();
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            return self.aws(target, &request.body);
        }
        match request.path.split('/').nth(1).unwrap_or_default() {
            "2018-06-01" => self.runtime.answer(&request, || self.due_jobs()).await,
            "visma" => {
                self.count(format!("visma {}", request.method));
                self.visma.borrow_mut().answer(&request)
            }
            "ongoing" => {
                self.count(format!("ongoing {}", request.method));
                self.ongoing.borrow_mut().answer(&request)
            }
            "bench" => self.control(&request).await,
            _ => Response::json(404, "{}"),
        }
    }

    fn aws(&self, target: &str, body: &[u8]) -> Response {
        let (service, name) = target.split_once('.').unwrap_or((target, ""));
        self.count(name);
        let answered = match (service, name) {
            ("DynamoDB_20120810", "GetItem") if body.windows(TABLE.len()).any(|part| part == TABLE) => {
                Ok(json!({ "Item": self.tenant() }).to_string())
            }
            ("DynamoDB_20120810", name) => self.table.borrow_mut().call(name, body),
            ("AmazonSQS", "SendMessageBatch") => self.sent(body),
            ("AmazonSQS", "ChangeMessageVisibilityBatch") => Ok(r#"{"Successful":[],"Failed":[]}"#.into()),
            // What was handed out is imported by the time that somebody asks.
            ("AmazonSQS", "GetQueueAttributes") => Ok(json!({ "Attributes": {
                "ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0",
                "ApproximateNumberOfMessagesDelayed": "0",
            } })
            .to_string()),
            ("secretsmanager", "GetSecretValue") => secret(body),
            _ => Err(Refused("ValidationException", format!("the stub has no {target}"))),
        };
        match answered {
            Ok(body) => Response::json(200, body),
            Err(Refused(code, message)) => {
                self.count(code);
                Response::json(
                    400,
                    json!({ "__type": format!("com.amazonaws#{code}"), "message": message }).to_string(),
                )
            }
        }
    }

    fn sent(&self, body: &[u8]) -> Result<String, Refused> {
        let call: Value = serde_json::from_slice(body).map_err(|e| Refused("ValidationException", e.to_string()))?;
        let to_jobs = call["QueueUrl"].as_str().is_some_and(|url| url.ends_with("jobs"));
        let mut done = Vec::new();
        for entry in call["Entries"].as_array().into_iter().flatten() {
            let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
            if to_jobs {
                self.jobs.borrow_mut().push(text("MessageBody"));
            } else {
                self.import.borrow_mut().push((text("MessageGroupId"), text("MessageBody")));
            }
            done.push(json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "" }));
        }
        self.counts
            .borrow_mut()
            .entry("messages".into())
            .and_modify(|n| *n += done.len() as u64)
            .or_insert(done.len() as u64);
        Ok(json!({ "Successful": done, "Failed": [] }).to_string())
    }

    /// Jobs that go on with what a run could not finish: the pause before them is left out.
    fn due_jobs(&self) -> Vec<String> {
        let jobs = std::mem::take(&mut *self.jobs.borrow_mut());
        jobs.into_iter().map(|body| event(&[(String::new(), body)])).collect()
    }

    fn tenant(&self) -> Value {
        let text = |text: &str| json!({ "S": text });
        let base = &self.base;
        json!({
            "tenant_id": text(TENANT),
            "enabled": { "BOOL": true },
            "erp": { "M": { "kind": text("visma"), "base_url": text(&format!("{base}/visma/v2")), "auth_url": text(base) } },
            "ongoing": { "M": {
                "base_url": text(&format!("{base}/ongoing/api/v1")), "goods_owner_id": { "N": "159" },
            } },
            "settings": { "M": { "start_date": text("2020-01-01T00:00:00Z") } },
        })
    }

    /// What the benchmark itself asks for.
    async fn control(&self, request: &Request) -> Response {
        let arguments: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let number = |name: &str| arguments[name].as_u64().map(|n| n as usize).unwrap_or_default();
        match request.path.as_str() {
            "/bench/reset" => {
                let Ok(visma) = Visma::new(number("articles"), number("orders")) else {
                    return Response::json(500, r#"{"error":"the fixtures cannot be read"}"#);
                };
                *self.visma.borrow_mut() = visma;
                *self.table.borrow_mut() = Table::default();
                *self.ongoing.borrow_mut() = Ongoing::default();
                self.import.borrow_mut().clear();
                self.jobs.borrow_mut().clear();
            }
            "/bench/process" => {
                self.runtime.reset();
                self.latency.set(Duration::from_millis(number("latency_ms") as u64));
            }
            "/bench/first-poll" => self.runtime.first_poll().await,
            "/bench/run" => return self.run(&arguments).await,
            _ => return Response::json(404, "{}"),
        }
        Response::json(200, "{}")
    }

    async fn run(&self, arguments: &Value) -> Response {
        let shown = match arguments["shown"].as_u64() {
            Some(year) if arguments["whatever"] == true => Shown::All(year as u16),
            Some(year) => Shown::Changed(year as u16),
            None => Shown::Nothing,
        };
        if self.visma.borrow_mut().show(shown).is_err() {
            return Response::json(500, r#"{"error":"the fixtures cannot be read"}"#);
        }
        match arguments["road"].as_str() {
            Some("import") => {
                let messages = std::mem::take(&mut *self.import.borrow_mut());
                messages.chunks(EVENT).for_each(|messages| self.runtime.invoke(event(messages)));
            }
            Some("write-back") => self.notices(arguments["stocks"].as_u64().unwrap_or_default() as usize),
            _ => self.runtime.invoke(json!({ "tenant_id": TENANT }).to_string()),
        }
        self.counts.borrow_mut().clear();
        let (invocations, took, failures) = self.runtime.run().await;
        let counts = self.counts.borrow().clone();
        let seconds = took.as_secs_f64();
        let done = json!({ "invocations": invocations, "seconds": seconds, "counts": counts, "failures": failures });
        Response::json(200, done.to_string())
    }

    fn notices(&self, stocks: usize) {
        let numbers: Vec<String> = (0..stocks).map(article_number).collect();
        let notices: Vec<(String, String)> = numbers
            .chunks(NOTICE)
            .map(|numbers| {
                let hint = json!({ "articles": numbers });
                let notice = json!({
                    "v": 1, "tenant_id": TENANT, "hint": hint, "cause": "bench", "correlation_id": "bench",
                });
                (format!("{TENANT}.stock"), notice.to_string())
            })
            .collect();
        notices.chunks(EVENT).for_each(|messages| self.runtime.invoke(event(messages)));
    }
}

/// In a call for the tenant's item.
const TABLE: &[u8] = br#""TableName":"tenants""#;

/// An event of a queue.
fn event(messages: &[(String, String)]) -> String {
    let records: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(at, (group, body))| {
            json!({
                "messageId": format!("m{at}"), "receiptHandle": format!("r{at}"), "body": body,
                "attributes": { "ApproximateReceiveCount": "1", "MessageGroupId": group },
                "messageAttributes": {}, "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-north-1:000000000000:bench",
            })
        })
        .collect();
    json!({ "Records": records }).to_string()
}

fn secret(body: &[u8]) -> Result<String, Refused> {
    let call: Value = serde_json::from_slice(body).map_err(|e| Refused("ValidationException", e.to_string()))?;
    let name = call["SecretId"].as_str().unwrap_or_default();
    let value = match name.split_once('/').map_or(name, |(_, name)| name) {
        "visma/app" => json!({ "client_id": "bench", "client_secret": "bench" }),
        "visma/acme" => {
            json!({ "refresh_token": "bench", "access_token": "bench", "expires_at": "2099-01-01T00:00:00Z" })
        }
        "ongoing/acme" => json!({ "username": "bench", "password": "bench", "webhook_tokens": ["bench"] }),
        _ => return Err(Refused("ResourceNotFoundException", "there is no such secret".into())),
    };
    let arn = format!("arn:aws:secretsmanager:eu-north-1:000000000000:secret:{name}");
    Ok(json!({ "ARN": arn, "Name": name, "VersionId": "1", "SecretString": value.to_string() }).to_string())
}
