//! The address guard at connect time, against an attacker who controls DNS. The machine's own resolver is never asked.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

mod loopback;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bridge::http::classify::Service;
use bridge::http::{Call, Exchange};
use bridge::ports::Ports;
use bridge::ports::{Broken, Transport as _};
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use bridge_aws::clock::SystemClock;
use bridge_aws::environment::Addresses;
use bridge_aws::queue::Queues;
use bridge_aws::secret_store::SecretStore;
use bridge_aws::state_table::StateTable;
use bridge_aws::tenant_table::TenantTable;
use bridge_aws::transport::Network;
use bytes::Bytes;
use http::{Request, Response};
use loopback::{Calls, local, scripted};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::json;

const HOSTILE: &str = include_str!("../../bridge/tests/hostile-addresses.txt");
const VENDORS: &str = include_str!("../../bridge/tests/vendor-addresses.txt");

/// Public by its prefix, and given to nobody: a connection to it goes nowhere.
const NOBODY: &str = "2e00::1";

/// Where an attacker's name server sends us.
const INSIDE: [&str; 9] = [
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "10.0.0.5",
    "169.254.169.254",
    "fd00:ec2::254",
    "168.63.129.16",
    "64:ff9b::7f00:1",
    "0.0.0.0",
];

/// A name server: each question gets the next of these answers, then the last one again.
#[derive(Default)]
struct NameServer {
    answers: Vec<Vec<IpAddr>>,
    asked: Mutex<Vec<String>>,
}

impl NameServer {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| answer.iter().map(|text| text.parse().unwrap()).collect()).collect();
        Arc::new(Self { answers, asked: Mutex::default() })
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Resolve for NameServer {
    fn resolve(&self, name: Name) -> Resolving {
        let mut asked = self.asked.lock().unwrap();
        let answer = self.answers.get(asked.len()).or(self.answers.last()).cloned().unwrap_or_default();
        asked.push(name.as_str().to_owned());
        Box::pin(async { Ok(Box::new(answer.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs) })
    }
}

/// What a call comes to; `None` where the connection goes nowhere.
async fn call(network: &Network, address: &str) -> Option<Result<Response<Bytes>, Broken>> {
    let request = Request::get(address).body(Bytes::new()).unwrap();
    tokio::time::timeout(Duration::from_millis(300), network.send(request)).await.ok()
}

fn network(allow_local: bool, names: &Arc<NameServer>) -> Network {
    Network::with_resolver(allow_local, Arc::clone(names) as _).unwrap()
}

async fn server() -> (String, Calls) {
    let (base, calls) = scripted(vec!["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".into()]).await;
    (base.rsplit(':').next().unwrap().to_owned(), calls)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn every_hostile_address_is_refused_at_connect_wherever_its_names_lead() {
    let hostile: BTreeSet<String> = lines(HOSTILE).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(hostile.len() >= 200, "{} addresses", hostile.len());
    local(async {
        let mut refused = 0;
        for inside in INSIDE {
            let names = NameServer::of(&[&[inside]]);
            let network = network(false, &names);
            for address in &hostile {
                // As the client reads it; what it cannot read is no request.
                let Ok(url) = url::Url::parse(address) else { continue };
                for written in BTreeSet::from([address.as_str(), url.as_str()]) {
                    let Ok(request) = Request::get(written).body(Bytes::new()) else { continue };
                    let before = names.asked();
                    let answer = network.send(request).await;
                    let asked = names.asked() - before;
                    match &answer {
                        Err(Broken::Guarded(_)) => refused += 1,
                        // Not even an address by the client's own rules.
                        Err(Broken::Connect(_)) if asked == 0 => {}
                        _ => panic!("{written:?} at {inside}: {answer:?}"),
                    }
                    if let Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) = url.host() {
                        assert_eq!(asked, 0, "{written:?} at {inside}: {answer:?}");
                    }
                }
            }
        }
        assert!(refused > 200 * INSIDE.len(), "{refused}");
    });
}

#[test]
fn an_address_in_numbers_never_meets_a_socket_however_it_is_spelt() {
    local(async {
        let (port, calls) = server().await;
        let names = NameServer::of(&[]);
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0x7F.1",
            "0177.0.0.1",
            "017700000001",
            "127.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "user:secret@127.0.0.1",
            "api.procountor.com@127.0.0.1",
            "api.procountor.com@2130706433",
            "%31%32%37.0.0.1",
            "127%2e0.0.1",
            "8.8.8.8",
            "[2a00:1450:400f:80d::200e]",
        ] {
            let Ok(request) = Request::get(format!("http://{host}:{port}/")).body(Bytes::new()) else { continue };
            let answer = network(false, &names).send(request).await;
            assert!(matches!(answer, Err(Broken::Guarded(_))), "{host}: {answer:?}");
        }
        assert_eq!((names.asked(), calls.borrow().len()), (0, 0));
    });
}

#[test]
fn of_mixed_answers_only_the_public_ones_are_connected_to() {
    local(async {
        let (port, calls) = server().await;
        let address = format!("http://api.procountor.com:{port}/");
        for answers in [&["127.0.0.1", NOBODY][..], &[NOBODY, "127.0.0.1"], &["::ffff:127.0.0.1", NOBODY, "::1"]] {
            let names = NameServer::of(&[answers]);
            let answer = call(&network(false, &names), &address).await;
            assert!(matches!(answer, None | Some(Err(Broken::Connect(_)))), "{answer:?}");
            assert_eq!((names.asked(), calls.borrow().len()), (1, 0));
        }
        let names = NameServer::of(&[&["127.0.0.1"]]);
        assert!(matches!(call(&network(true, &names), &address).await, Some(Ok(_))));
        assert_eq!(calls.borrow().len(), 1, "the server is there for whoever is let through");
    });
}

