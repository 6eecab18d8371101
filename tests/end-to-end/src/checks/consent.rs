//! The consent pages in a browser: a link, a click, the vendor's own page, and what a person reads at the end.

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Stage, ensure};
use crate::Result;
use crate::scenario::{Act, Scenario};
use crate::webdriver::{Browser, Driver};

/// What a small telephone shows of a page at once.
const FOLD: f64 = 640.0;

/// The languages of the pages, by their own names and with a word of each start page.
const LANGUAGES: [(&str, &str, &str); 4] =
    [("en", "English", "Connect"), ("sv", "Svenska", "Anslut"), ("nb", "Norsk", "Koble"), ("fi", "Suomi", "Yhdistä")];

/// A company whose consent is dead is connected again, and the next pull works with the new one.
///
/// # Errors
/// What is not so.
pub async fn a_stopped_company_is_connected_again_with_one_link(stage: &Stage, driver: &Driver) -> Result {
    let scenario = scenario(stage, Kind::Visma)?;
    // The password was changed, and the access token has run out.
    act(scenario, "change_password", json!({})).await?;
    act(scenario, "expire_access", json!({})).await?;
    let job = json!({ "tenant_id": scenario.tenant_id });
    let stopped = stage.stack.pull(scenario.kind, &job).await?;
    ensure(ends(&stopped, "failed"), || format!("with a dead consent: {stopped}"))?;

    let browser = driver.browser(true, "en").await?;
    let link = link(stage, scenario).await?;
    for _ in 0..2 {
        browser.open(&link).await?;
        reads(&browser, "main", "asks for access to your company in Visma eAccounting").await?;
    }
    browser.screen(1280, false).await?;
    browser.picture("visma-1-start-1280").await?;
    browser.screen(360, false).await?;
    browser.picture("visma-1-start-360").await?;
    browser.click("button[value=consent]").await?;
    reads(&browser, "h1", "Visma").await?;
    browser.picture("visma-2-vendor-360").await?;
    browser.follow("Härdens Husgeråd AB").await?;
    reads(&browser, "h1", "Connected").await?;
    reads(&browser, "main", "Härdens Husgeråd AB in Visma eAccounting is connected to the warehouse").await?;
    browser.picture("visma-3-connected-360").await?;
    browser.screen(1280, true).await?;
    browser.picture("visma-3-connected-1280-dark").await?;
    quiet(&browser).await?;
    browser.close().await?;

    // A function reads a secret again after a refusal, and not within a second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let pulled = stage.stack.pull(scenario.kind, &job).await?;
    ensure(ends(&pulled, "complete"), || format!("with the new consent: {pulled}"))
}

