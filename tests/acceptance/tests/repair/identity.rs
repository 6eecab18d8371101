//! Two tenants that have one goods owner, or read one company, are refused by name before anything is written.

use std::time::Duration;

use acceptance::shops::Companies;
use acceptance::world::World;
use bridge::roads::check::identity::{self, Identity, Meeting};
use bridge::words::kind::Kind;
use serde_json::json;

use crate::{change_item, tenant};

/// Two companies on one ERP, each with a goods owner of its own.
fn two(kind: Kind) -> (World, Companies) {
    let world = World::new();
    let companies = Companies::found(&world, kind, 2, &json!({}));
    (world, companies)
}

async fn meeting(world: &World, id: &str) -> Meeting {
    let (ports, tenant) = (world.ports(), tenant(world, id).await);
    let deadline = world.now() + Duration::from_secs(120);
    let identity = identity::ask(&ports, &tenant, deadline).await;
    identity::meet(&ports, &tenant, identity, &world.memory.tenant_items(), deadline).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn companies_with_goods_owners_of_their_own_meet_nobody_and_are_named() {
    for kind in Kind::ALL {
        let (world, companies) = two(kind);
        let meeting = meeting(&world, &companies.tenant_id(0)).await;
        assert_eq!(meeting.refusal(), None, "{kind}");
        assert_eq!(meeting.unknown, Vec::<String>::new(), "{kind}");
        assert!(meeting.identity.company.is_some() && meeting.identity.goods_owner.is_some(), "{kind}: {meeting:?}");
        let owner = companies.goods_owner(0);
        assert!(meeting.text().contains(&format!(" -> goods owner {owner} ")), "{kind}: {}", meeting.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_goods_owner_that_another_tenant_has_is_refused() {
    for kind in Kind::ALL {
        let (world, companies) = two(kind);
        let (first, second) = (companies.tenant_id(0), companies.tenant_id(1));
        let owner = companies.goods_owner(0);
        change_item(&world, &second, |item| item["ongoing"]["goods_owner_id"] = json!(owner)).await;
        let meeting = meeting(&world, &second).await;
        let said = meeting.refusal().unwrap();
        assert!(said.starts_with(&format!("goods owner {owner} is the tenant {first}'s as well")), "{kind}: {said}");
        assert!(said.contains("order numbers") && said.contains("article master"), "{kind}: {said}");
        assert!(!meeting.others[0].reads_company, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_company_that_is_read_for_another_tenant_is_refused() {
    for kind in Kind::ALL {
        let (world, companies) = two(kind);
        let (first, second) = (companies.tenant_id(0), companies.tenant_id(1));
        let secret = world.memory.secret_value(&format!("{kind}/{first}")).unwrap();
        world.memory.secret(&format!("{kind}/{second}"), &secret);
        world.new_process();
        let meeting = meeting(&world, &second).await;
        let said = meeting.refusal().unwrap_or_else(|| panic!("{kind}: {meeting:?}"));
        assert!(said.contains(&format!(" is read for the tenant {first} as well")), "{kind}: {said}");
        assert!(!meeting.others[0].goods_owner, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_insists_once_is_not_asked_again_and_only_about_those() {
    let (world, companies) = two(Kind::PowerOffice);
    let (first, second) = (companies.tenant_id(0), companies.tenant_id(1));
    let owner = companies.goods_owner(0);
    change_item(&world, &second, |item| item["ongoing"]["goods_owner_id"] = json!(owner)).await;
    let met = meeting(&world, &second).await;
    identity::note(&world.ports(), &second, &met, true).await.unwrap();
    let again = meeting(&world, &second).await;
    assert_eq!(again.refusal(), None);
    assert!(again.text().contains(&format!("shared with {first}, as was insisted")), "{}", again.text());
    // A third one is another matter.
    let mut item = world.ports().tenants.get(&first).await.unwrap().unwrap();
    item["tenant_id"] = json!("third");
    world.onboard(item);
    let third = meeting(&world, &second).await;
    assert_eq!(third.others.iter().map(|other| other.tenant_id.as_str()).collect::<Vec<_>>(), ["third"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_noted_is_not_asked_for_again_and_who_cannot_be_asked_is_named() {
    let (world, companies) = two(Kind::Visma);
    let (first, second) = (companies.tenant_id(0), companies.tenant_id(1));
    world.memory.secret(&format!("visma/{first}"), &json!({ "refresh_token": "revoked" }));
    let met = meeting(&world, &second).await;
    assert_eq!(met.unknown, std::slice::from_ref(&first));
    assert!(met.text().ends_with(&format!("not known is which company is read for {first}: bridgectl check ID")));
    // Its company was noted while it could be asked.
    let same = Identity { goods_owner_id: 1, group: "elsewhere".into(), ..met.identity.clone() };
    let noted = Meeting { identity: same, others: Vec::new(), unknown: Vec::new() };
    identity::note(&world.ports(), &first, &noted, false).await.unwrap();
    let met = meeting(&world, &second).await;
    assert_eq!(met.unknown, Vec::<String>::new());
    assert!(met.refusal().unwrap().contains(&format!("is read for the tenant {first} as well")));
}
