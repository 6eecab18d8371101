//! Texts with something in them that XML or JSON has no place for.

use acceptance::shops::finago::FinagoShop;
use acceptance::shops::{Shop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::finago::Kind as Table;
use simulators::finago::xml::HALF_PAIR;

use super::scene::{arrived, open};

fn has_article(world: &World, n: usize) -> bool {
    world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(n)).is_some()
}

#[tokio::test(start_paused = true)]
async fn one_article_with_a_character_that_xml_does_not_have_holds_up_no_other() {
    for character in ['\0', '\u{1}', '\u{b}', HALF_PAIR] {
        let world = FinagoShop::open(json!({})).await;
        for n in 0..100 {
            FinagoShop.put_article(&world, n, "Article");
        }
        FinagoShop::change(
            &world,
            Table::Product,
            FinagoShop::product(42),
            &json!({ "Name": format!("A{character}B") }),
        );
        let before = FinagoShop::calls(&world, "GetProducts");
        let mut ticks = 0;
        while (0..100).filter(|n| has_article(&world, *n)).count() < 99 && ticks < 10 {
            world.tick(Kind::Finago).await;
            ticks += 1;
        }
        let calls = FinagoShop::calls(&world, "GetProducts") - before;
        let code = u32::from(character);
        println!(
            "figure: 4 | finago | an article with U+{code:04X} of 100 | before not in 10 ticks; now ticks until the others are right {ticks}, calls {calls}"
        );
        assert_eq!(ticks, 1, "U+{code:04X}");
        let entry = world.find("acme", Feed::Articles, &article_number(42)).unwrap();
        assert_eq!(entry.outcome, Some(Outcome::Parked), "U+{code:04X}");
        let reason = entry.reason.unwrap();
        assert!(reason.contains("/Name") && reason.contains("character"), "{reason}");
        // Put right by a person, it comes with the next tick.
        FinagoShop::change(&world, Table::Product, FinagoShop::product(42), &json!({ "Name": "AB" }));
        world.tick(Kind::Finago).await;
        assert!(has_article(&world, 42));
    }
}

#[tokio::test(start_paused = true)]
async fn one_order_with_such_a_character_holds_up_no_other_and_none_does_that_is_not_sent() {
    let world = open(&FinagoShop).await;
    let orders: Vec<String> = (1..=20).map(|n| FinagoShop.put_order(&world, n, &[0])).collect();
    FinagoShop::change(&world, Table::Order, 20_003, &json!({ "ReferenceNumber": "A\0B" }));
    // What has no place in Ongoing harms nobody.
    FinagoShop::change(&world, Table::Company, 500, &json!({ "Name": "\u{b}" }));
    world.tick(Kind::Finago).await;
    assert_eq!(arrived(&world, &orders).len(), 19);
    let entry = world.find("acme", Feed::Orders, "20003").unwrap();
    assert!(entry.reason.unwrap().contains("/ReferenceNumber"));
}