#[test]
fn a_name_that_leads_elsewhere_since_it_was_checked_is_refused() {
    local(async {
        let (port, calls) = server().await;
        let item = json!({
            "tenant_id": "acme",
            "erp": { "kind": "procountor", "base_url": "https://api.attacker.se" },
            "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159 },
        });
        let tenant = Tenant::parse(&item, false).unwrap();
        let address = format!("http://{}:{port}/", tenant.erp.base_url.host_str().unwrap());
        let names = NameServer::of(&[&[NOBODY], &["127.0.0.1"], &[NOBODY, "127.0.0.1"], &["127.0.0.1"]]);
        let network = network(false, &names);
        for guarded in [false, true, false, true] {
            let answer = call(&network, &address).await;
            assert_eq!(matches!(answer, Some(Err(Broken::Guarded(_)))), guarded, "{answer:?}");
        }
        // One question a connection: what was judged is what is connected to.
        assert_eq!((names.asked(), calls.borrow().len()), (4, 0));
    });
}

#[test]
fn what_leads_to_a_metadata_service_is_refused_even_where_local_is_allowed() {
    local(async {
        for inside in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "fe80::a9fe:a9fe", "168.63.129.16"]
        {
            let names = NameServer::of(&[&[inside]]);
            let network = network(true, &names);
            let literal = if inside.contains(':') { format!("[{inside}]") } else { inside.to_owned() };
            for host in ["simulators", literal.as_str()] {
                let answer = call(&network, &format!("http://{host}/latest/meta-data")).await;
                assert!(matches!(answer, Some(Err(Broken::Guarded(_)))), "{host} at {inside}: {answer:?}");
            }
            assert_eq!(names.asked(), 1);
        }
    });
}

#[test]
fn the_vendors_hosts_are_connected_to_where_their_names_lead() {
    local(async {
        let (nowhere, inside) = (NameServer::of(&[&[NOBODY]]), NameServer::of(&[&["127.0.0.1"]]));
        let (open, refused) = (network(false, &nowhere), network(false, &inside));
        let calls = lines(VENDORS).map(async |address| {
            let answer = call(&open, address).await;
            assert!(matches!(answer, None | Some(Err(Broken::Connect(_)))), "{address}: {answer:?}");
            let answer = call(&refused, address).await;
            assert!(matches!(answer, Some(Err(Broken::Guarded(_)))), "{address}: {answer:?}");
        });
        let hosts = futures_util::future::join_all(calls).await.len();
        assert_eq!((nowhere.asked(), inside.asked()), (hosts, hosts));
    });
}

/// The edges of a function, none of which is used but the network.
fn ports(network: Network) -> Ports {
    let dynamo = aws_sdk_dynamodb::Config::builder().behavior_version_latest().build();
    let dynamo = aws_sdk_dynamodb::Client::from_conf(dynamo);
    let sqs = aws_sdk_sqs::Client::from_conf(aws_sdk_sqs::Config::builder().behavior_version_latest().build());
    let secrets = aws_sdk_secretsmanager::Config::builder().behavior_version_latest().build();
    let secrets = aws_sdk_secretsmanager::Client::from_conf(secrets);
    Ports {
        clock: Rc::new(SystemClock),
        random: Rc::new(SystemClock),
        state: Rc::new(StateTable::new(dynamo.clone(), "state")),
        tenants: Rc::new(TenantTable::new(dynamo, "tenants")),
        queue: Rc::new(Queues::new(sqs, Addresses::default())),
        secrets: Rc::new(SecretStore::new(secrets, "stack")),
        transport: Rc::new(network),
        tokens: Rc::default(),
        drifts: Rc::default(),
        circuits: None,
        paces: Default::default(),
        backfill: false,
        allow_local: true,
        personal_data: bridge::ports::PERSONAL_DATA,
    }
}

#[test]
fn a_redirect_is_never_followed_and_is_not_as_promised() {
    local(async {
        let (there, visits) = server().await;
        for status in [301, 302, 303, 307, 308] {
            for location in ["http://169.254.169.254/latest/meta-data", &format!("http://simulators:{there}/")] {
                let moved = format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
                let (base, calls) = scripted(vec![moved]).await;
                let names = NameServer::of(&[&["127.0.0.1"]]);
                let ports = ports(network(true, &names));
                let deadline = ports.clock.now() + Duration::from_secs(60);
                let exchange = Exchange { ports: &ports, budget: None, deadline };
                for service in [Service::Ongoing, Service::PowerOffice, Service::Finago, Service::Token("visma")] {
                    let fault = exchange.send(service, &Call::get(base.parse().unwrap())).await.unwrap_err();
                    let words = fault.to_string();
                    assert!(matches!(fault, Fault::Unexpected(_)) && words.contains(&status.to_string()), "{words}");
                    assert!(!words.contains("169.254"), "{words}");
                }
                assert_eq!((names.asked(), calls.borrow().len()), (0, 4), "{status}: not tried again either");
            }
        }
        assert!(visits.borrow().is_empty());
    });
}
