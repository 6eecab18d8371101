//! What answers cost in memory, counted at the allocator: a function has 256 MB.
//!
//! Every figure is what was allocated at the worst moment of reading one page, above what was there before; the answer's
//! own bytes are in it.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]
#![expect(
    clippy::await_holding_lock,
    reason = "each test has a thread and a runtime of its own; the peak is everybody's"
)]

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acceptance::shops::{FinagoShop, PowerOfficeShop, Shop};
use acceptance::world::{World, tenant};
use async_trait::async_trait;
use bridge::ports::{Broken, Largest, Ports, Transport};
use bridge::systems::erp::{NothingKnown, Page};
use bridge::systems::erps;
use bridge::tenant::Tenant;
use bridge::words::cursor::Cursor;
use bridge::words::fault::Result;
use bridge::words::feed::Feed;
use bytes::Bytes;
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MB: usize = 1024 * 1024;

/// A function's memory, less what it takes before it reads anything: the binary, TLS, the AWS clients.
const FREE: usize = (256 - 48) * MB;

/// The allocator counts for the whole process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The most that was allocated while no vendor was making up its answer.
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn note_peak() -> usize {
    PEAK.fetch_max(ALLOCATOR.peak_usage(), Ordering::Relaxed).max(ALLOCATOR.peak_usage())
}

/// A vendor that answers what a test says, by the request's address and body.
struct Says<F>(F);

#[async_trait(?Send)]
impl<F: Fn(&str, &str) -> String> Transport for Says<F> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        note_peak();
        let said = (self.0)(&request.uri().to_string(), &String::from_utf8_lossy(request.body()));
        // In one buffer of its length, as the real transport has it.
        let said = Bytes::from(said.into_boxed_str().into_boxed_bytes());
        let largest = request.extensions().get().map_or(0, |Largest(bytes)| *bytes);
        assert!(said.len() <= largest, "{} bytes would not come through", said.len());
        ALLOCATOR.reset_peak_usage();
        let answer = http::Response::builder().header("date", "Mon, 02 Mar 2026 07:00:00 GMT").body(said);
        answer.map_err(|error| Broken::Lost(error.to_string()))
    }
}

/// Makes an answer.
type Answer = Box<dyn Fn() -> String>;

/// The first page of a feed of a vendor that answers so, and the most bytes that its reading took.
async fn first_page(
    shop: &dyn Shop,
    settings: Value,
    feed: Feed,
    cursor: &Cursor,
    says: impl Fn(&str, &str) -> String + 'static,
) -> (Result<Page>, usize) {
    let world = World::new();
    shop.onboard(&world, json!({}));
    let ports = Ports { transport: Rc::new(Says(says)), ..world.ports() };
    let mut item = tenant("acme", shop.kind(), json!({}));
    item["processes"] = settings;
    let tenant = Tenant::parse(&item, false).unwrap();
    let erp = erps::connect(&ports, &tenant, world.now() + Duration::from_secs(300));
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    PEAK.store(0, Ordering::Relaxed);
    let page = erp.changes(feed, cursor, &NothingKnown).await;
    (page, note_peak().saturating_sub(before))
}

fn soap(operation: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body><{operation}Response xmlns=\"http://24sevenOffice.com/webservices\"><{operation}Result>{inner}</{operation}Result>\
         </{operation}Response></soap:Body></soap:Envelope>"
    )
}

/// A Finago Office with this many products, orders and companies, which answers with what is asked for.
fn finago(rows: usize) -> impl Fn(&str, &str) -> String + 'static {
    move |url, body| {
        if url.contains("authenticate") {
            return soap("Login", "session-0001");
        }
        let operation = ["GetProducts", "GetInvoices", "GetOrderSyncList", "GetCompanies"];
        let operation = operation.into_iter().find(|name| body.contains(&format!("<{name} "))).unwrap();
        let asked = |name: &str| body.contains(&format!("<string>{name}</string>"));
        let wanted: Vec<usize> = match body.contains("<int>") {
            true => body.split("<int>").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect(),
            false => (1..=rows).collect(),
        };
        let (row, id) = match operation {
            "GetProducts" => ("Product", "Id"),
            "GetCompanies" => ("Company", "Id"),
            _ => ("InvoiceOrder", "OrderId"),
        };
        let mut inner = String::with_capacity(wanted.len() * 150);
        for n in wanted {
            if operation == "GetOrderSyncList" {
                write!(inner, "<int>{n}</int>").unwrap();
                continue;
            }
            write!(inner, "<{row}>").unwrap();
            let members = [("SupplierId", n % 1000 + 1), ("OrderId", n), ("Id", n), ("No", n)];
            for (name, value) in members.into_iter().filter(|(name, _)| asked(name) || *name == id) {
                write!(inner, "<{name}>{value}</{name}>").unwrap();
            }
            if asked("Name") {
                inner.push_str("<Name>A product</Name>");
            }
            if asked("DateChanged") {
                inner.push_str("<DateChanged>2026-03-02T06:41:13.217</DateChanged>");
            }
            if row == "InvoiceOrder" {
                inner
                    .push_str("<IncludeVAT xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>");
            }
            write!(inner, "</{row}>").unwrap();
        }
        soap(operation, &inner)
    }
}

