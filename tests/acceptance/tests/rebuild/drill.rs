//! A restore drill with an empty table, for every ERP, whose log stands in `docs/restore.md`; `UPDATE_PAGES=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use acceptance::shops::{self, ProcountorShop, Shop, article_number};
use bridge::roads::rebuild::Rebuild;
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::procountor::Kind as Record;

use crate::scene::{HOUR, Scene};

const BEGIN: &str = "<!-- drill -->\n```text\n";
const END: &str = "```\n<!-- /drill -->";

/// The calls by their verb and the system that they went to.
fn counted(calls: &[String]) -> String {
    let to_ongoing = calls.iter().filter(|call| call.contains("ongoingsystems")).count();
    format!("{to_ongoing} to Ongoing, {} to the ERP", calls.len() - to_ongoing)
}

fn noted(told: &Rebuild) -> String {
    let mut text = String::new();
    for feed in &told.feeds {
        let _ = writeln!(
            text,
            "      {:<16} {} noted, {} by id alone, {} left, {} for a person",
            feed.feed, feed.filled, feed.by_id, feed.left, feed.for_a_person
        );
    }
    for left in &told.left {
        let _ =
            writeln!(text, "      left: {} {}: {}", left.feed, left.number.as_deref().unwrap_or_default(), left.why);
    }
    for left in &told.for_a_person {
        let _ = writeln!(
            text,
            "      a person: {} {}: {}",
            left.feed,
            left.number.as_deref().unwrap_or_default(),
            left.why
        );
    }
    text
}

fn mails(scene: &Scene<'_>) -> String {
    let erp = scene.world.vendors.procountor.borrow();
    let of = |n: usize| format!("{} {}", scene.orders[n - 1], erp.model.mails(11_001, ProcountorShop::id(n)));
    [1, 2, 3].map(of).join(", ")
}

/// One tenant's drill, step by step.
async fn drill(shop: &dyn Shop) -> String {
    let mut log = format!("{}\n", shop.kind());
    let scene = Scene::settled(shop, json!({})).await;
    let is_procountor = shop.kind() == Kind::Procountor;
    if is_procountor {
        let _ = writeln!(log, "   mails so far: {}", mails(&scene));
    }
    log += "   1. stopped; an empty table\n";
    scene.restore(Vec::new()).await;
    shop.put_article(&scene.world, 2, "A newer name");
    let mut body = scene.article(1);
    body["articleName"] = json!("Somebody's name");
    scene.world.warehouse_api("PUT", "articles", &body);
    scene.ship(2, json!({}));
    let moved = "article A-00001 renamed in Ongoing, A-00002 in the ERP; order 3 shipped";
    let _ = writeln!(log, "   2. meanwhile: {moved}");
    if is_procountor {
        let behind = json!({ "status": "NOT_SENT" });
        ProcountorShop.change(&scene.world, Record::Invoice, ProcountorShop::id(1), &behind);
        let _ = writeln!(log, "      document of order 1: moved back to NOT_SENT behind its sending");
    }
    let before = scene.sent();
    let told = scene.rebuild().await;
    let _ =
        writeln!(log, "   3. rebuild; written: {}\n{}", counted(&scene.written_since(before)), noted(&told).trim_end());
    let before = scene.sent();
    scene.ticks(3).await;
    let _ = writeln!(log, "   4. started, three ticks; written: {}", counted(&scene.written_since(before)));
    let before = scene.sent();
    for payload in scene.world.webhooks(0).0 {
        scene.world.post(&payload).await;
    }
    scene.world.write_back_all().await;
    scene.world.wait(48 * HOUR).await;
    scene.ticks(3).await;
    let written = counted(&scene.written_since(before));
    let _ = writeln!(log, "   5. every webhook once more, and two days later; written: {written}");
    if is_procountor {
        let _ = writeln!(log, "   mails by then: {}", mails(&scene));
    }
    assert_eq!(scene.article(1)["articleName"], json!("Article 1"), "{}: {}", shop.kind(), article_number(1));
    log
}

#[tokio::test(start_paused = true)]
async fn the_log_in_the_documents_is_what_a_drill_says() {
    let mut log = String::new();
    for shop in shops::all() {
        log += &drill(shop.as_ref()).await;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/restore.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&file, [before, BEGIN, &log, END, after].concat()).unwrap();
        return;
    }
    assert_eq!(written, log, "docs/restore.md has another log: UPDATE_PAGES=1 writes it anew");
}
