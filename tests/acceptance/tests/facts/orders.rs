//! Journeys of orders that have something in common: rows an article, orders a customer.

use std::time::Duration;

use acceptance::answers;
use acceptance::shops::{self, ProcountorShop, article_number};
use acceptance::world::{GOODS_OWNER, Happens, Rule, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::Trouble;
use simulators::facts::Fact;
use simulators::procountor::Kind as Record;

use crate::roads::{open, open_with, rows, ship, shipped};

/// The pieces that are to be picked of an order, and those of its last row.
fn pieces(world: &World, order: &str) -> (f64, f64) {
    let rows = rows(world, order);
    (rows.iter().map(|(_, ordered)| ordered).sum(), rows.last().map_or(0.0, |(_, ordered)| *ordered))
}

#[tokio::test(start_paused = true)]
pub async fn two_rows_of_one_article_are_picked_and_delivered_whole() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0, 0, 1]);
        if shop.kind() == Kind::Procountor {
            ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({"status": "NOT_SENT"}));
        }
        world.tick(shop.kind()).await;
        let (all, each) = pieces(&world, &order);
        assert!(each > 0.0 && all == 3.0 * each, "{}: {all} of {each} each", shop.kind());
        let writes = world.writes();
        world.tick(shop.kind()).await;
        assert_eq!(world.writes(), writes, "{}", shop.kind());
        if shop.kind() == Kind::PowerOffice {
            continue;
        }
        world.reconcile().await;
        for n in 0..2 {
            world.warehouse("count", &json!({"articleNumber": article_number(n), "numberOfItems": 20}));
        }
        ship(&world, shop.as_ref(), &order).await;
        let (right, times) = shipped(&world, shop.kind(), &order);
        let refused = world.logs.text().contains("not supported invoice type") && times == 0;
        assert!(right && times == 1 || refused, "{}: {times} times\n{}", shop.kind(), world.logs.text());
    }
}

#[tokio::test(start_paused = true)]
pub async fn a_row_less_of_an_article_is_so_much_less_to_pick() {
    for shop in shops::all().into_iter().filter(|shop| shop.kind() != Kind::PowerOffice) {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0, 0, 1]);
        world.tick(shop.kind()).await;
        let (_, each) = pieces(&world, &order);
        // It is known, and further back than any list of changes reaches.
        world.wait(Duration::from_secs(900)).await;
        world.tick(shop.kind()).await;
        world.wait(Duration::from_secs(4 * 3600)).await;
        shop.put_order(&world, 1, &[0, 0]);
        world.tick(shop.kind()).await;
        let entry = world.find("acme", Feed::Orders, &order).unwrap();
        match entry.outcome {
            Some(Outcome::Updated) => assert_eq!(pieces(&world, &order).0, 2.0 * each, "{}", shop.kind()),
            // What Ongoing does not take is left for a person, in its words.
            Some(Outcome::Parked) => {
                assert!(entry.reason.as_deref().unwrap().contains("greater than zero"), "{}: {entry:?}", shop.kind());
            }
            _ => panic!("{}: {entry:?}", shop.kind()),
        }
    }
}

/// Pieces that are missing and cannot be put right are left for a person, by the fact's name.
#[test]
fn rows_of_one_article_that_cannot_be_sent_as_one_are_left_for_a_person() {
    let fact = Fact::named("ongoing.same-article").unwrap();
    for answer in ["one of both", "one of the last"] {
        answers::under(&[(fact, answer)], || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            runtime.block_on(async {
                let shop = shops::of(Kind::Visma);
                let world = open(shop.as_ref()).await;
                let again = Rule::when(
                    |call| call.what.starts_with("PUT") && call.what.contains("/orders"),
                    Happens::Trouble(Trouble::Refused),
                );
                world.rules.add(again.after(1).times(1));
                let order = shop.put_order(&world, 1, &[0, 0]);
                world.tick(shop.kind()).await;
                let entry = world.find("acme", Feed::Orders, &order).unwrap();
                let reason = entry.reason.unwrap_or_default();
                let is_left = entry.outcome == Some(Outcome::Parked) && reason.contains("(ongoing.same-article)");
                // Nothing has to be sent again where no piece is missing.
                assert_eq!(is_left, answer == "one of the last", "{answer}: {:?} {reason}", entry.outcome);
            });
        });
    }
}

/// Where an order goes, as the warehouse sees it.
fn shown(world: &World, order: &str) -> Value {
    let found =
        world.warehouse_api("GET", &format!("orders?goodsOwnerId={GOODS_OWNER}&orderNumber={order}"), &Value::Null);
    found[0]["consignee"]["address1"].clone()
}

/// Whether an address is kept by the customer's number is settled by a probe, and a setting follows.
#[tokio::test(start_paused = true)]
pub async fn an_order_goes_where_it_was_to_go_whatever_another_of_its_customer_says() {
    let shared = answers::names("ongoing.shared-address");
    for shop in shops::all().into_iter().filter(|shop| shop.kind() != Kind::PowerOffice) {
        let settings = if shared { json!({ "customer_number": "per_address" }) } else { json!({}) };
        let world = open_with(shop.as_ref(), settings).await;
        let sent = |order: &str| {
            let ongoing = world.vendors.ongoing.borrow();
            ongoing.model.order_body(GOODS_OWNER, order).unwrap()["consignee"].clone()
        };
        // The shops have seven customers.
        let first = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        world.wait(Duration::from_secs(900)).await;
        let second = shop.put_order(&world, 8, &[0]);
        world.tick(shop.kind()).await;
        let [one, other] = [&first, &second].map(|order| sent(order));
        assert_ne!(one["address1"], other["address1"], "{}", shop.kind());
        // Not every ERP's orders name their customer by a number.
        let apart = one["customerNumber"] != other["customerNumber"];
        assert_eq!(apart, shared && one["customerNumber"].is_string(), "{}", shop.kind());
        assert_eq!(shown(&world, &first), one["address1"], "{}", shop.kind());
        assert_eq!(shown(&world, &second), other["address1"], "{}", shop.kind());
    }
}
