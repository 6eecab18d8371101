//! The tokens of Ongoing's webhooks, rotated in every order.

use std::rc::Rc;

use acceptance::secret_versions::SecretVersions;
use bridge::doors::rotation::{CURRENT, PENDING, Step};
use bridge::words::fault::Fault;
use serde_json::{Value, json};
use simulators::visma::Oauth;

use crate::fixture::{Fixture, Model, ROTATIONS, STEPS, Upset};
use crate::search::{Story, every_sequence};

/// A webhook secret, what Ongoing was told of it, and what a person put there last.
#[derive(Clone)]
struct Webhook {
    model: Model,
    outside: String,
    /// Rotations that ended since Ongoing was told a token.
    since: usize,
    /// The rotations that ended ever.
    ended: [bool; ROTATIONS.len()],
    password: usize,
}

#[derive(Clone, Debug)]
enum Move {
    /// Secrets Manager begins a rotation.
    Begin(&'static str),
    /// It calls a step, and something may happen at one of the step's calls.
    Step(Step, &'static str, Option<(usize, Happening)>),
    /// A person replaces the password.
    Password,
    /// A person puts one new token there, and into Ongoing.
    Tokens,
    /// A person puts the token that is current into Ongoing.
    Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happening {
    Crash,
    Password,
    Tokens,
}

fn value(versions: &SecretVersions) -> Value {
    serde_json::from_str(versions.current()).unwrap()
}

fn tokens(value: &Value) -> Vec<String> {
    value["webhook_tokens"].as_array().unwrap().iter().map(|token| token.as_str().unwrap().to_owned()).collect()
}

fn replace(model: &mut Model, change: impl FnOnce(&mut Value)) {
    let mut replaced = value(&model.versions);
    change(&mut replaced);
    model.versions.replace(&replaced.to_string());
}

fn new_password(place: &Rc<Fixture>) {
    replace(&mut place.model.borrow_mut(), |value| {
        let number: usize = value["password"].as_str().unwrap().parse().unwrap();
        value["password"] = json!((number + 1).to_string());
    });
}

fn new_tokens(place: &Rc<Fixture>) {
    let mut model = place.model.borrow_mut();
    model.random += 1;
    let token = format!("by-hand-{}", model.random);
    replace(&mut model, |value| value["webhook_tokens"] = json!([token]));
}

impl Webhook {
    fn new() -> Self {
        let value = json!({
            "username": "WSI-acme", "password": "0", "webhook_tokens": ["by-hand-0", "before"], "note": "kept",
        });
        let model = Model::new("ongoing/acme", &value, Oauth::new("client", "client-secret"));
        Self { model, outside: "by-hand-0".into(), since: 0, ended: [false; 2], password: 0 }
    }

    fn place(&self) -> Rc<Fixture> {
        Fixture::new(self.model.clone())
    }

    /// Takes over what a step left, and what a person did meanwhile.
    fn with(&self, place: &Fixture, happened: Option<Happening>) -> Self {
        let mut next = Self { model: place.model.borrow().clone(), ..self.clone() };
        match happened {
            Some(Happening::Password) => next.password += 1,
            Some(Happening::Tokens) => next.tell(),
            Some(Happening::Crash) | None => {}
        }
        let in_use = tokens(&value(&next.model.versions));
        for (ended, rotation) in next.ended.iter_mut().zip(ROTATIONS) {
            let version = next.model.versions.version(rotation).and_then(|version| version.value.as_deref());
            let made = version.map(|text| tokens(&serde_json::from_str(text).unwrap()).remove(0));
            if !*ended && made.is_some_and(|made| in_use.contains(&made)) {
                *ended = true;
                next.since += 1;
            }
        }
        next
    }

    fn tell(&mut self) {
        self.outside = tokens(&value(&self.model.versions)).remove(0);
        self.since = 0;
    }

    fn step(&self, step: Step, token: &str, upset: Option<(usize, Happening)>) -> Self {
        let place = self.place();
        if let Some((call, happening)) = upset {
            let upset = match happening {
                Happening::Crash => Upset::Crash,
                Happening::Password => Upset::Before(new_password),
                Happening::Tokens => Upset::Before(new_tokens),
            };
            place.upset(call, upset);
        }
        let done = place.rotate(step, token);
        let next = self.with(&place, upset.map(|(_, happening)| happening));
        if let (Some(done), None) = (&done, upset) {
            next.ended_as_it_should(step, token, done);
            next.same_again(step, token, done);
        }
        next
    }

    /// What a step leaves that was not disturbed.
    fn ended_as_it_should(&self, step: Step, token: &str, done: &Result<(), Fault>) {
        let versions = &self.model.versions;
        match done {
            Ok(()) => {
                let made = versions.version(token).and_then(|version| version.value.clone()).unwrap();
                let made = tokens(&serde_json::from_str(&made).unwrap());
                if step == Step::FinishSecret {
                    let current = versions.labelled(CURRENT).unwrap();
                    let passed = tokens(&value(versions)).contains(&made[0]);
                    assert!(current.id == token || passed, "it ended and is not current");
                    assert!(
                        versions.version(token).is_some_and(|version| !version.labels.contains(PENDING)),
                        "left pending"
                    );
                }
            }
            Err(Fault::Rejected { .. }) => {}
            Err(other) => panic!("nothing here passes by itself or needs a login: {other}"),
        }
    }

    /// A step that comes a second time does nothing more, and says the same.
    fn same_again(&self, step: Step, token: &str, done: &Result<(), Fault>) {
        let place = self.place();
        let again = place.rotate(step, token).unwrap();
        assert_eq!(again.is_ok(), done.is_ok(), "the second time: {again:?} after {done:?}");
        assert_eq!(self.with(&place, None).key(), self.key(), "the second time did something");
    }

    /// What holds at every moment.
    fn holds(&self) {
        let value = value(&self.model.versions);
        let tokens = tokens(&value);
        assert!((1..=2).contains(&tokens.len()), "{} live tokens", tokens.len());
        assert!(tokens.len() < 2 || tokens[0] != tokens[1]);
        assert!(self.since > 1 || tokens.contains(&self.outside), "Ongoing's token does not open the door");
        assert_eq!(value["password"], self.password.to_string(), "not the password that a person put there last");
        assert_eq!((&value["username"], &value["note"]), (&json!("WSI-acme"), &json!("kept")));
    }

    /// From here a rotation that is under way comes to an end, or is given up so that another can begin.
    fn comes_to_an_end(&self) {
        let Some(token) = self.model.under_way() else { return };
        let place = self.place();
        for step in STEPS {
            let _ = place.rotate(step, &token);
        }
        assert_eq!(place.model.borrow().under_way(), None, "it is under way for ever");
        self.with(&place, None).holds();
    }
}

impl Story for Webhook {
    type Move = Move;

    fn moves(&self) -> Vec<Move> {
        let mut moves = vec![Move::Password, Move::Tokens, Move::Told];
        for rotation in self.model.rotations() {
            moves.push(Move::Begin(rotation));
            for step in STEPS {
                moves.push(Move::Step(step, rotation, None));
                let place = self.place();
                let _ = place.rotate(step, rotation);
                for call in 0..place.calls().len() {
                    for happening in [Happening::Crash, Happening::Password, Happening::Tokens] {
                        moves.push(Move::Step(step, rotation, Some((call, happening))));
                    }
                }
            }
        }
        moves
    }

    fn after(&self, chosen: &Move) -> Self {
        let next = match chosen {
            Move::Begin(token) => {
                let mut next = self.clone();
                next.model.versions.begin(token);
                next
            }
            Move::Step(step, token, upset) => self.step(*step, token, *upset),
            Move::Password => {
                let place = self.place();
                new_password(&place);
                self.with(&place, Some(Happening::Password))
            }
            Move::Tokens => {
                let place = self.place();
                new_tokens(&place);
                self.with(&place, Some(Happening::Tokens))
            }
            Move::Told => {
                let mut next = self.clone();
                next.tell();
                next
            }
        };
        next.holds();
        next
    }

    fn check(&self) {
        self.comes_to_an_end();
    }

    /// Tokens and passwords are named by the order in which they are met.
    fn key(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        let mut name = |text: &str| {
            names.iter().position(|known| known == text).unwrap_or_else(|| {
                names.push(text.to_owned());
                names.len() - 1
            })
        };
        let mut key = String::new();
        for version in self.model.shown() {
            let id = ROTATIONS.iter().position(|id| *id == version.id);
            let value = version.value.as_ref().map(|text| {
                let value: Value = serde_json::from_str(text).unwrap();
                let tokens: Vec<usize> = tokens(&value).iter().map(|token| name(token)).collect();
                (tokens, name(value["password"].as_str().unwrap()))
            });
            key += &format!("{id:?} {:?} {value:?}; ", version.labels);
        }
        // Whether a rotation may begin depends on `AWSPENDING`, which only these versions have.
        format!("{key}{} {} {:?}", name(&self.outside), self.since.min(2), self.ended)
    }
}

#[test]
fn webhook_tokens_in_every_sequence_of_eight() {
    let covered = every_sequence(Webhook::new());
    covered.say("webhook tokens");
    assert!(covered.sequences > 1_000_000_000);
}

#[test]
fn an_undisturbed_rotation_ends_with_the_new_token_before_the_former_one() {
    let story = Webhook::new();
    let place = story.place();
    assert!(place.model.borrow_mut().versions.begin("t"));
    for step in STEPS {
        assert_eq!(place.rotate(step, "t"), Some(Ok(())));
    }
    let model = place.model.borrow();
    let current = model.versions.labelled(CURRENT).unwrap();
    assert_eq!(current.id, "t");
    assert!(!current.labels.contains(PENDING));
    let tokens = tokens(&value(&model.versions));
    assert_eq!((tokens.len(), tokens[1].as_str(), tokens[0].len()), (2, "by-hand-0", 43));
}

#[test]
fn a_password_that_was_replaced_meanwhile_is_not_undone() {
    let place = Webhook::new().place();
    assert!(place.model.borrow_mut().versions.begin("t"));
    assert_eq!(place.rotate(Step::CreateSecret, "t"), Some(Ok(())));
    new_password(&place);
    for step in [Step::FinishSecret, Step::CreateSecret, Step::FinishSecret] {
        let Some(Err(Fault::Rejected { why, .. })) = place.rotate(step, "t") else { panic!("{step:?} is not refused") };
        assert!(why.contains("begin anew"), "{why}");
    }
    let mut model = place.model.borrow_mut();
    assert_eq!(value(&model.versions)["password"], "1");
    assert!(model.versions.begin("u"), "another rotation can begin");
}
