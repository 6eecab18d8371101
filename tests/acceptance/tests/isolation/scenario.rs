//! Runs every road for all tenants, with vendor faults, crashes and panics.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use acceptance::world::deployment::RECONCILE;
use acceptance::world::{Echo, Ended, World};
use async_trait::async_trait;
use bridge::doors::webhook::Reply;
use bridge::ports::{Broken, Ports, Run, Transport};
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use serde_json::{Value, json};
use simulators::Trouble;

use crate::markers::{TenantNumber, secret, text};
use crate::tenants::{self, ALL, goods_owner, id, kind, order, put_article, put_order};

/// What came back of the invocations, with whose they were.
#[derive(Default)]
pub(crate) struct Responses {
    /// Returned values and errors.
    pub(crate) answers: Vec<(TenantNumber, String)>,
    /// Processes that died.
    pub(crate) crashes: usize,
    /// Handlers that panicked.
    pub(crate) panics: usize,
    /// The tokens of consents that were given meanwhile.
    pub(crate) consents: Vec<tenants::Known>,
}

pub(crate) async fn all_roads(world: &World) -> Responses {
    let mut said = Responses::default();
    ticks(world).await;
    for who in ALL {
        (0..2).for_each(|n| put_article(world, who, n, "Article"));
        (0..2).for_each(|n| put_order(world, who, n, json!(2)));
        put_order(world, who, 2, Value::Null);
    }
    ticks(world).await;
    pull_together(world, &mut said, Job::tick).await;
    // Vendors that repeat what they are sent, in every way to refuse.
    for (round, status) in [400, 401, 403, 409, 500, 200].into_iter().enumerate() {
        for who in ALL {
            put_article(world, who, 0, &format!("Echo {status}"));
            put_order(world, who, 3 + round, json!(1));
        }
        world.echo(Some(Echo { every: 2 + round % 3, status, spares_tokens: false }));
        pull_together(world, &mut said, Job::tick).await;
        world.import_all().await;
        world.reconcile().await;
        world.echo(None);
        world.wait(Duration::from_secs(3600)).await;
        forget_tokens(world);
    }
    troubles(world, &mut said).await;
    // What a vendor said may have ended a consent: where it did, and where it did not, the company consents again.
    said.consents = ALL.filter(|who| kind(*who) == Kind::Visma).map(|who| tenants::consent(world, who)).collect();
    back(world).await;
    strangers(world).await;
    crashes(world, &mut said).await;
    panics(world, &mut said).await;
    backfill(world, &mut said).await;
    // What was parked is offered again, and what was left is done.
    for _ in 0..2 {
        world.wait(Duration::from_secs(6 * 3600)).await;
        ticks(world).await;
        world.reconcile().await;
    }
    said
}

async fn ticks(world: &World) {
    for kind in Kind::ALL {
        world.tick(kind).await;
    }
}

/// All tenants at once in one process: far more than one invocation after the other, which is what Lambda has.
async fn pull_together(world: &World, said: &mut Responses, job: impl Fn(&str) -> Job) {
    let pulls = ALL.map(|who| {
        let job = job(&id(who));
        async move { (who, world.pull(kind(who), &job).await) }
    });
    for (who, ended) in join_all(pulls).await {
        if let Ended::Ran(answer) = ended {
            let answer = answer.map(|summary| serde_json::to_string(&summary).unwrap());
            said.answers.push((who, answer.unwrap_or_else(|fault| fault.to_string())));
        }
    }
    world.import_all().await;
}

/// Every vendor's access tokens are worth nothing any more: the next calls log in anew.
fn forget_tokens(world: &World) {
    world.vendors.poweroffice.borrow_mut().model.forget_tokens();
    world.vendors.finago.borrow_mut().model.expire_sessions();
    for who in ALL {
        world.vendors.visma.borrow_mut().model.oauth.expire_access(&id(who));
    }
    world.new_process();
}

async fn troubles(world: &World, said: &mut Responses) {
    let troubles = [
        Trouble::TokenExpired,
        Trouble::ServerError(500),
        Trouble::LostAnswer,
        Trouble::MalformedBody,
        Trouble::Refused,
        Trouble::TooManyRequests { retry_after: Some(1) },
    ];
    for (round, trouble) in troubles.into_iter().enumerate() {
        let sites = Kind::ALL.map(tenants::site).into_iter().chain([acceptance::world::Site::Ongoing]);
        for site in sites {
            let site = world.site(site);
            let from = site.calls();
            // Visma's tokens do not survive a lost answer, as VismaShop says; that is another test's.
            (0..40).for_each(|n| site.plan(from + 3 * n, trouble));
        }
        for who in ALL {
            put_article(world, who, 1, &format!("Trouble {round}"));
        }
        pull_together(world, said, Job::tick).await;
        world.reconcile().await;
        world.wait(Duration::from_secs(1800)).await;
    }
}

