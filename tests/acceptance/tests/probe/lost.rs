//! Answers that are lost: nothing is told that is not so, and what was made is cleaned up or named.

use std::time::Duration;

use acceptance::world::{Happens, Peer, Rule, Site};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::{Simulator, Trouble};

use crate::scene::{Scene, truth, under};

/// Numbers of a probe in what a vendor has.
fn own(state: &Value) -> bool {
    state.to_string().contains("BRIDGE-PROBE")
}

/// What is there of a probe in a company, and is not ended.
pub fn left(scene: &Scene, kind: Kind) -> Vec<Value> {
    let (vendors, now) = (&scene.world.vendors, scene.world.now());
    let rows =
        |state: Value, pointer: &str| state.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found: Vec<Value> = match kind {
        Kind::PowerOffice => {
            let mut erp = vendors.poweroffice.borrow_mut();
            let state = erp.model.client("client-key-acme").state();
            state
                .as_object()
                .into_iter()
                .flat_map(|all| all.values())
                .filter_map(Value::as_array)
                .flatten()
                .cloned()
                .collect()
        }
        Kind::Visma => {
            let state = vendors.visma.borrow_mut().model.act(now, "state", &json!({ "company": "acme" })).unwrap();
            let mut all = rows(state.clone(), "/registers/orders");
            all.extend(rows(state, "/registers/articles").into_iter().filter(|article| article["IsActive"] == true));
            all
        }
        Kind::Finago | Kind::Procountor => Vec::new(),
    };
    let wms = scene.world.wms();
    let open = |order: &Value| ![json!(1000), json!(900)].contains(&order["status"]);
    found.extend(rows(wms.clone(), "/orders").into_iter().filter(open));
    found.extend(rows(wms, "/purchaseOrders").into_iter().filter(open));
    found.retain(own);
    found
}

/// Loses the answer to one call after the other, until there is none to lose.
fn lose(kind: Kind, site: Site) -> usize {
    for lost in 0.. {
        let done = under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            let rule = Rule::to(Peer::Vendor(site), Happens::Trouble(Trouble::LostAnswer)).after(lost).times(1);
            let rule = scene.world.rules.add(rule);
            let report = scene.documents().await;
            if rule.met() == 0 {
                return true;
            }
            truth(&report, &Vec::new());
            let system = match site {
                Site::Ongoing => "in Ongoing",
                Site::PowerOffice => "in PowerOffice Go",
                Site::Finago => "in Finago Office",
                Site::Procountor => "in Procountor",
                Site::Visma => "in Visma",
            };
            let mut of_system = report.stays.iter().filter(|line| line.contains(system));
            let told = of_system.any(|line| line.contains("may be there") || line.contains("NOT"));
            for left in left(&scene, kind) {
                assert!(told, "{kind} {site:?} {lost}: {left}\n{:?}", report.stays);
            }
            false
        });
        if done {
            return lost;
        }
    }
    unreachable!("there is an end to it")
}

#[test]
fn whichever_answer_of_ongoing_is_lost() {
    let calls = lose(Kind::PowerOffice, Site::Ongoing);
    assert!(calls > 20, "{calls}");
}

#[test]
fn whichever_answer_of_an_erp_is_lost() {
    for (kind, site) in [
        (Kind::PowerOffice, Site::PowerOffice),
        (Kind::Finago, Site::Finago),
        (Kind::Procountor, Site::Procountor),
        (Kind::Visma, Site::Visma),
    ] {
        let calls = lose(kind, site);
        assert!(calls > 2, "{kind}: {calls}");
    }
}

/// A probe that is ended in the middle leaves an order, which the next one cancels.
#[test]
fn what_an_earlier_probe_left_open_is_cancelled() {
    under(&Vec::new(), || async {
        let scene = Scene::new(Kind::PowerOffice).await;
        let rule = Rule::to(Peer::Vendor(Site::Ongoing), Happens::Unreachable).after(14);
        let rule = scene.world.rules.add(rule);
        let report = scene.documents().await;
        assert!(report.stays.iter().any(|line| line.contains("could NOT be cancelled")), "{:?}", report.stays);
        let open = left(&scene, Kind::PowerOffice);
        assert_eq!(open.len(), 1, "{open:?}");
        let number = open[0]["orderNumber"].as_str().unwrap().to_owned();

        scene.world.rules.remove(&rule);
        scene.world.wait(Duration::from_secs(3600)).await;
        let report = scene.probe_with_documents(None).await;
        truth(&report, &Vec::new());
        let told = report.stays.iter().any(|line| line.contains(&number) && line.contains("an earlier probe"));
        assert!(told, "{:?}", report.stays);
        assert_eq!(left(&scene, Kind::PowerOffice), Vec::<Value>::new());
    });
}
