//! Secrets that cannot be rotated: every step is rejected without a call that changes anything.

use bridge::doors::rotation::{PENDING, Step};
use bridge::words::fault::{Fault, Result};
use serde_json::json;
use simulators::visma::Oauth;

use crate::fixture::{Fixture, Model};

const STEPS: [Step; 4] = [Step::CreateSecret, Step::SetSecret, Step::TestSecret, Step::FinishSecret];

fn oauth() -> Oauth {
    Oauth::new("client", "client-secret")
}

fn why(refused: Option<Result<()>>) -> String {
    match refused {
        Some(Err(Fault::Rejected { why, .. })) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_secret_that_nobody_can_rotate_is_not_even_looked_at() {
    for name in
        ["poweroffice/acme", "poweroffice/app", "finago/acme", "finago/app", "procountor/acme", "procountor/app"]
    {
        let place = Fixture::new(Model::new(name, &json!({}), oauth()));
        place.model.borrow_mut().versions.begin("t");
        for step in STEPS {
            let why = why(place.rotate(step, "t"));
            assert!(why.contains("bridgectl"), "{why}");
        }
        assert!(place.calls().is_empty(), "{:?}", place.calls());
    }
}

#[test]
fn the_application_s_secret_is_refused_with_where_to_change_it() {
    let place = Fixture::new(Model::new("visma/app", &json!({"client_id": "c", "client_secret": "s"}), oauth()));
    place.model.borrow_mut().versions.begin("t");
    for step in STEPS {
        assert!(why(place.rotate(step, "t")).contains("developer portal"));
    }
    assert!(place.calls().iter().all(|call| *call == "describe"));
}

#[test]
fn a_version_of_which_nobody_knows_is_left_alone() {
    for name in ["ongoing/acme", "visma/acme"] {
        let secret = json!({"username": "u", "password": "p", "webhook_tokens": ["a"], "refresh_token": "r"});
        let place = Fixture::new(Model::new(name, &secret, oauth()));
        let before = place.model.borrow().versions.clone();
        for step in STEPS {
            assert!(why(place.rotate(step, "unknown")).contains("no rotation is under way"));
        }
        assert_eq!(place.model.borrow().versions, before);
        // Begun, but not created.
        place.model.borrow_mut().versions.begin("t");
        for step in &STEPS[1..] {
            assert!(why(place.rotate(*step, "t")).contains("createSecret comes first"));
        }
        assert_eq!(place.model.borrow().token_calls, 0);
    }
}

#[test]
fn a_warehouse_login_without_a_webhook_token_has_nothing_to_rotate() {
    for tokens in [json!([]), json!([""]), json!(null)] {
        let secret = json!({"username": "u", "password": "p", "webhook_tokens": tokens});
        let place = Fixture::new(Model::new("ongoing/acme", &secret, oauth()));
        place.model.borrow_mut().versions.begin("t");
        for _ in 0..2 {
            assert!(why(place.rotate(Step::CreateSecret, "t")).contains("no webhook token"));
        }
        let model = place.model.borrow();
        assert_eq!(model.versions.labelled(PENDING).map(|version| version.value.is_none()), Some(true));
    }
}
