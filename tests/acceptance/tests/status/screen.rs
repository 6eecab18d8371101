//! What `bridgectl status` says where an ERP, a consent or a warehouse is the trouble, whole.

use std::rc::Rc;
use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop, VismaShop};
use acceptance::world::deployment::{RECONCILE, pull_of};
use acceptance::world::{Call, Happens, Peer, Pump, Rule, Site, World, tenant};
use bridge::roads::status::{self, Estate};
use bridge::words::kind::Kind;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::pages::page_is;

pub const MINUTE: Duration = Duration::from_secs(60);

pub async fn estate(world: &World) -> Estate {
    let items = world.memory.tenant_items();
    let estate = status::read(&world.ports(), "ongoing-bridge", true, &items).await.unwrap();
    Estate { dead_letters: Some(Vec::new()), alarms: Some(Vec::new()), ..estate }
}

/// The screen by the clocks of Oslo, one hour before UTC.
pub async fn screen(world: &World) -> String {
    text(&estate(world).await)
}

pub fn text(estate: &Estate) -> String {
    let text = status::screen(80, estate, &TimeZone::get("Europe/Oslo").unwrap());
    assert!(text.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{text}");
    text
}

/// A company with an article in Ongoing.
pub async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world
}

pub fn pump(world: &World, kind: Kind) -> Pump<'_> {
    Pump::new(world).scheduled([pull_of(kind), RECONCILE]).with_new_processes()
}

/// Ongoing takes an article no more.
pub fn refuse_article(world: &World, number: &str) -> Rc<Rule> {
    let number = number.to_owned();
    let put = move |call: &Call<'_>| {
        call.peer == Peer::Vendor(Site::Ongoing)
            && call.what.starts_with("PUT /acme/api/v1/articles")
            && call.says(&number)
    };
    world.rules.add(Rule::when(put, Happens::Status(400)))
}

pub fn wrong_password(world: &World) -> Value {
    let secret = world.memory.secret_value("ongoing/acme").unwrap();
    let mut wrong = secret.clone();
    wrong["password"] = json!("wrong");
    world.memory.secret("ongoing/acme", &wrong);
    secret
}

#[tokio::test(start_paused = true)]
async fn all_is_well() {
    let world = open(&PowerOfficeShop).await;
    world.wait(9 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:24 CET
1 tenant, none needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✓ acme                   24 min   24 min        –       –     –"#
    );
    page_is(&world, "all-is-well", None).await;
}

#[tokio::test(start_paused = true)]
async fn the_erp_refuses_the_key() {
    let world = open(&PowerOfficeShop).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Status(401)));
    pump(&world, Kind::PowerOffice).run(130 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 10:25 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                      2 h      2 h        –       –     –
    PowerOffice refuses the login since 08:15 (2 h, 16 times); held up: all
    pulls, write-backs
    → bridgectl secret put poweroffice/acme"#
    );
    assert!(estate(&world).await.needs_a_person());
    page_is(&world, "the-erp-refuses-the-key", None).await;
}

#[tokio::test(start_paused = true)]
async fn a_licence_is_gone() {
    let world = open(&VismaShop).await;
    world
        .rules
        .add(Rule::when(|call| call.peer == Peer::Vendor(Site::Visma) && call.says("/v2/"), Happens::Status(403)));
    pump(&world, Kind::Visma).run(40 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:55 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, Visma up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                   55 min   55 min        –       –     –
    Visma lets us in, and a right, module or licence is missing since 08:15 (40
    min, 9 times); held up: articles, write-backs
    → bridgectl check acme"#
    );
    page_is(&world, "a-licence-is-gone", None).await;
}

#[tokio::test(start_paused = true)]
async fn the_consent_is_lost() {
    let world = open(&VismaShop).await;
    world.memory.secret("visma/acme", &json!({ "refresh_token": "revoked-0001" }));
    world.wait(61 * MINUTE).await;
    pump(&world, Kind::Visma).run(40 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 09:56 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, Visma up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                      1 h      1 h        –       –     –
    the company's consent to Visma is lost since 09:16 (40 min, 9 times); held
    up: all pulls, write-backs
    → bridgectl connect-link acme"#
    );
    page_is(&world, "the-consent-is-lost", None).await;
}

#[tokio::test(start_paused = true)]
async fn the_secret_is_not_there() {
    let world = World::new();
    world.onboard(tenant("acme", Kind::PowerOffice, json!({})));
    pump(&world, Kind::PowerOffice).run(20 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 08:20 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                    never    never        –       –     –
    the secret poweroffice/app does not exist since 08:00 (20 min, 2 times);
    held up: all pulls
    → bridgectl secret put poweroffice/app"#
    );
    page_is(&world, "the-secret-is-not-there", None).await;
}

#[tokio::test(start_paused = true)]
async fn ongoing_refuses_the_login() {
    let world = open(&PowerOfficeShop).await;
    wrong_password(&world);
    PowerOfficeShop.put_order(&world, 1, &[0]);
    pump(&world, Kind::PowerOffice).run(130 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 10:25 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders      waiting  parked  left
✗ acme                   10 min   10 min      1 (2 h)       –     –
    Ongoing refuses the login since 08:15 (2 h, 16 times): 401 Authorization has
    been denied for this request; held up: imports
    → bridgectl secret put ongoing/acme"#
    );
    page_is(&world, "ongoing-refuses-the-login", None).await;
}

#[tokio::test(start_paused = true)]
async fn ongoing_is_down() {
    let world = open(&PowerOfficeShop).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused));
    PowerOfficeShop.put_order(&world, 1, &[0]);
    pump(&world, Kind::PowerOffice).run(60 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 09:15 CET
1 tenant, none needs a person, 1 waits for something

  schedule      on, every 15 minutes
! systems       Ongoing acme is DOWN since 08:15 (59 min)
  systems       PowerOffice up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders      waiting  parked  left
! acme                   15 min   15 min      1 (1 h)       –     –
    Ongoing is down since 08:15 (59 min, 10 times): the connection was refused;
    held up: imports"#
    );
    assert!(!estate(&world).await.needs_a_person());
    page_is(&world, "ongoing-is-down", None).await;
}

#[tokio::test(start_paused = true)]
async fn the_erp_is_down_for_long() {
    let world = open(&PowerOfficeShop).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Status(503)));
    pump(&world, Kind::PowerOffice).run(6 * 60 * MINUTE).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 14:15 CET
1 tenant, 1 needs a person

  schedule      on, every 15 minutes
! systems       PowerOffice is DOWN since 08:15 (5 h)
  systems       Ongoing acme up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ acme                      6 h      6 h        –       –     –
    PowerOffice is down since 08:15 (5 h, 35 times); held up: articles, orders,
    write-backs
    → ask PowerOffice what is the matter; it is tried again by itself"#
    );
    page_is(&world, "the-erp-is-down-for-long", None).await;
}

#[tokio::test(start_paused = true)]
async fn an_estate_that_was_stopped_says_so_and_how_it_is_started() {
    let world = open(&PowerOfficeShop).await;
    let stopped = Estate { stopped: true, scheduled: false, ..estate(&world).await };
    assert_eq!(
        text(&stopped).lines().skip(3).take(2).collect::<Vec<_>>(),
        [
            "✗ estate        STOPPED: nothing is pulled, imported or written back",
            "                → sam deploy --parameter-overrides EstateState=RUNNING",
        ]
    );
    assert!(stopped.needs_a_person());
}