/// The key login; then a key pasted; both with scripts switched off.
///
/// # Errors
/// What is not so.
pub async fn procountor_is_connected_by_key_login_and_by_a_pasted_key_without_scripts(
    stage: &Stage,
    driver: &Driver,
) -> Result {
    let scenario = scenario(stage, Kind::Procountor)?;
    let company = act(scenario, "state", json!({})).await?["name"].as_str().unwrap_or_default().to_owned();
    let browser = driver.browser(false, "fi").await?;
    browser.screen(360, false).await?;
    browser.open(&link(stage, scenario).await?).await?;
    reads(&browser, "h1", "Yhdistä Procountor varastoosi").await?;
    browser.picture("procountor-1-start-360-fi").await?;
    browser.click("button[value=consent]").await?;
    browser.follow(&company).await?;
    reads(&browser, "h1", "Yhdistetty").await?;
    reads(&browser, "main", &company).await?;
    browser.picture("procountor-2-connected-360-fi").await?;
    // A page that can be shown once only has every language in itself, and switches without a script.
    browser.click("label[for=pick-sv]").await?;
    reads(&browser, ".in-sv h1", "Anslutet").await?;
    browser.picture("procountor-2-connected-360-sv").await?;
    quiet(&browser).await?;
    browser.close().await?;
    let job = json!({ "tenant_id": scenario.tenant_id });
    let pulled = stage.stack.pull(scenario.kind, &job).await?;
    ensure(ends(&pulled, "complete"), || format!("after the key login: {pulled}"))?;

    let browser = driver.browser(false, "en").await?;
    browser.screen(360, true).await?;
    browser.open(&link(stage, scenario).await?).await?;
    browser.write("textarea", "no key at all").await?;
    browser.click("button[value=key]").await?;
    reads(&browser, "h1", "Procountor does not accept this key").await?;
    browser.picture("procountor-3-no-key-360-dark").await?;
    browser.click("a.button").await?;
    browser.picture("procountor-4-start-360-dark").await?;
    let key = act(scenario, "new_key", json!({})).await?["api_key"].as_str().unwrap_or_default().to_owned();
    // The user behind the key may look at sales documents, and not send them.
    act(scenario, "set_right", json!({ "right": "VIEWING_RIGHTS" })).await?;
    browser.write("textarea", &key).await?;
    browser.click("button[value=key]").await?;
    reads(&browser, "h1", "Connected, but something is missing").await?;
    reads(&browser, "main", "sales.salesOrGroupInvoices").await?;
    browser.screen(360, false).await?;
    browser.picture("procountor-5-lacking-360").await?;
    act(scenario, "set_right", json!({ "right": "ALL_RIGHTS" })).await?;
    quiet(&browser).await?;
    browser.close().await?;
    let pulled = stage.stack.pull(scenario.kind, &job).await?;
    ensure(ends(&pulled, "complete"), || format!("after the pasted key: {pulled}"))
}

/// A no, a way back from it, a missing right, a step done twice and a link used twice: each page says what to do.
///
/// # Errors
/// What is not so.
pub async fn a_refusal_and_a_used_link_say_what_to_do(stage: &Stage, driver: &Driver) -> Result {
    let scenario = scenario(stage, Kind::Visma)?;
    let browser = driver.browser(true, "nb").await?;
    browser.screen(360, false).await?;
    let link = link(stage, scenario).await?;
    browser.open(&link).await?;
    browser.click("button[value=consent]").await?;
    browser.follow("No, do not allow").await?;
    reads(&browser, "h1", "Tilgangen ble ikke godkjent").await?;
    browser.picture("visma-4-refused-360-nb").await?;
    browser.click("a.button").await?;
    reads(&browser, "h1", "Koble Visma eAccounting til lageret ditt").await?;
    browser.click("button[value=consent]").await?;
    browser.follow("Härdens Husgeråd AB").await?;
    reads(&browser, "h1", "Koblet til").await?;
    browser.reload().await?;
    reads(&browser, "h1", "Dette trinnet er over").await?;
    browser.picture("visma-5-twice-360-nb").await?;
    browser.open(&link).await?;
    reads(&browser, "h1", "Lenken virker ikke").await?;
    browser.screen(1280, false).await?;
    browser.picture("visma-6-used-1280-nb").await?;
    browser.close().await
}

/// Four languages, from the narrowest phone to a desk: nothing is cut off, and what is to be clicked can be hit.
///
/// # Errors
/// What is not so.
pub async fn the_start_page_reads_well_on_a_phone_in_every_language(stage: &Stage, driver: &Driver) -> Result {
    let browser = driver.browser(true, "sv").await?;
    for kind in [Kind::Visma, Kind::Procountor] {
        browser.open(&link(stage, scenario(stage, kind)?).await?).await?;
        for (code, name, word) in LANGUAGES {
            if browser.attribute("html", "lang").await? != code {
                browser.follow(name).await?;
            }
            reads(&browser, "h1", word).await?;
            ensure(browser.attribute("html", "lang").await? == code, || format!("the page is not in {code}"))?;
            for width in [320, 360, 1280] {
                browser.screen(width, false).await?;
                let (page, room) = browser.widths().await?;
                ensure(page <= room, || {
                    format!("{code}, {width}: the page is {page} wide, and there is room for {room}")
                })?;
                let button = browser.place("button[value=consent]").await?;
                let height = button["height"].as_f64().unwrap_or_default();
                ensure(height >= 44.0, || format!("{code}, {width}: the button is {height} high"))?;
                let end = button["y"].as_f64().unwrap_or_default() + height;
                ensure(end <= FOLD, || format!("{code}, {width}: the button ends at {end}, below the screen"))?;
                let here = browser.place("nav li:nth-child(2) > *").await?["height"].as_f64().unwrap_or_default();
                ensure(here >= 40.0, || format!("{code}, {width}: a language is {here} high"))?;
            }
            for width in [360, 1280] {
                browser.screen(width, false).await?;
                browser.picture(&format!("start-{kind}-{code}-{width}")).await?;
            }
        }
    }
    browser.screen(320, true).await?;
    browser.picture("start-procountor-fi-320-dark").await?;
    quiet(&browser).await?;
    browser.close().await
}

