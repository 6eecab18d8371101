//! What is longer than Ongoing takes.

use std::path::Path;

use acceptance::shops::{ProcountorShop, Shop, VismaShop, article_number};
use acceptance::world::GOODS_OWNER;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use bridge::words::vocabulary::lengths::{self, TooLong};
use serde_json::json;
use simulators::poweroffice::Kind as Go;
use simulators::procountor::Kind as Record;

use crate::scene::{body, entry, invoice, line, open, put_go};

#[test]
fn the_documented_lengths_are_those_of_the_mapping() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mapping/lengths.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = Vec::new();
    for (feed, word) in
        [(Feed::Articles, "articles"), (Feed::Orders, "orders"), (Feed::PurchaseOrders, "purchase orders")]
    {
        for (pointer, longest, too_long) in lengths::of(feed) {
            let longer = match too_long {
                TooLong::Cut => "cut",
                TooLong::Parked => "parked",
            };
            rows.push(format!("| {word} | `{pointer}` | {longest} | {longer} |"));
        }
    }
    let documented: Vec<&str> = text.lines().filter(|line| line.contains("| `/")).collect();
    assert_eq!(documented, rows);
}

#[tokio::test(start_paused = true)]
async fn long_texts_are_cut_and_long_keys_park_their_record_with_the_path() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let product =
        |id: usize, code: &str, name: &str| json!({"Id": id, "Code": code, "Name": name, "ProductType": "Product"});
    put_go(&world, Go::Product, product(7100, "LONG", &"n".repeat(400)));
    put_go(
        &world,
        Go::Product,
        json!({"Id": 7101, "Code": "KEY", "Name": "x", "ProductType": "Product", "Gtin": "1".repeat(101)}),
    );
    let mut long = line(1, 7000, &article_number(0), 1);
    long["Description"] = json!("d".repeat(1000));
    let text = json!({"Id": 2, "LineType": "Text", "Description": "t".repeat(1000)});
    let order = invoice(&world, 1, &json!({"CustomerReference": "r".repeat(60)}), &[long, text]);
    world.tick(Kind::PowerOffice).await;
    let sent = body(&world, &order).unwrap();
    let cut = |letter: &str, length: usize| json!(format!("{}…", letter.repeat(length - 1)));
    assert_eq!(sent["orderLines"][0]["comment"], cut("d", 300));
    assert_eq!(sent["advanced"]["orderTextLines"][0]["comment"], cut("t", 300));
    assert_eq!(sent["referenceNumber"], cut("r", 50));
    let article = world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "LONG").cloned().unwrap();
    assert_eq!(article["articleName"], cut("n", 200));
    let parked = world.find("acme", Feed::Articles, "KEY").unwrap();
    assert_eq!(parked.outcome, Some(Outcome::Parked));
    assert!(parked.reason.unwrap().contains("/barCodeInfo/barCode"));
}

#[tokio::test(start_paused = true)]
async fn every_erp_s_long_remarks_and_names_are_cut() {
    let world = open(Kind::Procountor, json!({})).await;
    let mut document = ProcountorShop::document(1, "SALES_ORDER", &[0]);
    document["notes"] = json!("n".repeat(10_000));
    ProcountorShop.put(&world, Record::Invoice, document);
    let mut keyed = ProcountorShop::document(2, "SALES_ORDER", &[0]);
    keyed["invoiceRows"][0]["productCode"] = json!("C".repeat(120));
    ProcountorShop.put(&world, Record::Invoice, keyed);
    world.tick(Kind::Procountor).await;
    assert_eq!(body(&world, "20001").unwrap()["orderRemark"], format!("{}…", "n".repeat(499)));
    let parked = entry(&world, "20002");
    assert_eq!(parked.outcome, Some(Outcome::Parked));
    assert!(parked.reason.unwrap().contains("/orderLines/0/articleNumber"));

    let world = open(Kind::Visma, json!({})).await;
    let customer = json!({"Id": "c0c00000-0000-4000-8000-000000000001", "Note": "å".repeat(4000)});
    world.vendors.visma.borrow_mut().model.change(world.now(), "acme", "customers", &customer).unwrap();
    let order = VismaShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Visma).await;
    assert_eq!(body(&world, &order).unwrap()["orderRemark"], format!("{}…", "å".repeat(499)));
}
