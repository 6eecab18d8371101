//! A measured program beside the stub: the product's functions, or the floor.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bench::process::Process;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Failed;

/// A process that has not polled by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the programs lie.
pub struct Programs {
    /// The functions, as cargo or cargo-lambda puts them.
    pub functions: PathBuf,
    /// The stub and the floor.
    pub programs: PathBuf,
}

impl Programs {
    /// The program of all functions.
    pub fn function(&self) -> PathBuf {
        found(&self.functions, "functions")
    }

    /// What a road's product, or floor, is started with.
    fn of<'r>(&self, road: &'r str, product: bool) -> (PathBuf, Vec<&'r str>) {
        if product { (self.function(), Vec::new()) } else { (self.own("bench-floor"), vec![road]) }
    }

    fn own(&self, name: &str) -> PathBuf {
        found(&self.programs, name)
    }
}

/// The function that goes a road.
fn handler(road: &str) -> &'static str {
    match road {
        "pull" => "pull-visma",
        "import" => "wms-import",
        _ => "writeback",
    }
}

/// cargo-lambda puts each program into a folder of its name.
fn found(folder: &Path, name: &str) -> PathBuf {
    let deployed = folder.join(name).join("bootstrap");
    if deployed.is_file() { deployed } else { folder.join(name) }
}

/// The stub, ended when dropped.
pub struct Stub {
    child: Child,
    client: reqwest::Client,
    base: String,
}

/// What became of invocations.
#[derive(Debug, Deserialize)]
pub struct Done {
    pub seconds: f64,
    pub counts: BTreeMap<String, u64>,
    failures: Vec<String>,
}

