//! The protocol's invariants, one by one.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Rule, Site, World};
use bridge::roads::pull::End;
use bridge::words::envelope::{Envelope, Job};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;

const SHOP: PowerOfficeShop = PowerOfficeShop;

async fn open() -> World {
    let world = World::new();
    SHOP.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    world
}

fn articles(world: &World) -> usize {
    world.wms()["articles"].as_array().map_or(0, Vec::len)
}

#[tokio::test(start_paused = true)]
async fn rows_that_move_while_the_pages_are_read_are_not_lost() {
    let world = open().await;
    (0..2500).for_each(|n| SHOP.put_article(&world, n, "Before"));
    // Longer ago than any overlap covers.
    world.wait(Duration::from_secs(3600)).await;
    let disturb = async {
        // After each page somebody edits a product of a page that was read: it moves to the end of the list, and the
        // first row of the next page moves up behind our back.
        let mut pages = 0;
        for _ in 0..400 {
            world.wait(Duration::from_millis(10)).await;
            let log = world.site(Site::PowerOffice).log();
            let read = log.iter().filter(|(_, target)| target.starts_with("/v2/Products?")).count();
            if read > pages {
                pages = read;
                SHOP.put_article(&world, pages, "Edited");
            }
        }
    };
    tokio::join!(world.tick(Kind::PowerOffice), disturb);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(articles(&world), 2500);
    let ongoing = world.vendors.ongoing.borrow();
    let edited = |n| ongoing.model.article_body(GOODS_OWNER, &article_number(n)).unwrap()["articleName"].clone();
    assert_eq!(edited(1), "Edited");
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_committed_late_are_not_lost() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    let late = jiff::SignedDuration::from_secs(90);
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").commit_delay = late;
    let hidden = SHOP.put_order(&world, 1, &[0]);
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").commit_delay = jiff::SignedDuration::ZERO;
    world.wait(Duration::from_secs(30)).await;
    let shown = SHOP.put_order(&world, 2, &[0]);
    world.tick(Kind::PowerOffice).await;
    assert!(world.find("acme", Feed::Orders, &shown).is_some());
    assert!(world.find("acme", Feed::Orders, &hidden).is_none(), "it was to be committed late");
    world.tick(Kind::PowerOffice).await;
    assert_eq!(world.find("acme", Feed::Orders, &hidden).unwrap().outcome, Some(Outcome::Created));
}

