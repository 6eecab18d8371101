//! What `bridgectl status` says of records, tenants and the deployment, whole.

use acceptance::shops::{PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::{Happens, Peer, Rule, Site, World, tenant};
use bridge::roads::status::{self, DeadLetters};
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::pages::{page_is, page_of_all_is};
use crate::screen::{MINUTE, open, pump, refuse_article, screen, text};

#[tokio::test(start_paused = true)]
async fn an_order_is_parked_for_an_article_that_is_missing() {
    let world = open(&PowerOfficeShop).await;
    refuse_article(&world, &article_number(1));
    PowerOfficeShop.put_article(&world, 1, "Refused");
    PowerOfficeShop.put_order(&world, 1, &[1]);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:30 CET
1 tenant, none needs a person, 1 waits for something

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
! acme                   15 min   15 min        –       2     –
    2 are parked and tried again by themselves
    → bridgectl parked --tenant acme"#
    );
    page_is(&world, "an-order-is-parked-for-an-article-that-is-missing", None).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_mapped_is_left_for_a_person() {
    let world = open(&VismaShop).await;
    VismaShop.put_poisoned_order(&world, 1);
    pump(&world, Kind::Visma).run(8 * 24 * 60 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Tue 10 Mar 2026 08:15 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, Visma up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                   15 min   15 min        –       –     1
    1 was tried often enough and now needs a person
    → bridgectl parked --tenant acme"#
    );
    page_is(&world, "an-order-that-cannot-be-mapped-is-left-for-a-person", None).await;
}

#[tokio::test(start_paused = true)]
async fn a_tenant_is_paused() {
    let world = open(&PowerOfficeShop).await;
    let mut item = tenant("acme", Kind::PowerOffice, json!({}));
    item["enabled"] = json!(false);
    world.onboard(item);
    world.wait(3 * 60 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 11:15 CET
1 tenant, none needs a person, 1 paused

  schedule      on, every 15 minutes
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
– acme                      3 h      3 h        –       –     –
    it is paused
    → bridgectl tenant resume acme"#
    );
    page_is(&world, "a-tenant-is-paused", None).await;
}

#[tokio::test(start_paused = true)]
async fn an_item_is_not_valid() {
    let world = open(&PowerOfficeShop).await;
    let mut item = tenant("acme", Kind::PowerOffice, json!({}));
    item["ongoing"]["goods_owner_id"] = json!("159a");
    world.onboard(item);
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:15 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  dead letters  none
  alarms        none

  tenant                waiting  parked  left
✗ acme                        –       –     –
    its item is not valid, and it is left out: /ongoing/goods_owner_id: a whole
    number is expected, not the text "159a"
    → bridgectl tenant apply FILE"#
    );
    page_is(&world, "an-item-is-not-valid", None).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_pulls_any_more() {
    let world = open(&PowerOfficeShop).await;
    world.wait(5 * 60 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 13:15 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                      5 h      5 h        –       –     –
    no pull of articles and orders since 08:00 (5 h): no fault was noted
    → bridgectl pull acme"#
    );
    page_is(&world, "nobody-pulls-any-more", None).await;
}

#[tokio::test(start_paused = true)]
async fn the_schedule_is_off_and_messages_were_given_up() {
    let world = open(&PowerOfficeShop).await;
    world.wait(5 * 60 * MINUTE).await;
    let items = world.memory.tenant_items();
    let mut estate = status::read(&world.ports(), "ongoing-bridge", false, &items).await.unwrap();
    let dead = |queue: &str, messages| DeadLetters { queue: queue.into(), messages };
    estate.dead_letters = Some(vec![dead("import", 3), dead("write_back", 0), dead("pull-visma", 1)]);
    assert_eq!(
        text(&estate),
        r#"ongoing-bridge, Mon 2 Mar 2026 13:15 CET
1 tenant, none needs a person

✗ schedule      OFF: nothing is pulled by itself
                → sam deploy --parameter-overrides ScheduleState=ENABLED
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
✗ dead letters  3 of import, 1 of pull-visma
                → bridgectl dead-letters list
? alarms        not known

  tenant               articles   orders  waiting  parked  left
✓ acme                      5 h      5 h        –       –     –"#
    );
    assert!(estate.needs_a_person());
    page_is(&world, "the-schedule-is-off-and-messages-were-given-up", None).await;
}

#[tokio::test(start_paused = true)]
async fn all_calls_that_the_vendor_takes_are_used_up() {
    let world = open(&PowerOfficeShop).await;
    // Others stand in line for an hour.
    let next = world.now() + 60 * MINUTE;
    let (ports, pk) = (world.ports(), "budget#poweroffice".to_owned());
    let rev = world.memory.items(&pk, "slots")[0].rev + 1;
    let body = json!({ "next_free": next.to_string() });
    let item = bridge::ports::Item { pk, sk: "slots".into(), rev, body, expires: None };
    ports.state.put(item).await.unwrap();
    pump(&world, Kind::PowerOffice).run(20 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:35 CET
1 tenant, none needs a person, 1 waits for something

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
! rate limits   PowerOffice: used up for the next 40 min
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
! acme                   35 min   35 min        –       –     –
    all calls that PowerOffice takes are used up by all tenants since 08:15 (20
    min, 2 times); held up: articles, orders"#
    );
    page_is(&world, "all-calls-that-the-vendor-takes-are-used-up", None).await;
}

#[tokio::test(start_paused = true)]
async fn a_backfill_is_under_way() {
    let world = open(&PowerOfficeShop).await;
    (1..=30).for_each(|n| PowerOfficeShop.put_article(&world, n, "Article"));
    let since = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let out_of_order = world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Status(503)));
    world.pull(Kind::PowerOffice, &Job { since, ..Job::tick("acme") }).await;
    world.rules.remove(&out_of_order);
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:15 CET
1 tenant, none needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✓ acme                   15 min   15 min        –       –     –
    a backfill of articles waits: 0 records so far since 08:15 (now)
    → bridgectl pull acme --status
    a backfill of orders waits: 0 records so far since 08:15 (now)
    → bridgectl pull acme --status"#
    );
    page_is(&world, "a-backfill-is-under-way", None).await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tenants_fit_one_screen_with_three_reads_each() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    let health = world.memory.items("tenant#acme", "health")[0].clone();
    for n in 0..1_000 {
        let id = format!("shop-{n:04}");
        let mut item = tenant(&id, Kind::PowerOffice, json!({}));
        item["ongoing"]["goods_owner_id"] = json!(1_000 + n);
        world.onboard(item);
        let mut item = bridge::ports::Item { pk: format!("tenant#{id}"), rev: 1, ..health.clone() };
        if n == 700 {
            item.body["feeds"]["orders"]["trouble"] = json!({ "cause": "right_missing", "reason": "not authorized: 403 no",
                "since": world.now(), "at": world.now(), "times": 1 });
        }
        world.ports().state.put(item).await.unwrap();
    }
    let reads = world.rules.add(Rule::when(|call| call.peer == Peer::State, Happens::Latency(MINUTE / 7_500)));
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:15 CET
1001 tenants, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ shop-0700              15 min   15 min        –       –     –
    PowerOffice lets us in, and a right, module or licence is missing since
    08:15 (now): 403 no; held up: orders
    → bridgectl check shop-0700
  1000 tenants are well, pulled 15 min ago or later"#
    );
    println!("figure: status of 1,001 tenants: reads of the state table | {}", reads.met());
    assert!(reads.met() <= 3 * 1_001 + 8, "{}", reads.met());
}

