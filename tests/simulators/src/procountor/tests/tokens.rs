use super::*;
use crate::procountor::Right;

#[test]
fn a_token_lives_an_hour_and_no_longer() {
    let mut desk = Desk::new();
    desk.wait(3599);
    assert_eq!(desk.status_of("/api/products"), 200);
    desk.wait(1);
    let (status, answer) = desk.call("GET", "/api/products", None);
    assert_eq!((status, &answer["errors"][0]["status"]), (401, &json!(401)));
    desk.log_in();
    assert_eq!(desk.status_of("/api/products"), 200);
    assert_eq!(desk.sim.logins, 2);
}

#[test]
fn the_answer_has_no_refresh_token_and_claims_the_company() {
    use base64::Engine as _;
    let desk = Desk::new();
    let payload = desk.token.split('.').nth(1).unwrap();
    let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["cid"], &claims["scope"]), (&json!(desk.company), &json!("m2m")));
}

#[test]
fn wrong_key_wrong_client_wrong_redirect_and_wrong_form_are_refused() {
    let mut desk = Desk::new();
    let key = desk.sim.company(desk.company).unwrap().api_key.clone().unwrap();
    let mut refused = |request: Request| {
        let response = desk.sim.handle(desk.now, &request);
        (response.status, body(&response)["error"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(login("no-such-key")), (400, "invalid_grant".into()));
    let secret = ("client_secret", "s3cret-of-the-bridge");
    let pairs =
        [("grant_type", "client_credentials"), ("client_id", "bridgeClient"), secret, ("api_key", key.as_str())];
    let mut wrong = pairs;
    wrong[2].1 = "guess";
    assert_eq!(refused(form("/api/oauth/token", &wrong)), (401, "invalid_client".into()));
    let redirect = [&pairs[..], &[("redirect_uri", "https://bridge.example/connect/procountor/callback/")]].concat();
    assert_eq!(refused(form("/api/oauth/token", &redirect)), (400, "invalid_grant".into()));
    let mut json_body = login(&key);
    json_body.headers[0].1 = "application/json".into();
    assert_eq!(refused(json_body), (400, "invalid_request".into()));
    // Secrets in the query count for nothing.
    let in_query = format!("/api/oauth/token?{}", String::from_utf8(login(&key).body.to_vec()).unwrap());
    assert_eq!(refused(form(&in_query, &[])), (401, "invalid_client".into()));
    assert_eq!((desk.sim.logins, desk.sim.refused_logins), (1, 5));
}

#[test]
fn a_revoked_key_gives_no_new_token_while_the_old_one_lives_on() {
    let mut desk = Desk::new();
    let key = desk.sim.company(desk.company).unwrap().api_key.clone().unwrap();
    desk.sim.act(desk.now, "revoke_key", &json!({ "company": desk.company })).unwrap();
    assert_eq!(desk.sim.handle(desk.now, &login(&key)).status, 400);
    assert_eq!(desk.status_of("/api/invoices"), 200);
    desk.sim.expire_tokens();
    assert_eq!(desk.status_of("/api/invoices"), 401);
}

#[test]
fn a_key_opens_its_own_company_though_ids_are_shared() {
    let mut desk = Desk::new();
    let other = desk.sim.add_company(desk.now, "Toinen Oy");
    let mine = desk.product(json!({ "name": "mine" }));
    let theirs = desk.sim.put(desk.now, other, Kind::Product, json!({ "name": "theirs" })).unwrap();
    assert_eq!(mine, theirs);
    assert_eq!(desk.get(&format!("/api/products/{mine}"))["name"], "mine");
    assert_eq!(desk.get("/api/sessioninfo")["companyId"], desk.company);
    desk.company = other;
    desk.log_in();
    assert_eq!(desk.get(&format!("/api/products/{mine}"))["name"], "theirs");
}

#[test]
fn the_key_login_gives_a_code_that_works_once_and_for_300_seconds() {
    let mut desk = Desk::new();
    let back = "https://bridge.example/connect/procountor/callback";
    let page = format!("/keylogin?response_type=code&client_id=bridgeClient&redirect_uri={back}&state=s-1");
    let picked = format!("{page}&company={}", desk.company);
    let shown = desk.sim.handle(desk.now, &request("GET", &page, &[], ""));
    assert!(String::from_utf8(shown.body.to_vec()).unwrap().contains(&picked.replace('&', "&amp;")));
    let code = |desk: &mut Desk| {
        let response = desk.sim.handle(desk.now, &request("GET", &picked, &[], ""));
        assert_eq!((response.status, response.headers[0].0.as_str()), (302, "Location"));
        let location = url::Url::parse(&response.headers[0].1).unwrap();
        let pairs: Vec<(String, String)> = location.query_pairs().into_owned().collect();
        assert_eq!((pairs[1].1.as_str(), pairs[2].1.as_str()), ("300", "s-1"));
        pairs[0].1.clone()
    };
    let exchange = |desk: &mut Desk, code: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", "bridgeClient"),
            ("client_secret", "s3cret-of-the-bridge"),
            ("redirect_uri", back),
        ];
        desk.sim.handle(desk.now, &form("/api/oauth/key", &pairs))
    };
    let first = code(&mut desk);
    let answer = exchange(&mut desk, &first);
    let key = body(&answer)["api_key"].as_str().unwrap().to_owned();
    assert_eq!(desk.sim.handle(desk.now, &login(&key)).status, 200);
    assert_eq!(exchange(&mut desk, &first).status, 400);
    let late = code(&mut desk);
    desk.wait(300);
    assert_eq!(exchange(&mut desk, &late).status, 400);
    let elsewhere = page.replace("callback", "callback2");
    assert_eq!(desk.sim.handle(desk.now, &request("GET", &elsewhere, &[], "")).status, 400);
}

