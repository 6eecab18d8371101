//! Documents of its own settle what reads cannot, are cleaned up, and are made in a goods owner for tests alone.

use std::time::Duration;

use acceptance::answers;
use acceptance::shops;
use acceptance::shops::article_number;
use bridge::roads::check::identity;
use bridge::roads::probe::{self, Verdict};
use bridge::words::facts::{self, By};
use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::scene::{Scene, prober, truth, under};

/// Where a document may be sent.
const MAIL: &str = "nobody@example.com";

/// Facts that a probe settles which writes, under what is assumed.
fn by_documents(kind: Kind) -> Vec<&'static str> {
    facts::of(kind).filter(|fact| !matches!(fact.by, By::Person(_))).map(|fact| fact.id).collect()
}

/// Pairs of an answer and a fact that it hides: where no approval is taken, what an approval needs and does
/// does not show; where two rows are one, none of them can be left out.
const HIDDEN: [(&str, &str, &str); 4] = [
    ("ongoing.same-article", "one of both", "ongoing.rows-omitted"),
    ("ongoing.same-article", "one of the last", "ongoing.rows-omitted"),
    ("procountor.send-orders", "refused", "procountor.approve-body"),
    ("procountor.send-orders", "refused", "procountor.own-version"),
];

#[test]
fn what_is_assumed_holds() {
    for kind in Kind::ALL {
        let report = under(&Vec::new(), || async { Scene::new(kind).await.probe_with_documents(Some(MAIL)).await });
        let told = truth(&report, &Vec::new());
        assert_eq!(told, by_documents(kind), "{}", probe::text(&report));
        assert!(report.good() && report.count(Verdict::Differs) == 0, "{}", probe::text(&report));
    }
}

#[test]
fn under_every_other_answer_it_tells_the_truth() {
    for answer in answers::others() {
        let (fact, word) = answer;
        // Every ERP's probe looks at Ongoing.
        let kinds: Vec<Kind> =
            Kind::ALL.into_iter().filter(|kind| facts::of(*kind).any(|of| of.id == fact.id)).collect();
        assert!(kinds.contains(&prober(fact)));
        for kind in kinds {
            let all = vec![answer];
            let report = under(&all, || async { Scene::new(kind).await.probe_with_documents(Some(MAIL)).await });
            let told = truth(&report, &all);
            let mut settled = by_documents(kind);
            settled.retain(|id| !HIDDEN.contains(&(fact.id, word, id)));
            assert_eq!(told, settled, "{}={word}\n{}", fact.id, probe::text(&report));
        }
    }
}

#[test]
fn under_pairs_of_answers_it_tells_the_truth() {
    for seed in 0..40 {
        let pair = answers::pair(seed);
        for kind in Kind::ALL {
            let report = under(&pair, || async { Scene::new(kind).await.probe_with_documents(Some(MAIL)).await });
            truth(&report, &pair);
        }
    }
}

