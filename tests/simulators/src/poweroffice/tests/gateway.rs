use super::*;
use crate::{Trouble, poweroffice::Kind};
use serde_json::json;

#[test]
fn a_token_is_given_for_the_right_keys_only() {
    let mut desk = Desk::new();
    let response = desk.send(&token_request("app", "berg"));
    assert_eq!((response.status, &body(&response)["expires_in"]), (200, &json!(1200)));
    for (application, client) in [("other", "berg"), ("app", "nobody")] {
        let response = desk.send(&token_request(application, client));
        assert_eq!((response.status, &body(&response)["error"]), (400, &json!("invalid_client")));
    }
    let mut wrong = token_request("app", "berg");
    wrong.body = Bytes::from_static(b"grant_type=password");
    assert_eq!(body(&desk.send(&wrong))["error"], "unsupported_grant_type");
    desk.berg().removed = true;
    assert_eq!(desk.send(&token_request("app", "berg")).status, 400);
    assert_eq!(desk.get(PRODUCTS).status, 401);
}

#[test]
fn a_token_ends_with_its_lifetime() {
    let mut desk = Desk::new();
    desk.model.token_lifetime = SignedDuration::from_secs(600);
    let given = desk.now + SignedDuration::from_millis(150);
    desk.log_in("berg");
    desk.now = given + SignedDuration::from_millis(600_000 - 151);
    assert_eq!(desk.get(PRODUCTS).status, 204);
    assert_eq!(desk.get(PRODUCTS).status, 401);
    desk.log_in("berg");
    assert_eq!(desk.get(PRODUCTS).status, 204);
    desk.model.forget_tokens();
    assert_eq!(desk.get(PRODUCTS).status, 401);
}

#[test]
fn a_token_never_reads_another_company() {
    let mut desk = Desk::new();
    let now = desk.now;
    let here = desk.berg().put(now, Kind::Product, json!({"Code": "B"}));
    let there = desk.model.client("dal").put(now, Kind::Product, json!({"Code": "D"}));
    assert_eq!(here, there, "ids of two companies overlap, so a mix-up would show");
    assert_eq!(names(&desk.rows(PRODUCTS), "Code"), ["B"]);
    desk.log_in("dal");
    assert_eq!(names(&desk.rows(PRODUCTS), "Code"), ["D"]);
}

#[test]
fn the_subscription_key_is_asked_for_in_the_gateways_own_shape() {
    let mut desk = Desk::new();
    for mut call in [token_request("app", "berg"), with_token(request("GET", PRODUCTS), &desk.token.clone())] {
        call.headers.retain(|(name, _)| name != "Ocp-Apim-Subscription-Key");
        let response = desk.send(&call);
        assert_eq!((response.status, &body(&response)["statusCode"]), (401, &json!(401)));
        assert!(body(&response)["message"].is_string());
        call.headers.push(("ocp-apim-subscription-key".into(), "wrong".into()));
        assert_eq!(desk.send(&call).status, 401);
    }
    let mut call = with_token(request("GET", "/v2/Products?subscription-key=sub"), &desk.token.clone());
    call.headers.remove(0);
    assert_eq!(desk.send(&call).status, 204);
}

#[test]
fn a_missing_privilege_is_forbidden_and_can_be_looked_up() {
    let mut desk = Desk::new();
    desk.berg().privileges = ["Product".to_owned()].into();
    desk.berg().invalid_privileges = ["OutgoingInvoice".to_owned()].into();
    for target in [INVOICES, "/v2/Customers/1", "/v2/ContactDeliveryAddresses", "/v2/DeliveryTerms"] {
        let response = desk.get(target);
        assert_eq!((response.status, &body(&response)["status"]), (403, &json!(403)), "{target}");
    }
    assert_eq!(desk.get(PRODUCTS).status, 204);
    assert_eq!(desk.patch("/v2/Products/1", &json!([])).status, 403, "reading is not writing");
    let information = body(&desk.get("/v2/ClientIntegrationInformation"));
    assert_eq!(information["ValidPrivileges"], json!(["Product"]));
    assert_eq!(information["InvalidPrivileges"], json!(["OutgoingInvoice"]));
}

