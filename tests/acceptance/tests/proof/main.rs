//! The proof of a tenant: one planted difference of each kind is found and nothing else, what is on its way is none, and
//! nothing is written.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod scene;
mod weekly;

use std::time::Duration;

use acceptance::answers;
use acceptance::shops::{self, PowerOfficeShop, VismaShop, article_number};
use bridge::roads::proof::Proof;
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::facts::Fact;

use scene::{HOUR, Scene, told};

/// Articles of a large company.
const RECORDS: usize = 10_000;

#[tokio::test(start_paused = true)]
async fn what_is_the_same_everywhere_is_no_difference() {
    for shop in shops::all() {
        let scene = Scene::open(shop.as_ref(), 4, 4).await;
        let before = (scene.world.memory.dump(), scene.world.writes());
        let proof = scene.prove().await;
        assert!(proof.good(), "{}: {proof:#?}", shop.kind());
        let counted: Vec<(&str, usize, usize, usize)> = proof
            .feeds
            .iter()
            .map(|feed| (feed.feed.as_str(), feed.erp, feed.ongoing, feed.same))
            .filter(|(feed, ..)| ["articles", "orders"].contains(feed))
            .collect();
        assert_eq!(counted, [("articles", 4, 4, 4), ("orders", 4, 4, 4)], "{}: {proof:#?}", shop.kind());
        assert_eq!(proof.under_way, [], "{}", shop.kind());
        let shared = |text: &str| text.lines().filter(|line| line.contains("tenant#")).count();
        assert_eq!(shared(&before.0), shared(&scene.world.memory.dump()), "{}", shop.kind());
        assert_eq!(before.1, scene.world.writes(), "{}: a proof writes nothing", shop.kind());
    }
}

/// A proof of a shop on Finago Office whose orders 0 and 7 are one customer's and whose order 8 has two rows of one article.
fn proof_under(fact: &str, answer: &'static str) -> Proof {
    answers::under(&[(Fact::named(fact).unwrap(), answer)], || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let shop = shops::of(Kind::Finago);
            let scene = Scene::open(shop.as_ref(), 3, 8).await;
            shop.put_order(&scene.world, 8, &[0, 0, 1]);
            scene.world.tick(shop.kind()).await;
            scene.world.wait(4 * HOUR).await;
            scene.prove().await
        })
    })
}

#[test]
fn an_order_that_goes_where_another_of_its_customer_goes_is_named_by_the_fact() {
    let proof = proof_under("ongoing.shared-address", "it takes the other's");
    let expected = [("different", "20000".to_owned()), ("different", "20001".to_owned())];
    assert_eq!(told(&proof), expected, "{proof:#?}");
    for difference in &proof.differences {
        assert!(difference.why.contains("ongoing.shared-address"), "{difference:?}");
    }
}

