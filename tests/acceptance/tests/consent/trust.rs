//! What makes a reader trust the page: who asks, which company is expected, whom to ask back, and something to keep.

use acceptance::consent::visma::{consent, open};
use acceptance::consent::{API, Browser, link};
use acceptance::world::tenant;
use bridge::tenant::Contact;
use bridge::words::kind::Kind;
use serde_json::{Value, json};

const LOGO: &str = "https://www.example.com/logo.png";

/// An item of Visma's with this contact.
fn with(contact: &Value) -> Value {
    let mut item = tenant("acme", Kind::Visma, json!({}));
    item["contact"] = contact.clone();
    item
}

fn warehouse() -> Contact {
    Contact {
        company: None,
        warehouse: Some("Fjord Lager <AS>".into()),
        phone: Some("+47 22 00 00 00".into()),
        mail: Some("edi@fjord.example".into()),
        logo: Some(LOGO.into()),
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_names_the_warehouse_the_company_and_whom_to_ask() {
    let world = open();
    world.onboard(with(&json!({ "company": "Acme & Daughters AB" })));
    let browser = Browser::at(&world, warehouse());
    let page = browser.get(&link(&world, "acme", false).await).await;
    page.says("Fjord Lager <AS> asks for access to your company in Visma eAccounting");
    page.says("CompanyAcme & Daughters AB");
    page.says("Questions? +47 22 00 00 00 edi@fjord.example");
    assert!(page.html.contains("href=\"tel:+4722000000\"") && page.html.contains("href=\"mailto:edi@fjord.example\""));
    assert!(!page.html.contains("<AS>"), "a name is a text and no markup");
    assert_eq!(page.picture.as_deref(), Some(LOGO));
}

#[tokio::test(start_paused = true)]
async fn a_tenant_s_own_contact_comes_before_the_deployment_s_and_a_stranger_sees_none_of_it() {
    let world = open();
    world.onboard(with(&json!({ "warehouse": "Bergen Lager AS", "mail": "own@bergen.example" })));
    let browser = Browser::at(&world, warehouse());
    let page = browser.get(&link(&world, "acme", false).await).await;
    page.says("Bergen Lager AS asks");
    page.says("Questions? +47 22 00 00 00 own@bergen.example");
    let strange = browser.get(&format!("{API}/connect/visma/acme?ticket=none")).await;
    assert_eq!(strange.status, 404);
    strange.says("Questions? +47 22 00 00 00 edi@fjord.example");
    assert!(!strange.html.contains("bergen") && !strange.html.contains("Bergen"));
}

#[tokio::test(start_paused = true)]
async fn without_a_contact_the_page_says_the_warehouse_and_loads_nothing() {
    let world = open();
    let page = Browser::new(&world).get(&link(&world, "acme", false).await).await;
    page.says("The warehouse that stores and ships your goods asks for access to your company in Visma eAccounting");
    assert!(page.picture.is_none() && !page.text().contains("Questions?"));
}

#[tokio::test(start_paused = true)]
async fn the_last_page_is_a_receipt_with_date_company_and_a_number_that_the_log_has() {
    let world = open();
    world.onboard(with(&json!({ "company": "ACME." })));
    let browser = Browser::at(&world, warehouse());
    let back = consent(&world, &browser, &link(&world, "acme", false).await).await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let at = acceptance::consent::written(&world);
    page.says("Companyacme");
    page.says(&format!("Connected on{at}"));
    page.says("Receiptpage");
    page.says("Keep this page, or a picture of it, as a receipt.");
    assert!(!page.text().contains("The company that was expected"), "another spelling is the same company");
    let logs = world.logs.text();
    let tells = |line: &str| line.contains("connected") && line.contains("correlation_id") && line.contains("page");
    assert!(logs.lines().any(tells), "the receipt's number is not the log's: {logs}");
}

#[tokio::test(start_paused = true)]
async fn another_company_than_the_expected_one_is_told_at_once() {
    let world = open();
    world.onboard(with(&json!({ "company": "Somebody Else AB" })));
    let browser = Browser::new(&world);
    let back = consent(&world, &browser, &link(&world, "acme", false).await).await;
    let page = browser.get(&back).await;
    page.says("The company that was expected is Somebody Else AB. Is this not the right company?");
}

#[tokio::test(start_paused = true)]
async fn who_is_connected_already_is_expected_again_unless_another_one_is_allowed() {
    let world = open();
    let browser = Browser::new(&world);
    let back = consent(&world, &browser, &link(&world, "acme", false).await).await;
    assert_eq!(browser.get(&back).await.status, 200);
    browser.get(&link(&world, "acme", false).await).await.says("Companyacme");
    let page = browser.get(&link(&world, "acme", true).await).await;
    assert!(!page.text().contains("Companyacme"));
}

/// On a phone nothing but who asks, for what and whom stands before it.
#[tokio::test(start_paused = true)]
async fn the_button_stands_before_the_lists() {
    let world = open();
    let page = Browser::new(&world).get(&link(&world, "acme", false).await).await;
    let at = |text: &str| page.html.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(at("<h1>") < at("asks for access") && at("asks for access") < at("value=\"consent\""));
    assert!(at("value=\"consent\"") < at("What is read in"));
}
