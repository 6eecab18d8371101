//! A simulator as a server on loopback: HTTP/1.1, header names with their case kept, a thread-free loop.
//!
//! Routes beginning with `/_sim/` are the controls: `GET /_sim/log` is the list of calls so far, `POST /_sim/<action>` with
//! JSON arguments is [`Simulator::act`]. `POST /_sim/down` with `{"down": true}` has every call answered 503, but for these.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{Answer, Request, Response, Simulator, Troubled};

const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

/// Serves the model on the listener until the future is dropped. Runs on a `LocalSet`.
///
/// # Errors
/// When the listener fails.
pub async fn serve<S: Simulator + 'static>(listener: TcpListener, model: Rc<RefCell<Troubled<S>>>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let model = Rc::clone(&model);
        tokio::task::spawn_local(async move {
            // A client that hangs up in the middle is its own affair.
            let _ = connection(stream, &model).await;
        });
    }
}

async fn connection<S: Simulator>(mut stream: TcpStream, model: &RefCell<Troubled<S>>) -> io::Result<()> {
    let mut buffer = BytesMut::with_capacity(8 * 1024);
    while let Some(request) = read(&mut stream, &mut buffer).await? {
        let answer = control(model, &request)
            .map_or_else(|| model.borrow_mut().call(Timestamp::now(), &request), Answer::Response);
        match answer {
            Answer::Response(response) => write(&mut stream, &response).await?,
            Answer::Lost => return Ok(()),
            // Whoever called ends it.
            Answer::Never => while stream.read_buf(&mut buffer).await? > 0 {},
        }
    }
    Ok(())
}

fn control<S: Simulator>(model: &RefCell<Troubled<S>>, request: &Request) -> Option<Response> {
    let path = request.path();
    let action = path.strip_prefix("/_sim/")?;
    if action == "log" {
        let log = &model.borrow().log;
        return Some(Response::json(200, &json!({ "calls": log })));
    }
    let args = if request.body.is_empty() { Ok(Value::Null) } else { request.json() };
    if action == "down" {
        let down = args.as_ref().is_ok_and(|args| args["down"] == true);
        model.borrow_mut().down(down);
        return Some(Response::json(200, &json!({ "down": down })));
    }
    let outcome = args.and_then(|args| model.borrow_mut().model.act(Timestamp::now(), action, &args));
    Some(match outcome {
        Ok(value) => Response::json(200, &value),
        Err(reason) => Response::json(400, &json!({ "error": reason })),
    })
}

async fn read(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Option<Request>> {
    loop {
        if let Some((head, length)) = parse(buffer)? {
            let (mut request, body_length) = head;
            let total = length + body_length;
            if total > LARGEST_REQUEST {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "request too large"));
            }
            while buffer.len() < total {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
            let whole = buffer.split_to(total).freeze();
            request.body = whole.slice(length..);
            return Ok(Some(request));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

type Head = (Request, usize);

/// The head of the next request with its body's length, and the head's own length in bytes.
fn parse(buffer: &[u8]) -> io::Result<Option<(Head, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let invalid = |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let httparse::Status::Complete(length) = parsed.parse(buffer).map_err(|error| invalid(&error))? else {
        return Ok(None);
    };
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: parsed
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()))
            .collect(),
        body: Bytes::new(),
    };
    let body_length = match request.header("content-length") {
        Some(text) => text.trim().parse().map_err(|error| invalid(&error))?,
        None => 0,
    };
    Ok(Some(((request, body_length), length)))
}

async fn write(stream: &mut TcpStream, response: &Response) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Simulated\r\n", response.status);
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&Timestamp::now())
        .map_err(|error| io::Error::other(error.to_string()))?;
    head.push_str(&format!("Date: {date}\r\nContent-Length: {}\r\n\r\n", response.body.len()));
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&response.body).await?;
    stream.flush().await
}
