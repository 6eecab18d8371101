use super::*;
use crate::finago::{FilterClock, PRODUCT};

fn get(caller: &mut Caller, search: &str, names: &[&str]) -> Element {
    let names = strings(names);
    let content = format!("<searchParams>{search}</searchParams><returnProperties>{names}</returnProperties>");
    caller.ok(PRODUCT, "GetProducts", &content)
}

fn stock(caller: &mut Caller, product: i64, quantity: &str) -> String {
    let content = format!("<productId>{product}</productId><stockQuantity>{quantity}</stockQuantity>");
    caller.ok(PRODUCT, "SetStockQuantity", &content).text
}

#[test]
fn only_what_is_asked_for_comes_back_in_the_declared_order() {
    let mut caller = small_shop();
    let found = get(&mut caller, "", &["DateChanged", "Stock", "Id"]);
    let names: Vec<_> = found.children[0].children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["Id", "Stock", "DateChanged"]);
    assert_eq!(column(&found, "DateChanged"), ["2026-02-03T10:00:00"]);
    assert!(get(&mut caller, "", &[]).children[0].children.is_empty());
}

#[test]
fn a_return_property_that_does_not_exist_is_a_fault() {
    let mut caller = small_shop();
    for name in ["Barcode", "APIException"] {
        let content = format!("<returnProperties>{}</returnProperties>", strings(&[name]));
        assert!(caller.fault(PRODUCT, "GetProducts", &content).1.contains("not a valid return property"));
    }
}

#[test]
fn a_default_is_left_out_and_a_zero_is_not() {
    let mut caller = small_shop();
    caller.put(Kind::Product, json!({ "Id": 9, "Name": "", "Stock": "0", "Weight": "-79228162514264337593543950335" }));
    let found = get(&mut caller, "<Id>9</Id>", &["Id", "Name", "Stock", "Weight", "EAN1", "SupplierId"]);
    let names: Vec<_> = found.children[0].children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["Id", "Stock"]);
}

#[test]
fn sentinels_can_arrive_instead() {
    let mut caller = small_shop();
    caller.finago.rules.write_defaults = true;
    let found = get(&mut caller, "<Id>7</Id>", &["Id"]);
    assert_eq!(column(&found, "Weight"), ["-79228162514264337593543950335"]);
    assert_eq!(column(&found, "SupplierId"), ["-2147483648"]);
    assert_eq!(column(&found, "DateChanged"), ["0001-01-01T00:00:00"]);
    assert_eq!(column(&found, "Id"), ["7"]);
}

#[test]
fn the_filters_narrow_together() {
    let mut caller = small_shop();
    for (id, name, ean) in [(8, "Koppfat", "111"), (9, "Skål", "222"), (12, "Kopp stor", "333")] {
        caller
            .put(Kind::Product, json!({ "Id": id, "Name": name, "EAN1": ean, "CategoryId": id % 2, "Price": "9.50" }));
    }
    for (search, expected) in [
        ("<Name>kopp%</Name>", vec!["12", "7", "8"]),
        ("<Name>kopp</Name>", vec!["7"]),
        ("<Name>%k%r</Name>", vec!["12"]),
        ("<Name>%</Name>", vec!["12", "7", "8", "9"]),
        ("<CategoryId>0</CategoryId><Name>kopp%</Name>", vec!["12", "8"]),
        ("<EAN1>222</EAN1>", vec!["9"]),
        ("<No>K-7</No>", vec!["7"]),
        ("<Price>9.5</Price><ProductIds><int>9</int><int>7</int><int>8</int></ProductIds>", vec!["8", "9"]),
    ] {
        assert_eq!(sorted(column(&get(&mut caller, search, &["Id"]), "Id")), expected, "{search}");
    }
}

#[test]
fn products_come_in_no_order() {
    let mut caller = Caller::new();
    for id in 1..6 {
        caller.put(Kind::Product, json!({ "Id": id, "Name": "x" }));
    }
    let ids = column(&get(&mut caller, "", &["Id"]), "Id");
    assert_ne!(ids, sorted(ids.clone()));
    assert_eq!(sorted(ids), ["1", "2", "3", "4", "5"]);
}

#[test]
fn changed_after_leaves_out_the_moment_itself_unless_told() {
    let mut caller = small_shop();
    let search = "<DateChanged>2026-02-03T10:00:00</DateChanged>";
    assert!(get(&mut caller, search, &["Id"]).children.is_empty());
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03T09:59:59</DateChanged>", &["Id"]).children.len(), 1);
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03</DateChanged>", &["Id"]).children.len(), 1);
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03T12:30:00+02:30</DateChanged>", &["Id"]).children.len(), 0);
    caller.finago.rules.filter_inclusive = true;
    assert_eq!(get(&mut caller, search, &["Id"]).children.len(), 1);
}

