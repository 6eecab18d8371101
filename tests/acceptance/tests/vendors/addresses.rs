//! Where the goods go, and whom to tell.

use acceptance::shops::{FinagoShop, ProcountorShop};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::finago::Kind as Table;
use simulators::procountor::Kind as Record;

use crate::scene::{body, invoice, line, open};

#[tokio::test(start_paused = true)]
async fn an_order_of_procountor_goes_where_the_setting_says() {
    let whole =
        json!({"name": "Varasto", "street": "Satama 1", "zip": "00100", "city": "HELSINKI", "country": "SWEDEN"});
    let nameless = json!({"street": "Satama 1", "zip": "00100", "city": "HELSINKI"});
    let half = json!({"name": "Varasto", "street": "Satama 1"});
    let (theirs, warehouse) = (("Asiakas 1 Oy", "Katu 1", "FI"), ("Varasto", "Satama 1", "SE"));
    for (setting, delivery, expected) in [
        (json!(null), whole.clone(), theirs),
        (json!("counterparty"), whole.clone(), theirs),
        (json!("delivery"), whole, warehouse),
        (json!("delivery"), nameless, ("Asiakas 1 Oy", "Satama 1", "FI")),
        (json!("delivery"), half, theirs),
        (json!("delivery"), Value::Null, theirs),
    ] {
        let world = open(Kind::Procountor, json!({ "ship_to": setting })).await;
        let mut document = ProcountorShop::document(1, "SALES_ORDER", &[0]);
        document["deliveryAddress"] = delivery.clone();
        document["counterParty"]["email"] = json!("first@example.com; second@example.com");
        ProcountorShop.put(&world, Record::Invoice, document);
        world.tick(Kind::Procountor).await;
        let sent = body(&world, "20001").unwrap();
        let consignee = &sent["consignee"];
        let found = ["name", "address1", "countryCode"].map(|name| consignee[name].as_str().unwrap_or_default());
        assert_eq!(found, [expected.0, expected.1, expected.2], "{setting} {delivery}");
        assert_eq!(sent["emailNotification"]["value"], "first@example.com");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_of_finago_without_a_delivery_address_goes_to_the_invoice_address() {
    let invoice = json!({"Street": "Bank street 1", "PostalCode": "0001", "PostalArea": "OSLO", "Country": "NO"});
    for delivery in [Value::Null, json!({"Name": "Nobody", "Country": "NO"})] {
        let world = open(Kind::Finago, json!({})).await;
        let mut order = FinagoShop::order(1, &[0]);
        order["Addresses"] = json!({"Delivery": delivery, "Invoice": invoice});
        FinagoShop::put(&world, Table::Order, &order);
        world.tick(Kind::Finago).await;
        let sent = body(&world, "20001").unwrap();
        assert_eq!(
            (&sent["consignee"]["address1"], &sent["consignee"]["city"]),
            (&json!("Bank street 1"), &json!("OSLO"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_company_that_receives_the_goods_is_asked_for_its_phone_first() {
    let world = open(Kind::Finago, json!({})).await;
    let mut order = FinagoShop::order(3, &[0]);
    order["CustomerDeliveryId"] = json!("505");
    FinagoShop::put(&world, Table::Order, &order);
    let company = json!({"EmailAddresses": {"Primary": {"Value": "a@example.com;b@example.com"}}});
    FinagoShop::change(&world, Table::Company, 503, &company);
    world.tick(Kind::Finago).await;
    let advanced = &body(&world, "20003").unwrap()["consignee"]["advanced"];
    assert_eq!(advanced["smsNotification"]["value"], "+4790000005");
    assert_eq!(advanced["emailNotification"]["value"], "a@example.com");
}

#[tokio::test(start_paused = true)]
async fn of_several_addresses_in_one_field_the_first_is_told() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let customer = json!({"Id": 500, "Number": 10_000, "Name": "Customer", "EmailAddress": "a@example.com, b@example.com",
        "MailAddress": {"AddressLine1": "Street", "ZipCode": "0150", "City": "Oslo"}});
    crate::scene::put_go(&world, simulators::poweroffice::Kind::Customer, customer);
    let order = invoice(&world, 1, &json!({}), &[line(1, 7000, "A-00000", 1)]);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(body(&world, &order).unwrap()["emailNotification"]["value"], "a@example.com");
}