#[tokio::test(start_paused = true)]
async fn two_tenants_have_one_goods_owner() {
    let world = open(&PowerOfficeShop).await;
    let health = world.memory.items("tenant#acme", "health")[0].clone();
    world.onboard(tenant("fjord", Kind::PowerOffice, json!({})));
    world.ports().state.put(bridge::ports::Item { pk: "tenant#fjord".into(), rev: 1, ..health }).await.unwrap();
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:15 CET
2 tenants, 2 need a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                   15 min   15 min        –       –     –
    goods owner 159 is fjord's as well: order numbers may collide, and each
    writes over the other's articles
    → bridgectl check acme
✗ fjord                  15 min   15 min        –       –     –
    goods owner 159 is acme's as well: order numbers may collide, and each
    writes over the other's articles
    → bridgectl check fjord"#
    );
    page_of_all_is(&world, "two-tenants-have-one-goods-owner-all").await;
    // Somebody insisted on it, for one of the two.
    let (ports, items) = (world.ports(), world.memory.tenant_items());
    let parsed = bridge::tenant::Tenant::parse(&items[1], false).unwrap();
    let own = bridge::roads::check::identity::Identity::of(&parsed);
    let meeting = bridge::roads::check::identity::meet(&ports, &parsed, own, &items, world.now()).await.unwrap();
    bridge::roads::check::identity::note(&ports, "fjord", &meeting, true).await.unwrap();
    let shown = screen(&world).await;
    assert!(shown.contains("2 tenants, none needs a person"), "{shown}");
    assert!(shown.contains("goods owner 159 is fjord's as well, as was insisted"), "{shown}");
    page_is(&world, "two-tenants-have-one-goods-owner", None).await;
    page_of_all_is(&world, "two-tenants-insist-on-one-goods-owner-all").await;
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_on_and_nobody_knows_of_alarms() {
    let world = open(&PowerOfficeShop).await;
    let estate = crate::screen::estate(&world).await;
    let since = Some(world.now() - 90 * MINUTE);
    let on =
        status::Estate { alarms: Some(vec![status::Alarm { name: "ImportAgeAlarm".into(), since }]), ..estate.clone() };
    assert!(on.needs_a_person() && !estate.needs_a_person());
    let says = |estate: &status::Estate| {
        text(estate).lines().filter(|line| line.contains("larms")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        says(&on),
        ["✗ alarms        ImportAgeAlarm since 06:45 (1 h)", "                → see \"Alarms\" in infra/runbook.md"]
    );
    assert_eq!(says(&status::Estate { alarms: None, ..estate }), ["? alarms        not known"]);
}

#[tokio::test(start_paused = true)]
async fn records_that_wait_for_long_say_since_when() {
    let world = open(&PowerOfficeShop).await;
    PowerOfficeShop.put_article(&world, 1, "Waits");
    world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
    let line = "1 waits for the warehouse, the oldest since";
    assert!(!screen(&world).await.contains(line));
    world.wait(40 * MINUTE).await;
    let shown = screen(&world).await;
    assert!(shown.contains(line) && shown.contains("→ bridgectl logs acme --since 1h"), "{shown}");
    page_is(&world, "records-that-wait-for-long-say-since-when", None).await;
}

#[tokio::test(start_paused = true)]
async fn an_estate_with_every_feed_keeps_to_the_width() {
    let world = open(&PowerOfficeShop).await;
    let mut estate = crate::screen::estate(&world).await;
    let at = Some(world.now());
    estate.tenants[0].good_at = bridge::words::feed::Feed::ALL.map(|feed| (feed, at)).into();
    let shown = text(&estate);
    assert!(shown.contains("supplier articles purchase   orders  waiting  parked  left"), "{shown}");
    let name = "a-webshop-with-quite-a-long-name-oy";
    estate.tenants[0].tenant_id = name.to_owned();
    assert!(!text(&estate).contains(name));
    estate.tenants[0].good_at.clear();
    assert!(text(&estate).contains(name));
    estate.tenants[0].good_at = bridge::words::feed::Feed::ALL.map(|feed| (feed, at)).into();
    let wide = bridge::roads::status::screen(140, &estate, &jiff::tz::TimeZone::UTC);
    assert!(wide.contains(name), "{wide}");
}
