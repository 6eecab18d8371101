//! Records are mapped again, and what differs is sent once more.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, ProcountorShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Rule, Site, World};
use bridge::roads::plan::{self, Plan, Which, members, numbered, with_reason};
use bridge::systems::ongoing::Ongoing;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::procountor::Kind as Record;

use crate::{change_item, open, run, tenant};

const FEEDS: [Feed; 2] = [Feed::Articles, Feed::Orders];

/// Plans a replay, applies it and imports what it sent; the plan.
async fn replay(world: &World, which: &Which, feeds: &[Feed]) -> Plan {
    let (ports, run, tenant) = (world.ports(), run(world), tenant(world, "acme").await);
    let read_only = plan::read_only(&ports, "acme");
    let reading = plan::read_again(&read_only, &run, &tenant, which, feeds, &|_| ()).await.unwrap();
    let plan = plan::assess(&read_only, &run, &tenant, &reading, &|_| ()).await.unwrap();
    assert!(plan.whole(), "{plan:?}");
    plan::apply(&ports, &run, &tenant, reading, &plan, async || Ok(()), &|_| ()).await.unwrap();
    world.import_all().await;
    plan
}

fn article_name(world: &World) -> String {
    let ongoing = world.vendors.ongoing.borrow();
    let body = ongoing.model.article_body(GOODS_OWNER, &article_number(0)).unwrap();
    body["articleName"].as_str().unwrap().to_owned()
}

/// Somebody edits article 0 in Ongoing, which nothing tells the ERP.
async fn edited_in_ongoing(world: &World) {
    let (ports, tenant) = (world.ports(), tenant(world, "acme").await);
    let ongoing = Ongoing::new(&ports, &tenant, run(world).deadline);
    let number = article_number(0);
    let body = json!({ "goodsOwnerId": GOODS_OWNER, "articleNumber": number, "articleName": "By hand" });
    ongoing.put_article(None, &number, &body).await.unwrap();
    assert_eq!(article_name(world), "By hand");
}

