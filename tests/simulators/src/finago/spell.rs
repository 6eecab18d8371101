//! Troubles in the vendor's own words (Finago sheet, section 5.2).

use serde_json::{Value, json};

use super::soap::{self, Fault};
use super::{Finago, codec, selection};
use crate::{Request, Response, Trouble};

/// Calls that need no session, so that none can be gone.
const OPEN: [&str; 3] = ["Login", "HasSession", "GetIdentitiesWithCredential"];

pub(super) fn spell(finago: &Finago, trouble: Trouble, request: &Request) -> Option<Response> {
    match trouble {
        Trouble::TokenExpired => {
            let (operation, _) = soap::open(request).ok()?;
            (!OPEN.contains(&operation.as_str())).then(|| Fault::session().response())
        }
        Trouble::TooManyRequests { retry_after } => {
            let response = Response::text(429, "text/html; charset=utf-8", "Too Many Requests");
            Some(match retry_after {
                Some(seconds) => response.with("Retry-After", seconds.to_string()),
                None => response,
            })
        }
        Trouble::ServerError(500) => {
            let text =
                "Server was unable to process request. ---> Object reference not set to an instance of an object.";
            Some(Fault::server(text).response())
        }
        Trouble::ServerError(status) => {
            let page = "<html><head><title>Service Unavailable</title></head><body>Service Unavailable</body></html>";
            Some(Response::text(status, "text/html; charset=us-ascii", page))
        }
        Trouble::Refused => refused(finago, request),
        Trouble::LostAnswer | Trouble::MalformedBody | Trouble::Gateway { .. } | Trouble::Silence => None,
    }
}

/// A 200 whose item, or whole result, says no; a search is refused with a fault.
fn refused(finago: &Finago, request: &Request) -> Option<Response> {
    let (operation, element) = soap::open(request).ok()?;
    let args = codec::read(&element, &operation, &mut Vec::new()).ok()?;
    let items = |pointer: &str, id: &str| -> Vec<Value> {
        let given = args.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        let item = |one: &Value| json!({ id: one[id], "APIException": selection::exception("Refused", "The record is not valid") });
        given.map(item).collect()
    };
    let result = match operation.as_str() {
        "Login" => json!(""),
        "SetStockQuantity" | "SetIdentityById" | "SetIdentity" => json!("false"),
        "SaveInvoices" | "UpdateInvoices" => json!({ "InvoiceOrder": items("/invoices/InvoiceOrder", "OrderId") }),
        "SaveProducts" => json!({ "Product": items("/products/Product", "Id") }),
        "HasSession" => return None,
        _ => return Some(Fault::unreadable("Instance validation error: the value is not valid.").response()),
    };
    Some(finago.wrap(&operation, result))
}
