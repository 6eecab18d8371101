//! Two records of one number: the withdrawal of one is none of the other's business.

use acceptance::shops::{PowerOfficeShop, ProcountorShop, Shop, article_number};
use acceptance::world::World;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::poweroffice::Kind as PowerOfficeTable;
use simulators::procountor::Kind as ProcountorRecord;

use crate::scene::{POWEROFFICE_CLIENT, entry, open, status};

const SECOND: &str = "11111111-0000-4000-8000-000000000009";

fn put_second_invoice(world: &World) {
    world.vendors.poweroffice.borrow_mut().model.client(POWEROFFICE_CLIENT).put_invoice(
        world.now(),
        json!({"Id": SECOND, "OrderNo": 20001, "VoucherType": "OutgoingInvoice", "Balance": 0,
            "CustomerId": 500, "CustomerNo": 10000, "IsReversed": false, "CurrencyCode": "NOK"}),
        &[json!({"Id": 900, "LineType": "Normal", "SortOrder": 0, "ProductCode": article_number(0), "Quantity": 1})],
    );
}

fn reverse_second_invoice(world: &World) {
    let now = world.now();
    let mut erp = world.vendors.poweroffice.borrow_mut();
    erp.model.client(POWEROFFICE_CLIENT).change(now, PowerOfficeTable::Invoice, SECOND, |invoice| {
        invoice["IsReversed"] = json!(true);
        invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string());
    });
}

#[tokio::test(start_paused = true)]
async fn an_order_is_cancelled_by_its_own_record_alone() {
    let world = open(&PowerOfficeShop).await;
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    put_second_invoice(&world);
    world.tick(Kind::PowerOffice).await;
    reverse_second_invoice(&world);
    for _ in 0..3 {
        world.tick(Kind::PowerOffice).await;
    }
    let cancelled = status(&world, &order) != Some(300);
    println!("figure: 10 | B is withdrawn: A's order of the same number is cancelled | {cancelled}");
    assert!(!cancelled);
    assert_eq!(entry(&world, &order).outcome, Some(Outcome::Created));
    let second = world.ledger("acme", Feed::Orders).into_iter().find(|(key, _)| key == SECOND).unwrap().1;
    assert_eq!(second.outcome, Some(Outcome::Cancelled));
    assert!(second.reason.as_deref().unwrap().contains("is taken in Ongoing by"), "{:?}", second.reason);
    assert!(second.parked.is_none() && second.ongoing.is_none());

    // Its own withdrawal still goes.
    PowerOfficeShop.withdraw_order(&world, 1);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(status(&world, &order), Some(1000));
}

#[tokio::test(start_paused = true)]
async fn a_purchase_order_is_cancelled_by_its_own_record_alone() {
    let shop = ProcountorShop;
    for keeps_ids in [true, false] {
        let world = open(&shop).await;
        world.warehouse("configure", &json!({"goodsOwnerId": 159, "keeps_purchase_order_ids": keeps_ids}));
        shop.put(&world, ProcountorRecord::Invoice, ProcountorShop::document(1, "PURCHASE_ORDER", &[0]));
        world.tick(Kind::Procountor).await;
        let mut second = ProcountorShop::document(2, "PURCHASE_ORDER", &[0]);
        second["invoiceNumber"] = json!(20_001);
        shop.put(&world, ProcountorRecord::Invoice, second);
        world.tick(Kind::Procountor).await;
        shop.change(&world, ProcountorRecord::Invoice, ProcountorShop::id(2), &json!({"status": "INVALIDATED"}));
        for _ in 0..3 {
            world.tick(Kind::Procountor).await;
        }
        let orders = world.wms()["purchaseOrders"].as_array().cloned().unwrap();
        let cancelled = orders[0]["status"] == 900;
        println!("figure: 10 | the same of purchase orders (Ongoing keeps their ids: {keeps_ids}) | {cancelled}");
        assert!(!cancelled, "keeps ids: {keeps_ids}");
    }
}
