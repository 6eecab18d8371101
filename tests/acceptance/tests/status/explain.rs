//! What `bridgectl explain` says of a record, whole.

use std::time::Duration;

use acceptance::shops::{self, FinagoShop, PowerOfficeShop, Shop, VismaShop};
use acceptance::world::World;
use bridge::roads::explain::{self, Explained, text};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::screen::open;

const ORDER: &str = "00000000-0000-4000-8000-000000000001";

async fn explained(world: &World, feed: Feed, key: &str) -> Explained {
    let tenant = Tenant::parse(&world.memory.tenant_items().remove(0), false).unwrap();
    let deadline = world.now() + Duration::from_secs(60);
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    explain::read(&world.ports(), &tenant, feed, key, deadline, &zone).await.unwrap()
}

fn checked(text: String) -> String {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{text}");
    text
}

fn field(explained: &Explained, pointer: &str) -> String {
    checked(text::field(explained, pointer).unwrap())
}

fn value<'a>(explained: &'a Explained, pointer: &str) -> Option<&'a Value> {
    let members = &explained.explanation.as_ref()?.members;
    members.iter().find(|member| member.member == pointer).map(|member| &member.value)
}

#[tokio::test(start_paused = true)]
async fn an_order_with_freight_and_a_row_of_nothing() {
    let world = World::new();
    let settings = json!({ "not_goods": ["FREIGHT*"], "notify_by_sms": false,
        "extra_fields": [{ "feed": "orders", "from": "/ContractNo", "to": "/freeText1" }] });
    PowerOfficeShop.onboard(&world, settings);
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.tick(Kind::PowerOffice).await;
    let line = |id: i64, code: &str, quantity: i64| {
        json!({ "Id": id, "LineType": "Normal", "SortOrder": id, "ProductId": 7_000, "ProductCode": code,
            "Description": "d".repeat(310), "Quantity": quantity, "ProductUnitPrice": 10, "Allowance": 0, "NetAmount": 10 })
    };
    let header = json!({
        "Id": ORDER, "OrderNo": 20_001, "VoucherType": "OutgoingInvoice", "CustomerId": 501, "CustomerNo": 10_001,
        "CurrencyCode": "NOK", "ContractNo": "C-7", "IsReversed": false, "Balance": 0,
    });
    let lines = [line(1, "A-00000", 2), line(2, "FREIGHT-1", 1), line(3, "A-00000", 0)];
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put_invoice(world.now(), header, &lines);
    world.tick(Kind::PowerOffice).await;
    let explained = explained(&world, Feed::Orders, ORDER).await;
    assert_eq!(
        checked(text::whole(&explained)),
        r#"What is in Ongoing is what PowerOffice has, the version of 08:15 (15 min).

What goes to Ongoing (PUT /orders), and where from:
  /goodsOwnerOrderId = 00000000-0000-4000-8000-000000000001
      /Id (row 9)
  /orderNumber = 20001
      /OrderNo (row 10)
  /deliveryDate = 2026-03-02
      the day on which the record is read, since /DeliveryDate is empty (row 11)
  /emailNotification/value = customer1@example.com
      /Customer/EmailAddress (row 15)
  /emailNotification/toBeNotified = true
      there is /Customer/EmailAddress, the default of the setting
      notify_by_email (row 16)
  /smsNotification/value = +47 900 00 001
      /Customer/PhoneNumber (row 17)
  /smsNotification/toBeNotified = false
      there is /Customer/PhoneNumber, the setting notify_by_sms = false (row 18)
  /consignee/customerNumber = 10001
      /Customer/Number (row 19)
  /consignee/name = Customer 1 AS
      /Customer/LegalName, /Customer/Name = Customer 1 (row 20)
  /consignee/address1 = Street 1
      /Customer/MailAddress/AddressLine1 (row 21)
  /consignee/postCode = 0150
      /Customer/MailAddress/ZipCode (row 23)
  /consignee/city = Oslo
      /Customer/MailAddress/City (row 24)
  /consignee/countryCode = NO
      /Customer/MailAddress/CountryCode (row 25)
  /freeText1 = C-7
      /ContractNo, the tenant's extra_fields
  /goodsOwnerId = 159
      the tenant's item, /ongoing/goods_owner_id
  /advanced/orderTextLines/0/rowNumber = 2
      /Lines/1/Id (row 35)
  /advanced/orderTextLines/0/numberOfItems = 1
      always so (row 36)
  /advanced/orderTextLines/0/comment =
  ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd…
      /Lines/1/Description =
      ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd…, cut from 310
      to 300 characters (row 37)
  /orderLines/0/rowNumber = 1
      /Lines/0/Id (row 26)
  /orderLines/0/articleNumber = A-00000
      /Lines/0/ProductCode (row 27)
  /orderLines/0/numberOfItems = 2
      /Lines/0/Quantity (row 28)
  /orderLines/0/prices/linePrice = 20
      /Lines/0/ProductUnitPrice = 10, /Lines/0/Quantity = 2 (rows 29, 33)
  /orderLines/0/prices/currencyCode = NOK
      /CurrencyCode (row 30)
  /orderLines/0/prices/discountPercentage = 0
      /Lines/0/Allowance (row 31)
  /orderLines/0/prices/customerLinePrice = 10
      /Lines/0/NetAmount (row 32)
  /orderLines/0/comment =
  ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd…
      /Lines/0/Description =
      ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd…, cut from 310
      to 300 characters (row 34)

Rows that are no order lines:
  /Lines/1 (FREIGHT-1) goes along as a text line: its article is listed in
  not_goods
  /Lines/2 (A-00000) is left out: the row's quantity is not above zero

Nothing is sent of:
  /termsOfDeliveryType/code: /DeliveryTerm is empty (row 12)
  /termsOfDeliveryType/name: /DeliveryTerm is empty (row 12)
  /productionCode: /InvoiceNo is empty (row 13)
  /referenceNumber: /CustomerReference is empty (row 14)
  /consignee/address2: /Customer/MailAddress/AddressLine2 is empty,
  /ContactDeliveryAddresses/1/AddressLine2 is empty (row 22)

64 further members of the ERP's record with a value go nowhere: --json names
them."#
    );
    assert_eq!(
        field(&explained, "/consignee/name"),
        r#"What is in Ongoing is what PowerOffice has, the version of 08:15 (15 min).

/consignee/name = Customer 1 AS
  from      /Customer/LegalName = Customer 1 AS
  from      /Customer/Name = Customer 1
  row 20    Customer ⇒ Name: Customer ⇒ Legal Name + Name + LastName
  not used  /Customer/FirstName, which is empty
  not used  /Customer/LastName, which is empty
  note      what is there is joined, repeats are dropped, and so is a name that
            is part of the legal name; a person has a first and a last name, a
            company a legal name and a name."#
    );
    assert_eq!(
        field(&explained, "/smsNotification/toBeNotified"),
        r#"What is in Ongoing is what PowerOffice has, the version of 08:15 (15 min).

/smsNotification/toBeNotified = false
  by        there is /Customer/PhoneNumber
  by        the setting notify_by_sms = false
  row 18    OrderInfo ⇒ OrderNotification ⇒ NotifyBySms: set to true if
            PhoneNumber is set
  note      the settings notify_by_email and notify_by_sms set to false switch
            the notification off, the address stays."#
    );
}

