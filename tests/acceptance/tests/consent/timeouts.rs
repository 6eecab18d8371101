//! Vendors that never answer: API Gateway waits half a minute for a page, so no page may take longer.

use std::time::Duration;

use acceptance::consent::{Browser, Page, link, procountor, visma};
use acceptance::world::{Site, World};
use simulators::Trouble;

/// What is left for vendor and stores of the 28 seconds that an invocation has here, and for the check behind them.
const CONNECT: u64 = 18;
const CHECK: u64 = 26;

/// From this call on nobody answers; how long the page takes then, in whole seconds.
async fn silent_from(world: &World, site: Site, call: usize, page: impl Future<Output = Page>) -> (Page, u64) {
    for further in 0..20 {
        world.site(site).plan(world.site(site).calls() + call + further, Trouble::Silence);
    }
    let asked = tokio::time::Instant::now();
    let page = tokio::time::timeout(Duration::from_secs(60), page).await;
    (page.unwrap_or_else(|_| panic!("call {call} to {site:?} is waited for, for ever")), asked.elapsed().as_secs())
}

/// What becomes of a page whose call to the vendor is never answered: its status, its seconds, its words.
const UNREACHABLE: (u16, u64, &str) = (503, CONNECT, "cannot be reached just now");
const UNCHECKED: (u16, u64, &str) = (200, CHECK, "Connected, but not yet checked");

#[tokio::test(start_paused = true)]
async fn a_visma_that_falls_silent_has_its_page_in_time() {
    // The code, the company, the check.
    for (call, (status, seconds, said)) in [UNREACHABLE, UNREACHABLE, UNCHECKED].into_iter().enumerate() {
        let world = visma::open();
        let browser = Browser::new(&world);
        let back = visma::consent(&world, &browser, &link(&world, "acme", false).await).await;
        let (page, took) = silent_from(&world, Site::Visma, call, browser.get(&back)).await;
        assert_eq!((page.status, took), (status, seconds), "call {call}: {}", page.text());
        page.says(said);
        assert_eq!(world.memory.secret_value("visma/acme").is_some(), status == 200, "call {call}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_procountor_that_falls_silent_has_its_page_in_time() {
    // The code, the key's token, the company, the check.
    let pages = [UNREACHABLE, UNREACHABLE, UNREACHABLE, UNCHECKED];
    for (call, (status, seconds, said)) in pages.into_iter().enumerate() {
        let world = procountor::open();
        let browser = Browser::new(&world);
        let link = link(&world, "acme", false).await;
        let back = procountor::consent(&world, &browser, &link, procountor::COMPANY).await;
        let (page, took) = silent_from(&world, Site::Procountor, call, browser.get(&back)).await;
        assert_eq!((page.status, took), (status, seconds), "call {call}: {}", page.text());
        page.says(said);
        assert_eq!(world.memory.secret_value("procountor/acme").is_some(), status == 200, "call {call}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_procountor_that_falls_silent_has_the_page_of_a_pasted_key_in_time() {
    // The key's token, the company, the check.
    for (call, (status, seconds, said)) in [UNREACHABLE, UNREACHABLE, UNCHECKED].into_iter().enumerate() {
        let world = procountor::open();
        let browser = Browser::new(&world);
        let link = link(&world, "acme", false).await;
        let key = procountor::key(&world, procountor::COMPANY);
        let pasted = procountor::paste(&browser, &link, &key);
        let (page, took) = silent_from(&world, Site::Procountor, call, pasted).await;
        assert_eq!((page.status, took), (status, seconds), "call {call}: {}", page.text());
        page.says(said);
    }
}
