//! A session cookie shared by all invocations (Finago sheet, section 1.3).

use http::HeaderMap;
use url::Url;

use crate::fault::{Fault, Result};
use crate::http::Exchange;

pub(super) async fn headers(
    _exchange: &Exchange<'_>,
    _tenant_id: &str,
    _base_url: &Url,
    _renew: bool,
    _headers: &mut HeaderMap,
) -> Result<()> {
    Err(Fault::Unexpected("no login yet".into()))
}
