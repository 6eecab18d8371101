use super::*;
use crate::finago::INVOICE;

const ROWS: &str = "<rowReturnProperties><string>ProductId</string><string>Quantity</string><string>Type</string></rowReturnProperties>";

fn get(caller: &mut Caller, search: &str, names: &[&str]) -> Element {
    let names = strings(names);
    let content = format!(
        "<searchParams>{search}</searchParams><invoiceReturnProperties>{names}</invoiceReturnProperties>{ROWS}"
    );
    caller.ok(INVOICE, "GetInvoices", &content)
}

fn save(caller: &mut Caller, operation: &str, members: &str) -> Element {
    let content = format!("<invoices><InvoiceOrder>{members}</InvoiceOrder></invoices>");
    caller.ok(INVOICE, operation, &content).children.remove(0)
}

fn include_vat() -> &'static str {
    r#"<IncludeVAT xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>"#
}

fn set_status(caller: &mut Caller, status: &str) -> Element {
    let vat = include_vat();
    let members = format!("<OrderId>1001</OrderId><CustomerId>5</CustomerId><OrderStatus>{status}</OrderStatus>{vat}");
    save(caller, "SaveInvoices", &members)
}

fn message(answer: &Element) -> &str {
    &answer.at(&["APIException", "Message"]).unwrap().text
}

const ONE: &str = "<OrderIds><int>1001</int></OrderIds>";

#[test]
fn a_search_needs_a_filter() {
    let mut caller = small_shop();
    for search in ["", "<searchParams/>", "<searchParams><OrderIds/></searchParams>"] {
        assert!(caller.fault(INVOICE, "GetInvoices", search).1.contains("At least one search parameter"), "{search}");
    }
}

#[test]
fn rows_come_when_both_lists_ask_for_them() {
    let mut caller = small_shop();
    let found = get(&mut caller, ONE, &["OrderId", "InvoiceRows"]);
    let rows = found.children[0].child("InvoiceRows").unwrap();
    assert_eq!(column(rows, "ProductId"), ["7", ""]);
    assert_eq!(column(rows, "Type"), ["", "Text"]);
    assert_eq!(column(rows, "Name"), ["", ""]);
    assert!(get(&mut caller, ONE, &["OrderId"]).children[0].child("InvoiceRows").is_none());
    let content = format!(
        "<searchParams>{ONE}</searchParams><invoiceReturnProperties><string>InvoiceRows</string></invoiceReturnProperties>"
    );
    let found = caller.ok(INVOICE, "GetInvoices", &content);
    assert!(found.children[0].child("InvoiceRows").unwrap().children.iter().all(|row| row.children.is_empty()));
}

#[test]
fn include_vat_is_always_there_and_the_default_state_never() {
    let mut caller = small_shop();
    caller.put(Kind::Order, json!({ "OrderId": 1002, "CustomerId": 5, "OrderStatus": "Web" }));
    let found = get(
        &mut caller,
        "<OrderStates><OrderSlipStateType>Web</OrderSlipStateType></OrderStates>",
        &["OrderId", "OrderStatus"],
    );
    assert_eq!(column(&found, "OrderId"), ["1002"]);
    assert!(found.children[0].child("OrderStatus").is_none());
    assert!(found.children[0].child("IncludeVAT").unwrap().nil);
}