/// Shelves are counted, orders shipped; webhooks come to their own door, to another's, and with another's token.
async fn back(world: &World) {
    let (_, before) = world.webhooks(0);
    for who in ALL {
        let owner = goods_owner(who);
        let count = json!({ "goodsOwnerId": owner, "articleNumber": tenants::article(who, 0), "numberOfItems": 500 });
        world.warehouse("count", &count);
        let ship = json!({
            "goodsOwnerId": owner, "orderNumber": order(who, 0), "waybill": text(who, "waybill"), "parcels": [text(who, "parcel")],
        });
        world.warehouse("ship", &ship);
    }
    let (payloads, _) = world.webhooks(before);
    for (at, payload) in payloads.iter().enumerate() {
        let Some(who) = ALL.into_iter().find(|who| payload["goodsOwnerId"] == goods_owner(*who)) else { continue };
        let body = payload.to_string();
        let next = if who + 1 == ALL.end { ALL.start } else { who + 1 };
        for (door, token, reply) in [
            (who, secret(who, "webhook"), Reply::Accepted),
            (next, secret(who, "webhook"), Reply::Unauthorized),
            (who, secret(next, "webhook"), Reply::Unauthorized),
        ] {
            match world.post_once(&id(door), &token, &body).await {
                Ended::Ran(answered) => assert_eq!(answered, reply, "{who} at {door}, payload {at}"),
                Ended::Crashed | Ended::TimedOut => panic!("no crash was planned"),
            }
        }
    }
    world.write_back_all().await;
    for who in ALL {
        let ship =
            json!({ "goodsOwnerId": goods_owner(who), "orderNumber": order(who, 1), "waybill": text(who, "second") });
        world.warehouse("ship", &ship);
    }
    world.echo(Some(Echo { every: 3, status: 400, spares_tokens: true }));
    world.schedule(RECONCILE).await;
    for _ in 0..200 {
        world.reconcile_job().await;
        world.write_back().await;
    }
    world.echo(None);
    world.reconcile().await;
    world.wait(Duration::from_secs(6 * 3600)).await;
    world.reconcile().await;
}

/// Messages that are none, and items that nobody can work with, one of them with a password in an address.
async fn strangers(world: &World) {
    for who in ALL {
        let group = bridge::tenant::Tenant::parse(&tenants::item(who), false).unwrap().ongoing.group();
        world.memory.put_message(&group, &text(who, "not JSON at all"));
        world.memory.put_message(&group, &json!({ "v": 99, "tenant_id": id(who), "from": "the future" }).to_string());
    }
    world.import_all().await;
    for who in 60..64 {
        let mut item = tenants::item(who);
        item["erp"]["base_url"] = json!(format!("https://{}@{}.example.com", secret(who, "url"), id(who)));
        item["erp"]["auth_url"] = json!(format!("not an address {}", secret(who, "auth")));
        item["settings"]["order_statuses"] = json!([text(who, "status")]);
        world.onboard(item);
    }
    ticks(world).await;
}

async fn crashes(world: &World, said: &mut Responses) {
    for who in ALL.step_by(5) {
        for step in [1, 4, 9, 14] {
            put_article(world, who, 0, &format!("Crash {step}"));
            world.steps.plan(Some(step));
            let ended = world.pull(kind(who), &Job::tick(&id(who))).await;
            said.crashes += usize::from(matches!(ended, Ended::Crashed));
            world.steps.plan(None);
            world.wait(Duration::from_secs(1800)).await;
        }
    }
    ticks(world).await;
}

/// A network whose driver panics with everything it was given, at the call with this number.
struct Panicking {
    inner: Rc<dyn Transport>,
    left: Cell<usize>,
}

#[async_trait(?Send)]
impl Transport for Panicking {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        match self.left.get() {
            0 => panic!("{} {:?} {:?}", request.uri(), request.headers(), request.body()),
            left => self.left.set(left - 1),
        }
        self.inner.send(request).await
    }
}

/// In the middle of a tenant's work the process panics, and works on for the others.
async fn panics(world: &World, said: &mut Responses) {
    let silent = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for who in ALL {
        put_article(world, who, 1, "Panic");
        forget_tokens(world);
        let inner = world.ports();
        let transport = Rc::new(Panicking { inner: Rc::clone(&inner.transport), left: Cell::new(who % 4) });
        let ports = Ports { transport, ..inner };
        let run = Run { id: format!("panic-{who}"), deadline: world.now() + Duration::from_secs(300) };
        let job = Job::tick(&id(who));
        let ended = AssertUnwindSafe(bridge::roads::pull::job(&ports, &run, kind(who), &job)).catch_unwind().await;
        said.panics += usize::from(ended.is_err());
        let next = ALL.start + (who + 4 - ALL.start) % ALL.len();
        let _ = bridge::roads::pull::job(&world.ports(), &run, kind(next), &Job::tick(&id(next))).await;
    }
    std::panic::set_hook(silent);
    world.wait(Duration::from_secs(1800)).await;
    ticks(world).await;
}

async fn backfill(world: &World, said: &mut Responses) {
    let since = Some("2026-01-01T00:00:00Z".parse().unwrap());
    pull_together(world, said, |tenant_id| Job { since, ..Job::tick(tenant_id) }).await;
}