#[test]
fn the_61st_call_within_a_second_is_refused_over_all_companies() {
    let mut desk = Desk::new();
    for _ in 0..60 {
        assert_eq!(desk.status_of("/api/sessioninfo"), 200);
    }
    let other = desk.sim.add_company(desk.now, "Toinen Oy");
    desk.company = other;
    desk.log_in();
    assert_eq!(desk.status_of("/api/sessioninfo"), 429);
    assert_eq!(desk.sim.throttled, 1);
    desk.wait(1);
    assert_eq!(desk.status_of("/api/sessioninfo"), 200);
}

#[test]
fn rights_refuse_lists_and_hide_other_peoples_documents_without_a_word() {
    let mut desk = Desk::new();
    let own = desk.invoice(json!({}));
    let others = desk.invoice(json!({ "creatorId": 999 }));
    desk.sim.company_mut(desk.company).unwrap().rights.personal_sales_invoices_only = true;
    assert_eq!(desk.ids("/api/invoices?types=SALES_ORDER"), [own]);
    assert_eq!(desk.status_of(&format!("/api/invoices/{others}")), 404);
    let rights = &mut desk.sim.company_mut(desk.company).unwrap().rights;
    rights.sales_invoice_search = Right::None;
    rights.sales_product_register = Right::NotEnabled;
    assert_eq!(desk.status_of("/api/invoices?types=SALES_ORDER"), 403);
    assert_eq!(desk.status_of("/api/invoices?types=PURCHASE_ORDER"), 200);
    assert_eq!(desk.status_of("/api/products?type=SALES"), 403);
    assert_eq!(desk.get("/api/users/rights")["rights"]["sales"]["salesInvoiceSearch"], "NO_ACCESS");
}

#[test]
fn prefixes_and_the_gateway() {
    let mut desk = Desk::new();
    for prefix in ["/api", "/latest/api", "/supported/api", "/v2604/api"] {
        assert_eq!(desk.status_of(&format!("{prefix}/invoices")), 200, "{prefix}");
    }
    assert_eq!(desk.sim.calls_of("GET /invoices"), 4);
    assert_eq!(desk.status_of("/v2501/api/invoices"), 404);
    for nowhere in ["/invoices", "/", "/api", "/latest", "/api/", "/api/stock", "/api/invoices/5/stock/1"] {
        assert!(matches!(desk.status_of(nowhere), 404 | 405), "{nowhere}");
    }
    // A body or its type with GET does not pass the gateway, and its refusal is HTML.
    let (status, answer) = desk.call("GET", "/api/invoices", Some(json!({})));
    assert_eq!((status, answer), (400, Value::Null));
}

#[test]
fn a_user_s_own_rights_can_be_refused_as_any_other_call() {
    let mut desk = Desk::new();
    assert_eq!(desk.status_of("/api/users/rights"), 200);
    desk.sim.company_mut(desk.company).unwrap().rights_are_secret = true;
    assert_eq!(desk.status_of("/api/users/rights"), 403);
    assert_eq!(desk.status_of("/api/sessioninfo"), 200);
}
