//! Every parser of foreign bytes under one roof: what the fuzzer calls (`tests/fuzz`), and what the kept corpus is replayed
//! through (`tests/corpus.rs`). A target reads its bytes; it may refuse them, and must not panic or take memory without
//! bound.

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::doors::{api_request, consent, event, rotation};
use bridge::http::classify::{Service, classify};
use bridge::http::{json, soap};
use bridge::ports::{Broken, Ports, Run, Transport};
use bridge::systems::erp::{NothingKnown, What};
use bridge::systems::erps;
use bridge::systems::ongoing::Ongoing;
use bridge::tenant::{Contact, Settings, Tenant};
use bridge::words::cursor::Cursor;
use bridge::words::envelope::{Envelope, Notice};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::civil::date;
use serde_json::json;
use url::Url;

use crate::rows;
use crate::shops::{self, PowerOfficeShop, Shop, VismaShop};
use crate::world::{World, tenant};

/// A parser, and what it reads.
pub struct Target {
    /// Its name: of its binary in `tests/fuzz`, and of its folder of the corpus.
    pub name: &'static str,
    /// Reads.
    pub read: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 14] = [
    Target { name: "soap", read: soap_answer },
    Target { name: "json", read: json_answer },
    Target { name: "error_body", read: error_body },
    Target { name: "poweroffice", read: |bytes| erp(Kind::PowerOffice, bytes) },
    Target { name: "finago", read: |bytes| erp(Kind::Finago, bytes) },
    Target { name: "procountor", read: |bytes| erp(Kind::Procountor, bytes) },
    Target { name: "visma", read: |bytes| erp(Kind::Visma, bytes) },
    Target { name: "ongoing", read: ongoing },
    Target { name: "webhook", read: webhook },
    Target { name: "tenant_item", read: tenant_item },
    Target { name: "messages", read: messages },
    Target { name: "secrets", read: secrets },
    Target { name: "consent_callback", read: consent_callback },
    Target { name: "api_call", read: api_call },
];

/// Reads by the target of this name.
///
/// # Panics
/// Where there is no such target, and where the parser is at fault.
pub fn read(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap_or_else(|| panic!("there is no target {name}")).read)(bytes);
}

/// A SOAP answer of Finago's: its result, its rows, its fault (Finago sheet, section 5).
fn soap_answer(bytes: &[u8]) {
    let _ = soap::result(bytes);
    let _ = soap::fault(bytes);
    let mut rows = 0_usize;
    let _ = soap::rows(bytes, "Product", &mut |row| {
        rows += 1;
        let _ = erps::record(Kind::Finago, Feed::Articles, &row, &Settings::default(), date(2026, 3, 2));
    });
    // Each row is at least an empty element.
    assert!(rows <= bytes.len() / "<Product/>".len(), "{rows} rows of {} bytes", bytes.len());
}

/// A JSON answer of any vendor's, with and without a list in it.
fn json_answer(bytes: &[u8]) {
    let _ = json::tree(bytes);
    let body = Bytes::copy_from_slice(bytes);
    for within in [None, Some("Data"), Some("results")] {
        if let Ok(list) = json::list(&body, within) {
            for row in list.rows.into_iter().flatten() {
                let _ = row.read();
            }
        }
    }
}

/// The body of an answer that is no success.
fn error_body(bytes: &[u8]) {
    let services = [
        Service::Ongoing,
        Service::PowerOffice,
        Service::Finago,
        Service::Procountor,
        Service::Visma,
        Service::Token("visma"),
    ];
    for service in services {
        for status in [200, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap_or_default();
            if let Err(fault) = classify(service, status, &HeaderMap::new(), bytes) {
                let said = fault.to_string();
                assert!(said.len() < 4_000, "{} bytes are said of an answer", said.len());
            }
        }
    }
}

