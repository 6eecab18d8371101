//! What is said where two tenants have one goods owner, and both have an order of the same number, whole.

use acceptance::shops::Companies;
use acceptance::world::World;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::screen::screen;
use crate::story::told_of;

#[tokio::test(start_paused = true)]
async fn two_tenants_have_one_goods_owner() {
    let world = World::new();
    let one = Companies::found(&world, Kind::PowerOffice, 1, &json!({}));
    let other = Companies::found(&world, Kind::Visma, 1, &json!({}));
    let (first, second) = (one.tenant_id(0), other.tenant_id(0));
    let items = world.memory.tenant_items();
    let item = |id: &str| items.iter().find(|item| item["tenant_id"] == id).unwrap().clone();
    let mut moved = item(&second);
    moved["ongoing"] = item(&first)["ongoing"].clone();
    world.onboard(moved);
    let secret = world.memory.secret_value(&format!("ongoing/{first}")).unwrap();
    world.memory.secret(&format!("ongoing/{second}"), &secret);
    one.put_article(&world, 0, 0, "Article");
    world.tick(Kind::PowerOffice).await;
    world.tick(Kind::Visma).await;
    let order = one.put_order(&world, 0, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    other.put_article(&world, 0, 0, "Article");
    assert_eq!(other.put_order(&world, 0, 1, &[0]), order);
    world.tick(Kind::Visma).await;
    assert_eq!(
        screen(&world).await,
        r#"ongoing-bridge, Mon 2 Mar 2026 09:00 CET
2 tenants, 2 need a person

  schedule      on, every 15 minutes
  systems       Ongoing acme, PowerOffice, Visma up
  rate limits   none is used up
  dead letters  none
  alarms        none

  tenant               articles   orders  waiting  parked  left
✗ poweroffice-0000       30 min   30 min        –       –     –
    goods owner 100000 is visma-0000's as well: order numbers may collide, and
    each writes over the other's articles
    → bridgectl check poweroffice-0000
✗ visma-0000             15 min   15 min        –       1     –
    goods owner 100000 is poweroffice-0000's as well: order numbers may collide,
    and each writes over the other's articles
    → bridgectl check visma-0000
    1 is parked and tried again by itself
    → bridgectl parked --tenant visma-0000"#
    );
    assert_eq!(
        told_of(&world, &first, &order).await,
        r#"poweroffice-0000 order 20001: it is in Ongoing as 20001 (id 50001)
  08:30  30 min  changed in PowerOffice
  08:30  30 min  pulled from PowerOffice
  08:30  29 min  in the warehouse as 20001
                 the warehouse has not started (status 300 in Ongoing)
                 2 × A-00000 Article"#
    );
    assert_eq!(
        told_of(&world, &second, &order).await,
        r#"visma-0000 order 20001: it is parked, and tried again by itself
  08:45  15 min  changed in Visma
  08:45  15 min  pulled from Visma
  08:45  15 min  parked: the order number 20001 is taken in Ongoing by the ERP's
                 record 00000000-0000-4000-8000-000000000001
  08:59  1 min   due: the next tick tries it again"#
    );
}
