//! An invocation that is ended at its deadline.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::deployment::IMPORT;
use acceptance::world::{Ended, Happens, Peer, Rule, Site, World};
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use bytes::Bytes;
use serde_json::json;

async fn shop() -> World {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    world
}

fn logins(world: &World) -> usize {
    let log = world.site(Site::PowerOffice).log();
    log.iter().filter(|(_, target)| target.to_ascii_lowercase().contains("token")).count()
}

#[tokio::test(start_paused = true)]
async fn it_ends_in_the_middle_of_whatever_it_waits_for() {
    for peer in [Peer::State, Peer::Tenants, Peer::Queues, Peer::Vendor(Site::PowerOffice)] {
        let world = shop().await;
        PowerOfficeShop.put_article(&world, 0, "Article");
        // A vendor's calls end by the transport's own time-out; one that drips is not ended by it.
        let happens = if peer == Peer::State { Happens::Drips(Duration::from_secs(3600)) } else { Happens::Hangs };
        world.rules.add(Rule::to(peer, happens));
        let began = world.now();
        let ended = world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
        let took = world.now().duration_since(began).as_secs();
        if let Peer::Vendor(_) = peer {
            assert!((60..=300).contains(&took), "{took}");
        } else {
            assert!(matches!(ended, Ended::TimedOut), "{peer:?}: {ended:?}");
            assert_eq!(took, 300, "{peer:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn its_process_takes_all_that_it_kept_with_it() {
    let world = shop().await;
    // A token that outlives the test.
    world.new_process();
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let before = logins(&world);
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    assert_eq!(logins(&world), before, "the process kept its token");
    let hangs = world.rules.add(Rule::to(Peer::State, Happens::Hangs));
    assert!(matches!(world.pull(Kind::PowerOffice, &Job::tick("acme")).await, Ended::TimedOut));
    world.rules.remove(&hangs);
    assert!(matches!(world.pull(Kind::PowerOffice, &Job::tick("acme")).await, Ended::Ran(Ok(_))));
    assert_eq!(logins(&world), before + 1);
}

#[tokio::test(start_paused = true)]
async fn its_messages_come_again_after_the_time_out_and_have_been_received_once_more() {
    let world = shop().await;
    for n in 0..12 {
        PowerOfficeShop.put_article(&world, n, "Article");
    }
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    // Whatever hangs, the import ends by itself: only a process that dies leaves its messages to the time-out.
    let began = world.now();
    world.steps.plan(Some(0));
    assert!(!world.import().await);
    let queue = world.memory.queue_of(IMPORT);
    let counts = || queue.all(world.now()).iter().map(|message| message.received).collect::<Vec<_>>();
    assert_eq!(counts(), [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    assert_eq!(queue.next(world.now()), Some(began + IMPORT.mapping.unwrap().queue.visibility));
    assert_eq!(world.writes(), 0);
    world.import_all().await;
    assert_eq!(world.writes(), 12);
    assert_eq!(world.counters.deliveries("import.fifo"), [(1, 12), (2, 10)].into());
    let invoked = world.counters.invoked("wms-import");
    assert_eq!(invoked.ended["crashed"], 1);
}

#[tokio::test(start_paused = true)]
async fn its_calls_are_under_way_no_longer() {
    let world = World::new();
    let owners =
        || http::Request::get("https://api.ongoingsystems.se/acme/api/v1/goodsOwners").body(Bytes::new()).unwrap();
    let drips = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Drips(Duration::from_secs(50))));
    let invocation = world.invocation(IMPORT, world.process());
    let calls = async { while invocation.ports.transport.send(owners()).await.is_ok() {} };
    assert!(matches!(world.live(&invocation, calls).await, Ended::TimedOut), "in the middle of the third call");
    world.rules.remove(&drips);
    world.ports().transport.send(owners()).await.unwrap();
    assert_eq!(world.most_in_flight(), 1);
}
