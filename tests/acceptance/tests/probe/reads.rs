//! What reads can settle is told as it is, and nothing is written.

use std::time::Duration;

use acceptance::answers;
use acceptance::world::{Happens, Rule};
use bridge::roads::probe::{self, Documents, Verdict};
use bridge::words::facts::{self, By};
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::Trouble;

use crate::scene::{Scene, prober, truth, under};

/// Facts that reads can settle in the scene, under what is assumed.
fn by_reads(kind: Kind) -> Vec<&'static str> {
    facts::of(kind).filter(|fact| fact.by == By::Reads).map(|fact| fact.id).collect()
}

/// Answers that reads cannot tell, although they can tell the other: a record that changed lately has a time of either clock.
const UNTOLD: [(&str, &str); 1] = [("procountor.zone", "UTC")];

#[test]
fn what_is_assumed_holds() {
    for kind in Kind::ALL {
        let report = under(&Vec::new(), || async { Scene::new(kind).await.probe().await });
        assert_eq!(truth(&report, &Vec::new()).len(), by_reads(kind).len(), "{}", probe::text(&report));
        for id in by_reads(kind) {
            assert_eq!(report.fact(id).unwrap().verdict, Verdict::Holds, "{}", probe::text(&report));
        }
    }
}

/// A tenant may leave its products to somebody else.
#[test]
fn a_tenant_that_pulls_no_products_is_probed_like_any_other() {
    let report = under(&Vec::new(), || async {
        let mut scene = Scene::new(Kind::Procountor).await;
        scene.tenant.settings.product_types = Some(Vec::new());
        scene.probe().await
    });
    assert_eq!(report.fact("procountor.fraction").unwrap().verdict, Verdict::Holds, "{}", probe::text(&report));
}

#[test]
fn under_every_other_answer_it_tells_the_truth() {
    for answer in answers::others() {
        let all = vec![answer];
        let (fact, word) = answer;
        let report = under(&all, || async { Scene::new(prober(fact)).await.probe().await });
        let told = truth(&report, &all);
        let settles = by_reads(prober(fact)).contains(&fact.id) && !UNTOLD.contains(&(fact.id, word));
        assert_eq!(told.contains(&fact.id), settles, "{}={word}\n{}", fact.id, probe::text(&report));
    }
}

#[test]
fn nothing_is_written() {
    for kind in Kind::ALL {
        under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            let (before, sent) = (scene.trace(), scene.world.sent().len());
            scene.probe().await;
            assert_eq!(scene.trace(), before, "{kind}");
            // At the ERP: what is not read are logins.
            let login = |call: &String| {
                let says = |word: &str| call.contains(word);
                says("grant_type") || says("<Login") || says("<HasSession") || says("webservices/Get")
            };
            let calls = scene.world.sent().split_off(sent);
            assert!(calls.len() > 2, "{kind}");
            for call in calls.iter().filter(|call| !call.starts_with("GET ")) {
                assert!(login(call), "{kind}: {call}");
            }
        });
    }
}

#[test]
fn a_write_does_not_get_through() {
    for kind in Kind::ALL {
        under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            let ports = probe::read_only(&scene.world.ports(), "acme");
            let (before, sent) = (scene.trace(), scene.world.sent().len());
            let deadline = scene.world.now() + Duration::from_secs(900);
            let (mail, documents) = (Some("nobody@example.com"), Documents::default());
            let findings = probe::writes(&ports, &scene.tenant, mail, deadline, &documents, &|_| ()).await;
            assert_eq!(scene.trace(), before, "{kind}");
            for call in scene.world.sent().split_off(sent) {
                assert!(call.starts_with("GET ") || !call.contains("BRIDGE-PROBE"), "{kind}: {call}");
            }
            assert_eq!(documents.stay(), Vec::<String>::new(), "{kind}");
            let said = format!("{findings:?}");
            assert!(said.contains("a probe without --write writes nothing"), "{said}");
        });
    }
}

const NEEDS_NO_LOGIN: &str = "finago.session-words";

/// A login that is refused, and a system that does not answer, leave everything open with their words.
#[test]
fn what_cannot_be_asked_cannot_be_told() {
    for kind in Kind::ALL {
        under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            let wrong = json!({ "client_key": "no", "username": "no", "password": "no", "api_key": "no", "refresh_token": "no" });
            scene.world.memory.secret(&format!("{}/acme", kind.word()), &wrong);
            scene.world.new_process();
            let report = scene.probe().await;
            // What is said to a session that never was one needs no login.
            let told = report.facts.iter().filter(|fact| fact.verdict != Verdict::CannotTell);
            assert!(told.into_iter().all(|fact| fact.fact == NEEDS_NO_LOGIN), "{}", probe::text(&report));
            for id in by_reads(kind).into_iter().filter(|id| *id != NEEDS_NO_LOGIN) {
                assert!(!report.fact(id).unwrap().saw.is_empty(), "{id}: {}", probe::text(&report));
            }
        });
    }
}

#[test]
fn the_table_fits_and_the_json_has_every_fact() {
    for kind in Kind::ALL {
        let report = under(&Vec::new(), || async { Scene::new(kind).await.probe().await });
        let (text, json) = (probe::text(&report), serde_json::to_value(&report).unwrap());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let ids: Vec<&str> = facts::of(kind).map(|fact| fact.id).collect();
        assert!(ids.iter().all(|id| text.contains(id)), "{text}");
        let told: Vec<&str> =
            json["facts"].as_array().unwrap().iter().filter_map(|fact| fact["fact"].as_str()).collect();
        assert_eq!(told, ids);
        assert!(json["identity"]["company"]["name"].is_string() && json["wrote"] == false, "{json}");
    }
}

/// A limit is not broken to see what it answers: what a pull has met is told.
#[test]
fn a_limit_that_did_not_say_how_long_to_wait_is_told_once_a_pull_has_met_it() {
    for retry_after in [None, Some(1)] {
        under(&Vec::new(), || async {
            let scene = Scene::new(Kind::PowerOffice).await;
            let limit = Happens::Trouble(Trouble::TooManyRequests { retry_after });
            scene.world.rules.add(Rule::when(|call| call.what.contains("/Products"), limit).times(1));
            let fact = async || {
                let report = scene.probe().await;
                let settled = report.fact("poweroffice.retry-after").unwrap();
                (settled.verdict, settled.answer)
            };
            scene.world.tick(Kind::PowerOffice).await;
            let told =
                if retry_after.is_none() { (Verdict::Differs, Some("not said")) } else { (Verdict::CannotTell, None) };
            assert_eq!(fact().await, told, "{retry_after:?}");
        });
    }
}
