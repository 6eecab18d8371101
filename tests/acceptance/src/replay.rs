//! Recordings of a probe (`bridgectl probe --record`) held against the simulators: each call is made again, to a test company
//! of theirs, and what comes is compared by status and shape. Ids are those of the simulator, learned from what it answers.

mod shape;

use std::collections::BTreeMap;
use std::time::Duration;

use bridge::http::Exchange as Login;
use bridge::http::login;
use bridge::http::soap;
use bridge::ports::Ports;
use bridge::roads::probe::record::{Body, Exchange, Recording};
use bridge::systems::erps;
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use serde_json::{Value, json};
use simulators::poweroffice;
use simulators::procountor::Kind as Record;
use url::Url;

use crate::shops::{self, PowerOfficeShop, ProcountorShop};
use crate::world::{GOODS_OWNER, World, tenant};

/// A test company: articles that changed at times of their own, two orders and, where there are such, an offer and an article
/// that is archived.
///
/// # Panics
/// Outside of tokio's paused time.
pub async fn test_company(kind: Kind) -> (World, Tenant) {
    let (world, shop) = (World::new(), shops::of(kind));
    shop.onboard(&world, json!({}));
    for n in 0..6 {
        shop.put_article(&world, n, &format!("Article {n}"));
        world.wait(Duration::from_secs(67)).await;
    }
    shop.put_order(&world, 1, &[0, 1]);
    shop.put_order(&world, 2, &[2]);
    if kind == Kind::PowerOffice {
        shop.put_article(&world, 6, "Article that is archived");
        let archive = |product: &mut Value| product["IsArchived"] = json!(true);
        let mut erp = world.vendors.poweroffice.borrow_mut();
        erp.model.client("client-key-acme").change(world.now(), poweroffice::Kind::Product, "7006", archive);
        drop(erp);
        PowerOfficeShop.put_unpaid(&world, 3);
        PowerOfficeShop.credit(&world, 3);
    }
    if kind == Kind::Procountor {
        shop.put_article(&world, 6, "Article that is not active");
        ProcountorShop.change(&world, Record::Product, 3006, &json!({ "active": false }));
        let mut offer = ProcountorShop::document(3, "SALES_ORDER", &[0]);
        offer["isOffer"] = json!(true);
        ProcountorShop.put(&world, Record::Invoice, offer);
    }
    // Later than any replica lags.
    world.wait(Duration::from_secs(90)).await;
    let item = Tenant::parse(&tenant("acme", kind, json!({})), false);
    (world, item.unwrap_or_else(|faults| panic!("{faults:?}")))
}

/// What differs between a recording and what a simulator's test company answers, a line each; empty where nothing does.
///
/// # Errors
/// What cannot be replayed.
pub async fn differences(world: &World, tenant: &Tenant, recording: &Recording) -> Result<Vec<String>, String> {
    let of_erp = recording.system == tenant.erp.kind.word();
    if recording.v != Recording::VERSION || !(of_erp || recording.system == "ongoing") {
        return Err(format!("a recording of {} in version {} is not for this", recording.system, recording.v));
    }
    let ports = world.ports();
    let login = match of_erp {
        true => erps::login(tenant),
        false => login::Login::Ongoing { tenant_id: tenant.tenant_id.clone() },
    };
    let base = if of_erp { &tenant.erp.base_url } else { &tenant.ongoing.base_url };
    let mut ids = BTreeMap::from([(recording.goods_owner_id.to_string(), GOODS_OWNER.to_string())]);
    let mut found = Vec::new();
    for exchange in &recording.exchanges {
        let headers = if exchange.without_login { HeaderMap::new() } else { headers(&ports, &login).await? };
        let request = request(base, exchange, headers, &ids)?;
        let response = ports.transport.send(request).await.map_err(|broken| format!("{broken:?}"))?;
        let fact = exchange.fact.as_deref().unwrap_or("before");
        let call = format!("{fact}: {} {}", exchange.method, exchange.target.split('?').next().unwrap_or_default());
        let operation =
            exchange.soap_action.as_deref().and_then(|action| action.rsplit('/').next()).unwrap_or_default();
        let call = format!("{call} {operation}");
        let status = response.status().as_u16();
        if status != exchange.status {
            found.push(format!("{}: status {} came, the simulator answers {status}", call.trim(), exchange.status));
            continue;
        }
        let (came, answered) = (told(&exchange.came), read(response.headers(), response.body()));
        learn(&came, &answered, &mut ids);
        found.extend(shape::differences(&came, &answered).iter().map(|how| format!("{}: {how}", call.trim())));
    }
    Ok(found)
}