#[test]
fn the_setting_that_follows_is_told() {
    let fact = |id: &str| simulators::facts::Fact::named(id).unwrap();
    for (id, word, setting) in [
        ("procountor.zone", "UTC", "start_date"),
        ("procountor.send-orders", "refused", "processes.shipments false"),
        ("ongoing.shared-address", "it takes the other's", "settings.customer_number"),
    ] {
        let all = vec![(fact(id), word)];
        let report =
            under(&all, || async { Scene::new(Kind::Procountor).await.probe_with_documents(Some(MAIL)).await });
        assert!(!report.good());
        assert!(report.fact(id).unwrap().setting.unwrap().contains(setting), "{report:?}");
        let text = probe::text(&report);
        assert!(text.contains(setting) && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

/// What is left in Ongoing, and of the ERP's records those of a probe.
fn left(scene: &Scene, kind: Kind) -> (Value, String) {
    let vendors = &scene.world.vendors;
    let now = scene.world.now();
    let act =
        |act: &mut dyn simulators::Simulator, args: Value| act.act(now, "state", &args).unwrap_or_default().to_string();
    let erp = match kind {
        Kind::PowerOffice => {
            let mut erp = vendors.poweroffice.borrow_mut();
            erp.model.client("client-key-acme").state().to_string()
        }
        Kind::Finago => String::new(),
        Kind::Procountor => act(&mut vendors.procountor.borrow_mut().model, json!({ "company": 11_001 })),
        Kind::Visma => act(&mut vendors.visma.borrow_mut().model, json!({ "company": "acme" })),
    };
    (scene.world.wms(), erp)
}

#[test]
fn it_cleans_up_and_says_what_stays() {
    let fact = |id: &str| simulators::facts::Fact::named(id).unwrap();
    let opened = vec![(fact("ongoing.cancelled-number"), "opened again")];
    let made = vec![(fact("ongoing.unknown-article"), "made")];
    let all = [Vec::new(), opened, made];
    for (kind, answers) in Kind::ALL.into_iter().flat_map(|kind| all.iter().map(move |answers| (kind, answers))) {
        under(answers, || async {
            let scene = Scene::new(kind).await;
            let trace = scene.trace();
            let report = scene.probe_with_documents(None).await;
            let (wms, erp) = left(&scene, kind);
            let orders = wms["orders"].as_array().unwrap();
            assert!(!orders.is_empty());
            for order in orders.iter().chain(wms["purchaseOrders"].as_array().unwrap()) {
                let cancelled = [json!(1000), json!(900)].contains(&order["status"]);
                assert!(cancelled, "{order}");
                let number = order["orderNumber"].as_str().or(order["purchaseOrderNumber"].as_str()).unwrap();
                assert!(report.stays.iter().any(|stays| stays.contains(number)), "{number}: {:?}", report.stays);
            }
            // Here nothing is kept of it.
            assert_eq!((scene.trace().0, scene.trace().1), (trace.0, trace.1));
            let sure = |stays: &String| !stays.contains("NOT") && !stays.contains("may be there");
            assert!(report.stays.iter().all(sure), "{:?}", report.stays);
            match kind {
                Kind::PowerOffice => assert!(!erp.contains("BRIDGE-PROBE"), "{erp}"),
                Kind::Visma => {
                    let state: Value = serde_json::from_str(&erp).unwrap();
                    assert!(!state["registers"]["orders"].to_string().contains("BRIDGE-PROBE"), "{erp}");
                    let articles = state["registers"]["articles"].as_array().unwrap();
                    let own = |article: &&Value| article["Number"].as_str().unwrap().starts_with("BRIDGE-PROBE");
                    assert_eq!(articles.iter().find(own).unwrap()["IsActive"], false);
                }
                Kind::Finago | Kind::Procountor => {}
            }
        });
    }
}

#[test]
fn nobody_is_sent_anything_but_the_address_that_was_given() {
    for mail in [None, Some(MAIL)] {
        under(&Vec::new(), || async {
            let scene = Scene::new(Kind::Procountor).await;
            let report = scene.probe_with_documents(mail).await;
            let state = left(&scene, Kind::Procountor).1;
            let state: Value = serde_json::from_str(&state).unwrap();
            let mails = state["mails"].as_object().unwrap();
            match mail {
                None => {
                    assert!(mails.is_empty(), "{mails:?}");
                    let settled = report.fact("procountor.send-orders").unwrap();
                    assert_eq!(settled.verdict, Verdict::CannotTell);
                    assert!(settled.saw.contains("--mail"), "{settled:?}");
                }
                Some(address) => {
                    let (id, count) = mails.iter().next().unwrap();
                    assert_eq!((mails.len(), count), (1, &json!(1)));
                    let invoices = state["invoices"].as_array().unwrap();
                    let id: i64 = id.parse().unwrap();
                    let sent = invoices.iter().find(|invoice| invoice["id"] == id).unwrap();
                    assert_eq!(sent["counterParty"]["email"], address);
                    assert!(sent["orderReference"].as_str().unwrap().starts_with("BRIDGE-PROBE"));
                }
            }
        });
    }
}

/// What is said before documents are made.
async fn before(scene: &Scene, mail: Option<&str>) -> Result<probe::Before, String> {
    let ports = probe::read_only(&scene.world.ports(), "acme");
    let deadline = scene.world.now() + Duration::from_secs(900);
    let who = identity::ask(&ports, &scene.tenant, deadline).await;
    probe::before(&ports, &scene.tenant, &who, mail, deadline).await.unwrap()
}

#[test]
fn it_says_before_what_cannot_be_undone_and_asks_for_the_company_by_name() {
    for kind in Kind::ALL {
        under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            let before = before(&scene, Some(MAIL)).await.unwrap();
            let who =
                identity::ask(&scene.world.ports(), &scene.tenant, scene.world.now() + Duration::from_secs(60)).await;
            assert_eq!(Some(before.company), who.company.and_then(|company| company.name));
            let said = before.warning.join("\n");
            for word in ["goods owner 159", "cannot be used again", "cancelled", "bridgectl tenant pause acme"] {
                assert!(said.contains(word), "{kind}: {said}");
            }
            let of_erp = match kind {
                Kind::PowerOffice => "which is deleted",
                Kind::Finago => "both stay",
                Kind::Procountor => "SENT to nobody@example.com, once",
                Kind::Visma => "its number cannot be used again",
            };
            assert!(said.contains(of_erp), "{kind}: {said}");
        });
    }
}

#[test]
fn a_goods_owner_with_open_orders_of_others_is_refused_and_nothing_is_written() {
    for kind in Kind::ALL {
        under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            scene.world.tick(kind).await;
            let order = shops::of(kind).put_order(&scene.world, 4, &[0]);
            scene.world.wait(Duration::from_secs(120)).await;
            scene.world.tick(kind).await;
            let orders = scene.world.wms()["orders"].as_array().cloned().unwrap();
            let numbers: Vec<&str> = orders.iter().filter_map(|order| order["orderNumber"].as_str()).collect();
            assert!(numbers.contains(&order.as_str()), "{kind}: {numbers:?}");
            let writes = scene.world.writes();
            let refused = before(&scene, None).await.unwrap_err();
            let names_one = numbers.iter().any(|number| refused.contains(number));
            assert!(refused.contains("has open orders") && names_one, "{kind}: {refused}");
            assert_eq!(scene.world.writes(), writes);
            // Once they have left the house it may go on.
            (0..3).map(article_number).for_each(|number| {
                scene.world.warehouse("count", &json!({"articleNumber": number, "numberOfItems": 100}));
            });
            for number in numbers {
                assert!(before(&scene, None).await.is_err(), "{kind}");
                scene.world.warehouse("ship", &json!({"orderNumber": number}));
            }
            assert!(before(&scene, None).await.is_ok(), "{kind}");
        });
    }
}

#[test]
fn mail_goes_to_an_address() {
    under(&Vec::new(), || async {
        let scene = Scene::new(Kind::Procountor).await;
        for wrong in ["nobody", "@example.com", "nobody@example"] {
            assert!(before(&scene, Some(wrong)).await.unwrap_err().contains("no address"), "{wrong}");
        }
    });
}