#[test]
fn ten_calls_fit_in_any_sliding_second_of_all_companies_together() {
    let mut desk = Desk::new();
    desk.model.client("dal");
    desk.pass(5_000);
    let start = desk.now;
    let own = with_token(request("GET", PRODUCTS), &desk.token.clone());
    let at = |desk: &mut Desk, milliseconds: i64, call: &Request| {
        desk.model.handle(start + SignedDuration::from_millis(milliseconds), call)
    };
    for call in 0..9 {
        assert_eq!(at(&mut desk, call * 100, &own).status, 204);
    }
    assert_eq!(at(&mut desk, 950, &token_request("app", "dal")).status, 200);
    let refused = at(&mut desk, 999, &own);
    assert_eq!((refused.status, &body(&refused)["statusCode"]), (429, &json!(429)));
    assert_eq!(header(&refused, "Retry-After"), Some("1"));
    assert_eq!(at(&mut desk, 1_000, &own).status, 204, "the first call is a second ago");
    desk.model.retry_after = None;
    let token = at(&mut desk, 1_001, &token_request("app", "dal"));
    assert_eq!((token.status, &body(&token)["statusCode"]), (429, &json!("429")));
    assert_eq!(header(&token, "Retry-After"), None);
    assert_eq!(desk.model.rate_exceeded, 2);
    desk.model.enforce_rate = false;
    assert_eq!(at(&mut desk, 1_002, &own).status, 204);
    assert_eq!(desk.model.rate_exceeded, 3, "counted although it is not enforced");
}

#[test]
fn a_privilege_to_write_opens_what_is_read() {
    let paths =
        ["Products", "ProductGroups", "OutgoingInvoices", "Customers", "ContactDeliveryAddresses", "DeliveryTerms"];
    let full = ["Product_Full", "OutgoingInvoice_Full", "Customer_Full", "CommonServices_Full"];
    let mut desk = Desk::new();
    desk.berg().privileges = full.map(str::to_owned).into();
    let statuses = |desk: &mut Desk| paths.map(|path| desk.get(&format!("/v2/{path}")).status);
    assert!(statuses(&mut desk).iter().all(|status| matches!(status, 200 | 204)));
    desk.berg().privileges.clear();
    assert_eq!(statuses(&mut desk), [403; 6]);
}

#[test]
fn paths_have_no_case_and_calls_are_counted() {
    let mut desk = Desk::new();
    assert_eq!(desk.get("/V2/products").status, 204);
    assert_eq!(desk.get("/v2/PRODUCTS/7").status, 404);
    assert_eq!(desk.get("/v2/Products/seven").status, 400);
    assert_eq!(body(&desk.get("/v2/Nothing"))["statusCode"], 404);
    assert_eq!(desk.model.calls_to("GET /v2/Products"), 1);
    assert_eq!(desk.model.calls_to("GET /v2/Products/{id}"), 2);
    assert_eq!(desk.model.calls_to("POST /OAuth/Token"), 1);
    assert_eq!(desk.model.calls_to("GET elsewhere"), 1);
}

#[test]
fn problems_come_in_both_spellings() {
    let mut desk = Desk::new();
    assert_eq!(body(&desk.get("/v2/Products/7"))["title"], "Not Found");
    assert_eq!(body(&desk.get("/v2/Customers/7"))["Title"], "Not Found");
}

#[test]
fn troubles_are_spelled_as_the_vendor_spells_them() {
    let desk = Desk::new();
    let spell = |trouble, method: &str, target: &str| desk.model.spell(trouble, &request(method, target));
    assert_eq!(spell(Trouble::TokenExpired, "GET", PRODUCTS).unwrap().status, 401);
    assert!(spell(Trouble::TokenExpired, "POST", "/OAuth/Token").is_none());
    let throttled = spell(Trouble::TooManyRequests { retry_after: Some(2) }, "GET", PRODUCTS).unwrap();
    assert_eq!((header(&throttled, "retry-after"), &body(&throttled)["statusCode"]), (Some("2"), &json!(429)));
    let unsaid = spell(Trouble::TooManyRequests { retry_after: None }, "GET", PRODUCTS).unwrap();
    assert_eq!((unsaid.status, header(&unsaid, "retry-after")), (429, None));
    assert_eq!(body(&spell(Trouble::ServerError(500), "GET", PRODUCTS).unwrap())["status"], 500);
    let plain = spell(Trouble::ServerError(503), "GET", PRODUCTS).unwrap();
    assert_eq!((plain.status, header(&plain, "content-type")), (503, Some("text/plain")));
    for (method, target) in [("PATCH", "/v2/Products/1"), ("GET", "/v2/OutgoingInvoices/1/Lines")] {
        assert_eq!(spell(Trouble::Refused, method, target).unwrap().status, 400);
    }
    for (method, target) in [("GET", PRODUCTS), ("POST", "/OAuth/Token")] {
        assert!(spell(Trouble::Refused, method, target).is_none());
    }
}
