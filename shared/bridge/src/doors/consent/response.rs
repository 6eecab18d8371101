//! A response in API Gateway's format, with the security headers of every page.

use serde_json::{Value, json};
use url::Url;

use super::page::STYLE_SOURCE;
use super::request::Cookie;
use super::translations::Language;
use crate::doors::page_headers;

/// An answer.
pub(super) struct Reply {
    pub status: u16,
    pub language: Language,
    pub cookie: Option<Cookie>,
    /// The address of the picture that the page may load.
    pub logo: Option<String>,
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
        let policy = |forms: Option<String>| {
            let forms = forms.map_or_else(|| "'none'".to_owned(), |forms| format!("'self' {forms}"));
            page_headers::policy(&STYLE_SOURCE, &forms, self.logo.as_deref())
        };
        let (headers, body) = match self.what {
            What::Page { html, forms } => {
                let mut headers = page_headers::headers(&policy(forms));
                headers["content-type"] = json!("text/html; charset=utf-8");
                headers["content-language"] = json!(self.language.code());
                (headers, html)
            }
            What::Elsewhere(url) => {
                let mut headers = page_headers::headers(&policy(None));
                headers["location"] = json!(url.as_str());
                (headers, String::new())
            }
        };
        let cookies: Vec<String> = self.cookie.iter().map(Cookie::set).collect();
        json!({ "statusCode": self.status, "headers": headers, "cookies": cookies, "body": body })
    }
}
