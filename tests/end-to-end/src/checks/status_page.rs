//! The status page in a browser: a link of the operator's, a customer's order, and what a link that is none opens.

use bridge::words::feed::Feed;

use super::consent::{quiet, reads};
use super::{Stage, ensure};
use crate::Result;
use crate::webdriver::Driver;

/// The page's languages, by their own names and with a word of the page.
const LANGUAGES: [(&str, &str, &str); 4] = [
    ("en", "English", "Find an order"),
    ("sv", "Svenska", "Hitta en order"),
    ("nb", "Norsk", "Finn en ordre"),
    ("fi", "Suomi", "Etsi tilaus"),
];

/// A customer follows its link, finds an order by its number, and reads it in its language, with scripts switched off; the
/// warehouse sees all tenants.
///
/// # Errors
/// What is not so.
pub async fn a_customer_looks_at_its_orders_and_the_warehouse_at_all_without_scripts(
    stage: &Stage,
    driver: &Driver,
) -> Result {
    let scenario = stage.first()?;
    let id = &scenario.tenant_id;
    let link = |arguments: &[&str]| -> Result<String> {
        let said = stage.stack.operate(arguments, "")?;
        said["link"].as_str().map(str::to_owned).ok_or_else(|| format!("no link: {said}").into())
    };
    let own = link(&["status-link", id, "--days", "2"])?;
    let records = stage.warehouse(scenario).await?.records;
    let number = records.keys().find(|(feed, _)| *feed == Feed::Orders).map(|(_, number)| number.clone());
    let number = number.ok_or_else(|| format!("{id} has no order in the warehouse"))?;

    let browser = driver.browser(false, "en").await?;
    browser.open(&own).await?;
    reads(&browser, "h1", id).await?;
    for (code, name, says) in LANGUAGES {
        if browser.attribute("html", "lang").await? != code {
            browser.follow(name).await?;
        }
        reads(&browser, "main", says).await?;
        for width in [320, 390, 1280] {
            browser.screen(width, false).await?;
            let (page, room) = browser.widths().await?;
            ensure(page <= room, || format!("{code}, {width}: the page is {page} wide, and there is room for {room}"))?;
            let button = browser.place("button").await?["height"].as_f64().unwrap_or_default();
            ensure(button >= 44.0, || format!("{code}, {width}: the button is {button} high"))?;
        }
    }
    browser.follow("English").await?;
    browser.write("#number", &number).await?;
    browser.click("button").await?;
    reads(&browser, ".story h3", &number).await?;
    reads(&browser, ".story", "In the warehouse").await?;
    for (width, dark) in [(390, false), (390, true), (1280, false), (1280, true)] {
        browser.screen(width, dark).await?;
        let light = if dark { "dark" } else { "light" };
        browser.picture(&format!("status-customer-{width}-{light}")).await?;
    }

    browser.open(&link(&["status-link"])?).await?;
    reads(&browser, "h1", "All connections").await?;
    for (width, dark) in [(390, true), (1280, false)] {
        browser.screen(width, dark).await?;
        let light = if dark { "dark" } else { "light" };
        browser.picture(&format!("status-all-{width}-{light}")).await?;
    }
    browser.follow(id).await?;
    reads(&browser, "h1", id).await?;

    browser.open(&own.replace("signature=", "signature=A")).await?;
    reads(&browser, "h1", "This link does not work").await?;
    browser.screen(390, false).await?;
    browser.picture("status-no-link-390-light").await?;
    quiet(&browser).await?;
    browser.close().await
}
