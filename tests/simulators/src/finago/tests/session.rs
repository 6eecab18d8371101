use jiff::SignedDuration;

use super::*;
use crate::finago::{COMPANY, INVOICE, PRODUCT};

const SET_STOCK: &str = "<productId>7</productId><stockQuantity>1</stockQuantity>";

#[test]
fn wrong_credentials_are_an_empty_result_and_not_a_fault() {
    let mut caller = Caller::new();
    assert_eq!(caller.login("wrong", ""), "");
    assert_eq!(caller.finago.counts.logins, 2);
    assert_eq!(caller.finago.counts.calls["Login"], 2);
}

#[test]
fn another_application_id_is_an_empty_result() {
    let mut caller = Caller::new();
    caller.finago.application_id = SECOND.into();
    assert_eq!(caller.login("p&lt;w&amp;d", ""), "");
}

#[test]
fn a_blocked_or_foreign_identity_is_a_fault_that_names_the_way_out() {
    let mut caller = Caller::new();
    caller.finago.identity_mut(SECOND).unwrap().blocked = true;
    let foreign = "22222222-aaaa-4aaa-8aaa-000000000009";
    for identity in [SECOND, foreign] {
        let credential = format!(
            "<credential><ApplicationId>{APPLICATION}</ApplicationId><IdentityId>{identity}</IdentityId><Password>p&lt;w&amp;d</Password><Username>user@example.test</Username></credential>"
        );
        let (status, text) = caller.fault(AUTHENTICATE, "Login", &credential);
        assert_eq!(status, 500);
        assert!(text.contains("IdentityId is blocked") && text.contains("GetIdentitiesWithCredential"), "{text}");
    }
}

#[test]
fn every_service_but_authenticate_wants_the_cookie() {
    let mut caller = small_shop();
    caller.session = None;
    for (path, operation, content) in [
        (PRODUCT, "SetStockQuantity", SET_STOCK),
        (INVOICE, "GetDeliveryMethods", ""),
        (COMPANY, "GetCompanies", ""),
        (AUTHENTICATE, "GetIdentities", ""),
    ] {
        let (status, text) = caller.fault(path, operation, content);
        assert_eq!(status, 500);
        assert!(text.contains("Client is not authenticated on this identity"), "{operation}: {text}");
    }
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "false");
    assert!(caller.identity().effects.stock_writes.is_empty());
}

#[test]
fn the_login_answer_sets_the_cookie_that_the_result_names() {
    let mut caller = Caller::new();
    let credential = format!(
        "<credential><ApplicationId>{APPLICATION}</ApplicationId><Password>p&lt;w&amp;d</Password><Username>user@example.test</Username></credential>"
    );
    let response = caller.call(AUTHENTICATE, "Login", &credential);
    let cookie = response.headers.iter().find(|(name, _)| name == "Set-Cookie").unwrap().1.clone();
    let session = cookie.strip_prefix("ASP.NET_SessionId=").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "true");
    caller.session = Some(session);
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "true");
}

#[test]
fn a_session_ends_when_unused_and_lives_on_when_used() {
    let mut caller = Caller::new();
    for _ in 0..3 {
        caller.pass(19 * 60);
        assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "true");
    }
    caller.pass(20 * 60);
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "false");
    assert!(caller.fault(INVOICE, "GetDeliveryMethods", "").1.contains("not authenticated"));
}

#[test]
fn expired_sessions_are_gone_at_once() {
    let mut caller = Caller::new();
    assert_eq!(caller.finago.expire_sessions(), 1);
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "false");
}

#[test]
fn the_identity_is_state_of_the_session() {
    let mut caller = small_shop();
    let other = caller.login("p&lt;w&amp;d", SECOND);
    let names = format!("<returnProperties>{}</returnProperties>", strings(&["Name"]));
    assert_eq!(column(&caller.ok(PRODUCT, "GetProducts", &names), "Name"), ["Kopp"]);
    let switch = format!("<identityId>{}</identityId>", SECOND.to_uppercase());
    assert_eq!(caller.ok(AUTHENTICATE, "SetIdentityById", &switch).text, "true");
    assert!(caller.ok(PRODUCT, "GetProducts", &names).children.is_empty());
    assert_eq!(caller.ok(AUTHENTICATE, "GetIdentity", "").at(&["Client", "Name"]).unwrap().text, "Andre AS");
    let back = format!(
        "<identity><Id>{FIRST}</Id><IsCurrent>true</IsCurrent><IsDefault>true</IsDefault><IsProtected>false</IsProtected></identity>"
    );
    assert_eq!(caller.ok(AUTHENTICATE, "SetIdentity", &back).text, "true");
    assert_eq!(column(&caller.ok(PRODUCT, "GetProducts", &names), "Name"), ["Kopp"]);
    caller.session = Some(other);
    assert!(caller.ok(PRODUCT, "GetProducts", &names).children.is_empty());
}

#[test]
fn identities_can_be_listed_with_and_without_a_session() {
    let mut caller = Caller::new();
    let listed = caller.ok(AUTHENTICATE, "GetIdentities", "");
    assert_eq!(column(&listed, "Id"), [FIRST, SECOND]);
    assert_eq!(column(&listed, "IsCurrent"), ["true", "false"]);
    caller.session = None;
    let credential = format!(
        "<credential><ApplicationId>{APPLICATION}</ApplicationId><Password>p&lt;w&amp;d</Password><Username>user@example.test</Username></credential>"
    );
    let listed = caller.ok(AUTHENTICATE, "GetIdentitiesWithCredential", &credential);
    assert_eq!(column(&listed, "IsDefault"), ["true", "false"]);
    assert_eq!(listed.children[1].at(&["Client", "Name"]).unwrap().text, "Andre AS");
}

#[test]
fn where_the_vendor_allows_one_session_a_login_ends_the_other() {
    let mut caller = Caller::new();
    caller.login("p&lt;w&amp;d", "");
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "true");
    caller.finago.rules.one_session_per_user = true;
    caller.login("p&lt;w&amp;d", "");
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "false");
}

#[test]
fn logins_are_throttled_apart_from_other_calls() {
    let mut caller = Caller::new();
    caller.finago.rules.logins_per_hour = 2;
    assert_ne!(caller.login("p&lt;w&amp;d", ""), "");
    let credential = "<credential><ApplicationId>8e1f6c0a-2b43-4d5e-9f70-a1b2c3d4e5f6</ApplicationId><Username>user@example.test</Username></credential>";
    assert_eq!(caller.call(AUTHENTICATE, "Login", credential).status, 429);
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "true");
    caller.now += SignedDuration::from_hours(1);
    assert_ne!(caller.login("p&lt;w&amp;d", ""), "");
}
