//! A person stops a probe: it begins no other call but those that clean up, and what it cannot clean up it names, with its
//! number and how it is removed. The same of a document whose answer does not say its id.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Broken, Clock, Ports, Transport};
use bridge::roads::probe::{self, Documents, Verdict};
use bridge::words::kind::Kind;
use bytes::Bytes;
use http::{Method, Request, Response};

use crate::lost::left;
use crate::scene::{Scene, truth, under};

/// The network, at which a person presses Ctrl-C when a call is answered, or while its answer is two seconds away.
struct StopsAfter {
    network: Rc<dyn Transport>,
    documents: Rc<Documents>,
    calls: Cell<usize>,
    under_way: Option<Rc<dyn Clock>>,
}

#[async_trait(?Send)]
impl Transport for StopsAfter {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        let stops = self.calls.get() == 1;
        self.calls.set(self.calls.get().saturating_sub(1));
        if let Some(clock) = self.under_way.as_ref().filter(|_| stops) {
            self.documents.stop();
            clock.sleep(Duration::from_secs(2)).await;
        }
        let answer = self.network.send(request).await;
        if stops {
            self.documents.stop();
        }
        answer
    }
}

#[test]
fn wherever_it_is_stopped_it_cleans_up_and_names_what_stays() {
    for (kind, under_way) in Kind::ALL.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
        let mut stops = 0;
        for calls in 1.. {
            let stopped = under(&Vec::new(), || async {
                let scene = Scene::new(kind).await;
                let documents = Rc::new(Documents::default());
                let network = Rc::clone(&scene.world.ports().transport);
                let under_way = under_way.then(|| Rc::clone(&scene.world.ports().clock));
                let to_go = Cell::new(calls);
                let stops = StopsAfter { network, documents: Rc::clone(&documents), calls: to_go, under_way };
                let transport = Rc::new(stops);
                let ports = documents.stoppable(&Ports { transport, ..scene.world.ports() });
                let began = scene.world.now();
                let report = scene.documents_through(ports, &documents).await;
                truth(&report, &Vec::new());
                if !documents.is_stopped() {
                    return false;
                }
                // Nothing was waited for, and nothing of it is open.
                let took = scene.world.now().duration_since(began);
                assert!(report.stopped && !report.good() && took.as_secs() < 100, "{kind} {calls}: {took:?}");
                assert_eq!(left(&scene, kind), Vec::<serde_json::Value>::new(), "{kind}: {:?}", report.stays);
                for line in &report.stays {
                    assert!(!line.contains("NOT") && !line.contains("may be there"), "{kind}: {line}");
                }
                // What was not looked at is left open: a stop is no refusal.
                let open = report.facts.iter().filter(|fact| fact.saw.contains("it was stopped"));
                assert!(open.clone().all(|fact| fact.verdict == Verdict::CannotTell), "{:?}", report.facts);
                let text = probe::text(&report);
                assert!(text.contains("stopped before its end"), "{text}");
                assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
                true
            });
            if !stopped {
                break;
            }
            stops += 1;
        }
        assert!(stops > 25, "{kind}: {stops}");
        println!("figure: probe | {kind}: places at which it was stopped | {stops}");
    }
}

/// The network, whose answers to what makes a document do not say its id.
struct Nameless {
    network: Rc<dyn Transport>,
}

const IDS: [&str; 6] = ["\"Id\"", "\"id\"", "<Id>", "</Id>", "<OrderId>", "</OrderId>"];

#[async_trait(?Send)]
impl Transport for Nameless {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        let asked = String::from_utf8_lossy(request.body()).into_owned();
        let is_login = asked.contains("grant_type") || asked.contains("<Login");
        let makes = request.method() == Method::POST && !is_login && !asked.contains("<Get") && !asked.contains("<Set");
        let answer = self.network.send(request).await?;
        if !makes {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let mut said = String::from_utf8_lossy(&body).into_owned();
        IDS.iter().for_each(|id| said = said.replace(id, &id.replace("Id", "Ref").replace("id", "ref")));
        Ok(Response::from_parts(parts, said.into()))
    }
}

#[test]
fn a_document_whose_id_cannot_be_read_is_named_with_where_to_look() {
    for (kind, site) in [
        (Kind::PowerOffice, "in PowerOffice Go"),
        (Kind::Finago, "in Finago Office"),
        (Kind::Procountor, "in Procountor"),
        (Kind::Visma, "in Visma"),
    ] {
        under(&Vec::new(), || async {
            let scene = Scene::new(kind).await;
            let network = Rc::clone(&scene.world.ports().transport);
            let ports = Ports { transport: Rc::new(Nameless { network }), ..scene.world.ports() };
            let documents = Documents::default();
            let report = scene.documents_through(ports, &documents).await;
            truth(&report, &Vec::new());
            let told: Vec<&String> = report.stays.iter().filter(|line| line.contains(site)).collect();
            let named = |line: &str| line.contains("is there and was NOT cleaned up: find it in");
            assert!(told.iter().any(|line| named(line) && (line.contains("BRIDGE-PROBE") || kind == Kind::Finago)));
            // Finago's order has no number that we give it: its customer tells it.
            let many = told.iter().filter(|line| named(line)).count();
            assert_eq!(many, if kind == Kind::Finago { 2 } else { 1 }, "{kind}: {told:?}");
            let open = |line: &&String| line.contains(site) && !named(line);
            assert_eq!(report.stays.iter().filter(|line| open(line)).count(), 0, "{kind}: {:?}", report.stays);
        });
    }
}
