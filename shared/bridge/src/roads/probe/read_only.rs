//! Edges through which a probe can ask everything and write nothing, neither here nor at a vendor.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Method, Request, Response};

use crate::ports::{Broken, Ports, Transport};
use crate::roads::plan;

/// Operations of SOAP services that change nothing but sessions.
const READS: [&str; 2] = ["Login", "HasSession"];

/// The edges of a plan, and a network that takes nothing but calls that read and logins.
#[must_use]
pub fn read_only(ports: &Ports, tenant_id: &str) -> Ports {
    let transport = Rc::new(ReadOnly(Rc::clone(&ports.transport)));
    Ports { transport, ..plan::read_only(ports, tenant_id) }
}

struct ReadOnly(Rc<dyn Transport>);

#[async_trait(?Send)]
impl Transport for ReadOnly {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        if reads(request.method(), request.headers()) {
            return self.0.send(request).await;
        }
        let what = format!("{} {}", request.method(), request.uri().path());
        Err(Broken::Guarded(format!("a probe without --write writes nothing, and this would have: {what}")))
    }
}

/// Whether a call reads: by its method, by its operation where everything is posted, and the forms that get tokens.
pub(in crate::roads) fn reads(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let operation = text("soapaction").trim_matches('"').rsplit('/').next().unwrap_or_default();
    let is_form = text(CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded");
    match *method {
        Method::GET => true,
        Method::POST => is_form || operation.starts_with("Get") || READS.contains(&operation),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_reads_goes_through_and_nothing_else() {
        let of = |method: Method, name: &'static str, value: &'static str| {
            reads(
                &method,
                &HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))]),
            )
        };
        let action = "soapaction";
        assert!(of(Method::GET, "accept", "application/json"));
        assert!(of(Method::POST, "content-type", "application/x-www-form-urlencoded"));
        assert!(of(Method::POST, action, "\"http://24sevenOffice.com/webservices/GetProducts\""));
        assert!(of(Method::POST, action, "\"http://24sevenOffice.com/webservices/Login\""));
        for name in ["SaveProducts", "SetStockQuantity", "SaveInvoices", "SetIdentityById"] {
            let value: &'static str = format!("\"http://24sevenOffice.com/webservices/{name}\"").leak();
            assert!(!of(Method::POST, action, value), "{name}");
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::POST] {
            assert!(!of(method.clone(), "content-type", "application/json"), "{method}");
        }
    }
}