#[tokio::test(start_paused = true)]
async fn a_record_is_sent_again_where_ongoing_shows_something_else() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        let cursors = || world.memory.items("tenant#acme", "cursor#");
        edited_in_ongoing(&world).await;
        let (before, writes) = (cursors(), world.writes());
        let keys = numbered(&world.ports(), "acme", &FEEDS, &article_number(0).to_lowercase()).await.unwrap();
        let plan = replay(&world, &Which::Keys(keys.clone()), &FEEDS).await;
        assert_eq!(members(&plan), (1, 1, vec![("/articleName".to_owned(), 1)]), "{}", shop.kind());
        assert_eq!((article_name(&world).as_str(), world.writes() - writes), ("Article", 1), "{}", shop.kind());
        assert_eq!(cursors(), before, "{}", shop.kind());
        // What is the same is sent to nobody, now and by the ticks.
        let plan = replay(&world, &Which::Keys(keys), &FEEDS).await;
        assert_eq!(members(&plan), (0, 1, vec![]), "{}", shop.kind());
        world.tick(shop.kind()).await;
        assert_eq!(world.writes() - writes, 1, "{}", shop.kind());
        let entry = world.find("acme", Feed::Articles, &article_number(0)).unwrap();
        assert!(matches!(entry.outcome, Some(Outcome::Created | Outcome::Updated)), "{}: {entry:?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_nobody_has_is_found_nowhere() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        // A supplier is read with its articles: no ERP reads one by its key.
        change_item(&world, "acme", |item| {
            let suppliers = shop.kind().feeds().contains(&Feed::Suppliers);
            item["processes"]["suppliers"] = json!(suppliers);
        })
        .await;
        let (ports, run, tenant) = (world.ports(), run(&world), tenant(&world, "acme").await);
        let feeds = tenant.feeds();
        let known = numbered(&ports, "acme", &feeds, &article_number(0)).await.unwrap();
        let mut none = Vec::new();
        for (keys, is_there) in [
            (numbered(&ports, "acme", &feeds, "999999").await.unwrap(), false),
            (numbered(&ports, "acme", &feeds, "SO-999999").await.unwrap(), false),
            (known, true),
        ] {
            let read_only = plan::read_only(&ports, "acme");
            let reading =
                plan::read_again(&read_only, &run, &tenant, &Which::Keys(keys), &feeds, &|_| ()).await.unwrap();
            let plan = plan::assess(&read_only, &run, &tenant, &reading, &|_| ()).await.unwrap();
            assert!(plan.whole(), "{}: {plan:?}", shop.kind());
            if reading.is_without_records() == is_there {
                none.push(format!("{plan:?}"));
            }
        }
        assert!(none.is_empty(), "{}: {none:#?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_a_moment_is_held_against_ongoing() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        edited_in_ongoing(&world).await;
        let since = "2026-03-01T00:00:00Z".parse().unwrap();
        let plan = replay(&world, &Which::Since(since), &[Feed::Articles]).await;
        assert_eq!(members(&plan).0, 1, "{}", shop.kind());
        assert_eq!(article_name(&world), "Article", "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_setting_sends_what_it_touches_and_names_the_members() {
    let world = open(&PowerOfficeShop, json!({})).await;
    for n in 1..4 {
        PowerOfficeShop.put_article(&world, n, &format!("Article {n}"));
    }
    world.tick(Kind::PowerOffice).await;
    // Out of reach of what a tick reads twice.
    world.wait(Duration::from_secs(2 * 24 * 3600)).await;
    world.tick(Kind::PowerOffice).await;
    // As it is, nothing differs, whatever Ongoing shows.
    edited_in_ongoing(&world).await;
    assert_eq!(members(&replay(&world, &Which::Changed(None), &FEEDS).await).0, 0);
    change_item(&world, "acme", |item| {
        item["settings"]["extra_fields"] =
            json!([{ "feed": "articles", "from": "/Name", "to": "/freeValues/freeText1" }]);
    })
    .await;
    let writes = world.writes();
    let (sent, of, named) = members(&replay(&world, &Which::Changed(None), &FEEDS).await);
    assert_eq!((sent, of, world.writes() - writes), (4, 4, 4));
    assert!(
        named.iter().any(|(member, count)| member.starts_with("/freeValues/freeText1") && *count == 4),
        "{named:?}"
    );
    assert_eq!(members(&replay(&world, &Which::Changed(None), &FEEDS).await).0, 0, "it is done");
}

#[tokio::test(start_paused = true)]
async fn what_was_left_out_as_sent_already_comes_by_its_reason_or_its_number() {
    for by_number in [false, true] {
        let world = open(&ProcountorShop, json!({})).await;
        let number = ProcountorShop.put_order(&world, 1, &[0]);
        let old = json!({ "status": "SENT", "date": "2026-01-15" });
        ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &old);
        world.tick(Kind::Procountor).await;
        world.tick(Kind::Procountor).await;
        let entry = world.find("acme", Feed::Orders, &number).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Filtered), "{entry:?}");
        assert!(entry.reason.unwrap().contains("sent already"));
        let (ports, feeds) = (world.ports(), [Feed::Orders]);
        let keys = match by_number {
            true => numbered(&ports, "acme", &feeds, &number).await.unwrap(),
            false => with_reason(&ports, "acme", &feeds, "Sent Already").await.unwrap(),
        };
        replay(&world, &Which::Keys(keys), &feeds).await;
        let entry = world.find("acme", Feed::Orders, &number).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Created), "{entry:?}");
        // It stays in.
        world.tick(Kind::Procountor).await;
        assert_eq!(world.find("acme", Feed::Orders, &number).unwrap().outcome, Some(Outcome::Created));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_goes_by_a_part_of_its_reason() {
    for shop in shops::all() {
        let world = open(shop.as_ref(), json!({})).await;
        let refused = world.rules.add(Rule::when(
            |call| call.peer == Peer::Vendor(Site::Ongoing) && call.what.starts_with("PUT") && call.says("A-00001"),
            Happens::Status(400),
        ));
        shop.put_article(&world, 1, "Refused");
        world.tick(shop.kind()).await;
        world.rules.remove(&refused);
        let entry = world.find("acme", Feed::Articles, &article_number(1)).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Parked), "{}", shop.kind());
        let reason = entry.reason.unwrap();
        let keys = with_reason(&world.ports(), "acme", &FEEDS, &reason[..8]).await.unwrap();
        assert_eq!(keys.len(), 1, "{}", shop.kind());
        replay(&world, &Which::Keys(keys), &FEEDS).await;
        let entry = world.find("acme", Feed::Articles, &article_number(1)).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Created), "{}: {entry:?}", shop.kind());
        assert!(world.memory.items("tenant#acme", "due#").is_empty(), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_replay_that_was_ended_after_the_ledger_forgot_is_done_by_the_next_one() {
    let world = open(&PowerOfficeShop, json!({})).await;
    edited_in_ongoing(&world).await;
    let which = Which::Keys(numbered(&world.ports(), "acme", &FEEDS, &article_number(0)).await.unwrap());
    let refused = world
        .rules
        .add(Rule::when(|call| call.peer == Peer::Queues && call.what == "queue import", Happens::Status(503)));
    let (ports, run, tenant) = (world.ports(), run(&world), tenant(&world, "acme").await);
    let read_only = plan::read_only(&ports, "acme");
    let reading = plan::read_again(&read_only, &run, &tenant, &which, &FEEDS, &|_| ()).await.unwrap();
    let made = plan::assess(&read_only, &run, &tenant, &reading, &|_| ()).await.unwrap();
    let ended = plan::apply(&ports, &run, &tenant, reading, &made, async || Ok(()), &|_| ()).await;
    assert!(matches!(ended, Err(plan::Refused::BrokeOff(_))), "{ended:?}");
    world.rules.remove(&refused);
    // The ticks go on as before.
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    world.import_all().await;
    replay(&world, &which, &FEEDS).await;
    assert_eq!(article_name(&world), "Article");
}
