//! Tokens, scopes, the rate limit, and what stands between a company and the API.

use serde_json::json;

use super::{Scene, json_of};
use crate::visma::{Fault, OauthCounts};
use crate::{Request, Simulator as _};

fn authorize(scene: &mut Scene, query: &str) -> crate::Response {
    let request = Request {
        method: "GET".into(),
        target: format!("/connect/authorize?{query}"),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    };
    scene.visma.handle(scene.now, &request)
}

const CONSENT: &str = "client_id=bridge&redirect_uri=https%3A%2F%2Fbridge.example%2Fback&response_type=code\
                       &scope=ea%3Aapi+offline_access+ea%3Asales&state=xyz";

fn code_of(response: &crate::Response) -> Option<String> {
    assert_eq!(response.status, 302);
    let target = url::Url::parse(&response.headers[0].1).unwrap();
    assert!(target.query_pairs().any(|(name, value)| name == "state" && value == "xyz"));
    target.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned())
}

#[test]
fn a_consent_gives_a_code_that_works_once_and_five_minutes() {
    let mut scene = Scene::new();
    assert_eq!(code_of(&authorize(&mut scene, CONSENT)), None, "nobody consents yet");
    scene.act("consent_as", json!({}));
    let code = code_of(&authorize(&mut scene, CONSENT)).unwrap();
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fbridge.example%2Fback");
    let answer = json_of(&scene.token_call(&form));
    assert_eq!(answer["expires_in"], 3600);
    scene.token = answer["access_token"].as_str().unwrap().to_owned();
    assert!(answer["refresh_token"].is_string());
    assert_eq!(scene.get("/v2/companysettings")["Name"], "acme");
    assert_eq!(json_of(&scene.token_call(&form))["error"], "invalid_grant");

    let code = code_of(&authorize(&mut scene, CONSENT)).unwrap();
    scene.wait(300);
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fbridge.example%2Fback");
    assert_eq!(json_of(&scene.token_call(&form))["error"], "invalid_grant");
}

#[test]
fn a_person_at_the_page_chooses_a_company_or_refuses() {
    let mut scene = Scene::new();
    scene.act("registration", json!({ "shows_page": true }));
    let shown = authorize(&mut scene, CONSENT);
    let page = String::from_utf8(shown.body.to_vec()).unwrap();
    assert_eq!(shown.status, 200);
    assert!(page.contains("company=acme") && page.contains("refuse=yes") && page.contains("ea:sales"), "{page}");
    assert!(code_of(&authorize(&mut scene, &format!("{CONSENT}&company=acme"))).is_some());
    for no in ["refuse=yes", "company=nobody"] {
        let refused = authorize(&mut scene, &format!("{CONSENT}&{no}"));
        assert_eq!(code_of(&refused), None);
        assert!(refused.headers[0].1.contains("error=access_denied"), "{no}");
    }
    assert_eq!(authorize(&mut scene, &CONSENT.replace("bridge&", "stranger&")).status, 400);
}

#[test]
fn without_offline_access_there_is_no_refresh_token() {
    let mut scene = Scene::new();
    scene.act("consent_as", json!({}));
    let code = code_of(&authorize(&mut scene, &CONSENT.replace("offline_access+", ""))).unwrap();
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fbridge.example%2Fback");
    assert!(json_of(&scene.token_call(&form)).get("refresh_token").is_none());
}

#[test]
fn a_consent_for_another_client_or_address_is_refused_on_the_spot() {
    let mut scene = Scene::new();
    scene.visma.oauth.rules.redirect_uris = vec!["https://bridge.example/other".into()];
    assert_eq!(authorize(&mut scene, CONSENT).status, 400);
    scene.visma.oauth.rules.redirect_uris.clear();
    assert_eq!(authorize(&mut scene, &CONSENT.replace("bridge&", "stranger&")).status, 400);
}

