//! The headers of every page that a browser shows: nothing is kept, framed, or loaded from elsewhere.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Browser features that no page uses.
const PERMISSIONS: &str =
    "accelerometer=(), camera=(), clipboard-read=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";

/// The one style that a page may have, by its digest.
pub(super) fn style_source(style: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(style)))
}

/// The Content-Security-Policy: this style, forms that lead there, and this one picture, if there is one.
pub(super) fn policy(style_source: &str, forms: &str, picture: Option<&str>) -> String {
    let picture = picture.map_or_else(String::new, |picture| format!(" img-src {picture};"));
    format!(
        "default-src 'none'; style-src {style_source};{picture} form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// The headers of an answer with this policy.
pub(super) fn headers(policy: &str) -> Value {
    json!({
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        "strict-transport-security": "max-age=31536000",
        "content-security-policy": policy,
    })
}

/// A page without cookies.
pub(super) fn html(status: u16, language: &str, policy: &str, html: String) -> Value {
    let mut headers = headers(policy);
    headers["content-type"] = json!("text/html; charset=utf-8");
    headers["content-language"] = json!(language);
    json!({ "statusCode": status, "headers": headers, "cookies": [], "body": html })
}
