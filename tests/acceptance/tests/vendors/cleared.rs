//! A value that is empty in the ERP is empty in the warehouse.

use acceptance::shops::{FinagoShop, ProcountorShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::kind::Kind;
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
