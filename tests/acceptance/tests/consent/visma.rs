//! Visma eAccounting: the authorization code.

use std::time::Duration;

use acceptance::consent::visma::{app, consent, consenting, open};
use acceptance::consent::{Browser, Page, at_vendor, link};
use acceptance::shops::{Shop, VismaShop};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::kind::Kind;
use futures_util::future::join;
use serde_json::Value;
use simulators::Trouble;
use url::Url;

/// The whole way.
pub(crate) async fn connect(world: &World, browser: &Browser<'_>, link: &str) -> Page {
    let back = consent(world, browser, link).await;
    browser.get(&back).await
}

pub(crate) fn exchanges(world: &World) -> usize {
    world.vendors.visma.borrow().log.iter().filter(|(_, target)| target.starts_with("/connect/token")).count()
}

pub(crate) fn kept(world: &World) -> Option<Value> {
    world.memory.secret_value("visma/acme")
}

#[tokio::test(start_paused = true)]
async fn one_link_one_click_and_the_company_is_connected() {
    let world = open();
    world.vendors.visma.borrow_mut().model.oauth.rules.redirect_uris =
        vec!["https://bridge.example/connect/visma/callback".into()];
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    for _ in 0..3 {
        let page = browser.get(&link).await;
        page.says("asks for access to your company in Visma eAccounting");
        page.says("api.ongoingsystems.se/acme");
        page.says("How much of each article is in stock");
        assert!(!page.html.contains("api_key"), "only Procountor has keys");
    }
    let authorize = Url::parse(&browser.click(&link).await).unwrap();
    assert!(authorize.as_str().starts_with("https://identity.vismaonline.com/connect/authorize?"));
    let asked: std::collections::BTreeMap<_, _> = authorize.query_pairs().into_owned().collect();
    for (name, value) in [
        ("client_id", "visma-client-0001"),
        ("redirect_uri", "https://bridge.example/connect/visma/callback"),
        ("response_type", "code"),
        ("scope", "ea:api offline_access ea:sales"),
        ("prompt", "select_account"),
        ("acr_values", "service:44643EB1-3F76-4C1C-A672-402AE8085934"),
    ] {
        assert_eq!(asked[name], value);
    }
    let back = at_vendor(&world, &world.vendors.visma, authorize.as_str()).unwrap();
    let page = browser.get(&back).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.says("Connected");
    page.says("acme in Visma eAccounting is connected to the warehouse");

    let kept = kept(&world).unwrap();
    for member in ["refresh_token", "access_token"] {
        browser.hide(kept[member].as_str().unwrap());
    }
    let left = kept["expires_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().duration_since(world.now());
    assert!((3590..=3600).contains(&left.as_secs()), "{left:?}");
    world.new_process();
    world.tick(Kind::Visma).await;
    VismaShop.put_article(&world, 0, "Article");
    world.tick(Kind::Visma).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "A-00000").is_some());
    assert_eq!(exchanges(&world), 1, "no refresh was needed");

    assert_eq!(browser.get(&link).await.status, 404, "a link connects once");
    assert_eq!(browser.get(&back).await.status, 400, "so does a state");
    browser.left_nothing();
}

#[tokio::test(start_paused = true)]
async fn two_callbacks_at_once_make_one_exchange() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    let (one, two) = join(browser.get(&back), browser.get(&back)).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!((statuses, exchanges(&world)), ([200, 400], 1));
    assert!(kept(&world).is_some());
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_does_not_answer_costs_nothing_but_another_click() {
    for (trouble, status, said) in [
        (Trouble::LostAnswer, 503, "cannot be reached"),
        (Trouble::MalformedBody, 503, "cannot be reached"),
        (Trouble::ServerError(500), 503, "cannot be reached"),
    ] {
        let world = open();
        let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
        let back = consent(&world, &browser, &link).await;
        let call = world.vendors.visma.borrow().calls;
        world.vendors.visma.borrow_mut().plan(call, trouble);
        let page = browser.get(&back).await;
        assert_eq!(page.status, status, "{trouble:?}");
        page.says(said);
        assert_eq!(exchanges(&world), 1, "{trouble:?}: a code is sent once");
        assert!(kept(&world).is_none());
        let again = page.again().unwrap();
        assert_eq!(connect(&world, &browser, &again).await.status, 200, "{trouble:?}");
        browser.left_nothing();
    }
}

