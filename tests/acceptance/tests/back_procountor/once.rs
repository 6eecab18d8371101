//! One mail per order, despite crashes, lost answers and concurrent processes.

use std::time::Duration;

use acceptance::world::{Call, Happens, Message, Peer, Pump, Rule, Site, World};
use bridge::doors::webhook::Reply;
use bridge::ports::{Ports, Run};
use bridge::roads::write_back;
use bridge::words::received_message::ReceivedMessage;
use serde_json::{Value, json};
use simulators::Trouble;

use crate::slow_ports::slow;
use crate::{mails, open, post, set_status, ship, status, ticks, told};

/// An order that was shipped in a world of its own, and its last webhook.
async fn shipped(before: &str) -> (World, Value) {
    let world = open(1, json!({})).await;
    set_status(&world, 1, before);
    let payloads = ship(&world, 1);
    let order = payloads.into_iter().rfind(|payload| payload["webhookOrdersId"].is_i64());
    (world, order.unwrap_or_default())
}

fn assert_one_mail(world: &World, when: &str) {
    assert_eq!((status(world, 1).as_str(), mails(world, 1)), ("SENT", 1), "{when}: {:?}", told(world, 1));
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_every_step() {
    let (world, payload) = shipped("UNFINISHED").await;
    world.steps.plan(None);
    post(&world, std::slice::from_ref(&payload)).await;
    let steps = world.steps.names();
    assert!(steps.iter().any(|name| name.contains("/send")), "{steps:?}");
    assert!(steps.iter().any(|name| name.contains("intent#send")), "{steps:?}");
    for (step, name) in steps.iter().enumerate() {
        let (world, payload) = shipped("UNFINISHED").await;
        world.steps.plan(Some(step));
        post(&world, std::slice::from_ref(&payload)).await;
        world.steps.plan(None);
        ticks(&world, 3).await;
        assert_one_mail(&world, &format!("crash at step {step}, {name}"));
        assert!(["updated", "unchanged"].contains(&told(&world, 1).0.as_str()), "{:?}", told(&world, 1));
    }
}

/// Nothing was sent yet: nothing can be under way that is waited for.
#[tokio::test(start_paused = true)]
async fn what_fails_before_the_sending_costs_no_quarter_of_an_hour() {
    for what in ["/transactions", "/send"] {
        let (world, payload) = shipped("NOT_SENT").await;
        let meant = move |call: &Call<'_>| call.what.contains(what);
        // Of the sending itself the vendor says that it was too much: it did nothing.
        let happens = if what == "/send" {
            Happens::Trouble(Trouble::TooManyRequests { retry_after: None })
        } else {
            Happens::Status(503)
        };
        world.rules.add(Rule::to(Peer::Vendor(Site::Procountor), happens).and(meant).times(1));
        let began = world.now();
        assert_eq!(world.post(&payload).await, Reply::Accepted);
        let mut pump = Pump::new(&world);
        while mails(&world, 1) == 0 {
            pump.run(Duration::from_secs(5)).await;
            assert!(world.now().duration_since(began).as_secs() < 120, "{what}: {:?}", told(&world, 1));
        }
        ticks(&world, 3).await;
        assert_one_mail(&world, what);
    }
}

#[tokio::test(start_paused = true)]
async fn every_trouble_at_every_call() {
    let (world, payload) = shipped("UNFINISHED").await;
    let before = [Site::Procountor, Site::Ongoing].map(|site| world.site(site).calls());
    post(&world, std::slice::from_ref(&payload)).await;
    let calls = [Site::Procountor, Site::Ongoing].map(|site| world.site(site).calls());
    for (at, site) in [Site::Procountor, Site::Ongoing].into_iter().enumerate() {
        let calls = calls[at] - before[at];
        assert!(calls >= 1);
        // Some more: what is read again because of the trouble.
        for call in 0..calls + 2 {
            for trouble in Trouble::ALL {
                let (world, payload) = shipped("UNFINISHED").await;
                world.site(site).plan(world.site(site).calls() + call, trouble);
                post(&world, std::slice::from_ref(&payload)).await;
                ticks(&world, 3).await;
                let when = format!("{trouble:?} at {site:?} call {call}");
                assert_one_mail(&world, &when);
                assert!(
                    ["updated", "unchanged"].contains(&told(&world, 1).0.as_str()),
                    "{when}: {:?}",
                    told(&world, 1)
                );
            }
        }
    }
}

/// How two processes meet, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Meeting {
    /// The second begins this much later.
    later: u64,
    /// The store's calls take this much longer.
    store: u64,
    /// The first one's network takes this much longer.
    network: u64,
}

