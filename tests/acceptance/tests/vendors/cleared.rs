//! A value that is empty in the ERP is empty in the warehouse.

use acceptance::shops::{FinagoShop, ProcountorShop, Shop, VismaShop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;
use simulators::procountor::Kind as Record;

use crate::scene::{body, open};

fn article(world: &World, number: &str) -> Value {
    let wms = world.wms();
    wms["articles"].as_array().unwrap().iter().find(|there| there["articleNumber"] == number).unwrap().clone()
}

fn sent(world: &World, number: &str) -> Value {
    world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, number).cloned().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_bar_code_that_moves_to_another_article_does_not_stay_on_the_first() {
    let world = open(Kind::Finago, json!({})).await;
    FinagoShop.put_article(&world, 1, "Shoes");
    FinagoShop::change(&world, Table::Product, FinagoShop::product(1), &json!({"EAN1": ""}));
    world.tick(Kind::Finago).await;
    let (first, second) = (article_number(0), article_number(1));
    assert_eq!(sent(&world, &first)["barCodeInfo"]["barCode"], "7090000100101");
    assert_eq!(sent(&world, &second).get("barCodeInfo"), None, "what was never sent is not said to be empty");

    FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"EAN1": ""}));
    FinagoShop::change(&world, Table::Product, FinagoShop::product(1), &json!({"EAN1": "7090000100101"}));
    world.tick(Kind::Finago).await;
    assert_eq!(sent(&world, &first)["barCodeInfo"], json!({"barCode": null}));
    assert_eq!(sent(&world, &second)["barCodeInfo"]["barCode"], "7090000100101");
    assert_eq!(article(&world, &first).pointer("/barCodeInfo/barCode").cloned().unwrap_or_default(), Value::Null);

    // It is said once.
    FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"Name": "Renamed"}));
    world.tick(Kind::Finago).await;
    assert_eq!(sent(&world, &first).get("barCodeInfo"), None);
}

#[tokio::test(start_paused = true)]
async fn a_row_s_empty_members_are_cleared_and_those_of_no_other_row() {
    let world = open(Kind::Visma, json!({})).await;
    let order = VismaShop.put_order(&world, 1, &[0, 0]);
    let row = |n: usize, discount: Value| {
        json!({
            "Id": format!("40400000-0000-4000-8000-{n:012}"), "LineNumber": n, "ArticleNumber": article_number(0),
            "ArticleId": "a0a00000-0000-4000-8000-000000000000", "Text": format!("Text {n}"), "Quantity": 2, "UnitPrice": 10,
            "DiscountPercentage": discount,
        })
    };
    let change = |rows: Value| {
        let change = json!({ "Id": "0d0e0000-0000-4000-8000-000000000001", "Rows": rows });
        world.vendors.visma.borrow_mut().model.change(world.now(), "acme", "orders", &change).unwrap();
    };
    change(json!([row(1, json!(0.1)), row(2, Value::Null)]));
    world.tick(Kind::Visma).await;
    let mut first = row(1, Value::Null);
    first["Text"] = json!("");
    change(json!([first, row(2, Value::Null)]));
    world.tick(Kind::Visma).await;
    let sent = body(&world, &order).unwrap();
    assert_eq!(sent["orderLines"][0].get("comment"), Some(&Value::Null), "{sent}");
    assert_eq!(sent["orderLines"][0]["prices"].get("discountPercentage"), Some(&Value::Null), "{sent}");
    assert_eq!(sent["orderLines"][1]["comment"], "Text 2");
    assert_eq!(sent["orderLines"][1]["prices"].get("discountPercentage"), None, "it never had one: {sent}");
    // It is said once.
    first["UnitPrice"] = json!(11);
    change(json!([first, row(2, Value::Null)]));
    world.tick(Kind::Visma).await;
    assert_eq!(body(&world, &order).unwrap()["orderLines"][0].get("comment"), None);
}

#[tokio::test(start_paused = true)]
async fn where_empty_is_passed_over_the_ledger_says_what_is_left() {
    let world = open(Kind::Finago, json!({})).await;
    world.tick(Kind::Finago).await;
    let number = article_number(0);
    for keeps in [true, false] {
        world.warehouse("configure", &json!({ "goodsOwnerId": GOODS_OWNER, "keeps_nulls": keeps }));
        FinagoShop::change(
            &world,
            Table::Product,
            FinagoShop::product(0),
            &json!({"EAN1": "7090000100101", "Name": "A"}),
        );
        world.tick(Kind::Finago).await;
        FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"EAN1": ""}));
        world.tick(Kind::Finago).await;
        let entry = world.find("acme", Feed::Articles, &number).unwrap();
        let told =
            entry.reason.is_some_and(|why| why.contains("/barCodeInfo/barCode") && why.contains("ongoing.put-null"));
        assert_eq!((told, entry.outcome), (keeps, Some(Outcome::Updated)), "{keeps}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_s_empty_members_are_cleared_and_no_others() {
    let world = open(Kind::Procountor, json!({})).await;
    let mut document = ProcountorShop::document(1, "SALES_ORDER", &[0]);
    document["notes"] = json!("Ring first");
    ProcountorShop.put(&world, Record::Invoice, document);
    world.tick(Kind::Procountor).await;
    assert_eq!(body(&world, "20001").unwrap()["orderRemark"], "Ring first");
    let change = json!({"notes": null});
    ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &change);
    world.tick(Kind::Procountor).await;
    let sent = body(&world, "20001").unwrap();
    assert_eq!(sent.get("orderRemark"), Some(&Value::Null));
    let nulls = |value: &Value| value.as_object().unwrap().values().filter(|member| member.is_null()).count();
    assert_eq!(nulls(&sent), 1, "{sent}");
}