#[test]
fn a_filter_may_be_read_as_norwegian_time() {
    let mut caller = small_shop();
    caller.finago.rules.filter_clock = FilterClock::Oslo;
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03T10:59:59</DateChanged>", &["Id"]).children.len(), 1);
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03T11:00:00</DateChanged>", &["Id"]).children.len(), 0);
    let skipped = "<searchParams><DateChanged>2026-03-29T02:30:00</DateChanged></searchParams>";
    assert!(caller.fault(PRODUCT, "GetProducts", skipped).1.contains("invalid time"));
}

#[test]
fn rows_stamped_by_a_clock_behind_need_an_overlap() {
    let mut caller = small_shop();
    caller.finago.rules.filter_clock = FilterClock::Behind(SignedDuration::from_hours(2));
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03T09:00:00</DateChanged>", &["Id"]).children.len(), 0);
    assert_eq!(get(&mut caller, "<DateChanged>2026-02-03T06:59:59</DateChanged>", &["Id"]).children.len(), 1);
}

#[test]
fn a_row_committed_late_appears_with_its_old_time() {
    let mut caller = Caller::new();
    let (changed, visible) = (at("2026-02-03T10:00:01Z"), at("2026-02-03T10:15:00Z"));
    caller.identity().put_late(Kind::Product, &json!({ "Id": 3, "Name": "Sen" }), changed, visible).unwrap();
    caller.pass(899);
    assert!(get(&mut caller, "", &["Id"]).children.is_empty());
    caller.pass(1);
    assert!(get(&mut caller, "<DateChanged>2026-02-03T10:14:00</DateChanged>", &["Id"]).children.is_empty());
    let found = get(&mut caller, "<DateChanged>2026-02-03T10:00:00</DateChanged>", &["Id", "DateChanged"]);
    assert_eq!(column(&found, "DateChanged"), ["2026-02-03T10:00:01"]);
}

#[test]
fn the_stock_quantity_is_absolute_and_may_move_the_time_of_change() {
    let mut caller = small_shop();
    for moves in [true, false] {
        caller.finago.rules.stock_write_moves_date_changed = moves;
        caller.pass(60);
        assert_eq!(stock(&mut caller, 7, "4.5"), "true");
        assert_eq!(column(&get(&mut caller, "", &["Stock"]), "Stock"), ["4.5"]);
        assert_eq!(column(&get(&mut caller, "", &["DateChanged"]), "DateChanged"), ["2026-02-03T10:01:00"]);
    }
    assert_eq!(caller.identity().effects.stock_writes.len(), 2);
}

#[test]
fn a_product_without_stock_control_refuses_a_quantity() {
    let mut caller = small_shop();
    caller.put(Kind::Product, json!({ "Id": 8, "Name": "Montering", "StockControlled": false }));
    caller.put(Kind::Product, json!({ "Id": 9, "Name": "Ukjent" }));
    for product in [8, 9, 404] {
        assert_eq!(stock(&mut caller, product, "1"), "false", "{product}");
    }
    assert!(caller.identity().effects.stock_writes.is_empty());
}

#[test]
fn saving_a_product_does_not_set_its_stock() {
    let mut caller = small_shop();
    let save = "<products><Product><Id>7</Id><Name>Krus</Name><Stock>99</Stock></Product></products>";
    caller.ok(PRODUCT, "SaveProducts", save);
    let found = get(&mut caller, "", &["Name", "Stock"]);
    assert_eq!((column(&found, "Name"), column(&found, "Stock")), (vec!["Krus".into()], vec!["10".into()]));
    caller.finago.rules.save_products_sets_stock = true;
    caller.ok(PRODUCT, "SaveProducts", save);
    assert_eq!(column(&get(&mut caller, "", &["Stock"]), "Stock"), ["99"]);
}

#[test]
fn a_refused_product_is_an_exception_inside_a_200() {
    let mut caller = small_shop();
    let save = "<products><Product><Id>404</Id><Name>x</Name></Product><Product><Name>Ny</Name><CategoryId>1</CategoryId></Product><Product><Name>Ny</Name></Product></products>";
    let answer = caller.ok(PRODUCT, "SaveProducts", save);
    let refused: Vec<bool> = answer.children.iter().map(|one| one.child("APIException").is_some()).collect();
    assert_eq!(refused, [true, false, true]);
    assert_eq!(answer.children[0].at(&["APIException", "Message"]).unwrap().text, "Product 404 does not exist");
}

#[test]
fn what_xml_has_no_place_for_is_written_as_a_reference() {
    let mut caller = small_shop();
    let name = format!("<A\0B\u{b}C{}\n>", crate::finago::xml::HALF_PAIR);
    caller.put(Kind::Product, json!({ "Id": 9, "Name": name }));
    let content =
        format!("<searchParams><Id>9</Id></searchParams><returnProperties>{}</returnProperties>", strings(&["Name"]));
    let response = caller.call(PRODUCT, "GetProducts", &content);
    let text = String::from_utf8(response.body.to_vec()).unwrap();
    assert!(text.contains("<Name>&lt;A&#x0;B&#xB;C&#xD800;\n&gt;</Name>"), "{text}");
    assert!(Element::parse(&text).is_err());
}