#[test]
fn an_old_refresh_token_revokes_its_family_for_ever() {
    let mut scene = Scene::new();
    let first = scene.refresh.clone();
    let second = json_of(&scene.refresh(&first))["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let reused = scene.refresh(&first);
    assert_eq!((reused.status, json_of(&reused)), (400, json!({ "error": "invalid_grant" })));
    assert_eq!(json_of(&scene.refresh(&second))["error"], "invalid_grant");
    let counts = scene.visma.oauth.counts;
    assert_eq!(counts, OauthCounts { refreshes: 2, refused: 2, families_revoked: 1 });
    let fresh = scene.act("grant", json!({}))["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(scene.refresh(&fresh).status, 200);
}

#[test]
fn newer_clients_keep_their_refresh_token() {
    let mut scene = Scene::new();
    scene.visma.oauth.rules.refresh_rotates = false;
    let token = scene.refresh.clone();
    for _ in 0..3 {
        assert_eq!(json_of(&scene.refresh(&token))["refresh_token"], json!(token));
    }
    assert_eq!(scene.visma.oauth.counts.families_revoked, 0);
}

#[test]
fn a_changed_password_kills_the_refresh_token_and_leaves_the_access_token() {
    let mut scene = Scene::new();
    scene.act("change_password", json!({}));
    let token = scene.refresh.clone();
    assert_eq!(json_of(&scene.refresh(&token))["error"], "invalid_grant");
    scene.get("/v2/companysettings");
}

#[test]
fn a_wrong_secret_is_not_an_answer_about_the_token() {
    let mut scene = Scene::new();
    let token = scene.refresh.clone();
    scene.visma.oauth = {
        let mut other = crate::visma::Oauth::new("bridge", "another");
        other.rules = scene.visma.oauth.rules.clone();
        other
    };
    assert_eq!(json_of(&scene.refresh(&token))["error"], "invalid_client");
}

#[test]
fn an_access_token_ends_after_an_hour_or_before_its_time() {
    let mut scene = Scene::new();
    scene.wait(3599);
    scene.get("/v2/articles");
    scene.wait(1);
    assert_eq!(scene.refusal("GET", "/v2/articles", None), (401, 4005));

    let mut scene = Scene::new();
    scene.act("expire_access", json!({}));
    assert_eq!(scene.refusal("GET", "/v2/articles", None), (401, 4005));
}

#[test]
fn a_token_opens_its_own_company_only() {
    let mut scene = Scene::demo();
    scene.visma.add_company("other");
    let refresh = scene.visma.grant(scene.now, "other");
    scene.token = json_of(&scene.refresh(&refresh))["access_token"].as_str().unwrap().to_owned();
    assert_eq!(scene.get("/v2/articles")["Meta"]["TotalNumberOfResults"], 0);
}

#[test]
fn scopes_are_kept() {
    let mut scene = Scene::demo();
    assert_eq!(scene.refusal("GET", "/v2/suppliers", None), (403, 4006));
    let refresh = scene.visma.oauth.grant(scene.now, "acme", &["ea:api", "offline_access", "ea:sales_readonly"]);
    scene.token = json_of(&scene.refresh(&refresh))["access_token"].as_str().unwrap().to_owned();
    scene.get("/v2/articles");
    assert_eq!(scene.refusal("POST", "/v2/articles", Some(&json!({}))), (403, 4006));
}

#[test]
fn the_six_hundred_and_first_call_of_a_minute_waits() {
    let mut scene = Scene::demo();
    for _ in 0..600 {
        scene.get("/v2/articles");
    }
    scene.wait(5);
    let response = scene.send("GET", "/v2/articles", None);
    let body = json_of(&response);
    assert_eq!((response.status, body["ErrorCode"].as_i64()), (429, Some(4010)));
    assert!(body["DeveloperErrorMessage"].as_str().unwrap().ends_with("Try again in 55 seconds."));
    assert_eq!(response.headers.len(), 1, "no Retry-After is documented");
    scene.get("/v2/orders");
    scene.wait(55);
    scene.get("/v2/articles");
}

#[test]
fn ids_may_or_may_not_share_a_rate() {
    let mut scene = Scene::demo();
    scene.visma.rules.calls_per_minute = 1;
    let ids = scene.hits("articles", "Id", &[]);
    let path = |index: usize| format!("/v2/articles/{}", ids[index].as_str().unwrap());
    scene.get(&path(0));
    assert_eq!(scene.refusal("GET", &path(1), None), (429, 4010));
    scene.visma.rules.ids_share_an_endpoint = false;
    scene.get(&path(2));
    assert_eq!(scene.refusal("GET", &path(2), None), (429, 4010));
}

#[test]
fn a_company_without_the_module_answers_403() {
    let mut scene = Scene::demo();
    let barrier = Fault::new(403, 4002, "No access to module: api_standard");
    scene.visma.company_mut("acme").unwrap().barrier = Some(barrier);
    assert_eq!(scene.refusal("GET", "/v2/orders", None), (403, 4002));
}
