//! Client credentials with the company's API key (Procountor sheet, section 1).

use http::HeaderMap;
use url::Url;

use crate::fault::{Fault, Result};
use crate::http::Exchange;

pub(super) async fn headers(
    _exchange: &Exchange<'_>,
    _tenant_id: &str,
    _auth_url: &Url,
    _renew: bool,
    _headers: &mut HeaderMap,
) -> Result<()> {
    Err(Fault::Unexpected("no login yet".into()))
}