const ROWS: usize = 500_000;

#[tokio::test(start_paused = true)]
async fn finago_lists_of_half_a_million_rows_fit() {
    let _alone = alone();
    let recently = Cursor::Since("2026-03-02T06:00:00Z".parse().unwrap());
    let long_ago = Cursor::Since("2026-01-02T06:00:00Z".parse().unwrap());
    let moment = "2026-03-02T06:30:00Z";
    let with_suppliers = Cursor::At(json!({"since": moment, "suppliers_since": moment}));
    for (what, processes, feed, cursor) in [
        ("products", json!({}), Feed::Articles, &Cursor::Beginning),
        ("products whose suppliers changed", json!({"suppliers": true}), Feed::Articles, &with_suppliers),
        ("orders", json!({}), Feed::Orders, &recently),
        ("orders from far back", json!({}), Feed::Orders, &long_ago),
    ] {
        let (page, peak) = first_page(&FinagoShop, processes, feed, cursor, finago(ROWS)).await;
        println!(
            "figure: 19 | Finago list of 500,000 {what}: bytes a row; peak MB | before 1,250; 256 (dies near 140,000); now {}; {}",
            peak / ROWS,
            peak / MB
        );
        let page = page.unwrap();
        assert_eq!((page.changes.len(), page.more), (250, true), "{what}");
        assert!(peak < FREE, "{what}: {} MB", peak / MB);
    }
}

/// Rows of an answer of PowerOffice Go of about so many bytes, each with text of this length.
fn products(bytes: usize, text: usize) -> String {
    let mut rows = String::with_capacity(bytes + text + 1000);
    rows.push('[');
    let text = "x".repeat(text);
    let mut n = 0;
    while rows.len() < bytes {
        n += 1;
        write!(
            rows,
            "{{\"Id\":{n},\"Code\":\"A-{n}\",\"Name\":\"A product\",\"Description\":\"{text}\",\"ProductType\":\"Product\",\
             \"UnitPrice\":12.5,\"IsStockItem\":true,\"LastChangedDateTimeOffset\":\"2026-02-03T07:41:13.217Z\"}},"
        )
        .unwrap();
    }
    rows.pop();
    rows.push(']');
    rows
}

#[tokio::test(start_paused = true)]
async fn large_answers_in_json_fit_or_are_said_to_be_too_large() {
    let _alone = alone();
    let cases: [(&str, bool, Answer); 6] = [
        ("31 MB of products with long texts", true, Box::new(|| products(31 * MB, 2000))),
        ("31 MB of products with short texts", true, Box::new(|| products(31 * MB, 300))),
        ("31 MB of objects with a member", false, Box::new(|| format!("[{}{{}}]", "{\"a\":1},".repeat(31 * MB / 8)))),
        ("31 MB of numbers", false, Box::new(|| format!("[{}0]", "0,".repeat(31 * MB / 2)))),
        ("31 MB of an object", false, Box::new(|| format!("{{\"a\":[{}{{}}]}}", "{\"a\":1},".repeat(31 * MB / 8)))),
        ("31 MB of no JSON", false, Box::new(|| "kari@example.com ".repeat(31 * MB / 17))),
    ];
    for (what, fits, says) in cases {
        let says = RefCell::new(says);
        let answered = move |url: &str, _: &str| match url.contains("Products") {
            true => (says.borrow())(),
            false => json!({"access_token": "token", "expires_in": 1200}).to_string(),
        };
        let (page, peak) = first_page(&PowerOfficeShop, json!({}), Feed::Articles, &Cursor::Beginning, answered).await;
        println!(
            "figure: 19 | {what}: peak MB | before 257 for 31 MB of JSON; now {} ({})",
            peak / MB,
            if page.is_ok() { "read" } else { "refused" }
        );
        assert!(peak < FREE, "{what}: {} MB", peak / MB);
        match page {
            Ok(page) => assert!(fits && !page.changes.is_empty(), "{what}"),
            Err(fault) => {
                assert!(!fits, "{what}: {fault}");
                assert_eq!(fault.name(), "unexpected", "{what}: {fault}");
                let said = fault.to_string();
                assert!(said.contains("too large") || said.contains("no JSON"), "{said}");
                assert!(said.contains("no JSON") || said.contains("GET /v2/Products"), "{said}");
            }
        }
    }
}
