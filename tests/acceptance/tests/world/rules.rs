//! What rules do to calls, and how long a call takes then.

use std::time::Duration;

use acceptance::world::{CONNECT, Happens, LATENCY, Peer, Rule, Site, WHOLE, World};
use bridge::ports::{Broken, Item, Put};
use bridge::words::fault::Fault;
use bytes::Bytes;
use futures_util::FutureExt as _;
use serde_json::json;
use simulators::Trouble;

const SECOND: Duration = Duration::from_secs(1);
const OWNERS: &str = "https://api.ongoingsystems.se/acme/api/v1/goodsOwners";
const ARTICLES: &str = "https://api.ongoingsystems.se/acme/api/v1/articles";

/// `WSI-acme:ongoing-pass-0001`.
const BASIC: &str = "Basic V1NJLWFjbWU6b25nb2luZy1wYXNzLTAwMDE=";

/// What a call came to and how long it took.
async fn sent(world: &World, request: http::Request<Bytes>) -> (Result<(u16, Bytes), Broken>, Duration) {
    let began = tokio::time::Instant::now();
    let answer = world.ports().transport.send(request).await;
    (answer.map(|answer| (answer.status().as_u16(), answer.body().clone())), began.elapsed())
}

fn get(url: &str) -> http::Request<Bytes> {
    http::Request::get(url).header("authorization", BASIC).body(Bytes::new()).unwrap()
}

fn article() -> http::Request<Bytes> {
    let body = json!({ "goodsOwnerId": 159, "articleNumber": "A", "articleName": "Article" }).to_string();
    let request =
        http::Request::put(ARTICLES).header("authorization", BASIC).header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

/// A write with this happening: what it came to, how long it took, and whether it took effect.
async fn write(happens: Happens) -> (Result<u16, &'static str>, Duration, bool) {
    let world = World::new();
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), happens));
    let (answer, took) = sent(&world, article()).await;
    let answer = answer.map(|(status, _)| status).map_err(|broken| match broken {
        Broken::Connect(_) => "connect",
        Broken::Lost(_) => "lost",
        Broken::TooLarge { .. } | Broken::Guarded(_) | Broken::Stopped => "other",
    });
    (answer, took, world.writes() == 1)
}