impl Stub {
    pub fn start(programs: &Programs) -> Result<Self, Failed> {
        let mut child =
            Command::new(programs.own("bench-stub")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut base = String::new();
        let output = child.stdout.take().ok_or("the stub has no output")?;
        BufReader::new(output).read_line(&mut base)?;
        Ok(Self { child, client: bridge_aws::tls::client()?.build()?, base: base.trim().to_owned() })
    }

    async fn call(&self, path: &str, arguments: &Value) -> Result<Value, Failed> {
        let call = self.client.post(format!("{}/bench/{path}", self.base)).body(arguments.to_string());
        let answer = call.send().await?.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Forgets everything, and has so many records from then on.
    pub async fn reset(&self, articles: usize) -> Result<(), Failed> {
        self.call("reset", &json!({ "articles": articles, "orders": articles / 4 })).await.map(|_| ())
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run has taken.
pub struct Taken {
    /// ms.
    pub cpu: f64,
    /// ms.
    pub wall: f64,
    /// Bytes, since the process began.
    pub peak: u64,
    pub counts: BTreeMap<String, u64>,
}

/// A program that polls.
pub struct Side<'a> {
    stub: &'a Stub,
    process: Process,
    program: PathBuf,
    /// What it took to its first poll.
    pub start: Taken,
}

impl<'a> Side<'a> {
    /// The function of a road, or its floor.
    pub async fn of(
        stub: &'a Stub,
        programs: &Programs,
        road: &str,
        product: bool,
        latency: u64,
    ) -> Result<Self, Failed> {
        let (program, arguments) = programs.of(road, product);
        Self::start(stub, program, &arguments, handler(road), latency).await
    }

    /// The same under valgrind, which counts its instructions.
    pub async fn counted(
        stub: &'a Stub,
        programs: &Programs,
        road: &str,
        product: bool,
        log: &Path,
    ) -> Result<Self, Failed> {
        let (program, mut arguments) = programs.of(road, product);
        let (log, program) = (format!("--log-file={}", log.display()), program.display().to_string());
        let mut all = vec!["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", &log, &program];
        all.append(&mut arguments);
        Self::start(stub, "valgrind".into(), &all, handler(road), 0).await
    }

    /// Ends the process as a service manager would.
    pub fn finish(&mut self) -> Result<(), Failed> {
        Ok(self.process.finish()?)
    }

    async fn start(
        stub: &'a Stub,
        program: PathBuf,
        arguments: &[&str],
        handler: &str,
        latency: u64,
    ) -> Result<Self, Failed> {
        stub.call("process", &json!({ "latency_ms": latency })).await?;
        let began = Instant::now();
        let mut variables = variables(&stub.base);
        variables.push(("_HANDLER".to_owned(), handler.to_owned()));
        let mut process = Process::start(&program, arguments, &variables)?;
        let nothing = json!({});
        let first = stub.call("first-poll", &nothing);
        while_it_lives(&mut process, &program, tokio::time::timeout(PATIENCE, first)).await?.map_err(|_| {
            format!("{} did not come to its first poll in {} s", program.display(), PATIENCE.as_secs())
        })??;
        let wall = began.elapsed().as_secs_f64() * 1000.0;
        let taken = Taken { cpu: ms(settled(&process).await?), wall, peak: process.peak()?, counts: BTreeMap::new() };
        Ok(Self { stub, process, program, start: taken })
    }

    /// One road with everything that waits for it.
    pub async fn run(&mut self, arguments: Value) -> Result<Taken, Failed> {
        let before = settled(&self.process).await?;
        let run = self.stub.call("run", &arguments);
        let done: Done = serde_json::from_value(while_it_lives(&mut self.process, &self.program, run).await??)?;
        if let Some(failure) = done.failures.first() {
            return Err(format!("{}: {arguments}: {failure}", self.program.display()).into());
        }
        let cpu = ms(settled(&self.process).await?.saturating_sub(before));
        let (wall, peak) = (done.seconds * 1000.0, self.process.peak()?);
        Ok(Taken { cpu, wall, peak, counts: done.counts })
    }
}

/// What is waited for, unless the process ends before.
async fn while_it_lives<T>(process: &mut Process, program: &Path, work: impl Future<Output = T>) -> Result<T, Failed> {
    let mut work = std::pin::pin!(work);
    loop {
        match tokio::time::timeout(Duration::from_millis(500), &mut work).await {
            Ok(done) => return Ok(done),
            Err(_) if process.ended() => return Err(format!("{} ended by itself", program.display()).into()),
            Err(_) => {}
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The processor time once the process waits: two readings that are equal.
async fn settled(process: &Process) -> Result<Duration, Failed> {
    let mut before = process.cpu()?;
    loop {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = process.cpu()?;
        if now == before {
            return Ok(now);
        }
        before = now;
    }
}

fn variables(base: &str) -> Vec<(String, String)> {
    let runtime = base.trim_start_matches("http://");
    let queue = |name: &str| format!("{base}/queue/{name}");
    let all = [
        ("PATH", std::env::var("PATH").unwrap_or_default()),
        ("AWS_LAMBDA_RUNTIME_API", runtime.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".into()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench".into()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".into()),
        ("AWS_ENDPOINT_URL", base.to_owned()),
        ("AWS_REGION", "eu-north-1".into()),
        ("AWS_ACCESS_KEY_ID", "bench".into()),
        ("AWS_SECRET_ACCESS_KEY", "bench".into()),
        ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ("TENANT_TABLE", "tenants".into()),
        ("STATE_TABLE", "state".into()),
        ("SECRET_PREFIX", "bench".into()),
        ("ALLOW_LOCAL_ENDPOINTS", "true".into()),
        // As fast as is allowed: the vendor's own pace is not what is measured.
        ("CALLS_PER_MINUTE", "visma=60000".into()),
        ("LOG_LEVEL", "info".into()),
        ("IMPORT_QUEUE_URL", queue("import.fifo")),
        ("WRITEBACK_QUEUE_URL", queue("write-back.fifo")),
        ("JOB_QUEUE_URL", queue("jobs")),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
