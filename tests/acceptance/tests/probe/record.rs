//! A recording has nothing of anybody, and shows where a simulator is not as the vendor was.

use std::time::Duration;

use acceptance::answers::Answers;
use acceptance::replay::{differences, test_company};
use bridge::roads::check::identity;
use bridge::roads::probe::record::{Recording, recording};
use bridge::roads::probe::{Documents, read_only, reads, writes};
use bridge::words::kind::Kind;
use simulators::facts::Fact;

use crate::scene::under;

const MAIL: &str = "nobody@example.com";

/// The recordings of a probe that writes, under these answers.
fn recorded(kind: Kind, answers: &Answers) -> Vec<Recording> {
    under(answers, || async {
        let (world, tenant) = test_company(kind).await;
        let (ports, recorder) = recording(&world.ports(), &tenant);
        let deadline = world.now() + Duration::from_secs(900);
        let tell = |fact| recorder.looks_at(fact);
        identity::ask(&ports, &tenant, deadline).await;
        reads(&read_only(&ports, "acme"), &tenant, deadline, &tell).await;
        writes(&ports, &tenant, Some(MAIL), deadline, &Documents::default(), &tell).await;
        recorder.recordings()
    })
}

/// What differs between recordings and the simulators as they are assumed to be.
fn held(kind: Kind, recordings: &[Recording]) -> Vec<String> {
    under(&Vec::new(), || async {
        let (world, tenant) = test_company(kind).await;
        let mut all = Vec::new();
        for recording in recordings {
            all.extend(differences(&world, &tenant, recording).await.unwrap());
        }
        all
    })
}

#[test]
fn a_recording_of_a_simulator_is_as_the_simulator_is() {
    for kind in Kind::ALL {
        let recordings = recorded(kind, &Vec::new());
        // The first four have more than a newer one need have.
        let least =
            if matches!(kind, Kind::PowerOffice | Kind::Finago | Kind::Procountor | Kind::Visma) { 5 } else { 2 };
        assert!(recordings.iter().all(|recording| recording.exchanges.len() >= least), "{kind}");
        assert_eq!(held(kind, &recordings), Vec::<String>::new(), "{kind}");
    }
}

#[test]
fn where_a_vendor_is_otherwise_the_recording_says_so_by_its_fact() {
    for (kind, id, word) in [
        (Kind::PowerOffice, "ongoing.write-id", "never"),
        (Kind::PowerOffice, "ongoing.put-null", "kept"),
        (Kind::Finago, "ongoing.cancelled-number", "opened again"),
        (Kind::Finago, "ongoing.unknown-member", "passed over"),
        (Kind::Finago, "finago.unset-members", "by a stand-in"),
        (Kind::Procountor, "procountor.total-count", "it does not"),
        (Kind::Procountor, "procountor.approve-body", "not needed"),
        (Kind::Procountor, "procountor.absent-members", "null"),
        (Kind::Visma, "visma.or-terms", "15"),
        (Kind::Visma, "visma.refusal-words", "the server's own"),
        (Kind::Visma, "visma.decimals", "taken"),
    ] {
        let fact = Fact::named(id).unwrap();
        let found = held(kind, &recorded(kind, &vec![(fact, word)]));
        assert!(found.iter().any(|difference| difference.starts_with(id)), "{id}={word}: {found:#?}");
    }
}

#[test]
fn a_recording_survives_being_written_and_read() {
    let recordings = recorded(Kind::Visma, &Vec::new());
    let text = serde_json::to_string_pretty(&recordings).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Recording>>(&text).unwrap(), recordings);
}

/// What the test companies have of people, and what the deployment has of secrets.
const SOMEBODY_S: [&str; 26] = [
    "Customer 1",
    "Customer 2",
    "Street",
    "Katu",
    "customer1@",
    "customer2@",
    "order1@",
    "TAMPERE",
    "OSLO",
    "Linköping",
    "33200",
    "+47",
    "070-174",
    "Asiakas",
    "Kari",
    "Something warm",
    "Article 1",
    "20001",
    "20002",
    "30001",
    "ongoing-pass",
    "WSI-acme",
    "client-key",
    "sub-key",
    "visma-secret",
    "api-key-acme",
];

#[test]
fn nothing_of_anybody_is_kept() {
    for kind in Kind::ALL {
        let recordings = recorded(kind, &Vec::new());
        let text = serde_json::to_string(&recordings).unwrap();
        for word in SOMEBODY_S.iter().chain(&["finago-pass", "Fjordbutikken", "Kauppa", "Acme AS", "ASP.NET_SessionId"])
        {
            let at = text.find(word).map(|at| text[at.saturating_sub(200)..].chars().take(400).collect::<String>());
            assert_eq!(at, None, "{kind}: {word}");
        }
        // Neither headers nor logins are kept.
        for word in ["uthorization", "Bearer", "Basic ", "grant_type", "access_token", "<Password"] {
            assert!(!text.contains(word), "{kind}: {word}");
        }
        // What the probe made itself is told as it was.
        assert!(text.contains("BRIDGE-PROBE-"), "{kind}");
    }
}