#[tokio::test(start_paused = true)]
async fn what_there_was_no_time_or_no_room_for_is_gone_on_with_before_the_next_tick() {
    for (orders, latency, wanted) in [(1_200, 1_000, End::ToBeContinued), (3_000, 0, End::NoRoom)] {
        let world = open().await;
        SHOP.put_article(&world, 0, "Article");
        for n in 0..orders {
            SHOP.put_order(&world, n, &[0]);
        }
        let slow = Happens::Latency(Duration::from_millis(latency));
        world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), slow));
        let summaries = world.tick(Kind::PowerOffice).await;
        let ends: Vec<End> = summaries.iter().filter_map(|summary| Some(summary.feeds.last()?.end)).collect();
        assert!(ends.contains(&wanted) && ends.last() == Some(&End::Complete), "{ends:?}");
        assert_eq!(world.wms()["orders"].as_array().unwrap().len(), orders);
        assert_eq!(world.vendors.poweroffice.borrow().model.rate_exceeded, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_do_the_work_once() {
    let world = open().await;
    (0..20).for_each(|n| SHOP.put_article(&world, n, "Article"));
    let job = Job::tick("acme");
    let (first, second) = tokio::join!(world.pull(Kind::PowerOffice, &job), world.pull(Kind::PowerOffice, &job));
    let leased = format!("{first:?} {second:?}").matches("Leased").count();
    assert!(leased >= 1, "{first:?} {second:?}");
    world.import_all().await;
    assert_eq!((articles(&world), world.writes()), (20, 20));
}

#[tokio::test(start_paused = true)]
async fn the_newest_version_wins_whatever_arrives_last() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Old");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let old = world.memory.import_queue().remove(0);
    world.wait(Duration::from_secs(60)).await;
    SHOP.put_article(&world, 0, "New");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    world.import_all().await;
    // The old one comes back, as from the dead-letter queue.
    world.memory.put_message(&old.group, &old.body);
    world.import_all().await;
    let ongoing = world.vendors.ongoing.borrow();
    assert_eq!(ongoing.model.article_body(GOODS_OWNER, &article_number(0)).unwrap()["articleName"], "New");
    assert_eq!(world.logs.count("superseded"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_redelivered_message_changes_nothing() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let message = world.memory.import_queue().remove(0);
    world.import_all().await;
    world.memory.put_message(&message.group, &message.body);
    world.import_all().await;
    assert_eq!((world.writes(), world.logs.count("unchanged")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_no_record_is_kept_and_holds_nobody_up() {
    let world = open().await;
    world.memory.put_message("api.ongoingsystems.se.acme.api.v1.159", "not JSON at all");
    world
        .memory
        .put_message("api.ongoingsystems.se.acme.api.v1.159", &json!({"v": 99, "from": "the future"}).to_string());
    SHOP.put_article(&world, 0, "Article");
    world.tick(Kind::PowerOffice).await;
    assert_eq!(articles(&world), 1);
    assert_eq!(world.memory.items("unreadable", "").len(), 2);
    assert!(world.memory.import_queue().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_envelope_of_a_neighbouring_release_is_read() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let mut message = world.memory.import_queue().remove(0);
    // What a later release might add, and an earlier one not have yet.
    let mut body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
    body["added_later"] = json!({"any": "thing"});
    body["record"]["added_later"] = json!(1);
    body.as_object_mut().unwrap().remove("attempt");
    message.body = body.to_string();
    assert!(serde_json::from_str::<Envelope>(&message.body).is_ok());
    world.memory.put_message(&message.group, &message.body);
    world.import_all().await;
    assert_eq!(articles(&world), 1);
}

#[tokio::test(start_paused = true)]
async fn two_invoices_of_one_order_number_do_not_overwrite_each_other() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    let number = SHOP.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put_invoice(
        world.now(),
        json!({"Id": "11111111-0000-4000-8000-000000000009", "OrderNo": 20001, "VoucherType": "OutgoingInvoice", "Balance": 0,
            "CustomerId": 500, "CustomerNo": 10000, "IsReversed": false, "CurrencyCode": "NOK"}),
        &[json!({"Id": 900, "LineType": "Normal", "SortOrder": 0, "ProductCode": article_number(0), "Quantity": 1})],
    );
    world.tick(Kind::PowerOffice).await;
    let body = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &number).cloned().unwrap();
    assert_eq!(body["goodsOwnerOrderId"], "00000000-0000-4000-8000-000000000001");
    let parked: Vec<_> = world.logs.records().into_iter().filter(|line| line["outcome"] == "parked").collect();
    assert_eq!(parked.len(), 1);
    assert!(parked[0]["reason"].as_str().unwrap().contains("is taken in Ongoing"));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_ongoing_chokes_on_is_parked_after_a_while_and_the_group_goes_on() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Chokes");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    SHOP.put_article(&world, 1, "Fine");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let site = world.site(Site::Ongoing);
    // Four tries at each of five receives.
    let first = site.calls();
    (first..first + 20).for_each(|call| site.plan(call, Trouble::ServerError(500)));
    world.import_all().await;
    assert_eq!(world.logs.count("parked"), 1);
    let ongoing = world.vendors.ongoing.borrow();
    assert!(ongoing.model.article_body(GOODS_OWNER, &article_number(0)).is_none());
    assert!(ongoing.model.article_body(GOODS_OWNER, &article_number(1)).is_some());
}

#[tokio::test(start_paused = true)]
async fn an_article_number_that_changes_renames_the_article() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    world.tick(Kind::PowerOffice).await;
    let product = json!({"Id": 7000, "Code": "NEW-CODE", "Name": "Article", "ProductType": "Product"});
    let table = simulators::poweroffice::Kind::Product;
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put(world.now(), table, product);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(articles(&world), 1);
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "NEW-CODE").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_write_answered_without_an_id_is_read_back() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    let order = SHOP.put_order(&world, 1, &[0]);
    world.warehouse("null_id_next", &json!({"count": 2}));
    world.tick(Kind::PowerOffice).await;
    for (feed, number) in [(Feed::Articles, article_number(0)), (Feed::Orders, order)] {
        let entry = world.find("acme", feed, &number).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Created));
        assert!(entry.ongoing.is_some_and(|there| there.id > 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_gone_in_the_erp_is_emptied_where_ongoing_keeps_it() {
    for keeps in [false, true] {
        let world = open().await;
        world.warehouse("configure", &json!({"keeps_missing_rows": keeps}));
        (0..2).for_each(|n| SHOP.put_article(&world, n, "Article"));
        let order = SHOP.put_order(&world, 1, &[0, 1]);
        world.tick(Kind::PowerOffice).await;
        world.wait(Duration::from_secs(300)).await;
        assert_eq!(SHOP.put_order(&world, 1, &[0]), order);
        world.tick(Kind::PowerOffice).await;
        let body = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned().unwrap();
        let rows: Vec<_> = body["orderLines"].as_array().unwrap().iter().map(|row| &row["numberOfItems"]).collect();
        if keeps {
            assert_eq!(rows, [&json!(2), &json!(0)]);
        } else {
            assert_eq!(rows, [&json!(2)]);
        }
    }
}

/// What stands in the place of a cursor is its feed's fault alone, and a person is told which.
#[tokio::test(start_paused = true)]
async fn a_cursor_that_cannot_be_read_stops_no_other_feed() {
    use bridge::ports::{Item, State as _};
    let world = open().await;
    SHOP.put_article(&world, 0, "Before");
    world.tick(Kind::PowerOffice).await;
    let item = world.memory.items("tenant#acme", "cursor#articles").remove(0);
    let broken = Item { rev: item.rev + 1, body: json!({ "cursor": 5 }), ..item };
    world.memory.put(broken).await.unwrap();
    let order = SHOP.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    assert!(world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).is_some());
    let health = bridge::state::health::read(&world.ports(), "acme").await.unwrap();
    assert!(health.feeds["articles"].trouble.as_ref().unwrap().reason.contains("cursor"), "{health:?}");
    assert!(health.feeds["orders"].trouble.is_none(), "{health:?}");
}
