use super::*;
use crate::finago::{COMPANY, INVOICE, PRODUCT};
use crate::{Answer, Trouble, Troubled};

const SAVE: &str = r#"<invoices><InvoiceOrder><OrderId>1001</OrderId><CustomerId>5</CustomerId><OrderStatus>OrderState_Sent</OrderStatus><IncludeVAT xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/></InvoiceOrder></invoices>"#;

#[test]
fn a_session_that_is_gone_is_the_vendors_fault_and_never_at_login() {
    let caller = small_shop();
    let spelled = |operation| caller.finago.spell(Trouble::TokenExpired, &caller.request(INVOICE, operation, ""));
    let response = spelled("GetDeliveryMethods").unwrap();
    assert_eq!(response.status, 500);
    assert!(fault_text(&response).contains("Client is not authenticated on this identity"));
    assert!(spelled("Login").is_none() && spelled("HasSession").is_none());
}

#[test]
fn throttling_and_server_errors_have_their_shapes() {
    let caller = small_shop();
    let request = caller.request(INVOICE, "GetDeliveryMethods", "");
    let spell = |trouble| caller.finago.spell(trouble, &request).unwrap();
    let throttled = spell(Trouble::TooManyRequests { retry_after: Some(2) });
    assert_eq!(throttled.status, 429);
    assert!(throttled.headers.contains(&("Retry-After".into(), "2".into())));
    let throttled = spell(Trouble::TooManyRequests { retry_after: None });
    assert!(!throttled.headers.iter().any(|(name, _)| name == "Retry-After"));
    assert!(fault_text(&spell(Trouble::ServerError(500))).starts_with("soap:Server"));
    let page = spell(Trouble::ServerError(503));
    assert_eq!(page.status, 503);
    assert!(page.body.starts_with(b"<html>"));
}

#[test]
fn a_refusal_has_the_shape_of_its_operation() {
    let caller = small_shop();
    let refuse = |path, operation, content| {
        let response = caller.finago.spell(Trouble::Refused, &caller.request(path, operation, content)).unwrap();
        (response.status, String::from_utf8(response.body.to_vec()).unwrap())
    };
    let (status, body) = refuse(INVOICE, "SaveInvoices", SAVE);
    assert!(status == 200 && body.contains("<OrderId>1001</OrderId>") && body.contains("<APIException>"), "{body}");
    let (status, body) =
        refuse(PRODUCT, "SetStockQuantity", "<productId>7</productId><stockQuantity>1</stockQuantity>");
    assert!(status == 200 && body.contains("<SetStockQuantityResult>false<"), "{body}");
    let (status, body) = refuse(AUTHENTICATE, "Login", "");
    assert!(status == 200 && body.contains("<LoginResult/>"), "{body}");
    let (status, body) = refuse(COMPANY, "GetCompanies", "");
    assert!(status == 500 && body.contains("soap:Client"), "{body}");
}

#[test]
fn a_lost_answer_took_effect() {
    let caller = small_shop();
    let request = caller.request(INVOICE, "SaveInvoices", SAVE);
    let now = caller.now;
    let mut troubled = Troubled::new(caller.finago);
    troubled.plan(0, Trouble::LostAnswer);
    assert!(matches!(troubled.call(now, &request), Answer::Lost));
    assert!(matches!(troubled.call(now, &request), Answer::Response(response) if response.status == 200));
    assert_eq!(troubled.model.identity_mut(FIRST).unwrap().effects.goods_issues.len(), 1);
    assert_eq!(troubled.model.counts.calls["SaveInvoices"], 2);
}