async fn headers(ports: &Ports, login: &login::Login) -> Result<HeaderMap, String> {
    let exchange = Login { ports, budget: None, deadline: ports.clock.now() + Duration::from_secs(60) };
    login.headers(&exchange, false).await.map_err(|fault| fault.to_string())
}

fn request(
    base: &Url,
    exchange: &Exchange,
    mut headers: HeaderMap,
    ids: &BTreeMap<String, String>,
) -> Result<Request<Bytes>, String> {
    let (kind, body) = match &exchange.sent {
        Body::None => (None, String::new()),
        Body::Json(value) => (Some("application/json"), value.to_string()),
        Body::Xml(text) => (Some("text/xml; charset=utf-8"), text.clone()),
        Body::LeftOut(length) => return Err(format!("a request of {length} bytes was left out")),
    };
    if let Some(kind) = kind {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(action) = &exchange.soap_action {
        let action = HeaderValue::try_from(format!("\"{action}\"")).map_err(|error| error.to_string())?;
        headers.insert(HeaderName::from_static("soapaction"), action);
    }
    let target = with(&exchange.target, ids);
    let url = format!("{}{target}", base.as_str().trim_end_matches('/'));
    let mut request = Request::builder().method(exchange.method.as_str()).uri(url);
    if let Some(own) = request.headers_mut() {
        *own = headers;
    }
    request.body(Bytes::from(with(&body, ids))).map_err(|error| error.to_string())
}

/// A text with the simulator's ids, each where it stands by itself.
fn with(text: &str, ids: &BTreeMap<String, String>) -> String {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut told = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_inner) {
        let (before, from) = rest.split_at(at);
        let (word, after) = from.split_at(from.find(|c| !is_inner(c)).unwrap_or(from.len()));
        told += before;
        told += ids.get(word).map_or(word, String::as_str);
        rest = after;
    }
    told + rest
}

fn told(body: &Body) -> Value {
    match body {
        Body::None | Body::LeftOut(_) => Value::Null,
        Body::Json(value) => value.clone(),
        Body::Xml(text) => xml(text.as_bytes()),
    }
}

fn read(headers: &HeaderMap, body: &Bytes) -> Value {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.contains("xml") { xml(body) } else { serde_json::from_slice(body).unwrap_or_default() }
}

/// The result of a SOAP service, or its fault.
fn xml(body: &[u8]) -> Value {
    match soap::fault(body) {
        Some((code, words)) => json!({ "fault": code, "words": words }),
        None => soap::result(body).unwrap_or_default(),
    }
}

/// What stands in the same place of both is the same, where it is an id: a number of three digits and more, or a text with some.
fn learn(came: &Value, answered: &Value, ids: &mut BTreeMap<String, String>) {
    match (came, answered) {
        (Value::Object(came), Value::Object(answered)) => {
            // A status is a word of the warehouse's.
            let members = came.iter().filter(|(name, _)| *name != "number");
            members.for_each(|(name, value)| learn(value, answered.get(name).unwrap_or(&Value::Null), ids));
        }
        (Value::Array(came), Value::Array(answered)) => {
            came.iter().zip(answered).for_each(|(came, answered)| learn(came, answered, ids));
        }
        (Value::Number(_), Value::Number(_)) | (Value::String(_), Value::String(_)) => {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let (came, answered) = (text(came), text(answered));
            let is_id = came.len() > 2
                && came.contains(|c: char| c.is_ascii_digit())
                && came.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if is_id && !answered.is_empty() {
                ids.entry(came).or_insert(answered);
            }
        }
        _ => {}
    }
}