#[test]
fn filters_narrow_together_and_none_found_is_no_element() {
    let mut caller = small_shop();
    caller.put(
        Kind::Order,
        json!({ "OrderId": 1002, "CustomerId": 5, "OrderStatus": "Offer", "ExternalStatus": 3, "InvoiceId": 61 }),
    );
    for (search, expected) in [
        ("<CustomerIds><int>5</int></CustomerIds>", vec!["1001", "1002"]),
        (
            "<CustomerIds><int>5</int></CustomerIds><OrderStates><OrderSlipStateType>Offer</OrderSlipStateType></OrderStates>",
            vec!["1002"],
        ),
        ("<InvoiceIds><int>61</int></InvoiceIds>", vec!["1002"]),
        ("<ExternalStatus><int>3</int></ExternalStatus>", vec!["1002"]),
        (
            "<ChangedAfter>2026-02-03T09:00:00</ChangedAfter><OrderIds><int>1001</int><int>9</int></OrderIds>",
            vec!["1001"],
        ),
        ("<ChangedAfter>2026-02-03T10:00:00</ChangedAfter>", vec![]),
    ] {
        assert_eq!(sorted(column(&get(&mut caller, search, &["OrderId"]), "OrderId")), expected, "{search}");
    }
    let content = "<searchParams><OrderIds><int>9</int></OrderIds></searchParams>";
    let response = caller.call(INVOICE, "GetInvoices", content);
    assert!(!std::str::from_utf8(&response.body).unwrap().contains("GetInvoicesResult"));
}

#[test]
fn a_batch_is_limited_and_a_search_far_back_times_out() {
    let mut caller = small_shop();
    caller.finago.rules.largest_batch = 2;
    caller.finago.rules.largest_search = 1;
    caller.put(Kind::Order, json!({ "OrderId": 1002, "CustomerId": 5 }));
    let three = "<searchParams><OrderIds><int>1</int><int>2</int><int>3</int></OrderIds></searchParams>";
    assert!(caller.fault(INVOICE, "GetInvoices", three).1.contains("limited to 2"));
    let far = "<ChangedAfter>2020-01-01T00:00:00</ChangedAfter>";
    let (status, text) = caller.fault(INVOICE, "GetInvoices", &format!("<searchParams>{far}</searchParams>"));
    assert!(status == 500 && text.contains("Timeout expired"), "{text}");
    assert_eq!(get(&mut caller, &format!("{far}{ONE}"), &["OrderId"]).children.len(), 1);
    assert_eq!(get(&mut caller, "<ChangedAfter>2026-02-01T00:00:00</ChangedAfter>", &["OrderId"]).children.len(), 2);
}

#[test]
fn the_sync_list_gives_numbers_by_time_of_change_or_of_making() {
    let mut caller = small_shop();
    caller.pass(60);
    caller.put(Kind::Order, json!({ "OrderId": 1002, "CustomerId": 5 }));
    caller.pass(60);
    let now = caller.now;
    caller.identity().change(Kind::Order, 1001, &json!({ "InvoiceTitle": "x" }), now).unwrap();
    let never = "<RegisteredAfter>0001-01-01T00:00:00</RegisteredAfter>";
    for (params, expected) in [
        (never.to_owned(), vec!["1001", "1002"]),
        (format!("<ChangedAfter>2026-02-03T10:01:30</ChangedAfter>{never}"), vec!["1001"]),
        ("<RegisteredAfter>2026-02-03T10:00:30</RegisteredAfter>".to_owned(), vec!["1002"]),
    ] {
        let list = caller.ok(INVOICE, "GetOrderSyncList", &format!("<syncParams>{params}</syncParams>"));
        assert_eq!(sorted(list.children.iter().map(|int| int.text.clone()).collect()), expected, "{params}");
    }
    let without = "<syncParams><ChangedAfter>2026-02-03T10:01:30</ChangedAfter></syncParams>";
    assert!(caller.fault(INVOICE, "GetOrderSyncList", without).1.contains("'RegisteredAfter' is missing"));
}

#[test]
fn delivery_methods_are_listed() {
    let mut caller = small_shop();
    caller.identity().delivery_methods.insert(4, "Bring".into());
    let list = caller.ok(INVOICE, "GetDeliveryMethods", "");
    assert_eq!((column(&list, "Id"), column(&list, "Description")), (vec!["4".into()], vec!["Bring".into()]));
}

