//! The envelope: what makes a request one, and how answers and faults are wrapped (Finago sheet, sections 1.2, 5.2).

use super::xml::{Element, SERVICE, SOAP};
use crate::{Request, Response};

const XML: &str = "text/xml; charset=utf-8";
/// What the services say when the session is gone (Finago sheet, section 5.2).
pub const NOT_AUTHENTICATED: &str = "Client is not authenticated on this identity";

/// A SOAP 1.1 fault in ASP.NET's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `soap:Client` or `soap:Server`.
    pub code: &'static str,
    /// `faultstring`.
    pub text: String,
    /// HTTP status, 500 for all but the hourly limit.
    pub status: u16,
}

impl Fault {
    /// The service failed or refuses.
    #[must_use]
    pub fn server(message: &str) -> Self {
        let text = format!("System.Web.Services.Protocols.SoapException: {message}");
        Self { code: "soap:Server", text, status: 500 }
    }

    /// The request could not be read.
    #[must_use]
    pub fn unreadable(message: &str) -> Self {
        let text = format!("Server was unable to read request. ---> There is an error in XML document. ---> {message}");
        Self { code: "soap:Client", text, status: 500 }
    }

    /// The session is missing, gone, or not on an identity.
    #[must_use]
    pub fn session() -> Self {
        Self::server(NOT_AUTHENTICATED)
    }

    /// The response that carries it.
    #[must_use]
    pub fn response(&self) -> Response {
        let text = quick_xml::escape::partial_escape(self.text.as_str());
        let code = self.code;
        let fault = format!(
            "<soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring><detail /></soap:Fault>"
        );
        wrap(self.status, &fault)
    }
}

/// Wraps an answer. The envelope has a prefix, which a reader that compares written names would trip over.
#[must_use]
pub fn envelope(content: &Element) -> Response {
    match content.write() {
        Ok(inner) => wrap(200, &inner),
        Err(message) => Response::text(500, "text/plain; charset=utf-8", message),
    }
}

fn wrap(status: u16, inner: &str) -> Response {
    let schemas =
        r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#;
    let head = format!(r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}" {schemas}>"#);
    Response::text(status, XML, format!("{head}<soap:Body>{inner}</soap:Body></soap:Envelope>"))
}

/// The operation a request names and the element it sends, or the response that turns it away.
///
/// # Errors
/// That response.
pub fn open(request: &Request) -> Result<(String, Element), Response> {
    if request.method != "POST" {
        let text = "System.InvalidOperationException: Request format is unrecognized.";
        return Err(Response::text(500, "text/plain; charset=utf-8", text));
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("text/xml") {
        let text = format!("The content type '{content_type}' was not the expected type 'text/xml; charset=utf-8'.");
        return Err(Response::text(415, "text/html", text));
    }
    let client = |text: String| Fault { code: "soap:Client", text, status: 500 }.response();
    let header = request.header("soapaction").unwrap_or_default();
    let unknown = || client(format!("Server did not recognize the value of HTTP Header SOAPAction: {header}."));
    let action = header.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(header);
    let operation = action.strip_prefix(SERVICE).and_then(|rest| rest.strip_prefix('/')).ok_or_else(unknown)?;
    let unreadable = |message: &str| Fault::unreadable(message).response();
    let text = std::str::from_utf8(&request.body).map_err(|error| unreadable(&error.to_string()))?;
    let document = Element::parse(text).map_err(|error| unreadable(&error))?;
    let soap = Some(SOAP.to_owned());
    if document.name != "Envelope" || document.namespace != soap {
        return Err(unreadable("Possible SOAP version mismatch: Envelope namespace was unexpected."));
    }
    let body = document.children.into_iter().find(|child| child.name == "Body" && child.namespace == soap);
    let mut content = body.map(|body| body.children).unwrap_or_default();
    if content.len() != 1 {
        return Err(unreadable("The SOAP body must hold one element."));
    }
    let element = content.remove(0);
    if element.name != operation || element.namespace.as_deref() != Some(SERVICE) {
        let namespace = element.namespace.as_deref().unwrap_or_default();
        return Err(unreadable(&format!("<{} xmlns='{namespace}'> was not expected.", element.name)));
    }
    Ok((operation.to_owned(), element))
}
