//! HTTP/1.1 on one thread, as little of it as the measured programs need.

use std::io;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request.
pub struct Request {
    /// Its method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query as it came.
    pub query: String,
    /// `X-Amz-Target`: the service and the call.
    pub target: Option<String>,
    /// Body.
    pub body: Bytes,
}

/// An answer.
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Further header lines, each with its line end.
    pub headers: String,
    /// Body.
    pub body: Bytes,
}

impl Response {
    /// A JSON body.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: String::new(), body: body.into() }
    }
}

/// Serves until the future is dropped. Runs on a `LocalSet`.
///
/// # Errors
/// When the listener fails.
pub async fn serve<F>(listener: TcpListener, answer: Rc<F>) -> io::Result<()>
where
    F: AsyncFn(Request) -> Response + 'static,
{
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = Rc::clone(&answer);
        tokio::task::spawn_local(async move {
            // A measured program that is ended leaves its connections in the middle of a call.
            let _ = connection(stream, answer.as_ref()).await;
        });
    }
}

async fn connection(mut stream: TcpStream, answer: &impl AsyncFn(Request) -> Response) -> io::Result<()> {
    let mut buffer = BytesMut::with_capacity(64 * 1024);
    loop {
        let (mut request, head, body) = loop {
            if let Some(parsed) = parse(&buffer)? {
                break parsed;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        while buffer.len() < head + body {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        request.body = buffer.split_to(head + body).freeze().slice(head..);
        let response = answer(request).await;
        let (status, length) = (response.status, response.body.len());
        let more = response.headers;
        let head =
            format!("HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n{more}Content-Length: {length}\r\n\r\n");
        // One write: two small ones would wait for each other.
        let mut whole = BytesMut::with_capacity(head.len() + length);
        whole.extend_from_slice(head.as_bytes());
        whole.extend_from_slice(&response.body);
        stream.write_all(&whole).await?;
    }
}

/// The next request, the length of its head and of its body.
fn parse(buffer: &[u8]) -> io::Result<Option<(Request, usize, usize)>> {
    let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = parsed.parse(buffer).map_err(|error| invalid(error.to_string()))? else {
        return Ok(None);
    };
    let header = |name: &str| {
        let header = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    if header("transfer-encoding").is_some() {
        return Err(invalid("a body in chunks is not read".into()));
    }
    let body = header("content-length").map_or(Ok(0), |length| length.trim().parse::<usize>());
    let body = body.map_err(|error| invalid(error.to_string()))?;
    let target = header("x-amz-target").map(str::to_owned);
    let (path, query) = {
        let whole = parsed.path.unwrap_or_default();
        whole.split_once('?').unwrap_or((whole, ""))
    };
    let method = parsed.method.unwrap_or_default().to_owned();
    let request = Request { method, path: path.to_owned(), query: query.to_owned(), target, body: Bytes::new() };
    Ok(Some((request, head, body)))
}
