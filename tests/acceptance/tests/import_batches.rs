//! What a batch of the import reads and writes together, and that nothing of it is lost or done twice.

use acceptance::shops::{self, PowerOfficeShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Rule, Site, World};
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

const SHOP: PowerOfficeShop = PowerOfficeShop;

/// A tenant whose articles are on the import queue.
async fn queued(articles: usize) -> World {
    let world = World::new();
    SHOP.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    (0..articles).for_each(|n| SHOP.put_article(&world, n, "Article"));
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    world
}

#[tokio::test(start_paused = true)]
async fn the_articles_of_a_batch_are_looked_up_in_one_read() {
    let world = queued(10).await;
    world.counters.reset();
    world.import_all().await;
    let asked = |what: &str| world.counters.calls_of(Peer::State, what);
    assert_eq!((asked("get tenant#acme ledger#"), asked("get_many tenant#acme")), (0, 1));
    assert_eq!((world.writes(), world.logs.count("created")), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn the_same_article_twice_in_a_batch_is_written_once() {
    let world = queued(3).await;
    let message = world.memory.import_queue().remove(1);
    world.memory.put_message(&message.group, &message.body);
    world.import_all().await;
    assert_eq!((world.writes(), world.logs.count("created"), world.logs.count("unchanged")), (3, 3, 1));
}

/// Both messages go by one entry: the first by what the table had of it, the second by what the first left.
#[tokio::test(start_paused = true)]
async fn a_record_that_is_known_and_comes_twice_in_a_batch_is_known() {
    let world = queued(3).await;
    let again = world.memory.import_queue();
    world.import_all().await;
    for message in again.iter().chain(&again) {
        world.memory.put_message(&message.group, &message.body);
    }
    world.import_all().await;
    assert_eq!((world.writes(), world.logs.count("unchanged")), (3, 6));
}

#[tokio::test(start_paused = true)]
async fn of_two_versions_of_an_article_in_a_batch_the_newer_one_stays() {
    for turned in [false, true] {
        let world = queued(2).await;
        world.wait(std::time::Duration::from_secs(60)).await;
        SHOP.put_article(&world, 0, "Renamed");
        world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
        if turned {
            // As from the dead-letter queue: the older one comes last.
            let old = world.memory.import_queue().remove(0);
            world.memory.put_message(&old.group, &old.body);
        }
        world.import_all().await;
        let ongoing = world.vendors.ongoing.borrow();
        assert_eq!(ongoing.model.article_body(GOODS_OWNER, &article_number(0)).unwrap()["articleName"], "Renamed");
        assert_eq!(world.logs.count("superseded"), usize::from(turned));
    }
}

/// Orders may name their articles by the ERP's own ids, which the ledger knows from the articles' notes.
#[tokio::test(start_paused = true)]
async fn an_order_behind_its_articles_in_a_batch_finds_them_noted() {
    for shop in shops::all() {
        let world = World::new();
        shop.onboard(&world, json!({}));
        world.tick(shop.kind()).await;
        (0..2).for_each(|n| shop.put_article(&world, n, "Article"));
        let number = shop.put_order(&world, 1, &[0, 1]);
        world.pull(shop.kind(), &Job::tick("acme")).await;
        world.import_all().await;
        let order = world.find("acme", Feed::Orders, &number).unwrap();
        assert_eq!(order.outcome, Some(Outcome::Created), "{}", shop.kind());
        let asked = world.site(Site::Ongoing).log();
        let by_id = asked.iter().filter(|(_, target)| target.to_lowercase().contains("productcode=")).count();
        assert_eq!(by_id, 0, "{}: {asked:?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn messages_come_again_whose_notes_the_table_did_not_take() {
    let world = queued(10).await;
    let refused = Rule::when(
        |call| call.peer == Peer::State && call.what.starts_with("put tenant#acme ledger#articles"),
        Happens::Refused,
    );
    world.rules.add(refused.after(4).times(3));
    world.import_all().await;
    for n in 0..10 {
        let entry = world.find("acme", Feed::Articles, &article_number(n)).unwrap();
        assert!(entry.settled.is_some() && entry.ongoing.is_some(), "{n}: {entry:?}");
    }
    assert_eq!(world.wms()["articles"].as_array().map(Vec::len), Some(10));
    let again: usize = world.counters.deliveries("import.fifo").iter().filter(|(n, _)| **n > 1).map(|(_, n)| n).sum();
    assert_eq!(again, 3, "those three alone");
}

/// Held open so long that their notes have no time left, they come again and are written once more; none is lost.
#[tokio::test(start_paused = true)]
async fn a_table_that_hangs_at_the_end_of_a_batch_loses_no_note() {
    let world = queued(10).await;
    let hangs = Rule::when(
        |call| call.peer == Peer::State && call.what.starts_with("put tenant#acme ledger#articles"),
        Happens::Hangs,
    );
    world.rules.add(hangs.times(10));
    world.import_all().await;
    for n in 0..10 {
        let entry = world.find("acme", Feed::Articles, &article_number(n)).unwrap();
        assert!(entry.settled.is_some(), "{n}: {entry:?}");
    }
    let invoked = world.counters.invoked("wms-import");
    assert!(!invoked.ended.contains_key("timed out"), "{invoked:?}");
}

/// The other one goes by its number: before the renaming it would be written over the article that has it still.
#[tokio::test(start_paused = true)]
async fn an_article_that_leaves_its_number_to_another_one_goes_before_it() {
    let world = queued(40).await;
    world.import_all().await;
    let put = |id: i64, code: &str, name: &str| {
        let product = json!({"Id": id, "Code": code, "Name": name, "ProductType": "Product"});
        let mut erp = world.vendors.poweroffice.borrow_mut();
        erp.model.client("client-key-acme").put(world.now(), simulators::poweroffice::Kind::Product, product);
    };
    put(7000, "MOVED", "Article");
    world.wait(std::time::Duration::from_secs(1)).await;
    // Enough between the two for several calls to the queue.
    (1..31).for_each(|n| SHOP.put_article(&world, n, "Renamed"));
    world.wait(std::time::Duration::from_secs(1)).await;
    put(7999, &article_number(0), "Newcomer");
    (31..40).for_each(|n| SHOP.put_article(&world, n, "Renamed"));
    world.tick(Kind::PowerOffice).await;
    let there = |number: &str| world.find("acme", Feed::Articles, number).unwrap().ongoing.unwrap().id;
    assert_ne!(there("MOVED"), there(&article_number(0)));
    assert_eq!(world.wms()["articles"].as_array().map(Vec::len), Some(41));
}
