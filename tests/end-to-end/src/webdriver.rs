//! A minimal client of the W3C's WebDriver protocol, with Chromium's own commands for screen sizes and whole-page
//! screenshots. JSON over HTTP: a crate for it would add a second HTTP client.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{Result, variable};

/// The member that names an element (WebDriver, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A running driver.
pub struct Driver {
    address: String,
    http: reqwest::Client,
}

/// A browser with a profile of its own.
pub struct Browser {
    session: String,
    http: reqwest::Client,
}

impl Driver {
    /// The one that `WEBDRIVER_URL` names, if any.
    #[must_use]
    pub fn find() -> Option<Self> {
        let address = variable("WEBDRIVER_URL").ok()?;
        let http = bridge_aws::tls::client().ok()?.no_proxy().build().ok()?;
        Some(Self { address, http })
    }

    /// A new browser; without scripts unless `scripts`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser(&self, scripts: bool, language: &str) -> Result<Browser> {
        let profile = std::env::temp_dir().join(format!("browser-{}-{language}-{scripts}", std::process::id()));
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &format!("--accept-lang={language}"),
            &format!("--user-data-dir={}", profile.display()),
        ];
        let javascript = if scripts { 1 } else { 2 };
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": variable("CHROMIUM")?, "args": arguments,
                "prefs": { "profile.managed_default_content_settings.javascript": javascript,
                    "intl.accept_languages": language },
            },
        }}});
        let begun = said(self.http.post(format!("{}/session", self.address)).json(&wanted)).await?;
        let id = begun["sessionId"].as_str().ok_or("the driver gave no session")?;
        let browser = Browser { session: format!("{}/session/{id}", self.address), http: self.http.clone() };
        // A click comes back before the next page is there: what is looked for on it is waited for.
        browser.tell("timeouts", &json!({ "implicit": 5000 })).await?;
        Ok(browser)
    }
}

async fn said(call: reqwest::RequestBuilder) -> Result<Value> {
    let answer: Value = call.send().await?.json().await?;
    match answer["value"]["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", answer["value"]["message"].as_str().unwrap_or_default()).into()),
        None => Ok(answer["value"].clone()),
    }
}

impl Browser {
    async fn ask(&self, what: &str) -> Result<Value> {
        said(self.http.get(format!("{}/{what}", self.session))).await
    }

    async fn tell(&self, what: &str, arguments: &Value) -> Result<Value> {
        said(self.http.post(format!("{}/{what}", self.session)).json(arguments)).await
    }

    async fn find(&self, css: &str) -> Result<String> {
        let found = self.tell("element", &json!({ "using": "css selector", "value": css })).await;
        let found = found.map_err(|error| format!("{css}: {error}"))?;
        found[ELEMENT].as_str().map(str::to_owned).ok_or_else(|| format!("{css} is not on the page").into())
    }

    /// Opens an address and waits until it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn open(&self, url: &str) -> Result {
        self.tell("url", &json!({ "url": url })).await.map(|_| ())
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn reload(&self) -> Result {
        self.tell("refresh", &json!({})).await.map(|_| ())
    }

    /// The page's address.
    ///
    /// # Errors
    /// When the browser does not say.
    pub async fn address(&self) -> Result<String> {
        Ok(self.ask("url").await?.as_str().unwrap_or_default().to_owned())
    }

    /// What a person reads there.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn text(&self, css: &str) -> Result<String> {
        let element = self.find(css).await?;
        Ok(self.ask(&format!("element/{element}/text")).await?.as_str().unwrap_or_default().to_owned())
    }

    /// An attribute of an element.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn attribute(&self, css: &str, name: &str) -> Result<String> {
        let element = self.find(css).await?;
        let value = self.ask(&format!("element/{element}/attribute/{name}")).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Where an element is and how large: `x`, `y`, `width`, `height`.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn place(&self, css: &str) -> Result<Value> {
        let element = self.find(css).await?;
        self.ask(&format!("element/{element}/rect")).await
    }

    /// Clicks an element.
    ///
    /// # Errors
    /// When there is none, or it cannot be clicked.
    pub async fn click(&self, css: &str) -> Result {
        let element = self.find(css).await?;
        self.tell(&format!("element/{element}/click"), &json!({})).await.map(|_| ())
    }

    /// Clicks the link with this text.
    ///
    /// # Errors
    /// When there is none.
    pub async fn follow(&self, text: &str) -> Result {
        let found = self.tell("element", &json!({ "using": "link text", "value": text })).await;
        let found = found.map_err(|error| format!("{text:?}: {error}"))?;
        let element = found[ELEMENT].as_str().ok_or("no link")?;
        self.tell(&format!("element/{element}/click"), &json!({})).await.map(|_| ())
    }

    /// Types into a field.
    ///
    /// # Errors
    /// When there is none.
    pub async fn write(&self, css: &str, text: &str) -> Result {
        let element = self.find(css).await?;
        self.tell(&format!("element/{element}/value"), &json!({ "text": text })).await.map(|_| ())
    }

    async fn chromium(&self, command: &str, parameters: Value) -> Result<Value> {
        self.tell("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// Looks at the page on a screen of this width, by day or by night.
    ///
    /// # Errors
    /// When the browser does not.
    pub async fn screen(&self, width: u32, dark: bool) -> Result {
        let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.chromium("Emulation.setDeviceMetricsOverride", size).await?;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.chromium("Emulation.setEmulatedMedia", media).await.map(|_| ())
    }

    /// How wide the page is and how much of it there is room for.
    ///
    /// # Errors
    /// When the browser does not say.
    pub async fn widths(&self) -> Result<(f64, f64)> {
        let metrics = self.chromium("Page.getLayoutMetrics", json!({})).await?;
        let width = |of: &str, member: &str| metrics[of][member].as_f64().unwrap_or_default();
        Ok((width("cssContentSize", "width"), width("cssLayoutViewport", "clientWidth")))
    }

    /// A picture of the whole page, `<SCREENSHOTS>/<name>.png`.
    ///
    /// # Errors
    /// When it cannot be taken or kept.
    pub async fn picture(&self, name: &str) -> Result {
        use base64::Engine as _;
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let taken = self.chromium("Page.captureScreenshot", whole).await?;
        let png = base64::prelude::BASE64_STANDARD.decode(taken["data"].as_str().unwrap_or_default())?;
        std::fs::write(PathBuf::from(variable("SCREENSHOTS")?).join(format!("{name}.png")), png)?;
        Ok(())
    }

    /// What the browser complained about since it was asked last.
    ///
    /// # Errors
    /// When it does not say.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let lines = self.tell("se/log", &json!({ "type": "browser" })).await?;
        let lines = lines.as_array().into_iter().flatten().filter_map(|line| line["message"].as_str());
        Ok(lines.map(str::to_owned).collect())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(self) -> Result {
        said(self.http.delete(&self.session)).await.map(|_| ())
    }
}
