//! Two records of one number: the withdrawal of one is none of the other's business.

use acceptance::shops::{PowerOfficeShop, ProcountorShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::poweroffice::Kind as PowerOfficeTable;
use simulators::procountor::Kind as ProcountorRecord;

use crate::scene::{POWEROFFICE_CLIENT, entry, left_for_a_person, open, restore, status};

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
    println!("figure: 10 | B is withdrawn: A's order of the same number is cancelled | before true; now {cancelled}");
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
    let world = open(&shop).await;
    shop.put(&world, ProcountorRecord::Invoice, ProcountorShop::document(1, "PURCHASE_ORDER", &[0]));
    world.tick(Kind::Procountor).await;
    let mut second = ProcountorShop::document(2, "PURCHASE_ORDER", &[0]);
    second["invoiceNumber"] = json!(20_001);
    shop.put(&world, ProcountorRecord::Invoice, second);
    world.tick(Kind::Procountor).await;
    invalidate(&world, 2);
    for _ in 0..3 {
        world.tick(Kind::Procountor).await;
    }
    let cancelled = purchase_order_status(&world) == 900;
    println!("figure: 10 | the same of purchase orders | before true; now {cancelled}");
    assert!(!cancelled);
    invalidate(&world, 1);
    world.tick(Kind::Procountor).await;
    assert_eq!(purchase_order_status(&world), 900);
}

/// An Ongoing that keeps no id of the ERP's on its purchase orders: the ledger's own tells which one it is.
#[tokio::test(start_paused = true)]
async fn a_purchase_order_without_the_erps_id_is_cancelled_where_the_ledger_knows_it() {
    let shop = ProcountorShop;
    for noted in [true, false] {
        let world = open(&shop).await;
        world.warehouse("configure", &json!({"goodsOwnerId": GOODS_OWNER, "keeps_purchase_order_ids": false}));
        shop.put(&world, ProcountorRecord::Invoice, ProcountorShop::document(1, "PURCHASE_ORDER", &[0]));
        world.pull(Kind::Procountor, &Job::tick("acme")).await;
        let before = world.memory.items("tenant#acme", "ledger#purchase_orders");
        world.import_all().await;
        if !noted {
            restore(&world, "ledger#purchase_orders", before).await;
        }
        world.wait(std::time::Duration::from_secs(3600)).await;
        invalidate(&world, 1);
        world.tick(Kind::Procountor).await;
        assert_eq!(purchase_order_status(&world), if noted { 900 } else { 100 }, "noted: {noted}");
        assert_eq!(left_for_a_person(&world), usize::from(!noted), "noted: {noted}");
    }
}

fn invalidate(world: &World, n: usize) {
    let change = json!({"status": "INVALIDATED"});
    ProcountorShop.change(world, ProcountorRecord::Invoice, ProcountorShop::id(n), &change);
}

fn purchase_order_status(world: &World) -> i64 {
    world.wms()["purchaseOrders"][0]["status"].as_i64().unwrap()
}
