use serde_json::{Value, json};

use super::{Bench, OWNER, order, request};
use crate::ongoing::Ongoing;
use crate::{Simulator, Trouble};

fn broken() -> (u16, Value) {
    (500, json!({ "Message": "An error has occurred." }))
}

#[test]
fn a_header_name_in_small_letters_breaks_the_server_even_before_a_wrong_password() {
    let mut bench = Bench::stocked();
    for name in ["content-type", "accept", "X-request-Id"] {
        let mut sent = request("PUT", "orders", Some(&order("1")));
        sent.headers.push((name.to_owned(), "application/json".to_owned()));
        sent.headers[1].1 = "Basic bm86bm8=".to_owned();
        assert_eq!(bench.send(&sent), broken(), "{name}");
    }
    assert!(bench.ongoing.order_body(OWNER, "1").is_none());
}

#[test]
fn a_body_without_a_length_breaks_the_server() {
    let mut bench = Bench::stocked();
    let mut sent = request("PUT", "orders", Some(&order("1")));
    sent.headers.retain(|(name, _)| name != "Content-Length");
    assert_eq!(bench.send(&sent), broken());
    sent.headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
    assert_eq!(bench.send(&sent), broken());
}

#[test]
fn a_lenient_system_takes_any_header_names() {
    let mut bench = Bench::new();
    bench.ongoing = Ongoing::new("acme").goods_owner(OWNER, "WSI-acme", "secret").lenient();
    let mut sent = request("GET", "goodsOwners", None);
    sent.headers.push(("user-agent".to_owned(), "x".to_owned()));
    let (status, body) = bench.send(&sent);
    assert_eq!((status, &body["goodsOwners"][0]["goodsOwnerId"]), (200, &json!(OWNER)));
}

#[test]
fn wrong_credentials_are_refused_and_other_warehouses_unknown() {
    let mut bench = Bench::new();
    let mut sent = request("GET", "warehouses", None);
    assert_eq!(bench.send(&sent).0, 200);
    sent.headers[1].1 = "Basic V1NJLWFjbWU6d3Jvbmc=".to_owned();
    assert_eq!(bench.send(&sent).0, 401);
    sent.headers.remove(1);
    assert_eq!(bench.send(&sent).0, 401);
    let mut elsewhere = request("GET", "warehouses", None);
    elsewhere.target = "/other/api/v1/warehouses".to_owned();
    assert_eq!(bench.send(&elsewhere).0, 404);
}

#[test]
fn a_user_reaches_its_own_goods_owners_alone() {
    let mut bench = Bench::stocked();
    bench.put("orders", &order("1"));
    let system = std::mem::replace(&mut bench.ongoing, Ongoing::new("none"));
    bench.ongoing = system.goods_owner(2, "WSI-two", "two").goods_owner(3, "WSI-two", "two");
    assert_eq!(bench.get("articles?goodsOwnerId=2").0, 403);
    let mut sent = request("GET", "orders/50001", None);
    assert_eq!(bench.send(&sent).0, 200);
    // WSI-two:two
    sent.headers[1].1 = "Basic V1NJLXR3bzp0d28=".to_owned();
    assert_eq!(bench.send(&sent).0, 404, "the order of another goods owner");
    sent.target = "/acme/api/v1/goodsOwners".to_owned();
    let ids: Vec<Value> =
        bench.send(&sent).1["goodsOwners"].as_array().unwrap().iter().map(|one| one["goodsOwnerId"].clone()).collect();
    assert_eq!(ids, [json!(2), json!(3)]);
}

#[test]
fn troubles_are_spelt_in_the_vendor_s_two_shapes() {
    let bench = Bench::new();
    let read = request("GET", "orders?goodsOwnerId=159", None);
    let write = request("PUT", "orders", Some(&order("1")));
    let spelt = |trouble, request| bench.ongoing.spell(trouble, request);
    assert_eq!(spelt(Trouble::TokenExpired, &read).unwrap().status, 401);
    let throttled = spelt(Trouble::TooManyRequests { retry_after: Some(2) }, &read).unwrap();
    assert!(throttled.status == 429 && throttled.headers.contains(&("Retry-After".to_owned(), "2".to_owned())));
    let silent = spelt(Trouble::TooManyRequests { retry_after: None }, &read).unwrap();
    assert!(silent.status == 503 && !silent.headers.iter().any(|(name, _)| name == "Retry-After"));
    let error = spelt(Trouble::ServerError(500), &read).unwrap();
    assert_eq!(&error.body[..], br#"{"Message":"An error has occurred."}"#);
    assert!(spelt(Trouble::Refused, &read).is_none());
    let refused: Value = serde_json::from_slice(&spelt(Trouble::Refused, &write).unwrap().body).unwrap();
    assert!(refused["message"].is_string());
}
