//! Procountor: the key login, and a key that is pasted.

use acceptance::consent::procountor::{COMPANY, consent, key, open, paste};
use acceptance::consent::{Browser, link};
use acceptance::shops::{ProcountorShop, Shop};
use acceptance::world::World;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::{Trouble, procountor::Right};

fn kept(world: &World) -> Option<Value> {
    world.memory.secret_value("procountor/acme")
}

#[tokio::test(start_paused = true)]
async fn one_link_one_click_and_the_key_is_ours() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let page = browser.get(&link).await;
    page.says("Connect Procountor to your warehouse");
    page.says("Purchase orders");
    page.says("bridgeClient");
    let back = consent(&world, &browser, &link, COMPANY).await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.says("Kauppa Oy in Procountor is connected to the warehouse");
    browser.hide(kept(&world).unwrap()["api_key"].as_str().unwrap());
    world.new_process();
    world.tick(Kind::Procountor).await;
    ProcountorShop.put_article(&world, 0, "Muki");
    let order = ProcountorShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Procountor).await;
    assert!(world.vendors.ongoing.borrow().model.order_body(acceptance::world::GOODS_OWNER, &order).is_some());
    assert_eq!(browser.get(&link).await.status, 404);
    assert_eq!(browser.get(&back).await.status, 400);
    browser.left_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_pasted_key_connects_too_however_it_was_broken_into_lines() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let key = key(&world, COMPANY);
    let (head, tail) = key.split_at(30);
    let page = paste(&browser, &link, &format!("  {head}\r\n{tail}\n")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.says("Kauppa Oy in Procountor is connected");
    assert_eq!(kept(&world), Some(json!({ "api_key": key })));
    assert_eq!(browser.get(&link).await.status, 404);
    browser.left_nothing();
}

#[tokio::test(start_paused = true)]
async fn what_is_no_key_takes_no_key_s_place() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let good = key(&world, COMPANY);
    for wrong in ["", "   ", "no key", &good[..good.len() - 1], "ключ", "<script>alert(1)</script>"] {
        let page = paste(&browser, &link, wrong).await;
        assert_eq!(page.status, 400, "{wrong}");
        page.says("does not accept this key");
        assert!(!page.html.contains("alert"));
        assert!(kept(&world).is_none(), "{wrong}");
        assert!(page.again().is_some());
    }
    assert_eq!(paste(&browser, &link, &good).await.status, 200);
    let stranger = Browser::new(&world);
    let page = browser.get(&acceptance::consent::link(&world, "acme", false).await).await;
    assert_eq!(stranger.press(&page, "key", &[("api_key", &good)]).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_is_down_is_no_verdict_on_a_key() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    for attempt in 0..4 {
        let call = world.vendors.procountor.borrow().calls;
        world.vendors.procountor.borrow_mut().plan(call + attempt, Trouble::ServerError(503));
    }
    let page = paste(&browser, &link, &key(&world, COMPANY)).await;
    assert_eq!(page.status, 503);
    page.says("cannot be reached");
    assert!(kept(&world).is_none());
    assert_eq!(paste(&browser, &link, &key(&world, COMPANY)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_the_code_costs_another_click() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link, COMPANY).await;
    let call = world.vendors.procountor.borrow().calls;
    world.vendors.procountor.borrow_mut().plan(call, Trouble::LostAnswer);
    let page = browser.get(&back).await;
    assert_eq!(page.status, 503);
    assert_eq!(world.vendors.procountor.borrow().model.calls_of("POST /oauth/key"), 1, "a code is sent once");
    let back = consent(&world, &browser, &page.again().unwrap(), COMPANY).await;
    assert_eq!(browser.get(&back).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_code_lives_five_minutes_here_too() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link, COMPANY).await;
    world.wait(std::time::Duration::from_secs(300)).await;
    assert_eq!(browser.get(&back).await.status, 502);
    assert!(kept(&world).is_none());
}

#[tokio::test(start_paused = true)]
async fn another_company_s_key_is_refused_with_both_names() {
    let world = open();
    let browser = Browser::new(&world);
    let other = world.vendors.procountor.borrow_mut().model.add_company(world.now(), "Toinen & <Pojat> Oy");
    let first = link(&world, "acme", false).await;
    assert_eq!(paste(&browser, &first, &key(&world, COMPANY)).await.status, 200);
    let before = kept(&world);
    let link = link(&world, "acme", false).await;
    for page in [paste(&browser, &link, &key(&world, other)).await, {
        let back = consent(&world, &browser, &link, other).await;
        browser.get(&back).await
    }] {
        assert_eq!(page.status, 403);
        page.says("This connection belongs to Kauppa Oy, and you chose Toinen & <Pojat> Oy.");
        assert!(!page.html.contains("<Pojat>"));
        assert_eq!(kept(&world), before);
    }
    let allowing = acceptance::consent::link(&world, "acme", true).await;
    let page = paste(&browser, &allowing, &key(&world, other)).await;
    page.says("Toinen & <Pojat> Oy in Procountor is connected");
    assert_ne!(kept(&world), before);
}

#[tokio::test(start_paused = true)]
async fn what_the_user_may_not_do_is_listed_and_the_connection_kept() {
    let world = open();
    let browser = Browser::new(&world);
    {
        let mut erp = world.vendors.procountor.borrow_mut();
        let rights = &mut erp.model.company_mut(COMPANY).unwrap().rights;
        rights.sales_or_group_invoices = Right::Viewing;
        rights.personal_sales_invoices_only = true;
        rights.purchase_invoice_search = Right::NotEnabled;
    }
    let page = paste(&browser, &link(&world, "acme", false).await, &key(&world, COMPANY)).await;
    assert_eq!(page.status, 200);
    page.says("Connected, but something is missing");
    page.says("The right sales.salesOrGroupInvoices.");
    page.says("The restriction sales.personalSalesInvoicesOnly is on.");
    page.says("The module purchases.purchaseInvoiceSearch.");
    assert!(!page.html.contains("bridgectl"), "advice for the operator is not for the bookkeeper");
    page.says("Let an administrator of the company in Procountor give it");
    assert!(kept(&world).is_some());
}
