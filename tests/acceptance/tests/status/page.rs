//! The status page: who sees what by which link, and what is told of a connection that does well or not.

use std::time::Duration;

use acceptance::consent::{API, Browser, Page, status_link};
use acceptance::shops::{Companies, PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::World;
use bridge::doors::status_page::link;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::screen::{MINUTE, open};

async fn look(world: &World, address: &str) -> Page {
    Browser::new(world).get(address).await
}

/// A tenant of which an order is in the warehouse, and another cannot be mapped; the orders' numbers.
async fn shop(shop: &dyn Shop) -> (World, String, String) {
    let world = open(shop).await;
    shop.put_article(&world, 1, "Lamp");
    let good = shop.put_order(&world, 1, &[1]);
    let (bad, _) = shop.put_poisoned_order(&world, 2);
    for _ in 0..2 {
        world.tick(shop.kind()).await;
    }
    (world, good, bad)
}

#[tokio::test(start_paused = true)]
async fn a_customer_sees_how_fresh_it_is_what_is_set_aside_and_an_order_s_story() {
    for (it, erp) in [(&PowerOfficeShop as &dyn Shop, "PowerOffice"), (&VismaShop, "Visma")] {
        let (world, good, bad) = shop(it).await;
        let own = status_link(&world, Some("acme")).await;
        let before = world.memory.dump();
        let page = look(&world, &own).await;
        assert_eq!(page.status, 200);
        page.says(&format!("acme: {erp} and the warehouse"));
        page.says("Something waits, and goes on by itself");
        page.says("Articles read 1");
        page.says("Nothing waits for the warehouse.");
        page.says(&bad);
        page.says("tried again");
        assert!(!page.text().contains(&good) && !page.text().contains("bridgectl"), "{}", page.text());
        // A bar for each quarter of each feed, and the same in words.
        assert_eq!(page.html.matches("<rect").count(), 2 * 96);
        assert!(page.html.contains("aria-label=\"The last 24 hours in quarters of an hour: "), "{}", page.html);
        assert!(page.html.matches("class=\"g\" x=").count() >= 4, "{}", page.html);

        let found = look(&world, &format!("{own}&number={good}")).await;
        found.says(&format!("Order {good}"));
        found.says(&format!("Read from {erp}"));
        found.says("In the warehouse");
        found.says("The warehouse has not started");
        found.says(&format!("× {} Lamp", article_number(1)));
        let waits = look(&world, &format!("{own}&number=%20{bad}%20")).await;
        waits.says("Set aside");
        let nothing = look(&world, &format!("{own}&number=77<b>")).await;
        nothing.says("No order with the number 77<b> has come here.");
        assert_eq!(world.memory.dump(), before, "{erp}: a page writes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn a_shipped_order_is_told_with_its_tracking_and_what_the_erp_was_told() {
    let (world, good, _) = shop(&VismaShop).await;
    world.warehouse("count", &json!({ "articleNumber": article_number(1), "numberOfItems": 9 }));
    world.warehouse("ship", &json!({ "orderNumber": good }));
    let own = status_link(&world, Some("acme")).await;
    look(&world, &format!("{own}&number={good}")).await.says("Visma is told of the shipment soon");
    world.reconcile().await;
    let page = look(&world, &format!("{own}&number={good}")).await;
    page.says("Shipped");
    page.says(&format!("2 of 2 × {}", article_number(1)));
    page.says("Visma was told of the shipment");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_the_way_is_told_in_the_reader_s_language() {
    let world = open(&PowerOfficeShop).await;
    world.memory.secret("ongoing/acme", &json!({ "username": "WSI-acme", "password": "wrong", "webhook_tokens": [] }));
    PowerOfficeShop.put_article(&world, 1, "Lamp");
    world.new_process();
    let mut pump = crate::screen::pump(&world, Kind::PowerOffice);
    pump.run(40 * MINUTE).await;
    let own = status_link(&world, Some("acme")).await;
    for (language, says, title) in [
        ("en", "Ongoing refuses the login", "Somebody has to do something"),
        ("sv", "Ongoing nekar inloggningen", "Någon behöver göra något"),
        ("nb", "Ongoing avviser innloggingen", "Noen må gjøre noe"),
        ("fi", "Ongoing hylkää kirjautumisen", "Jonkun on tehtävä jotakin"),
    ] {
        let page = look(&world, &format!("{own}&lang={language}")).await;
        page.says(says);
        page.says(title);
        assert!(page.html.contains(&format!("<html lang=\"{language}\">")));
        assert_eq!(page.html.matches("hreflang=").count(), 3, "the other languages are a click away");
    }
    // Without a choice it is the browser's.
    let page = Browser::speaking(&world, "fi").get(&own).await;
    page.says("Ongoing hylkää kirjautumisen");
}

#[tokio::test(start_paused = true)]
async fn a_link_opens_what_it_was_made_for_until_it_ends_and_nothing_else() {
    let (world, good, _) = shop(&PowerOfficeShop).await;
    let own = status_link(&world, Some("acme")).await;
    let all = status_link(&world, None).await;
    for forged in [
        format!("{API}/status?lang=en"),
        own.replace("tenant=acme", "tenant=other"),
        own.replace("tenant=acme&", ""),
        all.replace("/status?", "/status?tenant=acme&"),
        own.replace("until=1", "until=2"),
        own.replace("signature=", "signature=A"),
    ] {
        let page = look(&world, &format!("{forged}&number={good}")).await;
        assert_eq!(page.status, 403, "{forged}");
        page.says("This link does not work");
        assert!(!page.text().contains("acme") && !page.text().contains(&good), "{}", page.text());
    }
    assert_eq!(look(&world, &own).await.status, 200);
    world.wait(Duration::from_secs(24 * 3600)).await;
    let page = look(&world, &own).await;
    assert_eq!(page.status, 403);
    page.says("This link has expired");

    // A new key ends what was given out, also for a process that knows the former one.
    let fresh = status_link(&world, Some("acme")).await;
    assert_eq!(look(&world, &fresh).await.status, 200);
    let elsewhere = world.process();
    link::new_key(&elsewhere).await.unwrap();
    world.wait(Duration::from_secs(301)).await;
    assert_eq!(look(&world, &fresh).await.status, 403);
    assert_eq!(look(&world, &status_link(&world, Some("acme")).await).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_link_for_all_shows_every_tenant_and_leads_to_each_and_one_for_a_tenant_no_other_name() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 3, &json!({}));
    world.tick(Kind::PowerOffice).await;
    let all = status_link(&world, None).await;
    let page = look(&world, &all).await;
    let ids: Vec<String> = (0..3).map(|at| companies.tenant_id(at)).collect();
    ids.iter().for_each(|id| page.says(id));
    assert_eq!(page.html.matches("<rect").count(), 96);
    let one = look(&world, &format!("{all}&view={}", ids[1])).await;
    one.says(&format!("{}: PowerOffice and the warehouse", ids[1]));
    assert!(!one.text().contains(&ids[0]), "{}", one.text());
    assert_eq!(look(&world, &format!("{all}&view=nobody")).await.status, 404);
    // The customer's own link does not lead to another's page, whatever it asks for.
    let own = status_link(&world, Some(&ids[0])).await;
    for address in [own.clone(), format!("{own}&view={}", ids[1])] {
        let page = look(&world, &address).await;
        page.says(&ids[0]);
        assert!(!page.html.contains(&ids[1]) && !page.html.contains(&ids[2]), "{}", page.html);
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_of_another_tenant_is_not_found_by_a_customer() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::Visma, 2, &json!({}));
    world.tick(Kind::Visma).await;
    companies.put_article(&world, 1, 0, "Lamp");
    let number = companies.put_order(&world, 1, 9, &[0]);
    for _ in 0..2 {
        world.tick(Kind::Visma).await;
    }
    assert!(world.find(&companies.tenant_id(1), Feed::Orders, &number).is_some(), "it was pulled");
    let theirs = status_link(&world, Some(&companies.tenant_id(1))).await;
    look(&world, &format!("{theirs}&number={number}")).await.says(&format!("Order {number}"));
    let own = status_link(&world, Some(&companies.tenant_id(0))).await;
    let page = look(&world, &format!("{own}&number={number}")).await;
    page.says(&format!("No order with the number {number} has come here."));
}