#[test]
fn two_rows_of_one_article_that_are_one_in_the_warehouse_are_no_difference() {
    for answer in ["one of both", "one of the last"] {
        let proof = proof_under("ongoing.same-article", answer);
        assert!(proof.good(), "{answer}: {proof:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_each_is_found_and_nothing_else() {
    for shop in shops::all() {
        let scene = Scene::open(shop.as_ref(), 6, 4).await;
        scene.age(2, 1).await;
        scene.lose(5);
        scene.add("HAND-1");
        scene.rename(3);
        let proof = scene.prove().await;
        assert!(proof.whole, "{}: {proof:#?}", shop.kind());
        let expected = [
            ("missing", article_number(5)),
            ("extra", "HAND-1".into()),
            ("stale", article_number(2)),
            ("different", article_number(3)),
        ];
        assert_eq!(told(&proof), expected, "{}: {proof:#?}", shop.kind());
        let [missing, extra, stale, different] = proof.differences.as_slice() else { panic!("four") };
        let member = |changes: &[bridge::systems::ongoing::diff::Change]| {
            changes
                .iter()
                .map(|change| (change.path.clone(), change.before.clone(), change.after.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(member(&different.changes), [("/articleName".into(), json!("Somebody's name"), json!("Article 3"))]);
        assert_eq!(member(&stale.changes), [("/articleName".into(), json!("Article 2"), json!("A newer name"))]);
        assert!(missing.why.contains("and is gone there"), "{}", missing.why);
        let number = article_number(5);
        assert_eq!(missing.remedy, format!("bridgectl replay acme {number}"));
        assert!(stale.remedy.starts_with("bridgectl pull acme --feeds articles --since 20"), "{}", stale.remedy);
        assert!(extra.why.contains("names no record of the ERP's"), "{}", extra.why);
        // The remedy of what is stale works.
        let since = stale.remedy.rsplit(' ').next().unwrap().parse().unwrap();
        let job = bridge::words::envelope::Job { since: Some(since), ..bridge::words::envelope::Job::tick("acme") };
        scene.world.pull(shop.kind(), &job).await;
        scene.world.pull_jobs(shop.kind()).await;
        scene.world.import_all().await;
        let after = told(&scene.prove().await);
        assert!(!after.iter().any(|(kind, _)| *kind == "stale"), "{}: {after:?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_each_among_ten_thousand_is_found_and_nothing_else() {
    let begun = std::time::Instant::now();
    let scene = Scene::seeded(&PowerOfficeShop, RECORDS).await;
    let seeded = begun.elapsed();
    scene.age(7_003, 1).await;
    scene.lose(9_998);
    scene.add("HAND-1");
    scene.rename(4_321);
    let writes = scene.world.writes();
    let begun = std::time::Instant::now();
    let proof = scene.prove().await;
    println!(
        "figure: 13 | a proof of {RECORDS} articles: {} s by the clocks of the world, {:.1} s of this machine ({:.1} s to \
         seed)",
        proof.seconds,
        begun.elapsed().as_secs_f64(),
        seeded.as_secs_f64()
    );
    assert!(proof.whole, "{:?}", proof.feeds);
    let expected = [
        ("missing", article_number(9_998)),
        ("extra", "HAND-1".into()),
        ("stale", article_number(7_003)),
        ("different", article_number(4_321)),
    ];
    assert_eq!(told(&proof), expected, "{:#?}", proof.differences);
    let articles = &proof.feeds[0];
    assert_eq!((articles.feed.as_str(), articles.erp, articles.same), ("articles", RECORDS, RECORDS - 3));
    assert_eq!((proof.under_way.as_slice(), proof.more_differences, scene.world.writes()), (&[][..], 0, writes));
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_is_named_and_is_no_difference() {
    for shop in shops::all() {
        let scene = Scene::open(shop.as_ref(), 3, 3).await;
        let world = &scene.world;
        // Parked, since it cannot be mapped; then handed out and not imported; then changed and not pulled.
        let (poisoned, _) = shop.put_poisoned_order(world, 7);
        world.tick(shop.kind()).await;
        shop.put_article(world, 1, "On the queue");
        world.pull(shop.kind(), &bridge::words::envelope::Job::tick("acme")).await;
        world.wait(Duration::from_secs(60)).await;
        shop.put_article(world, 2, "Not pulled");
        let proof = scene.prove().await;
        let mut states: Vec<(String, String)> =
            proof.under_way.iter().map(|one| (one.number.clone().unwrap_or_default(), one.state.clone())).collect();
        states.sort();
        let mut expected = [(article_number(1), "queued"), (article_number(2), "to_pull"), (poisoned, "parked")]
            .map(|(number, state)| (number, state.to_owned()));
        expected.sort();
        assert_eq!(states, expected, "{}: {proof:#?}", shop.kind());
        assert_eq!(told(&proof), [], "{}: {proof:#?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_back_and_is_open_in_the_warehouse_is_extra() {
    for shop in shops::all() {
        let scene = Scene::open(shop.as_ref(), 3, 3).await;
        let world = &scene.world;
        shop.withdraw_order(world, 1);
        let proof = scene.prove().await;
        assert_eq!(told(&proof), [], "{}: the next pull takes it back: {proof:#?}", shop.kind());
        assert!(proof.under_way.iter().any(|one| one.state == "to_pull"), "{}: {proof:#?}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_shipment_and_a_stock_that_the_erp_was_not_told_of_are_found() {
    let scene = Scene::open(&VismaShop, 3, 3).await;
    let (world, orders) = (&scene.world, scene.world.wms());
    let order = orders["orders"][0]["orderNumber"].as_str().unwrap().to_owned();
    for n in 0..3 {
        world.warehouse("count", &json!({ "articleNumber": article_number(n), "numberOfItems": 50 }));
    }
    world.reconcile().await;
    world.warehouse("ship", &json!({ "orderNumber": order }));
    world.warehouse("count", &json!({ "articleNumber": article_number(2), "numberOfItems": 7 }));
    let just_now = scene.prove().await;
    assert_eq!(told(&just_now), [], "{just_now:#?}");
    world.wait(2 * HOUR).await;
    let proof = scene.prove().await;
    let found = told(&proof);
    assert!(found.contains(&("not_reported", order.clone())), "{proof:#?}");
    assert!(found.contains(&("stock", article_number(2))), "{proof:#?}");
    let stock = proof.differences.iter().find(|one| one.number == Some(article_number(2))).unwrap();
    assert_eq!(stock.why, "the warehouse has 7, the ERP was told 50");
    world.reconcile().await;
    world.reconcile().await;
    assert_eq!(told(&scene.prove().await), [], "the reconcile tells it");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_compared_to_its_end_is_not_called_good() {
    let scene = Scene::open(&PowerOfficeShop, 3, 3).await;
    let proof = scene.prove_within(Duration::from_secs(10)).await;
    assert!(!proof.whole && !proof.good(), "{proof:#?}");
    assert!(proof.feeds[0].fault.as_ref().unwrap().contains("in the time"), "{proof:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_report_keeps_its_shape() {
    let scene = Scene::open(&PowerOfficeShop, 3, 1).await;
    scene.rename(1);
    let proof = scene.prove().await;
    let json = serde_json::to_value(&proof).unwrap();
    let members = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        members(&json),
        "at counts differences feeds more_differences more_under_way seconds tenant_id under_way v whole"
    );
    assert_eq!(members(&json["counts"]), "different extra missing not_reported stale stock");
    assert_eq!(members(&json["feeds"][0]), "differences erp feed left_out ongoing same under_way");
    assert_eq!(members(&json["differences"][0]), "changes feed key kind number remedy why");
    assert_eq!(serde_json::from_value::<bridge::roads::proof::Proof>(json).unwrap(), proof);
}
