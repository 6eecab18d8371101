//! Answers that repeat what was sent: for tests that look for secrets in errors.

use simulators::{Answer, Request};

/// A vendor, or a gateway before it, that repeats what it was sent: headers, address and body, in every member in which
/// an error may carry words.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    /// Every so many calls.
    pub every: usize,
    /// With this status.
    pub status: u16,
    /// Not where tokens are: a refused refresh ends a consent, and everything else with it.
    pub spares_tokens: bool,
}

impl Echo {
    pub(super) fn spares(self, request: &Request) -> bool {
        self.spares_tokens && request.target.to_lowercase().contains("token")
    }

    pub(super) fn of(self, request: &Request) -> Answer {
        let who = |name: &str| ["Authorization", "Cookie", "Ocp-Apim-Subscription-Key"].contains(&name);
        let headers = request.headers.iter().filter(|(name, _)| who(name)).map(|(_, value)| value.clone());
        let body = String::from_utf8_lossy(&request.body);
        // The part with a password in it, where there is one: what is too long for an error is cut off.
        let words = ["client_secret=", "refresh_token=", "<Password>"];
        let from = words.iter().filter_map(|word| body.find(word)).min().unwrap_or_default();
        let body: String = body[from..].chars().take(150).collect();
        let said = headers.chain([body, request.target.clone()]).collect::<Vec<_>>().join(" | ");
        let soap = request.headers.iter().any(|(_, value)| value.contains("text/xml"));
        let body = if soap {
            let said = said.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!(
                "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
                 <soap:Fault><faultcode>soap:Server</faultcode><faultstring>{said}</faultstring></soap:Fault>\
                 </soap:Body></soap:Envelope>"
            )
        } else {
            serde_json::json!({
                "error": "invalid_request", "error_description": said, "message": said, "detail": said, "title": said,
                "ErrorMessage": said, "DeveloperErrorMessage": said, "ErrorCode": 4000,
                "errors": [{ "field": said, "message": said }],
            })
            .to_string()
        };
        let response = simulators::Response::text(self.status, "application/json", &body);
        Answer::Response(response)
    }
}