#[tokio::test(start_paused = true)]
async fn a_company_that_cannot_be_looked_at_now_is_not_connected_unseen() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    let call = world.vendors.visma.borrow().calls;
    // The exchange goes well, and every try of the look behind it fails.
    for try_ in 1..=4 {
        world.vendors.visma.borrow_mut().plan(call + try_, Trouble::ServerError(503));
    }
    assert_eq!(browser.get(&back).await.status, 503);
    assert!(kept(&world).is_none());
    assert_eq!(connect(&world, &browser, &link).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_code_lives_five_minutes() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    world.wait(Duration::from_secs(301)).await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, 502);
    page.says("five minutes");
    assert_eq!(connect(&world, &browser, &page.again().unwrap()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_person_may_say_no_and_think_again() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    consenting(&world, None);
    let page = connect(&world, &browser, &link).await;
    assert_eq!(page.status, 403);
    page.says("Access was not granted");
    assert_eq!(exchanges(&world), 0);
    consenting(&world, Some("acme"));
    assert_eq!(connect(&world, &browser, &page.again().unwrap()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn another_error_of_the_vendor_s_is_not_taken_for_a_no_and_not_repeated() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    let back = back.replace("code=", "error=%3Cscript%3Eserver_error&ignored=");
    let page = browser.get(&back).await;
    assert_eq!(page.status, 502);
    page.says("sent you back without granting access");
    assert!(!page.html.contains("server_error"));
}

#[tokio::test(start_paused = true)]
async fn without_a_refresh_token_nothing_is_kept() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let authorize = browser.click(&link).await.replace("offline_access", "");
    let back = at_vendor(&world, &world.vendors.visma, &authorize).unwrap();
    let page = browser.get(&back).await;
    assert_eq!(page.status, 502);
    page.says("for one hour only");
    assert!(kept(&world).is_none());
}

#[tokio::test(start_paused = true)]
async fn an_app_that_is_not_set_up_is_the_operator_s_affair() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    app(&world, "wrong");
    let page = browser.get(&back).await;
    assert_eq!(page.status, 503);
    page.says("Tell the person who sent you the link");
    assert!(page.again().is_none());
    assert!(world.logs.text().lines().any(|line| line.contains("not_set_up") && line.contains("ERROR")));
    app(&world, "visma-secret-0001");
    assert_eq!(connect(&world, &browser, &link).await.status, 200, "the ticket is still good");
}

#[tokio::test(start_paused = true)]
async fn another_company_needs_a_link_that_allows_it() {
    let world = open();
    let browser = Browser::new(&world);
    assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
    let before = kept(&world);
    world.vendors.visma.borrow_mut().model.add_company("Other & <b>Sons</b> AB");
    consenting(&world, Some("Other & <b>Sons</b> AB"));
    let page = connect(&world, &browser, &link(&world, "acme", false).await).await;
    assert_eq!(page.status, 403);
    page.says("This connection belongs to acme, and you chose Other & <b>Sons</b> AB.");
    assert!(!page.html.contains("<b>"), "{}", page.html);
    assert_eq!(kept(&world), before);

    let page = connect(&world, &browser, &link(&world, "acme", true).await).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.says("Other & <b>Sons</b> AB in Visma eAccounting is connected");
    assert!(!page.html.contains("<b>"));
    assert_ne!(kept(&world), before);
    // From now on it is the other way round.
    consenting(&world, Some("acme"));
    assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_company_whose_module_is_off_is_connected_the_first_time_and_not_mistaken_later() {
    let world = open();
    let browser = Browser::new(&world);
    let barrier = |on: bool| {
        let fault = simulators::visma::Fault::new(403, 4002, "No access to module: api_standard");
        world.vendors.visma.borrow_mut().model.company_mut("acme").unwrap().barrier = on.then_some(fault);
    };
    barrier(true);
    let page = connect(&world, &browser, &link(&world, "acme", false).await).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.says("Connected, but something is missing");
    page.says("The module api_standard.");
    assert!(kept(&world).is_some(), "the connection is kept");
    barrier(false);
    assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
    barrier(true);
    let page = connect(&world, &browser, &link(&world, "acme", false).await).await;
    assert_eq!(page.status, 403);
    page.says("We could not see which company this is");
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_goes_down_behind_the_consent_leaves_it_connected() {
    let world = open();
    let browser = Browser::new(&world);
    let back = consent(&world, &browser, &link(&world, "acme", false).await).await;
    let call = world.vendors.visma.borrow().calls;
    for further in 2..8 {
        world.vendors.visma.borrow_mut().plan(call + further, Trouble::ServerError(503));
    }
    let page = browser.get(&back).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.says("Connected, but not yet checked");
    page.says("acme in Visma eAccounting is connected");
    assert!(kept(&world).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_new_consent_heals_a_tenant_that_was_stopped() {
    let world = open();
    let browser = Browser::new(&world);
    assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
    world.tick(Kind::Visma).await;
    world.vendors.visma.borrow_mut().model.oauth.change_password("acme");
    world.wait(Duration::from_secs(3600)).await;
    world.tick(Kind::Visma).await;
    assert!(world.logs.text().contains("needs_consent"));
    assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
    VismaShop.put_article(&world, 0, "Article");
    world.tick(Kind::Visma).await;
    assert!(world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, "A-00000").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_refresh_under_way_does_not_write_the_old_consent_over_the_new_one() {
    for (callback_after, pull_after, calls) in [(0, 30, 1), (0, 60, 1), (0, 100, 1), (10, 0, 2), (30, 0, 2), (60, 0, 2)]
    {
        let when = format!("callback after {callback_after} ms, pull after {pull_after} ms");
        let world = open();
        world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = true;
        let browser = Browser::new(&world);
        assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
        world.wait(Duration::from_secs(3500)).await;
        let back = consent(&world, &browser, &link(&world, "acme", false).await).await;
        let before = exchanges(&world);
        let puller = world.ports();
        world.new_process();
        let (puller, page) = (bridge::ports::Ports { tokens: std::rc::Rc::default(), ..puller }, browser.get(&back));
        let callback = async {
            world.wait(Duration::from_millis(callback_after)).await;
            page.await
        };
        let pull = async {
            world.wait(Duration::from_millis(pull_after)).await;
            pulled(&world, &puller).await
        };
        let (page, pulled) = join(callback, pull).await;
        assert_eq!(page.status, 200, "{when}: {}", page.text());
        assert!(pulled.is_ok(), "{when}");
        assert_eq!(
            exchanges(&world) - before,
            calls,
            "{when}: who comes second waits, and reads what the first one kept"
        );
        let kept = kept(&world).unwrap()["refresh_token"].as_str().unwrap().to_owned();
        let erp = world.vendors.visma.borrow();
        assert_eq!(erp.model.oauth.live_refresh_token("acme"), Some(kept.as_str()), "{when}");
    }
}

pub(crate) async fn pulled(
    world: &World,
    ports: &bridge::ports::Ports,
) -> bridge::words::fault::Result<bridge::roads::pull::Summary> {
    let run = bridge::ports::Run { id: "pull".into(), deadline: world.now() + Duration::from_secs(300) };
    bridge::roads::pull::job(ports, &run, Kind::Visma, &bridge::words::envelope::Job::tick("acme")).await
}

#[tokio::test(start_paused = true)]
async fn where_a_refresh_s_answer_was_lost_the_code_is_not_spent() {
    let world = open();
    let browser = Browser::new(&world);
    assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
    world.wait(Duration::from_secs(3600)).await;
    let call = world.vendors.visma.borrow().calls;
    world.vendors.visma.borrow_mut().plan(call, Trouble::LostAnswer);
    let ports = world.ports();
    world.new_process();
    let _ = pulled(&world, &bridge::ports::Ports { tokens: std::rc::Rc::default(), ..ports }).await;
    let before = exchanges(&world);
    let link = link(&world, "acme", false).await;
    let page = connect(&world, &browser, &link).await;
    assert_eq!((page.status, exchanges(&world)), (503, before), "{}", page.text());
    world.wait(Duration::from_secs(120)).await;
    assert_eq!(connect(&world, &browser, &link).await.status, 200);
}