/// The function's log has a line for each step, and nothing that opens anything.
///
/// # Errors
/// What is not so; the text itself is not repeated.
pub async fn the_consent_log_tells_steps_and_no_secrets(stage: &Stage, _: &Driver) -> Result {
    let lines = stage.stack.logs(&format!("{}-connect", stage.stack.name)).await?;
    let told: Vec<Value> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for outcome in ["connected", "refused", "no_key", "bad_state", "bad_link"] {
        ensure(told.iter().any(|line| line["outcome"] == outcome), || format!("no line tells of {outcome}"))?;
    }
    let faults: Vec<&Value> = told.iter().filter(|line| line["level"] == "ERROR").collect();
    ensure(faults.is_empty(), || format!("{faults:?}"))?;
    let mut hidden = vec!["ticket=".to_owned(), "state=".to_owned(), "code-0".to_owned(), "eyJ".to_owned()];
    hidden.extend(["refresh-0", "access-0", "s3cret", "demo-client-secret"].map(str::to_owned));
    for line in &lines {
        let found = hidden.iter().position(|text| line.contains(text));
        ensure(found.is_none(), || format!("a line has text {found:?} of what is to be hidden"))?;
    }
    Ok(())
}

fn scenario(stage: &Stage, kind: Kind) -> Result<&Scenario> {
    stage
        .scenarios
        .iter()
        .find(|scenario| scenario.kind == kind)
        .ok_or_else(|| format!("there is no scenario for {kind}").into())
}

async fn act(scenario: &Scenario, action: &'static str, args: Value) -> Result<Value> {
    scenario.act(&Act { said: "", action, args }).await
}

/// The operator makes a link.
async fn link(stage: &Stage, scenario: &Scenario) -> Result<String> {
    let said = stage.stack.operate(&["connect-link", &scenario.tenant_id], "")?;
    said["link"].as_str().map(str::to_owned).ok_or_else(|| format!("no link: {}", scenario.tenant_id).into())
}

fn ends(summary: &Value, end: &str) -> bool {
    let feeds = summary["feeds"].as_array();
    feeds.is_some_and(|feeds| !feeds.is_empty() && feeds.iter().all(|feed| feed["end"] == end))
}

/// The page says so, at once or when the next one is there.
pub(super) async fn reads(browser: &Browser, css: &str, text: &str) -> Result {
    let mut read = String::new();
    for _ in 0..100 {
        // The element may go with its page while it is read.
        read = browser.text(css).await.unwrap_or_default();
        if read.contains(text) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let address = browser.address().await?;
    let address = address.split('?').next().unwrap_or_default();
    Err(format!("{address} says {read:?} instead of {text:?}").into())
}

/// The browser has nothing to complain of: no rule of the page's own policy was broken.
pub(super) async fn quiet(browser: &Browser) -> Result {
    let complaints = browser.complaints().await?;
    // That a page says 400, or is asked for an icon it has not, is no fault of the page.
    let answered = |line: &String| line.contains("Failed to load resource: the server responded with a status of 4");
    let complaints: Vec<&String> = complaints.iter().filter(|line| !answered(line)).collect();
    ensure(complaints.is_empty(), || format!("the browser complains: {complaints:?}"))
}
