//! A loopback HTTP server with scripted answers.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local};

/// The calls so far: head and body.
pub type Calls = Rc<RefCell<Vec<(String, String)>>>;

/// Runs a test on one thread.
pub fn local<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(work))
}

/// A server that gives each call the next of these answers, then the last one again, and hangs up after each.
pub async fn scripted(answers: Vec<String>) -> (String, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let calls = Calls::default();
    let kept = Rc::clone(&calls);
    spawn_local(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).await.unwrap();
            let answer = answers.get(kept.borrow().len()).or(answers.last()).unwrap();
            kept.borrow_mut().push((head, String::from_utf8(body).unwrap()));
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (base, calls)
}
