//! Sessions that are not shared and not kept: for whoever asks how sessions live (Finago sheet, section 1.3).

use http::HeaderMap;
use url::Url;

use super::{App, User, login};
use crate::http::Exchange;
use crate::http::classify::Service;
use crate::http::login::read;
use crate::http::soap;
use crate::words::fault::Result;
use crate::words::secret::Secret;

/// Logs in. Whether that ends the user's other sessions is not known; who had one logs in again.
pub(in crate::http::login) async fn open(exchange: &Exchange<'_>, tenant_id: &str, base_url: &Url) -> Result<Secret> {
    let app: App = read(exchange.ports, "finago/app", false).await?;
    let user: User = read(exchange.ports, &format!("finago/{tenant_id}"), false).await?;
    login(exchange, base_url, &app, &user, false).await
}

/// Whether the session of these headers lives.
pub(in crate::http::login) async fn lives(exchange: &Exchange<'_>, base_url: &Url, headers: HeaderMap) -> Result<bool> {
    let mut call = soap::call(base_url, soap::AUTHENTICATE, "HasSession", Vec::new(), true)?;
    call.headers.extend(headers);
    let (_, has) = exchange.send(Service::Finago, &call).await?;
    Ok(has.as_str().map(str::trim) == Some("true"))
}