/// An ERP whose every answer but a login's is these bytes; and the bytes as a source record of each feed.
fn erp(kind: Kind, bytes: &[u8]) {
    if let Ok(source) = json::tree(bytes) {
        for feed in [Feed::Articles, Feed::Orders, Feed::PurchaseOrders, Feed::Suppliers] {
            let _ = rows::body(kind, feed, &source);
        }
    }
    let shop = shops::of(kind);
    let says = bytes.to_vec();
    apart(|world| async move {
        shop.onboard(&world, json!({}));
        let inner = world.ports();
        let ports = Ports { transport: Rc::new(Says { login: Rc::clone(&inner.transport), says }), ..inner };
        let Ok(tenant) = Tenant::parse(&tenant("acme", kind, json!({})), false) else { return };
        let erp = erps::connect(&ports, &tenant, world.now() + Duration::from_secs(60));
        for feed in [Feed::Articles, Feed::Orders, Feed::PurchaseOrders] {
            if let Ok(page) = erp.changes(feed, &Cursor::Beginning, &NothingKnown).await {
                let unkeyed = page.changes.iter().any(|change| change.key.is_empty());
                assert!(!unkeyed, "{kind} {feed}: a change has no key");
            }
            for change in erp.read(feed, &["1".to_owned()]).await.unwrap_or_default() {
                if let What::Parked(why) = change.what {
                    assert!(!why.is_empty(), "{kind} {feed}: parked without a reason");
                }
            }
        }
    });
}

/// Ongoing, whose every answer is these bytes.
fn ongoing(bytes: &[u8]) {
    let says = bytes.to_vec();
    apart(|world| async move {
        PowerOfficeShop.onboard(&world, json!({}));
        let inner = world.ports();
        let ports = Ports { transport: Rc::new(Says { login: Rc::clone(&inner.transport), says }), ..inner };
        let Ok(tenant) = Tenant::parse(&tenant("acme", Kind::PowerOffice, json!({})), false) else { return };
        let ongoing = Ongoing::new(&ports, &tenant, world.now() + Duration::from_secs(60));
        let _ = ongoing.order("20001").await;
        let _ = ongoing.order_by_id(1).await;
        let _ = ongoing.article("A-1").await;
        let _ = ongoing.articles_by_product_code("1").await;
        let _ = ongoing.articles(&["A-1".to_owned()]).await;
        let _ = ongoing.articles_page(None, 0, Ongoing::PAGE).await;
        let _ = ongoing.purchase_order("30001").await;
        let _ = ongoing.put_order("20001", &json!({})).await;
        let _ = ongoing.put_article(None, "A-1", &json!({})).await;
        let _ = ongoing.order_statuses().await;
        let _ = ongoing.goods_owners().await;
    });
}

/// A webhook's body, through the door, with the right token.
fn webhook(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes).into_owned();
    apart(|world| async move {
        PowerOfficeShop.onboard(&world, json!({}));
        let _ = world.post_once("acme", "webhook-token-0001", &body).await;
        let stored = world.memory.write_back_queue().len();
        assert!(stored <= 1, "one webhook became {stored} messages");
    });
}

/// A tenant item. What is taken is no larger a thing than what was given.
fn tenant_item(bytes: &[u8]) {
    let Ok(item) = json::tree(bytes) else { return };
    match Tenant::parse(&item, false) {
        Ok(tenant) => assert!(bridge::tenant::is_id(&tenant.tenant_id), "{}", tenant.tenant_id),
        Err(faults) => assert!(!faults.is_empty(), "refused without a fault"),
    }
}

/// Messages of our queues, as another release or a stranger may have written them.
fn messages(bytes: &[u8]) {
    let _ = serde_json::from_slice::<Envelope>(bytes).map(|envelope| envelope.deduplication_id());
    let _ = serde_json::from_slice::<Notice>(bytes).map(|notice| notice.group());
    let _ = event::job_of(&String::from_utf8_lossy(bytes));
    let Ok(payload) = json::tree(bytes) else { return };
    let _ = event::Event::read(&payload);
    let _ = event::messages(&payload);
    let _ = rotation::Request::read(&payload);
}

