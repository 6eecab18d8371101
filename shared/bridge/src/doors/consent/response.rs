//! A response in API Gateway's format, with the security headers of every page.

use serde_json::{Value, json};
use url::Url;

use super::page::STYLE_SOURCE;
use super::request::Cookie;
use super::translations::Language;

/// Browser features that no page uses.
const PERMISSIONS: &str =
    "accelerometer=(), camera=(), clipboard-read=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";

/// An answer.
pub(super) struct Reply {
    pub status: u16,
    pub language: Language,
    pub cookie: Option<Cookie>,
    pub what: What,
}

/// What is answered with.
pub(super) enum What {
    /// A page, and where its forms may lead beside here; `None` where it has none.
    Page { html: String, forms: Option<String> },
    /// On to the ERP.
    Elsewhere(Url),
}

impl Reply {
    /// The function's answer.
    pub fn http(self) -> Value {
        let mut headers = json!({
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": PERMISSIONS,
            "strict-transport-security": "max-age=31536000",
        });
        let (body, forms) = match self.what {
            What::Page { html, forms } => {
                headers["content-type"] = json!("text/html; charset=utf-8");
                headers["content-language"] = json!(self.language.words().code);
                (html, forms)
            }
            What::Elsewhere(url) => {
                headers["location"] = json!(url.as_str());
                (String::new(), None)
            }
        };
        let forms = forms.map_or_else(|| "'none'".to_owned(), |forms| format!("'self' {forms}"));
        let policy = format!(
            "default-src 'none'; style-src {}; form-action {forms}; frame-ancestors 'none'; base-uri 'none'",
            *STYLE_SOURCE
        );
        headers["content-security-policy"] = json!(policy);
        let cookies: Vec<String> = self.cookie.iter().map(Cookie::set).collect();
        json!({ "statusCode": self.status, "headers": headers, "cookies": cookies, "body": body })
    }
}
