//! The transport against loopback servers: the bytes that are really sent.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

mod loopback;

use std::cell::RefCell;
use std::rc::Rc;

use bridge::ports::{Broken, Largest, Transport as _};
use bridge_aws::transport::Network;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use loopback::{Calls, local, scripted};
use simulators::{Troubled, ongoing::Ongoing, server};
use tokio::net::TcpListener;
use tokio::task::spawn_local;

async fn canned(answer: String) -> (String, Calls) {
    scripted(vec![answer]).await
}

fn plain(method: Method, address: &str) -> Request<Bytes> {
    Request::builder().method(method).uri(address).body(Bytes::new()).unwrap()
}

#[test]
fn a_server_that_insists_on_title_case_and_a_length_takes_reads_and_writes() {
    local(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/acme/api/v1", listener.local_addr().unwrap());
        let system = Ongoing::new("acme").goods_owner(159, "WSI-acme", "secret");
        spawn_local(server::serve(listener, Rc::new(RefCell::new(Troubled::new(system)))));
        let network = Network::new(true).unwrap();
        // WSI-acme:secret
        let signed = |builder: http::request::Builder| {
            builder.header("authorization", "Basic V1NJLWFjbWU6c2VjcmV0").header("accept", "application/json")
        };
        let read = signed(Request::get(format!("{base}/goodsOwners")));
        let answer = network.send(read.body(Bytes::new()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(body["goodsOwners"][0]["goodsOwnerId"], 159);
        let article = r#"{"goodsOwnerId":159,"articleNumber":"A","articleName":"Åsnes"}"#;
        let write = signed(Request::put(format!("{base}/articles"))).header("content-type", "application/json");
        let answer = network.send(write.body(Bytes::from_static(article.as_bytes())).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.body());
    });
}

#[test]
fn heads_are_in_title_case_and_say_nothing_that_was_not_asked_for() {
    local(async {
        let (base, heads) = canned("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
        let network = Network::new(true).unwrap();
        for method in [Method::GET, Method::DELETE, Method::PUT, Method::POST] {
            let mut request = plain(method, &base);
            request.headers_mut().insert("ocp-apim-subscription-key", "k".parse().unwrap());
            network.send(request).await.unwrap();
        }
        for (at, (head, _)) in heads.borrow().iter().enumerate() {
            assert!(head.lines().next().unwrap().ends_with(" HTTP/1.1"));
            let mut names: Vec<&str> = head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
            names.sort_unstable();
            let expected: &[&str] = match at {
                0 | 1 => &["Accept", "Host", "Ocp-Apim-Subscription-Key"],
                _ => &["Accept", "Content-Length", "Host", "Ocp-Apim-Subscription-Key"],
            };
            assert_eq!(names, expected, "{head}");
        }
        assert_eq!(heads.borrow().len(), 4);
    });
}

#[test]
fn a_redirect_is_an_answer_and_not_followed() {
    local(async {
        let (there, visits) = canned("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
        let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {there}\r\ncontent-length: 0\r\n\r\n");
        let (base, _) = canned(moved).await;
        let answer = Network::new(true).unwrap().send(plain(Method::GET, &base)).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (307, there.as_str()));
        assert!(visits.borrow().is_empty());
    });
}

#[test]
fn an_answer_over_the_limit_is_too_large_whether_it_says_so_or_not() {
    local(async {
        let text = "x".repeat(11);
        let said = format!("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{text}");
        let unsaid = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{text}");
        let network = Network::with_largest_answer(true, 10).unwrap();
        let roomy = Network::with_largest_answer(true, 11).unwrap();
        for (answer, announced) in [(said, Some(11)), (unsaid, None)] {
            let (base, _) = canned(answer).await;
            let refused = network.send(plain(Method::GET, &base)).await.unwrap_err();
            assert_eq!(refused, Broken::TooLarge { announced, largest: 10 });
            assert_eq!(roomy.send(plain(Method::GET, &base)).await.unwrap().body(), text.as_bytes());
            let mut said = plain(Method::GET, &base);
            said.extensions_mut().insert(Largest(10));
            let refused = roomy.send(said).await.unwrap_err();
            assert_eq!(refused, Broken::TooLarge { announced, largest: 10 }, "the request's own limit counts");
        }
    });
}

#[test]
fn inside_addresses_are_refused_by_name_and_by_number_before_anything_is_sent() {
    local(async {
        let (base, heads) = canned("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()).await;
        let port = base.rsplit(':').next().unwrap();
        let network = Network::new(false).unwrap();
        for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"] {
            let refused = network.send(plain(Method::GET, &format!("http://{host}:{port}/?key=k"))).await.unwrap_err();
            assert!(matches!(&refused, Broken::Guarded(why) if !why.contains("key")), "{host}: {refused:?}");
        }
        assert!(heads.borrow().is_empty());
        let open = Network::new(true).unwrap();
        open.send(plain(Method::GET, &format!("http://localhost:{port}/"))).await.unwrap();
        assert_eq!(heads.borrow().len(), 1);
    });
}

#[test]
fn a_closed_door_is_told_from_a_lost_answer_and_neither_tells_the_address() {
    local(async {
        let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = format!("http://{}/?client_secret=s3cret", door.local_addr().unwrap());
        drop(door);
        let network = Network::new(true).unwrap();
        let Broken::Connect(why) = network.send(plain(Method::GET, &closed)).await.unwrap_err() else {
            panic!("no connection")
        };
        assert!(!why.contains("s3cret") && !why.contains("127.0.0.1"), "{why}");
        for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"] {
            let (base, _) = canned(answer.into()).await;
            let lost = network.send(plain(Method::GET, &format!("{base}/?client_secret=s3cret"))).await.unwrap_err();
            assert!(matches!(&lost, Broken::Lost(why) if !why.contains("s3cret")), "{lost:?}");
        }
    });
}
