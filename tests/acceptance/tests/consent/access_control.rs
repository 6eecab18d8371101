//! Access control: tickets, states and cookies, each tried by somebody who should not have it.

use std::time::Duration;

use acceptance::consent::visma::{consent, open};
use acceptance::consent::{API, Browser, link};
use acceptance::world::{World, tenant};
use bridge::doors::consent::ticket;
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde_json::json;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(start_paused = true)]
async fn a_stranger_sees_the_same_page_whatever_is_wrong() {
    let world = open();
    world.onboard(tenant("beta", Kind::Visma, json!({})));
    world.onboard(tenant("go", Kind::PowerOffice, json!({})));
    let mut invalid = tenant("odd", Kind::Visma, json!({}));
    invalid["colour"] = json!("red");
    world.onboard(invalid);
    let good = link(&world, "acme", false).await;
    let ticket = good.split_once("ticket=").unwrap().1;
    let other = "x".repeat(43);
    let browser = Browser::new(&world);
    let mut pages = Vec::new();
    for path in [
        "visma/acme".to_owned(),
        "visma/acme?ticket=".to_owned(),
        format!("visma/acme?ticket={other}"),
        format!("visma/acme?ticket={ticket}x"),
        format!("visma/acme?ticket={}", ticket.to_ascii_uppercase()),
        format!("visma/beta?ticket={ticket}"),
        format!("visma/nobody?ticket={ticket}"),
        format!("visma/odd?ticket={ticket}"),
        format!("visma/app?ticket={ticket}"),
        format!("visma/ACME?ticket={ticket}"),
        format!("visma/acme/?ticket={ticket}"),
        format!("visma/..%2facme?ticket={ticket}"),
        format!("procountor/acme?ticket={ticket}"),
        format!("poweroffice/go?ticket={ticket}"),
    ] {
        let page = browser.get(&format!("{API}/connect/{path}")).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.again().is_none(), "{path}");
        pages.push(page.html);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert_eq!(browser.get(&good).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_link_ends_when_its_tenant_changes_to_another_erp() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    world.memory.secret("procountor/app", &json!({"client_id": "c", "client_secret": "s"}));
    world.onboard(tenant("acme", Kind::Procountor, json!({})));
    for link in [link.clone(), link.replace("/visma/", "/procountor/")] {
        assert_eq!(browser.get(&link).await.status, 404);
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_works_for_a_day() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    world.wait(DAY - Duration::from_secs(2)).await;
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200);
    let begun = consent(&world, &browser, &link).await;
    world.wait(Duration::from_secs(2)).await;
    assert_eq!(browser.get(&link).await.status, 404);
    assert_eq!(browser.press(&page, "consent", &[]).await.status, 404);
    assert_eq!(browser.get(&begun).await.status, 404, "what was begun with it ends with it");
    assert!(world.memory.secret_value("visma/acme").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_newer_link_takes_the_place_of_an_older_one() {
    let world = open();
    let browser = Browser::new(&world);
    let old = link(&world, "acme", false).await;
    let begun = consent(&world, &browser, &old).await;
    let new = link(&world, "acme", false).await;
    assert_eq!(browser.get(&old).await.status, 404);
    assert_eq!(browser.get(&begun).await.status, 404);
    assert_eq!(browser.get(&new).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_state_lives_ten_minutes_and_belongs_to_its_erp() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    assert_eq!(browser.get(&back.replace("/visma/", "/procountor/")).await.status, 400);
    assert_eq!(browser.get(&back.replace("state=", "stale=")).await.status, 400);
    assert_eq!(browser.get(&back.replace("state=", "state=x")).await.status, 400);
    world.wait(Duration::from_secs(600)).await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, 400);
    page.says("within ten minutes");
    let again = page.again().unwrap();
    assert_eq!(browser.get(&again).await.status, 200);
    let back = consent(&world, &browser, &again).await;
    world.wait(Duration::from_secs(299)).await;
    assert_eq!(browser.get(&back).await.status, 200);
    browser.left_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_state_belongs_to_the_browser_in_which_the_click_was() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let back = consent(&world, &browser, &link).await;
    let stranger = Browser::new(&world);
    assert_eq!(stranger.get(&back).await.status, 403, "no cookie");
    stranger.get(&link).await;
    let page = stranger.get(&back).await;
    assert_eq!(page.status, 403, "another cookie");
    page.says("Please stay in one browser");
    assert!(world.memory.secret_value("visma/acme").is_none());
    assert_eq!(browser.get(&back).await.status, 200, "where it began it is still good");
    let thief = Browser::new(&world);
    thief.take_cookie(&browser);
    assert_eq!(thief.get(&back).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn a_form_of_another_site_s_brings_no_cookie_and_begins_nothing() {
    let world = open();
    let (browser, link) = (Browser::new(&world), link(&world, "acme", false).await);
    let page = browser.get(&link).await;
    let elsewhere = Browser::new(&world);
    assert_eq!(elsewhere.press(&page, "consent", &[]).await.status, 403);
    assert!(world.memory.items("consent-state", "").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_button_leads_on_wherever_the_vendor_passes_the_login_on() {
    let procountor = acceptance::consent::procountor::open();
    for (world, hosts) in [
        (open(), ["https://identity.vismaonline.com", "https://connect.visma.com", "https://login.example"]),
        (procountor, ["https://api.procountor.com", "https://secure.procountor.com", "https://login.example"]),
    ] {
        let page = Browser::new(&world).get(&link(&world, "acme", false).await).await;
        for host in [API].iter().chain(&hosts) {
            assert!(page.may_post_to(host), "{host}: {}", page.forms);
        }
        for other in ["http://login.example", "javascript://x", "data://x"] {
            assert!(!page.may_post_to(other), "{other}: {}", page.forms);
        }
    }
    let world = open();
    let failed = Browser::new(&world).get(&format!("{API}/connect/visma/acme")).await;
    assert_eq!(failed.forms, "'none'", "where there is no form there is nowhere to go");
}

#[tokio::test(start_paused = true)]
async fn two_companies_connect_in_one_browser_side_by_side() {
    let world = open();
    world.onboard(tenant("beta", Kind::Visma, json!({})));
    let browser = Browser::new(&world);
    let acme = consent(&world, &browser, &link(&world, "acme", false).await).await;
    let beta = consent(&world, &browser, &link(&world, "beta", false).await).await;
    assert_eq!(browser.get(&acme).await.status, 200);
    assert_eq!(browser.get(&beta).await.status, 200);
    assert!(world.memory.secret_value("visma/acme").is_some() && world.memory.secret_value("visma/beta").is_some());
}

#[tokio::test(start_paused = true)]
async fn beginning_again_never_leads_to_another_company_s_page() {
    let world = open();
    world.onboard(tenant("beta", Kind::Visma, json!({})));
    let browser = Browser::new(&world);
    let (to_acme, to_beta) = (link(&world, "acme", false).await, link(&world, "beta", false).await);
    let acme = consent(&world, &browser, &to_acme).await;
    let late = consent(&world, &browser, &to_acme).await;
    let beta = consent(&world, &browser, &to_beta).await;
    // The last door that this browser saw is beta's.
    for (back, status) in [(acme.replace("code=", "error=access_denied&ignored="), 403), (acme, 400)] {
        let page = browser.get(&back).await;
        assert_eq!((page.status, page.again()), (status, None), "{}", page.text());
        page.says("open the link from your message again");
    }
    world.wait(Duration::from_secs(600)).await;
    assert_eq!(browser.get(&late).await.again(), None);
    let again = browser.get(&beta).await.again().unwrap();
    assert!(again.starts_with(&format!("{API}/connect/visma/beta?")), "{again}");
    // Once she has opened acme's link again, acme's pages lead back to it.
    browser.get(&to_acme).await;
    let again = browser.get(&late).await.again().unwrap();
    assert!(again.starts_with(&format!("{API}/connect/visma/acme?")), "{again}");
}

#[tokio::test(start_paused = true)]
async fn the_language_is_the_browser_s_until_somebody_chooses_and_stays_on_the_way() {
    let world = open();
    let (browser, link) = (Browser::speaking(&world, "sv-SE,sv;q=0.9,en;q=0.8"), link(&world, "acme", false).await);
    let page = browser.get(&link).await;
    page.says("Anslut Visma eEkonomi till ditt lager");
    for (code, said) in [("en", "Connect "), ("nb", "Koble "), ("fi", "Yhdistä ")] {
        let address = format!("&amp;lang={code}\"");
        assert!(page.html.contains(&address), "{code}");
        browser.get(&format!("{link}&lang={code}")).await.says(said);
    }
    assert!(page.html.contains("<html lang=\"sv\">") && page.html.contains("aria-current=\"true\">Svenska"));
    let back = consent(&world, &browser, &format!("{link}&lang=fi")).await;
    let done = browser.get(&back).await;
    done.says("Yhdistetty");
    done.says("acme on yhdistetty Visma ePasseli -\u{2060}palvelusta varastoon.");
    assert!(done.html.contains("<html lang=\"fi\">") && done.html.contains("id=\"pick-fi\" type=\"radio\""));
    let over = browser.get(&back).await;
    over.says("Det här steget är över");
    for (code, connected, is_over) in [
        ("en", "acme in Visma eAccounting is connected to the warehouse.", "This step is over"),
        ("sv", "acme i Visma eEkonomi är anslutet till lagret.", "Det här steget är över"),
        ("nb", "acme i Visma eAccounting er koblet til lageret.", "Dette trinnet er over"),
        ("fi", "acme on yhdistetty Visma ePasseli -\u{2060}palvelusta varastoon.", "Tämä vaihe on jo ohi"),
    ] {
        for (page, said) in [(&done, connected), (&over, is_over)] {
            let text = page.text_in(Some(code));
            assert!(text.contains(said), "{code}: {text}");
            assert!(page.html.contains(&format!("<label for=\"pick-{code}\">")), "{code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_erp_without_a_page_says_which_secret_to_put() {
    let world = World::new();
    for (kind, secret) in [(Kind::PowerOffice, "poweroffice/acme"), (Kind::Finago, "finago/acme")] {
        let tenant = Tenant::parse(&tenant("acme", kind, json!({})), false).unwrap();
        let refused = ticket::issue(&world.ports(), &tenant, false).await.err().unwrap();
        assert!(refused.to_string().contains(secret), "{refused}");
    }
    assert!(world.memory.items("consent#acme", "").is_empty());
}
