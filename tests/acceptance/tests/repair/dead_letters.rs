//! Dead letters: listed, shown, sent back in order, and removed where a newer version was settled.

use acceptance::shops::{PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Rule, World};
use bridge::ports::message_queues::Work;
use bridge::roads::repair::dead_letters::{self, DeadLetter, Fate, became, look, redrive, redriven_text, text};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::{give_up, ongoing_is_down, open};

const EVERY: fn(&DeadLetter) -> bool = |_| true;

fn silent(_: usize) {}

/// Two versions of an article, and an order that names it, given up by the import.
async fn given_up() -> World {
    let world = open(&PowerOfficeShop, json!({})).await;
    let down = ongoing_is_down(&world);
    PowerOfficeShop.put_article(&world, 0, "Second name");
    PowerOfficeShop.put_order(&world, 1, &[0]);
    world.pull(Kind::PowerOffice, &bridge::words::envelope::Job::tick("acme")).await;
    assert_eq!(give_up(&world, "import.fifo"), 2);
    world.rules.remove(&down);
    world
}

fn article_name(world: &World, n: usize) -> String {
    let ongoing = world.vendors.ongoing.borrow();
    let body = ongoing.model.article_body(GOODS_OWNER, &article_number(n)).unwrap();
    body["articleName"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn they_are_listed_a_line_each_and_stay_where_they_are() {
    let world = given_up().await;
    let before = world.memory.queue("import.fifo").dead_letters(world.now()).len();
    let found = look(&world.ports(), &*world.memory, &Work::all()).await.unwrap();
    assert_eq!((found.letters.len(), found.behind), (2, 0));
    assert!(found.letters.iter().all(|letter| letter.fate == Fate::GoesBack));
    let number = article_number(0);
    let width = number.len().max(6);
    assert_eq!(
        text(&found, world.now() + std::time::Duration::from_secs(4 * 24 * 3600), 80),
        format!(
            "  tenant what     {:<width$}     age  receives\n  \
             acme   articles {number:<width$}     4 d       501\n  \
             acme   orders   {:<width$}     4 d       501",
            "number", "20001"
        )
    );
    let shown = found.letters[1].body();
    assert_eq!((&shown["tenant_id"], &shown["feed"]), (&json!("acme"), &json!("orders")));
    // Nobody has to wait before they can be looked at again, and their order is the same.
    let again = look(&world.ports(), &*world.memory, &[Work::Import]).await.unwrap();
    let ids = |found: &dead_letters::DeadLetters| found.letters.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&again), before), (ids(&found), 2));
    assert!(world.memory.import_queue().is_empty());
}