#[test]
fn sent_takes_goods_from_stock_once_however_often_it_is_said() {
    let mut caller = small_shop();
    for _ in 0..2 {
        let answer = set_status(&mut caller, "OrderState_Sent");
        assert_eq!(answer.child("OrderStatus").unwrap().text, "OrderState_Sent");
        assert!(answer.child("APIException").is_none());
    }
    let identity = caller.identity();
    assert_eq!(identity.effects.goods_issues, [(1001, 7, 3.into())]);
    assert_eq!(identity.effects.status_changes.len(), 1);
    assert_eq!(identity.record(Kind::Product, 7).unwrap().body["Stock"], "7");
    assert_eq!(identity.record(Kind::Order, 1001).unwrap().body["InvoiceRows"]["InvoiceRow"][1]["Name"], "Hilsen");
}

#[test]
fn going_back_and_forth_takes_goods_twice() {
    let mut caller = small_shop();
    for status in ["OrderState_Sent", "Confirmed", "OrderState_Sent"] {
        set_status(&mut caller, status);
    }
    assert_eq!(caller.identity().effects.goods_issues.len(), 2);
}

#[test]
fn skip_stock_leaves_the_stock() {
    let mut caller = small_shop();
    let now = caller.now;
    caller.identity().change(Kind::Order, 1001, &json!({ "SkipStock": true }), now).unwrap();
    set_status(&mut caller, "OrderState_Sent");
    assert!(caller.identity().effects.goods_issues.is_empty());
}

#[test]
fn a_state_left_out_falls_back_to_web() {
    let mut caller = small_shop();
    let vat = include_vat();
    let members = format!("<OrderId>1001</OrderId><CustomerId>5</CustomerId>{vat}<InvoiceTitle>Ny</InvoiceTitle>");
    save(&mut caller, "SaveInvoices", &members);
    let order = caller.identity().record(Kind::Order, 1001).unwrap().body.clone();
    assert_eq!(
        (&order["OrderStatus"], &order["InvoiceTitle"], &order["ReferenceNumber"]),
        (&json!("Web"), &json!("Ny"), &json!("R-1"))
    );
}

#[test]
fn nil_changes_nothing_and_a_value_does() {
    let mut caller = small_shop();
    let now = caller.now;
    caller.identity().change(Kind::Order, 1001, &json!({ "IncludeVAT": true }), now).unwrap();
    set_status(&mut caller, "Pack");
    assert_eq!(caller.identity().record(Kind::Order, 1001).unwrap().body["IncludeVAT"], "true");
    save(
        &mut caller,
        "SaveInvoices",
        "<OrderId>1001</OrderId><CustomerId>5</CustomerId><IncludeVAT>false</IncludeVAT>",
    );
    assert_eq!(caller.identity().record(Kind::Order, 1001).unwrap().body["IncludeVAT"], "false");
}

#[test]
fn include_vat_must_be_sent() {
    let mut caller = small_shop();
    let content = "<invoices><InvoiceOrder><OrderId>1001</OrderId><CustomerId>5</CustomerId></InvoiceOrder></invoices>";
    assert!(caller.fault(INVOICE, "SaveInvoices", content).1.contains("'IncludeVAT' is missing"));
}

#[test]
fn an_invoiced_order_refuses_all_but_title_and_reference() {
    let mut caller = small_shop();
    let now = caller.now;
    caller.identity().change(Kind::Order, 1001, &json!({ "OrderStatus": "Invoiced" }), now).unwrap();
    assert!(message(&set_status(&mut caller, "OrderState_Sent")).contains("invoiced"));
    let vat = include_vat();
    let members =
        format!("<OrderId>1001</OrderId>{vat}<YourReference>Nei</YourReference><InvoiceTitle>Ja</InvoiceTitle>");
    assert!(save(&mut caller, "UpdateInvoices", &members).child("APIException").is_none());
    let order = caller.identity().record(Kind::Order, 1001).unwrap().body.clone();
    assert_eq!((&order["OrderStatus"], &order["InvoiceTitle"]), (&json!("Invoiced"), &json!("Ja")));
    assert!(order.get("YourReference").is_none());
    assert!(caller.identity().effects.goods_issues.is_empty());
}