/// Each value that is explained is the one that was sent.
#[tokio::test(start_paused = true)]
async fn what_is_explained_is_what_was_sent() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = open(shop).await;
        let number = shop.put_order(&world, 1, &[0]);
        world.tick(kind).await;
        let items = world.memory.items("tenant#acme", "ledger#orders#");
        let key = items[0].sk.strip_prefix("ledger#orders#").unwrap();
        let explained = explained(&world, Feed::Orders, key).await;
        assert!(
            !explained.moved_on && explained.says[0].starts_with("What is in Ongoing is what"),
            "{:?}",
            explained.says
        );
        let model = world.vendors.ongoing.borrow();
        let sent = model.model.order_body(acceptance::world::GOODS_OWNER, &number).unwrap();
        let members = &explained.explanation.as_ref().unwrap().members;
        assert!(members.len() > 8, "{kind}");
        for member in members {
            assert_eq!(sent.pointer(&member.member), Some(&member.value), "{kind}: {}", member.member);
        }
        assert_eq!(value(&explained, "/orderNumber"), Some(&json!(number)), "{kind}");
        // Nothing was written for it.
        assert_eq!(world.writes(), 2, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_erp_has_moved_on() {
    let world = open(&VismaShop).await;
    VismaShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Visma).await;
    let key = "0d0e0000-0000-4000-8000-000000000001";
    VismaShop.change_order(&world, 1);
    let changed = explained(&world, Feed::Orders, key).await;
    assert!(changed.moved_on);
    assert_eq!(
        field(&changed, "/referenceNumber"),
        r#"Changed since: what is in Ongoing is the version of 08:15 (15 min); below is
what Visma has now, the version of 08:30 (now).

/referenceNumber = Changed
  from      /YourReference = Changed
  row P9    OrderInfo ⇒ ReferenceNumber: Buyer's order reference, else your
            reference
  not used  /BuyersOrderReference, which is empty"#
    );
    VismaShop.withdraw_order(&world, 1);
    let draft = explained(&world, Feed::Orders, key).await;
    assert_eq!(
        checked(text::whole(&draft)),
        r#"Visma has it, the version of 08:30 (now), and it is taken back: the order's
status is 1 (draft). Nothing of it goes to Ongoing; an order that is there is
cancelled unless the warehouse has started."#
    );
}

