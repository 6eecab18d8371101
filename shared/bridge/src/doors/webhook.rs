//! Ongoing's webhooks: told apart by their shape, and turned into notices. What a webhook says is a hint; the write-back
//! reads the truth.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::http::within;
use crate::ports::{Ports, Run};
use crate::tenant::Tenant;
use crate::words::envelope::{Hint, Notice};
use crate::words::fault::Result;
use crate::words::secret::Secret;

/// The largest payload that is read (contract, section 4).
pub const LARGEST: usize = 256 * 1024;

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 202: stored, or nothing that concerns the tenant's ERP.
    Accepted,
    /// 401: unknown tenant, missing or wrong token; always the same.
    Unauthorized,
    /// 400: not a webhook of Ongoing's.
    NotAWebhook,
    /// 413.
    TooLarge,
    /// 503: not stored; Ongoing comes again.
    Unavailable,
}

impl Reply {
    /// Status and body.
    #[must_use]
    pub fn http(self) -> (u16, &'static str) {
        match self {
            Self::Accepted => (202, r#"{"message":"accepted"}"#),
            Self::Unauthorized => (401, r#"{"message":"unauthorized"}"#),
            Self::NotAWebhook => (400, r#"{"message":"not a webhook of Ongoing WMS"}"#),
            Self::TooLarge => (413, r#"{"message":"too large"}"#),
            Self::Unavailable => (503, r#"{"message":"not stored, come again"}"#),
        }
    }
}

/// A call to `POST /webhooks/ongoing/{tenant_id}`.
pub struct Incoming<'a> {
    /// From the path.
    pub tenant_id: &'a str,
    /// `X-Auth-Token`, or the password of Basic.
    pub token: Option<Secret>,
    /// The body.
    pub body: &'a [u8],
    /// The invocation: its id goes along with what is stored, and before its deadline there is an answer.
    pub run: &'a Run,
}

/// Before an invocation's deadline: time to answer.
const ANSWER: Duration = Duration::from_millis(500);

/// The part of `ongoing/<tenant_id>` that this function reads.
#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    webhook_tokens: Vec<Secret>,
}

/// Authenticates, recognises, stores, and only then says yes. Says in time that it could not, whatever is slow.
pub async fn receive(ports: &Ports, incoming: &Incoming<'_>) -> Reply {
    let (id, deadline) = (incoming.run.id.as_str(), incoming.run.deadline - ANSWER);
    if incoming.body.len() > LARGEST {
        return Reply::TooLarge;
    }
    let item = match within(ports, deadline, admitted(ports, incoming)).await {
        Ok(Some(item)) => item,
        Ok(None) => return Reply::Unauthorized,
        Err(fault) => {
            tracing::error!(target: "webhook", correlation_id = id, fault = fault.name(), reason = %fault, "webhook");
            return Reply::Unavailable;
        }
    };
    let Some(payload) = Payload::read(incoming.body) else { return Reply::NotAWebhook };
    let others = payload.is_of_another(&item, ports.allow_local);
    let notice = payload.hint.filter(|_| !others).map(|hint| Notice {
        v: Notice::VERSION,
        tenant_id: incoming.tenant_id.to_owned(),
        hint,
        cause: payload.cause,
        correlation_id: id.to_owned(),
    });
    let stored = match &notice {
        Some(notice) => within(ports, deadline, ports.queue.write_back(std::slice::from_ref(notice))).await,
        None => Ok(()),
    };
    tracing::info!(
        target: "webhook",
        tenant_id = incoming.tenant_id,
        correlation_id = id,
        kind = payload.kind,
        stored = stored.is_ok() && notice.is_some(),
        outcome = others.then_some(ANOTHER),
        "webhook"
    );
    if stored.is_ok() { Reply::Accepted } else { Reply::Unavailable }
}

/// The outcome of a webhook about the goods of another goods owner of the same warehouse system: nothing is to be done.
const ANOTHER: &str = "another_goods_owner";

/// The tenant's item, if the token is one of its live ones. A name that no tenant has costs no read of a secret, which
/// anybody could drive; it costs a comparison too.
async fn admitted(ports: &Ports, incoming: &Incoming<'_>) -> Result<Option<Value>> {
    let given = incoming.token.as_ref().map_or("", Secret::expose);
    let known = crate::tenant::is_id(incoming.tenant_id);
    let item = if known { ports.tenants.get(incoming.tenant_id).await? } else { None };
    let Some(item) = item else {
        matches(given, &[]);
        return Ok(None);
    };
    let name = format!("ongoing/{}", incoming.tenant_id);
    let mut right = matches(given, &live(ports.secrets.get(&name, false).await?));
    if !right && !given.is_empty() {
        // The token may have been replaced a moment ago.
        right = matches(given, &live(ports.secrets.get_after_refusal(&name).await?));
    }
    Ok(right.then_some(item))
}

/// The tokens that open the door. Every one is compared whole, whatever the others said.
fn live(secret: Option<Secret>) -> Vec<Secret> {
    let tokens = secret.and_then(|secret| serde_json::from_str::<Tokens>(secret.expose()).ok());
    tokens.map(|tokens| tokens.webhook_tokens).unwrap_or_default()
}

/// Digests are compared, so that not even a token's length shows; every live token is, whatever the others said.
fn matches(given: &str, live: &[Secret]) -> bool {
    let digest = |token: &str| Sha256::digest(token);
    let given = digest(given);
    let mut right = given.ct_eq(&digest("a token that nobody has")) & Choice::from(0);
    for token in live.iter().map(Secret::expose).filter(|token| !token.is_empty()) {
        right |= given.ct_eq(&digest(token));
    }
    right.into()
}

/// A recognised payload.
#[derive(Debug, PartialEq, Eq)]
pub struct Payload {
    /// What kind it is, for the log.
    pub kind: &'static str,
    /// Where to look; `None` for kinds that no ERP is told of.
    pub hint: Option<Hint>,
    /// Whose goods it is about, where it says so.
    pub goods_owner_id: Option<i64>,
    /// Tells it apart from other events; a retry of Ongoing's repeats it.
    pub cause: String,
}

impl Payload {
    /// Recognises a payload by the id that only its kind has (Ongoing sheet, section 4.5); `webhookTemplate` is the
    /// warehouse's own text and decides nothing.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let payload: Value = serde_json::from_slice(body).ok()?;
        let event = payload["webhookEventId"].as_i64()?;
        let article = || {
            let number =
                payload["article"]["articleNumber"].as_str().map(str::trim).filter(|number| !number.is_empty());
            number.map(|number| Hint::Articles(vec![number.to_owned()]))
        };
        let has = |member: &str| payload[member].is_i64() || payload[member].is_u64();
        let (kind, hint) = if has("webhookOrdersId") {
            ("order", Some(Hint::Order(payload["orderId"].as_i64()?)))
        } else if has("webhookInventoryId") {
            ("inventory", Some(article()?))
        } else if has("webhookPickingId") {
            ("picking", Some(article()?))
        } else if has("webhookMovesId") {
            ("inbound_and_move", Some(article()?))
        } else if has("webhookArticleItemsId") {
            ("article_item", Some(article()?))
        } else if has("webhookArticlesId") || has("webhookPurchaseOrdersId") || has("webhookPurchaseOrderLinesId") {
            ("other", None)
        } else {
            return None;
        };
        let at = payload["timestamp"].as_str().unwrap_or_default().chars().take(40).collect::<String>();
        let owner = &payload["goodsOwnerId"];
        let goods_owner_id = owner.as_i64().or_else(|| owner.as_str()?.trim().parse().ok());
        Some(Self { kind, hint, goods_owner_id, cause: format!("{kind}/{event}/{at}") })
    }

    /// Whether it says that it is about another goods owner than the tenant's. Where either is not known it is followed: the
    /// write-back finds out what it means.
    fn is_of_another(&self, tenant: &Value, allow_local: bool) -> bool {
        let own = Tenant::parse(tenant, allow_local).ok().map(|tenant| tenant.ongoing.goods_owner_id);
        own.zip(self.goods_owner_id).is_some_and(|(own, named)| own != named)
    }
}
