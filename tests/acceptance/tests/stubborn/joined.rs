//! What is joined to records and cannot be read: it holds up those alone that need it.

use acceptance::shops::{self, FinagoShop, PowerOfficeShop, ProcountorShop, Shop};
use acceptance::world::{GOODS_OWNER, World};
use bridge::roads::pull::End;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use serde_json::json;

use super::scene::{arrived, breaks_on, breaks_where, end, open, parked};

/// 21 orders, three for each customer, of whom one cannot be read.
async fn one_customer(shop: &dyn Shop, world: World, said: &'static [&'static str]) -> (usize, usize) {
    let orders: Vec<String> = (1..=21).map(|n| shop.put_order(&world, n, &[0])).collect();
    breaks_where(&world, shop, move |call| said.iter().all(|said| call.says(said)));
    assert_eq!(end(&world.tick(shop.kind()).await), End::Complete, "{}", shop.kind());
    println!(
        "figure: 4 | {} | one customer of 7 of 21 orders | before none in one tick; now arrived in one tick {}, parked {}",
        shop.kind(),
        arrived(&world, &orders).len(),
        parked(&world).len()
    );
    (arrived(&world, &orders).len(), parked(&world).len())
}

#[tokio::test(start_paused = true)]
async fn a_company_of_finago() {
    // Every third order needs its company.
    assert_eq!(one_customer(&FinagoShop, open(&FinagoShop).await, &["<int>503</int>"]).await, (20, 1));
}

#[tokio::test(start_paused = true)]
async fn a_customer_of_poweroffice() {
    // In a list of customers by their numbers, and by its id.
    let world = open(&PowerOfficeShop).await;
    breaks_on(&world, &PowerOfficeShop, vec!["/Customers/503".into()]);
    assert_eq!(one_customer(&PowerOfficeShop, world, &["10003"]).await, (18, 3));
}

#[tokio::test(start_paused = true)]
async fn a_business_partner_of_procountor() {
    let world = World::new();
    ProcountorShop.onboard(&world, json!({ "notify_by_sms": true }));
    world.tick(ProcountorShop.kind()).await;
    ProcountorShop.put_article(&world, 0, "Article");
    world.tick(ProcountorShop.kind()).await;
    assert_eq!(one_customer(&ProcountorShop, world, &["businesspartners", "903"]).await.1, 3);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_product_groups_that_cannot_be_read_holds_up_no_product() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    breaks_on(&world, &PowerOfficeShop, vec!["ProductGroups?".into()]);
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.tick(PowerOfficeShop.kind()).await;
    let number = shops::article_number(0);
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &number).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_product_group_that_cannot_be_read_parks_its_products() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    breaks_on(&world, &PowerOfficeShop, vec!["ProductGroups?".into(), "ProductGroups/1".into()]);
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.tick(PowerOfficeShop.kind()).await;
    let entry = world.find("acme", Feed::Articles, &shops::article_number(0)).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Parked));
}
