//! Visma's refresh token, rotated in every order, by a client whose refresh tokens work once.
//!
//! Left out is one happening: a new consent between the look whether there is one and the write that follows it at once.
//! Whoever keeps a consent in that moment may find the former company's token in its place.

use std::rc::Rc;

use bridge::doors::rotation::{CURRENT, PENDING, Step};
use bridge::words::fault::{Fault, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulators::visma::Oauth;

use crate::fixture::{Fixture, Model, ROTATIONS, STEPS, Upset};
use crate::search::{Story, every_sequence};

const SCOPES: [&str; 2] = ["ea:api", "offline_access"];

/// Between two moves: more than the minute in which an access token counts as young, less than a lease.
const PAUSE: SignedDuration = SignedDuration::from_secs(61);

/// A consent, and whether its newest token was lost on the way to us.
#[derive(Clone)]
struct Connection {
    model: Model,
    lost: bool,
}

#[derive(Clone, Debug)]
enum Move {
    /// Secrets Manager begins a rotation.
    Begin(&'static str),
    /// It calls a step, and something may happen at one of the step's calls.
    Step(Step, &'static str, Option<(usize, Happening)>),
    /// A pull was told that its token is not accepted, and something may happen at one of its calls.
    Pull(Option<(usize, Happening)>),
    /// The company consents anew.
    Consent,
    /// An hour passes, and with it every lease and every access token.
    Hour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happening {
    Crash,
    Lost,
    Pull,
    Consent,
    /// Another invocation does the first step of this rotation.
    Create(&'static str),
}

fn consent(place: &Rc<Fixture>) {
    let mut model = place.model.borrow_mut();
    let now = model.now;
    let token = model.oauth.grant(now, "acme", &SCOPES);
    model.versions.replace(&json!({ "refresh_token": token }).to_string());
}

fn pull(place: &Rc<Fixture>) {
    let _ = place.pull(true);
}

fn create_first(place: &Rc<Fixture>) {
    let _ = place.rotate(Step::CreateSecret, ROTATIONS[0]);
}

fn create_second(place: &Rc<Fixture>) {
    let _ = place.rotate(Step::CreateSecret, ROTATIONS[1]);
}

fn name(token: &str) -> String {
    bridge::words::digest::sha256(token)
}

fn refresh_token(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap();
    value["refresh_token"].as_str().unwrap().to_owned()
}

impl Connection {
    fn new() -> Self {
        let mut oauth = Oauth::new("client", "client-secret");
        let token = oauth.grant("2026-03-02T07:00:00Z".parse().unwrap(), "acme", &SCOPES);
        Self { model: Model::new("visma/acme", &json!({ "refresh_token": token }), oauth), lost: false }
    }

    fn place(&self) -> Rc<Fixture> {
        let mut model = self.model.clone();
        model.now += PAUSE;
        Fixture::new(model)
    }

    /// Every token of the newest consent, the live one last, and whether it is revoked.
    fn consented(&self) -> (Vec<String>, bool) {
        let (tokens, revoked) = self.model.oauth.consents().last().unwrap();
        (tokens.to_vec(), revoked)
    }

    /// Takes over what an invocation left.
    fn with(&self, place: &Fixture, happened: Option<Happening>) -> Self {
        let model = place.model.borrow().clone();
        let anew = model.oauth.consents().count() > self.model.oauth.consents().count();
        let mut next = Self { model, lost: self.lost && !anew };
        next.at_once();
        let (tokens, _) = next.consented();
        let stored = |token: &String| {
            next.model
                .versions
                .versions
                .iter()
                .any(|version| version.value.as_deref().map(refresh_token).as_ref() == Some(token))
        };
        let may_lose = matches!(happened, Some(Happening::Crash | Happening::Lost));
        if !next.lost && !tokens.last().is_some_and(stored) {
            assert!(may_lose, "a token was thrown away");
            next.lost = true;
        }
        next
    }

    /// The next move comes while a lease that is held has just been taken, or else after an hour.
    fn at_once(&mut self) {
        let until = self.model.lease.as_ref().and_then(|lease| lease.body["until"].as_str());
        let until: Option<Timestamp> = until.map(|until| until.parse().unwrap());
        if let Some(until) = until.filter(|until| *until > self.model.now) {
            self.model.now = until - SignedDuration::from_secs(120);
        }
    }

    fn run(&self, chosen: &Move, upset: Option<(usize, Happening)>) -> (Rc<Fixture>, Option<Result<()>>) {
        let place = self.place();
        if let Some((call, happening)) = upset {
            let upset = match happening {
                Happening::Crash => Upset::Crash,
                Happening::Lost => Upset::Lost,
                Happening::Pull => Upset::Before(pull),
                Happening::Consent => Upset::Before(consent),
                Happening::Create(rotation) if rotation == ROTATIONS[0] => Upset::Before(create_first),
                Happening::Create(_) => Upset::Before(create_second),
            };
            place.upset(call, upset);
        }
        let done = match chosen {
            Move::Step(step, token, _) => place.rotate(*step, token),
            _ => place.pull(true).map(|_| Ok(())),
        };
        (place, done)
    }

    /// What can happen at the calls of a move.
    fn upsets(&self, chosen: &Move) -> Vec<(usize, Happening)> {
        let (place, _) = self.run(chosen, None);
        let mut upsets = Vec::new();
        for (call, name) in place.calls().into_iter().enumerate() {
            upsets.push((call, Happening::Crash));
            if let Move::Step(step, rotation, _) = chosen {
                upsets.push((call, Happening::Pull));
                if *step == Step::CreateSecret {
                    upsets.push((call, Happening::Create(rotation)));
                }
            }
            if name == "token call" {
                upsets.push((call, Happening::Lost));
            }
            if !["put version", "put secret"].contains(&name) {
                upsets.push((call, Happening::Consent));
            }
        }
        upsets
    }

    /// What holds at every moment.
    fn holds(&self) {
        let (tokens, revoked) = self.consented();
        if !self.lost {
            assert!(!revoked, "the consent was revoked");
            let current = refresh_token(self.model.versions.current());
            assert_eq!(Some(&current), tokens.last(), "everybody reads a token that is used up");
        }
    }

    /// What an invocation leaves that was not disturbed.
    fn ended_as_it_should(&self, before: &Self, chosen: &Move, done: &Result<()>) {
        let asked = self.model.token_calls > before.model.token_calls;
        assert!(before.dead().is_none() || !asked, "the vendor is asked again about a consent that is lost");
        let Move::Step(step, token, _) = chosen else { return };
        let versions = &self.model.versions;
        match done {
            Ok(()) if *step == Step::FinishSecret => {
                let version = versions.version(token).unwrap();
                assert!(!version.labels.contains(PENDING), "left pending");
                let made = refresh_token(version.value.as_ref().unwrap());
                let (tokens, _) = self.consented();
                let overtaken = tokens.last() != Some(&made);
                assert!(version.labels.contains(CURRENT) || overtaken, "it ended and is not current");
            }
            Ok(()) | Err(Fault::Rejected { .. } | Fault::Unavailable { .. }) => {}
            Err(Fault::Unauthorized(why)) => {
                assert!(self.lost && why.contains("bridgectl connect-link acme"), "{why}");
            }
            Err(other) => panic!("{other}"),
        }
    }

    /// The name of the token that is known to be dead, if that is the one everybody reads.
    fn dead(&self) -> Option<String> {
        let dead = self.model.lease.as_ref()?.body["needs_consent"].as_str()?.to_owned();
        (dead == name(&refresh_token(self.model.versions.current()))).then_some(dead)
    }

    /// A step that comes a second time does nothing more, and says the same.
    fn same_again(&self, chosen: &Move, done: &Result<()>) {
        let again = self.run(chosen, None);
        let (place, again) = (again.0, again.1.unwrap());
        match (done, &again) {
            (Ok(()), Ok(())) | (Err(Fault::Rejected { .. }), Err(Fault::Rejected { .. })) => {
                let model = place.model.borrow();
                assert_eq!(model.versions, self.model.versions, "the second time did something");
                assert_eq!(model.token_calls, self.model.token_calls, "the second time asked the vendor");
            }
            (Err(Fault::Unauthorized(_)), Err(Fault::Unauthorized(_))) | (Err(Fault::Unavailable { .. }), _) => {}
            _ => panic!("the second time: {again:?} after {done:?}"),
        }
    }

    /// From here a rotation that is under way comes to an end once leases have run out, or says what a person has to do.
    fn comes_to_an_end(&self) {
        let Some(token) = self.model.under_way() else { return };
        let place = self.place();
        place.model.borrow_mut().now += SignedDuration::from_hours(1);
        let done: Vec<_> = STEPS.iter().map(|step| place.rotate(*step, &token).unwrap()).collect();
        if !self.lost {
            assert!(done.iter().all(Result::is_ok), "{done:?}");
            assert_eq!(place.model.borrow().under_way(), None, "it is under way for ever");
        } else if let Err(fault) = &done[0] {
            assert!(fault.to_string().contains("bridgectl connect-link acme"), "{fault}");
        }
    }
}

impl Story for Connection {
    type Move = Move;

    fn moves(&self) -> Vec<Move> {
        let mut moves = vec![Move::Consent, Move::Hour, Move::Pull(None)];
        moves.extend(self.upsets(&Move::Pull(None)).into_iter().map(|upset| Move::Pull(Some(upset))));
        for rotation in self.model.rotations() {
            moves.push(Move::Begin(rotation));
            for step in STEPS {
                let undisturbed = Move::Step(step, rotation, None);
                moves
                    .extend(self.upsets(&undisturbed).into_iter().map(|upset| Move::Step(step, rotation, Some(upset))));
                moves.push(undisturbed);
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
            Move::Step(_, _, upset) | Move::Pull(upset) => {
                let (place, done) = self.run(chosen, *upset);
                let next = self.with(&place, upset.map(|(_, happening)| happening));
                if let Some((_, Happening::Create(_))) = upset {
                    let asked = next.model.token_calls - self.model.token_calls;
                    assert!(asked <= 1, "one rotation asked the vendor {asked} times");
                }
                if let (Some(done), None) = (&done, upset) {
                    next.ended_as_it_should(self, chosen, done);
                    if matches!(chosen, Move::Step(..)) {
                        next.same_again(chosen, done);
                    }
                }
                next
            }
            Move::Consent => {
                let place = self.place();
                consent(&place);
                self.with(&place, None)
            }
            Move::Hour => {
                let mut next = self.clone();
                next.model.now += SignedDuration::from_hours(1);
                next
            }
        };
        next.holds();
        next
    }

    fn check(&self) {
        self.comes_to_an_end();
    }

    /// A token is known by its consent and by how many came after it, as far as it is stored or the live one of the newest
    /// consent; times by whether they have come at the next move.
    fn key(&self) -> String {
        let next = self.model.now + PAUSE;
        let shown = self.model.shown();
        let stored: Vec<String> =
            shown.iter().filter_map(|version| version.value.as_deref().map(refresh_token)).collect();
        let consents: Vec<(Vec<String>, bool)> = {
            let newest = self.model.oauth.consents().count() - 1;
            let all = self.model.oauth.consents().enumerate();
            let met =
                all.filter(|(place, (tokens, _))| *place == newest || tokens.iter().any(|one| stored.contains(one)));
            met.map(|(_, (tokens, revoked))| (tokens.to_vec(), revoked)).collect()
        };
        let mut names: Vec<(usize, usize, bool, String)> = Vec::new();
        for (place, (tokens, revoked)) in consents.iter().enumerate() {
            let met: Vec<_> =
                tokens.iter().filter(|token| stored.contains(token) || Some(*token) == tokens.last()).collect();
            let all = met.len();
            names.extend(
                met.into_iter()
                    .enumerate()
                    .map(|(nth, token)| (consents.len() - place, all - nth, *revoked, token.clone())),
            );
        }
        let known = |digest: &str| names.iter().position(|(_, _, _, token)| name(token) == digest);
        let mut key = String::new();
        for version in shown {
            let id = ROTATIONS.iter().position(|id| *id == version.id);
            let value = version.value.as_deref().map(|text| {
                let value: Value = serde_json::from_str(text).unwrap();
                let expires: Option<Timestamp> = value["expires_at"].as_str().map(|text| text.parse().unwrap());
                let live = expires.is_some_and(|at| at > next + SignedDuration::from_secs(180));
                (known(&name(&refresh_token(text))), live)
            });
            key += &format!("{id:?} {:?} {value:?}; ", version.labels);
        }
        for (consent, nth, revoked, _) in &names {
            key += &format!("{consent}.{nth}.{revoked} ");
        }
        if let Some(lease) = &self.model.lease {
            let of = |member: &str| lease.body[member].as_str();
            let until: Option<Timestamp> = of("until").map(|text| text.parse().unwrap());
            let left = until.map_or(0, |until| until.duration_since(next).as_secs().max(0));
            let spent: Vec<_> = lease.body["spent"].as_array().into_iter().flatten().collect();
            let spent: Vec<_> = spent.iter().filter_map(|digest| known(digest.as_str().unwrap())).collect();
            key += &format!("{left} {:?} {spent:?} {:?}", of("intent").map(known), of("needs_consent").map(known));
        }
        format!("{key} {}", self.lost)
    }
}

#[test]
fn a_consent_in_every_sequence_of_eight() {
    let covered = every_sequence(Connection::new());
    covered.say("consents");
    assert!(covered.sequences > 1_000_000_000);
}