/// Many ways to meet.
fn meetings(latest: u64, step: usize) -> impl Iterator<Item = Meeting> {
    let manners = [(0, 0), (30, 0), (30, 100)];
    (0..latest).step_by(step).flat_map(move |later| manners.map(|(store, network)| Meeting { later, store, network }))
}

/// Two processes with the same message each. Returns how many gave theirs back.
async fn together(world: &World, meeting: Meeting) -> usize {
    let deliveries = || {
        let messages = world.memory.write_back_queue().into_iter();
        let delivery = |it: Message| ReceivedMessage {
            receipt: it.id.clone(),
            id: it.id,
            group: it.group,
            received: 1,
            body: it.body,
        };
        messages.map(delivery).collect::<Vec<_>>()
    };
    let one = slow(world.ports(), meeting.store, meeting.network);
    world.new_process();
    let other = slow(world.ports(), meeting.store, 0);
    let run = |id: &str| Run { id: id.to_owned(), deadline: world.now() + Duration::from_secs(120) };
    let work = async |ports: &Ports, run: Run, pause: Duration| {
        world.wait(pause).await;
        write_back::batch(ports, &run, deliveries()).await.len()
    };
    let (first, second) = tokio::join!(
        work(&one, run("webhook"), Duration::ZERO),
        work(&other, run("reconcile"), Duration::from_millis(meeting.later))
    );
    first + second
}

#[tokio::test(start_paused = true)]
async fn a_webhook_and_a_reconcile_in_two_processes_at_once() {
    let (mut met, mut seen) = (0, 0);
    for before in ["UNFINISHED", "NOT_SENT"] {
        for meeting in meetings(600, 20) {
            let (world, payload) = shipped(before).await;
            world.post(&payload).await;
            met += together(&world, meeting).await;
            assert_eq!(mails(&world, 1), 1, "{before}, {meeting:?}");
            seen += usize::from(world.logs.text().contains("SENT by an earlier attempt"));
            world.write_back_all().await;
            ticks(&world, 2).await;
            assert_one_mail(&world, &format!("{before}, {meeting:?}"));
        }
    }
    assert!(met > 0, "never did one find the other's intent before the mail was out");
    assert!(seen > 0, "never did one find the other's intent after the mail was out");
}

#[tokio::test(start_paused = true)]
async fn two_processes_at_once_under_troubles() {
    for meeting in meetings(250, 100) {
        for call in 0..11 {
            for trouble in [Trouble::LostAnswer, Trouble::ServerError(503), Trouble::MalformedBody, Trouble::Refused] {
                let (world, payload) = shipped("UNFINISHED").await;
                world.post(&payload).await;
                let erp = world.site(Site::Procountor);
                erp.plan(erp.calls() + call, trouble);
                together(&world, meeting).await;
                world.write_back_all().await;
                ticks(&world, 3).await;
                assert_one_mail(&world, &format!("{meeting:?}, {trouble:?} at call {call}"));
            }
        }
    }
}

/// The step after which the intent stands and nothing has been sent.
async fn after_intent() -> usize {
    let (world, payload) = shipped("NOT_SENT").await;
    world.steps.plan(None);
    post(&world, &[payload]).await;
    let names = world.steps.names();
    names.iter().position(|name| name.starts_with("after put") && name.contains("intent#send")).unwrap_or(usize::MAX)
}

/// What waits for its time-out comes at once.
fn show(world: &World) {
    for message in world.memory.write_back_queue() {
        assert!(world.memory.change_visibility(&message.id, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn an_intent_without_a_sending_is_waited_for_and_then_begun_anew() {
    let step = after_intent().await;
    let (world, payload) = shipped("NOT_SENT").await;
    world.steps.plan(Some(step));
    world.post(&payload).await;
    assert!(!world.write_back().await);
    for minutes in [1, 5, 8] {
        world.wait(Duration::from_secs(minutes * 60)).await;
        show(&world);
        assert!(!world.write_back().await, "the queue keeps the message");
        assert_eq!(mails(&world, 1), 0);
    }
    // By now the queue shows it by itself: it was given back for as long as the earlier call may still arrive.
    world.wait(Duration::from_secs(90)).await;
    assert!(world.write_back().await);
    assert_one_mail(&world, "a quarter of an hour later");
}

#[tokio::test(start_paused = true)]
async fn two_processes_find_an_intent_without_a_sending() {
    let step = after_intent().await;
    for meeting in meetings(450, 15) {
        let (world, payload) = shipped("NOT_SENT").await;
        world.steps.plan(Some(step));
        world.post(&payload).await;
        assert!(!world.write_back().await);
        world.wait(Duration::from_secs(16 * 60)).await;
        together(&world, meeting).await;
        assert_eq!(mails(&world, 1), 1, "{meeting:?}");
        world.write_back_all().await;
        assert_one_mail(&world, &format!("{meeting:?}"));
    }
}