#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_mapped_names_the_member() {
    let world = open(&VismaShop).await;
    VismaShop.put_poisoned_order(&world, 1);
    world.tick(Kind::Visma).await;
    let explained = explained(&world, Feed::Orders, "0d0e0000-0000-4000-8000-000000000001").await;
    assert_eq!(
        checked(text::whole(&explained)),
        r#"Visma has it, the version of 08:15 (15 min), and it cannot be mapped: rejected
at /Rows/0/ArticleNumber: a value is expected.
In the record /Rows/0/ArticleNumber is empty."#
    );
}

/// What is told of names and addresses goes to the operator alone.
#[tokio::test(start_paused = true)]
async fn nothing_of_it_is_logged() {
    let world = open(&PowerOfficeShop).await;
    PowerOfficeShop.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    let explained = explained(&world, Feed::Orders, ORDER).await;
    assert!(text::whole(&explained).contains("customer1@example.com"));
    let logged = world.logs.text();
    for name in ["customer1@example.com", "Street 1", "Customer 1"] {
        assert!(!logged.contains(name), "{name} was logged");
    }
}

/// Every value is traced by mapping again: what that takes where there is much to trace.
#[tokio::test(start_paused = true)]
async fn an_order_of_two_hundred_rows_is_explained_while_a_person_waits() {
    let world = open(&PowerOfficeShop).await;
    PowerOfficeShop.put_order(&world, 1, &[0; 200]);
    world.tick(Kind::PowerOffice).await;
    let began = std::time::Instant::now();
    let explained = explained(&world, Feed::Orders, ORDER).await;
    let took = began.elapsed();
    let members = explained.explanation.as_ref().unwrap().members.len();
    println!("figure: explain of an order of 200 rows, unoptimized | {members} members in {:.1} s", took.as_secs_f64());
    assert!(members > 200 * 8);
    assert!(took < Duration::from_secs(120), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_value_map_is_named_at_the_member_that_it_changed() {
    let world = World::new();
    let values = json!([{ "feed": "orders", "at": "/consignee/countryCode", "map": { "NO": "SE" }, "else": "park" }]);
    PowerOfficeShop.onboard(&world, json!({ "values": values }));
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.tick(Kind::PowerOffice).await;
    PowerOfficeShop.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    let key = world.ledger("acme", Feed::Orders).remove(0).0;
    let explained = explained(&world, Feed::Orders, &key).await;
    assert_eq!(value(&explained, "/consignee/countryCode"), Some(&json!("SE")));
    let told = field(&explained, "/consignee/countryCode");
    assert!(told.contains("  mapped    /settings/values/0 made SE of NO"), "{told}");
    assert!(
        checked(text::whole(&explained)).contains(", NO mapped by /settings/values/0"),
        "{}",
        text::whole(&explained)
    );
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_changes_a_value_is_named() {
    let by = |explained: &Explained, member: &str| {
        let members = &explained.explanation.as_ref().unwrap().members;
        let member = members.iter().find(|one| one.member == member).unwrap();
        member.by.iter().filter_map(|by| serde_json::to_value(by).ok()).filter(|by| by["by"] == "setting").collect()
    };
    for (settings, expected) in [
        (json!({}), [None, None]),
        (
            json!({ "weight_unit": "g", "customer_number": "per_address" }),
            [
                Some(json!({ "by": "setting", "setting": "weight_unit", "value": "g" })),
                Some(json!({ "by": "setting", "setting": "customer_number", "value": "per_address" })),
            ],
        ),
    ] {
        let world = World::new();
        FinagoShop.onboard(&world, settings.clone());
        FinagoShop.put_article(&world, 0, "Article");
        FinagoShop.put_order(&world, 1, &[0]);
        world.tick(Kind::Finago).await;
        let key = |feed: Feed| {
            let items = world.memory.items("tenant#acme", &format!("ledger#{feed}#"));
            items[0].sk.rsplit_once('#').unwrap().1.to_owned()
        };
        let members = [(Feed::Articles, "/weight"), (Feed::Orders, "/consignee/customerNumber")];
        for ((feed, member), expected) in members.into_iter().zip(expected) {
            let named: Vec<Value> = by(&explained(&world, feed, &key(feed)).await, member);
            assert_eq!(named, Vec::from_iter(expected), "{settings}: {member}");
        }
    }
}