/// Each secret that the roads read, with these bytes for a value.
fn secrets(bytes: &[u8]) {
    let value = String::from_utf8_lossy(bytes).into_owned();
    apart(|world| async move {
        for shop in Kind::ALL.map(shops::of) {
            shop.onboard(&world, json!({}));
            let word = shop.kind().word();
            for name in [format!("{word}/app"), format!("{word}/acme")] {
                let before = world.memory.secret_text(&name);
                world.memory.keep(&name, &value);
                let ports = world.ports();
                let Ok(tenant) = Tenant::parse(&tenant("acme", shop.kind(), json!({})), false) else { return };
                let erp = erps::connect(&ports, &tenant, world.now() + Duration::from_secs(60));
                if let Err(fault) = erp.probe().await {
                    assert!(value.len() < 8 || !fault.to_string().contains(&value), "a fault tells a secret");
                }
                if let Some(before) = before {
                    world.memory.keep(&name, &before);
                }
            }
        }
        world.memory.keep("ongoing/acme", &value);
        let _ = world.post_once("acme", "webhook-token-0001", "{}").await;
    });
}

/// The consent pages' query, form, cookie and path.
fn consent_callback(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    apart(|world| async move {
        VismaShop.onboard(&world, json!({}));
        let Ok(api_url) = Url::parse("https://api.example.com") else { return };
        let deployment = consent::Deployment { api_url, contact: Contact::default() };
        let mut parts = text.splitn(3, '\n');
        let (path, query, cookie) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        for (method, path) in
            [("GET", path), ("POST", path), ("GET", "/connect/visma/callback"), ("POST", "/connect/visma/acme")]
        {
            let payload = json!({
                "version": "2.0", "rawPath": path, "rawQueryString": query, "cookies": [cookie], "body": query,
                "headers": { "accept-language": cookie, "cookie": cookie },
                "requestContext": { "http": { "method": method, "path": path }, "stage": "$default" },
                "isBase64Encoded": false,
            });
            let run = Run { id: "page".into(), deadline: world.now() + Duration::from_secs(28) };
            if let Ok(answer) = consent::answer(&world.ports(), &run, &deployment, &payload).await {
                let status = answer["statusCode"].as_u64().unwrap_or_default();
                assert!((200..600).contains(&status), "{answer}");
                let body = answer["body"].as_str().unwrap_or_default();
                assert!(!body.contains("<script"), "{body}");
            }
        }
    });
}

/// An invocation by API Gateway.
fn api_call(bytes: &[u8]) {
    let Ok(payload) = json::tree(bytes) else { return };
    if let Ok(Ok(call)) = api_request::Call::read(&payload) {
        let run = Run { id: "run".into(), deadline: jiff::Timestamp::MAX };
        let _ = call.incoming(&run);
    }
}

/// Runs in a world of its own, on a clock that waits for nobody.
fn apart<F: Future<Output = ()>>(work: impl FnOnce(World) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap_or_else(|error| panic!("no runtime: {error}")).block_on(async {
        let world = World::new();
        work(world).await;
    });
}

/// A network on which every answer but a login's is the same.
struct Says {
    login: Rc<dyn Transport>,
    says: Vec<u8>,
}

#[async_trait(?Send)]
impl Transport for Says {
    async fn send(&self, request: http::Request<Bytes>) -> std::result::Result<http::Response<Bytes>, Broken> {
        let address = request.uri().to_string().to_ascii_lowercase();
        if ["token", "authenticate"].iter().any(|login| address.contains(login)) {
            return self.login.send(request).await;
        }
        let answer = http::Response::builder().header("date", "Mon, 02 Mar 2026 07:00:00 GMT");
        answer.body(Bytes::from(self.says.clone())).map_err(|error| Broken::Lost(error.to_string()))
    }
}