#[test]
fn refusals_are_exceptions_inside_a_200_and_leave_the_others_alone() {
    let mut caller = small_shop();
    let vat = include_vat();
    let one = |id: &str, customer: &str| {
        format!("<InvoiceOrder>{id}{customer}<OrderStatus>Pack</OrderStatus>{vat}</InvoiceOrder>")
    };
    let content = format!(
        "<invoices>{}{}{}{}</invoices>",
        one("<OrderId>404</OrderId>", "<CustomerId>5</CustomerId>"),
        one("<OrderId>1001</OrderId>", ""),
        one("<OrderId>1001</OrderId>", "<CustomerId>6</CustomerId>"),
        one("<OrderId>1001</OrderId>", "<CustomerId>5</CustomerId>"),
    );
    let answer = caller.ok(INVOICE, "SaveInvoices", &content);
    let refused: Vec<bool> = answer.children.iter().map(|one| one.child("APIException").is_some()).collect();
    assert_eq!(refused, [true, true, true, false]);
    assert!(message(&answer.children[1]).contains("CustomerId is required"));
    assert_eq!(caller.identity().effects.refusals.len(), 3);
    assert_eq!(caller.identity().record(Kind::Order, 1001).unwrap().body["OrderStatus"], "Pack");
}

#[test]
fn rows_sent_say_what_to_do_with_them() {
    let mut caller = small_shop();
    let vat = include_vat();
    let rows = |rows: &str| {
        format!(
            "<OrderId>1001</OrderId><CustomerId>5</CustomerId><OrderStatus>Confirmed</OrderStatus>{vat}<InvoiceRows>{rows}</InvoiceRows>"
        )
    };
    let bare = rows("<InvoiceRow><ProductId>7</ProductId><RowId>1</RowId></InvoiceRow>");
    assert!(message(&save(&mut caller, "SaveInvoices", &bare)).contains("ChangeState"));
    let changes = rows(
        "<InvoiceRow><RowId>1</RowId><Quantity>5</Quantity><ChangeState>Edit</ChangeState></InvoiceRow><InvoiceRow><RowId>2</RowId><ChangeState>Delete</ChangeState></InvoiceRow><InvoiceRow><ProductId>7</ProductId><Quantity>1</Quantity><ChangeState>Add</ChangeState></InvoiceRow>",
    );
    assert!(save(&mut caller, "SaveInvoices", &changes).child("APIException").is_none());
    let order = caller.identity().record(Kind::Order, 1001).unwrap().body.clone();
    let kept: Vec<_> =
        order["InvoiceRows"]["InvoiceRow"].as_array().unwrap().iter().map(|row| row["Quantity"].clone()).collect();
    assert_eq!(kept, [json!("5"), json!("1")]);
}

#[test]
fn an_order_without_number_is_made_anew_each_time() {
    let mut caller = small_shop();
    let vat = include_vat();
    for _ in 0..2 {
        let answer = save(&mut caller, "SaveInvoices", &format!("<CustomerId>5</CustomerId>{vat}"));
        assert!(answer.child("OrderId").is_some());
    }
    assert_eq!(caller.identity().effects.orders_made.len(), 2);
}

#[test]
fn invoicing_mails_once() {
    let mut caller = small_shop();
    let now = caller.now;
    caller.identity().change(Kind::Order, 1001, &json!({ "DistributionMethod": "EMail" }), now).unwrap();
    set_status(&mut caller, "Invoiced");
    set_status(&mut caller, "Invoiced");
    assert_eq!(caller.identity().effects.mails, [1001]);
    assert_eq!(caller.identity().record(Kind::Order, 1001).unwrap().body["InvoiceId"], "51001");
}
