use super::*;
use crate::poweroffice::Kind;
use serde_json::json;

fn shop(desk: &mut Desk, codes: &[&str]) -> Vec<String> {
    let ids = codes.iter().map(|code| {
        desk.pass(1_000);
        let now = desk.now;
        desk.berg().put(now, Kind::Product, json!({"Code": code, "Name": code.to_lowercase()})).to_string()
    });
    ids.collect()
}

#[test]
fn an_empty_list_is_204_without_a_body() {
    let mut desk = Desk::new();
    for target in
        [PRODUCTS, INVOICES, "/v2/ProductGroups", "/v2/Customers", "/v2/ContactDeliveryAddresses?contactIds=1"]
    {
        assert_eq!(desk.rows(target), Vec::<Value>::new());
    }
}

#[test]
fn pages_end_with_an_empty_link() {
    let mut desk = Desk::new();
    shop(&mut desk, &["A", "B", "C"]);
    let first = desk.get("/v2/Products?PageSize=2&type=Product");
    let pagination: Value = serde_json::from_str(header(&first, "X-Pagination").unwrap()).unwrap();
    let link = pagination["nextPageLink"].as_str().unwrap().strip_prefix("https://goapi.poweroffice.net").unwrap();
    let second = desk.get(link);
    assert_eq!(names(body(&second).as_array().unwrap(), "Code"), ["C"]);
    assert_eq!(header(&second, "X-Pagination"), Some(r#"{"nextPageLink":""}"#));
    assert_eq!(desk.get("/v2/Products?PageSize=2&PageNumber=3").status, 204);
    let exact = desk.get("/v2/Products?PageSize=3");
    assert_eq!(header(&exact, "X-Pagination"), Some(r#"{"nextPageLink":""}"#));
    for wrong in ["PageSize=0", "PageSize=20001", "PageNumber=0", "PageNumber=x"] {
        assert_eq!(desk.get(&format!("/v2/Products?{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(desk.rows("/v2/Products?Fields=code,Id")[0].as_object().unwrap().len(), 2);
}

#[test]
fn the_default_page_holds_five_thousand() {
    let mut desk = Desk::new();
    for id in 1..=5001 {
        desk.model.client("berg").place(Kind::DeliveryTerm, json!({"Id": id, "Name": "DAP"}));
    }
    assert_eq!(desk.rows("/v2/DeliveryTerms").len(), 5000);
    assert_eq!(desk.rows("/v2/DeliveryTerms?PageNumber=2").len(), 1);
    assert_eq!(desk.rows("/v2/DeliveryTerms?PageSize=20000").len(), 5001);
}

#[test]
fn a_row_that_changes_while_somebody_pages_moves_to_the_end() {
    let mut desk = Desk::new();
    let ids = shop(&mut desk, &["A", "B", "C", "D"]);
    let first = desk.rows("/v2/Products?PageSize=2");
    let now = desk.now;
    desk.berg().change(now, Kind::Product, &ids[0], |row| row["Name"] = "new".into()).unwrap();
    let second = desk.rows("/v2/Products?PageSize=2&PageNumber=2");
    assert_eq!(names(&first, "Code"), ["A", "B"]);
    assert_eq!(names(&second, "Code"), ["D", "A"], "C slipped to the first page and is missed");
}

#[test]
fn greater_than_excludes_the_time_itself() {
    let mut desk = Desk::new();
    shop(&mut desk, &["A", "B"]);
    let times = names(&desk.rows(PRODUCTS), "LastChangedDateTimeOffset");
    assert_eq!(times[0].len(), START.len(), "seven digits: {}", times[0]);
    let after = |time: &str| format!("/v2/Products?lastChangedDateTimeOffsetGreaterThan={time}");
    assert_eq!(names(&desk.rows(&after(&times[0])), "Code"), ["B"]);
    assert!(desk.rows(&after(&times[1])).is_empty());
    let early = "2026-03-02T09:00:00%2B02:00";
    assert_eq!(desk.rows(&after(early)).len(), 2);
    for wrong in ["2026-03-02T09:00:00+02:00", "2026-03-02T09:00:00", "soon"] {
        assert_eq!(desk.get(&after(wrong)).status, 400, "{wrong}");
    }
}

#[test]
fn products_are_filtered_by_code_type_and_archive() {
    let mut desk = Desk::new();
    shop(&mut desk, &["A", "a", "B"]);
    let now = desk.now;
    desk.berg().put(now, Kind::Product, json!({"Code": "S", "ProductType": "Service", "IsArchived": true}));
    assert_eq!(names(&desk.rows("/v2/Products?codes=A,S"), "Code"), ["A", "a", "S"], "codes compare loosely");
    assert_eq!(names(&desk.rows("/v2/Products?type=Service"), "Code"), ["S"]);
    assert_eq!(desk.get("/v2/Products?type=Thing").status, 400);
    assert_eq!(desk.rows("/v2/Products?isArchived=false").len(), 3);
    assert_eq!(desk.rows(PRODUCTS).len(), 4);
}

#[test]
fn a_row_committed_late_appears_after_its_time() {
    let mut desk = Desk::new();
    shop(&mut desk, &["A"]);
    desk.berg().commit_delay = SignedDuration::from_millis(1_000);
    let stamped = desk.now;
    let id = desk.berg().put(stamped, Kind::Product, json!({"Code": "LATE"})).to_string();
    assert_eq!(names(&desk.rows(PRODUCTS), "Code"), ["A"]);
    assert_eq!(desk.get(&format!("/v2/Products/{id}")).status, 404);
    desk.pass(1_000);
    let rows = desk.rows(PRODUCTS);
    assert_eq!(names(&rows, "Code"), ["A", "LATE"]);
    assert_eq!(rows[1]["LastChangedDateTimeOffset"].as_str().unwrap().parse::<Timestamp>().unwrap(), stamped);
}

#[test]
fn inherited_values_stay_null_on_the_product() {
    let mut desk = Desk::new();
    let now = desk.now;
    let group = json!({"Code": "G", "Name": "Group", "UnitPrice": 10, "UnitCost": 4.5, "UnitOfMeasureCode": "EA"});
    let product = json!({"Code": "A", "ProductGroup": group});
    desk.berg().put_product(now, product).unwrap();
    let row = desk.rows(PRODUCTS).remove(0);
    assert!(["UnitPrice", "UnitCost", "UnitOfMeasureCode"].iter().all(|name| row[*name].is_null()));
    let group = body(&desk.get(&format!("/v2/ProductGroups/{}", row["ProductGroupId"])));
    assert_eq!((group["UnitPrice"].to_string(), group["UnitCost"].to_string()), ("10.0".into(), "4.5".into()));
    assert_eq!(row["ProductGroupCode"], group["Code"]);
}