/// A backfill is named by the moment since which it reads; of a long name as much is told as there is room for.
#[tokio::test(start_paused = true)]
async fn names_have_the_room_that_there_is() {
    let world = given_up().await;
    let mut found = look(&world.ports(), &*world.memory, &Work::all()).await.unwrap();
    let (tenant, moment) = ("a-webshop-with-quite-a-long-name-oy", "2026-01-01T00:00:00+02:00");
    for letter in &mut found.letters {
        letter.about.tenant_id = Some(tenant.to_owned());
        letter.about.number = Some(moment.to_owned());
    }
    for columns in [80, 140] {
        let told = text(&found, world.now(), columns);
        assert!(told.lines().all(|line| line.chars().count() <= columns), "wider than {columns}:\n{told}");
        assert!(told.contains(moment), "{told}");
        assert_eq!(told.contains(tenant), columns == 140, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn they_go_back_in_the_order_of_their_group_and_are_imported() {
    let world = given_up().await;
    let dead = world.memory.queue("import.fifo").dead_letters(world.now());
    let done = redrive(&world.ports(), &*world.memory, &Work::all(), &EVERY, &silent).await.unwrap();
    assert_eq!((done.sent.len(), done.superseded.len(), done.stay.len(), done.behind), (2, 0, 0, 0));
    let back = world.memory.import_queue();
    let bodies = |messages: &[acceptance::world::Message]| {
        messages.iter().map(|message| (message.group.clone(), message.body.clone())).collect::<Vec<_>>()
    };
    assert_eq!(bodies(&back), bodies(&dead));
    assert!(world.memory.queue("import.fifo").dead_letters(world.now()).is_empty());
    assert_eq!(became(&world.ports(), &done.sent[0]).await.unwrap(), None, "under way");
    world.import_all().await;
    assert_eq!(article_name(&world, 0), "Second name");
    let mut told = Vec::new();
    for letter in &done.sent {
        told.push((letter.name(), became(&world.ports(), letter).await.unwrap()));
    }
    assert_eq!(told[0].1, Some((Outcome::Updated, None)));
    assert_eq!(told[1].1, Some((Outcome::Created, None)));
    assert_eq!(
        redriven_text(&done, &told),
        format!(
            "2 dead letters went back to the queue\n  acme articles {}: updated\n  acme orders 20001: created",
            article_number(0)
        )
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_newer_version_has_superseded_is_removed_with_a_word() {
    let world = given_up().await;
    PowerOfficeShop.put_article(&world, 0, "Third name");
    world.tick(Kind::PowerOffice).await;
    assert_eq!(article_name(&world, 0), "Third name");
    let found = look(&world.ports(), &*world.memory, &[Work::Import]).await.unwrap();
    assert_eq!(found.letters[0].fate, Fate::Superseded("a newer version of it was updated".into()));
    assert!(text(&found, world.now(), 80).contains("would be removed: a newer version of it was updated"));
    let done = redrive(&world.ports(), &*world.memory, &[Work::Import], &EVERY, &silent).await.unwrap();
    assert_eq!((done.sent.len(), done.superseded.len()), (1, 1));
    let says = redriven_text(&done, &[]);
    assert!(says.contains(": removed, a newer version of it was updated"), "{says}");
    world.import_all().await;
    assert_eq!(article_name(&world, 0), "Third name");
    assert!(world.memory.queue("import.fifo").dead_letters(world.now()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_is_chosen_and_the_others_stay() {
    let world = given_up().await;
    let chosen = |letter: &DeadLetter| letter.is_named("20001");
    let done = redrive(&world.ports(), &*world.memory, &Work::all(), &chosen, &silent).await.unwrap();
    assert_eq!((done.sent.len(), done.behind), (1, 0));
    let left = look(&world.ports(), &*world.memory, &Work::all()).await.unwrap();
    assert_eq!(left.letters.len(), 1);
    assert_eq!(left.letters[0].about.feed, "articles");
}

#[tokio::test(start_paused = true)]
async fn a_long_group_goes_back_whole_and_in_order() {
    let world = open(&PowerOfficeShop, json!({})).await;
    let down = ongoing_is_down(&world);
    for n in 0..35 {
        PowerOfficeShop.put_article(&world, n, &format!("Name {n}"));
    }
    world.pull(Kind::PowerOffice, &bridge::words::envelope::Job::tick("acme")).await;
    assert_eq!(give_up(&world, "import.fifo"), 35);
    world.rules.remove(&down);
    // Only the first ten of a group can be looked at.
    let found = look(&world.ports(), &*world.memory, &[Work::Import]).await.unwrap();
    assert_eq!((found.letters.len(), found.behind), (10, 25));
    assert!(text(&found, world.now(), 80).contains("about 25 more are behind them"));
    let dead: Vec<String> =
        world.memory.queue("import.fifo").dead_letters(world.now()).into_iter().map(|message| message.body).collect();
    let done = redrive(&world.ports(), &*world.memory, &[Work::Import], &EVERY, &silent).await.unwrap();
    assert_eq!(done.sent.len(), 35);
    let back: Vec<String> = world.memory.import_queue().into_iter().map(|message| message.body).collect();
    assert_eq!(back, dead);
}

#[tokio::test(start_paused = true)]
async fn who_is_ended_between_sending_and_removing_sends_nothing_twice() {
    let world = given_up().await;
    let refused = world
        .rules
        .add(Rule::when(|call| call.peer == Peer::Queues && call.what == "delete by hand", Happens::Status(503)));
    let ended = redrive(&world.ports(), &*world.memory, &[Work::Import], &EVERY, &silent).await;
    assert!(ended.is_err());
    assert_eq!(world.memory.import_queue().len(), 1);
    assert_eq!(world.memory.queue("import.fifo").dead_letters(world.now()).len(), 2);
    world.rules.remove(&refused);
    let done = redrive(&world.ports(), &*world.memory, &[Work::Import], &EVERY, &silent).await.unwrap();
    assert_eq!(done.sent.len(), 2);
    assert_eq!(world.memory.import_queue().len(), 2, "the one that was sent before is the same message");
    world.import_all().await;
    assert_eq!(article_name(&world, 0), "Second name");
}

#[tokio::test(start_paused = true)]
async fn a_notice_is_named_by_its_order_and_goes_back() {
    let world = open(&VismaShop, json!({})).await;
    let order = VismaShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Visma).await;
    let entry = world.find("acme", Feed::Orders, &order).unwrap();
    let id = entry.ongoing.unwrap().id;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    world.warehouse("ship", &json!({ "orderNumber": order }));
    world.schedule(acceptance::world::deployment::RECONCILE).await;
    world.reconcile_job().await;
    assert!(give_up(&world, "writeback.fifo") > 0);
    let found = look(&world.ports(), &*world.memory, &[Work::WriteBack]).await.unwrap();
    let shipment = found.letters.iter().find(|letter| letter.about.feed == "shipments").unwrap();
    assert_eq!((shipment.about.tenant_id.as_deref(), shipment.about.key.clone()), (Some("acme"), id.to_string()));
    let done = redrive(&world.ports(), &*world.memory, &Work::all(), &EVERY, &silent).await.unwrap();
    assert_eq!(done.sent.len(), found.letters.len());
    world.write_back_all().await;
    assert!(world.memory.items("tenant#acme", "back#shipments#")[0].body["written"].is_string());
}

#[tokio::test(start_paused = true)]
async fn what_is_of_a_tenant_that_is_gone_stays_and_says_so() {
    let world = given_up().await;
    world.memory.remove_tenant("acme");
    let found = look(&world.ports(), &*world.memory, &Work::all()).await.unwrap();
    assert!(found.letters.iter().all(|letter| matches!(letter.fate, Fate::Stays(_))));
    let done = redrive(&world.ports(), &*world.memory, &Work::all(), &EVERY, &silent).await.unwrap();
    assert_eq!((done.sent.len(), done.stay.len()), (0, 2));
    let says = redriven_text(&done, &[]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(says.contains("bridgectl tenant remove acme --purge"), "{says}");
    assert_eq!(world.memory.queue("import.fifo").dead_letters(world.now()).len(), 2);
}