#[tokio::test(start_paused = true)]
async fn each_happening_has_its_answer_its_time_and_its_effect() {
    let trouble = Happens::Trouble;
    for (happens, answer, took, effect) in [
        (Happens::Latency(3 * SECOND), Ok(200), LATENCY + 3 * SECOND, true),
        (Happens::Latency(2 * WHOLE), Err("lost"), WHOLE, false),
        (Happens::Hangs, Err("lost"), WHOLE, false),
        (Happens::Drips(50 * SECOND), Ok(200), LATENCY + 50 * SECOND, true),
        (Happens::Drips(5 * WHOLE), Err("lost"), WHOLE, true),
        (Happens::Refused, Err("connect"), Duration::ZERO, false),
        (Happens::Unreachable, Err("connect"), CONNECT, false),
        (Happens::Status(502), Ok(502), LATENCY, false),
        (trouble(Trouble::ServerError(500)), Ok(500), LATENCY, false),
        (trouble(Trouble::ServerError(503)), Ok(503), LATENCY, false),
        (trouble(Trouble::TooManyRequests { retry_after: Some(7) }), Ok(429), LATENCY, false),
        (trouble(Trouble::LostAnswer), Err("lost"), LATENCY, true),
        (trouble(Trouble::Silence), Err("lost"), WHOLE, true),
        (trouble(Trouble::MalformedBody), Ok(200), LATENCY, true),
    ] {
        assert_eq!(write(happens).await, (answer, took, effect), "{happens:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_meets_what_it_says_for_as_long_as_it_says() {
    let world = World::new();
    let refused = async |url: &str| sent(&world, get(url)).await.0.is_err();
    let now = world.now();
    let only = |call: &acceptance::world::Call<'_>| call.what.ends_with("/goodsOwners");
    let rule = Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused).and(only);
    let rule = world.rules.add(rule.from(now + 10 * SECOND).until(now + 20 * SECOND).after(1).times(2));
    assert!(!refused(OWNERS).await, "not yet");
    world.wait(10 * SECOND).await;
    assert!(!refused(OWNERS).await, "the first one is let through");
    assert!(!refused(&format!("{ARTICLES}?goodsOwnerId=159")).await, "another call");
    assert!(refused(OWNERS).await && refused(OWNERS).await);
    assert!(!refused(OWNERS).await, "two were enough");
    assert_eq!(rule.met(), 2);
    let until = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused).until(now + 20 * SECOND));
    assert!(refused(OWNERS).await);
    world.wait(10 * SECOND).await;
    assert!(!refused(OWNERS).await, "it is over");
    world.rules.remove(&until);
    let for_ever = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused));
    for _ in 0..50 {
        assert!(refused(OWNERS).await);
    }
    world.rules.remove(&for_ever);
    assert!(!refused(OWNERS).await);
    // Latencies add up, and the last other rule counts.
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Status(500)));
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Status(503)));
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(SECOND)));
    world.rules.add(Rule::when(|call| call.says("goodsOwners"), Happens::Latency(SECOND)));
    let (answer, took) = sent(&world, get(OWNERS)).await;
    assert_eq!((answer.unwrap().0, took), (503, LATENCY + 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_rule_can_be_about_one_goods_owner() {
    let world = World::new();
    world.rules.add(Rule::when(|call| call.about(159), Happens::Refused));
    world.rules.add(Rule::when(|call| call.about(15), Happens::Status(500)));
    assert!(sent(&world, article()).await.0.is_err(), "in a body");
    assert!(
        sent(&world, get(&format!("{ARTICLES}?goodsOwnerId=159&maxArticlesToGet=1"))).await.0.is_err(),
        "in a query"
    );
    assert_eq!(sent(&world, get(&format!("{ARTICLES}?goodsOwnerId=1590"))).await.0.unwrap().0, 403);
    assert_eq!(sent(&world, get(OWNERS)).await.0.unwrap().0, 200);
}

fn item() -> Item {
    Item { pk: "tenant#t".into(), sk: "cursor#orders".into(), rev: 1, body: json!({}), expires: None }
}

#[tokio::test(start_paused = true)]
async fn calls_to_aws_meet_rules_too() {
    let world = World::new();
    let (state, queue) = (world.ports().state, world.ports().queue);
    let stored = || !world.memory.items("tenant#t", "cursor#").is_empty();
    for (happens, effect) in [
        (Happens::Refused, false),
        (Happens::Trouble(Trouble::ServerError(500)), false),
        (Happens::Trouble(Trouble::LostAnswer), true),
    ] {
        let rule = world.rules.add(Rule::to(Peer::State, happens).times(1));
        let put = state.put(item()).await;
        assert!(matches!(put, Err(Fault::Unavailable { .. })), "{happens:?}: {put:?}");
        assert_eq!((stored(), rule.met()), (effect, 1), "{happens:?}");
    }
    assert_eq!(state.put(item()).await, Ok(Put::Conflict), "what was lost is there");

    let began = tokio::time::Instant::now();
    world.rules.add(Rule::to(Peer::State, Happens::Latency(SECOND)).times(1));
    state.get("tenant#t", "cursor#orders").await.unwrap();
    assert_eq!(began.elapsed(), SECOND);
    world.rules.clear();
    for peer in [Peer::State, Peer::Tenants, Peer::Secrets, Peer::Queues] {
        world.rules.add(Rule::to(peer, Happens::Hangs));
    }
    assert!(state.get("tenant#t", "cursor#orders").now_or_never().is_none());
    assert!(world.ports().tenants.get("t").now_or_never().is_none());
    assert!(world.ports().secrets.get("ongoing/acme", true).now_or_never().is_none());
    assert!(queue.jobs(&[bridge::words::envelope::Job::tick("t")], Duration::ZERO).now_or_never().is_none());
    world.rules.clear();
    world.rules.add(Rule::to(Peer::Secrets, Happens::Trouble(Trouble::Refused)));
    let read = world.ports().secrets.get("ongoing/acme", true).await;
    assert!(matches!(read, Err(Fault::Unauthorized(_))));
}

#[test]
fn an_exchange_takes_no_longer_than_in_the_real_transport() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/aws/src/transport.rs");
    let text = std::fs::read_to_string(path).unwrap();
    for (name, time) in [("CONNECT", CONNECT), ("WHOLE", WHOLE)] {
        let line = format!("const {name}: Duration = Duration::from_secs({});", time.as_secs());
        assert!(text.contains(&line), "{name} is another one there");
    }
    assert!(text.contains(".connect_timeout(CONNECT)") && text.contains(".timeout(WHOLE)"));
}
