//! What moves a simulation: the work, the faults, the webhooks, and quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use bridge::doors::webhook::Reply;
use bridge::roads::check::erp;
use bridge::roads::repair::{self, Flow};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome as RecordOutcome;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::during::During;
use super::estate::{Estate, webhook_token};
use super::fault::What;
use super::judge::Judge;
use super::outcome::Outcome;
use super::plan::{Act, Plan};
use super::quiet::{BACK, LOOKED_FOR, TWO_TICKS, comes};
use crate::chance::Chance;
use crate::world::deployment::{IMPORT, RECONCILE, pull_of};
use crate::world::sqs::Mixing;
use crate::world::{Ended, Peer, Pump, Release, Rule, Site, World};

const MINUTE: Duration = Duration::from_secs(60);

/// From the reading of a record to the write that follows upon it, where answers are as slow as they are without a fault: what a
/// call takes, and no more than the second. And where one may take as long as an exchange may.
const ROUND_TRIP: [SignedDuration; 2] = [SignedDuration::from_millis(500), SignedDuration::from_secs(3)];
const EXCHANGE: SignedDuration = SignedDuration::from_secs(61);

/// What moves a world through a plan.
pub(super) struct Stage<'w> {
    world: &'w World,
    plan: &'w Plan,
    pub(super) estate: Estate,
    pump: Pump<'w>,
    pub(super) began: Timestamp,
    rules: Vec<(&'static str, Rc<Rule>)>,
    struck: BTreeMap<&'static str, usize>,
    chance: Chance,
    /// The last webhook that came.
    webhook: i64,
    pub(super) during: During,
    /// Webhooks come at once, not with the next minute.
    prompt: bool,
    /// The last webhook of each tenant.
    last: BTreeMap<usize, String>,
    pub(super) overwritten: usize,
}

impl<'w> Stage<'w> {
    pub(super) fn new(world: &'w World, plan: &'w Plan) -> Self {
        let estate = Estate::found(world, plan);
        let began = world.now();
        world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = plan.rotating;
        world.isolation.begin(secrets(world, &estate));
        let rule = |fault: &super::Fault| {
            let rule = fault.rule(began, plan.rotating, |tenant| estate.goods_owner(tenant))?;
            Some((fault.kind, world.rules.add(rule)))
        };
        let rules = plan.faults.iter().filter_map(rule).collect();
        let pump = Pump::new(world).scheduled(Kind::ALL.map(pull_of).into_iter().chain([RECONCILE]));
        let (struck, chance) = (BTreeMap::new(), Chance::new(plan.seed ^ 0x5eed));
        let (webhook, during, last) = (0, During::default(), BTreeMap::new());
        let prompt = Chance::new(plan.seed ^ 0x09e0_1197).of_thousand(500);
        Self { world, plan, estate, pump, began, rules, struck, chance, webhook, prompt, during, last, overwritten: 0 }
    }

    /// The work, and the faults.
    pub(super) async fn play(&mut self) {
        let mut acts = self.plan.acts.iter().peekable();
        let end = self.began + self.plan.lasts;
        while self.world.now() < end && !self.during.runs_away {
            let minute = (self.world.now() + MINUTE).min(end);
            self.faults();
            while let Some((at, tenant, act)) = acts.next_if(|(at, ..)| self.began + *at < minute) {
                let at = (self.began + *at).max(self.world.now());
                self.pump.run_until(at).await;
                if self.perform(*tenant, act).await {
                    if self.prompt && act.is_of_the_warehouse() {
                        self.webhooks().await;
                    }
                    let id = self.estate.tenant_id(*tenant);
                    self.world.witness.happens(
                        self.world.now(),
                        || format!("{id}: somebody does {act:?}"),
                        String::new,
                    );
                }
            }
            self.until(minute).await;
            let since = self.world.now().duration_since(self.began);
            if since.as_mins() % 30 == 29 {
                self.during.status(self.world, &self.estate, self.plan).await;
            }
        }
    }

    /// Does something; false where it makes no sense now.
    async fn perform(&mut self, tenant: usize, act: &Act) -> bool {
        match act {
            Act::RetryParked | Act::DropParked => self.parked(tenant, *act == Act::DropParked).await,
            Act::Forge => self.forge(tenant).await,
            Act::Check => self.check(tenant).await,
            _ => self.estate.perform(self.world, tenant, act),
        }
    }

    /// An operator has what is parked tried again, or gives it up; whether anything was.
    async fn parked(&mut self, tenant: usize, gives_up: bool) -> bool {
        let (world, id) = (self.world, self.estate.tenant_id(tenant));
        let mut any = false;
        for feed in Feed::ALL {
            for (key, entry) in world.ledger(&id, feed) {
                if entry.outcome != Some(RecordOutcome::Parked) || entry.parked.is_none() {
                    continue;
                }
                let (ports, flow) = (world.ports(), Flow::In(feed));
                let does = async {
                    match gives_up {
                        true => repair::drop(&ports, &id, flow, &key).await,
                        false => repair::retry(&ports, &id, flow, &key).await,
                    }
                };
                // Nothing is in the operator's way, but the command may be broken off.
                let done = self.pump.meanwhile(world.rules.without(world.alive(does))).await;
                any |= matches!(done, Ended::Ran(Ok(true)) | Ended::Crashed);
            }
        }
        self.estate.truths[tenant].dropped |= any && gives_up;
        any
    }

    /// Two people check the tenant's ERP, each with a command of their own: what one of them is let in by the other must not
    /// spend.
    async fn check(&mut self, tenant: usize) -> bool {
        let (world, id) = (self.world, self.estate.tenant_id(tenant));
        let item = world.memory.tenant_items().into_iter().find(|item| item["tenant_id"] == *id);
        let Some(tenant) = item.and_then(|item| Tenant::parse(&item, false).ok()) else { return false };
        let (one, other) = (world.process(), world.process());
        let deadline = world.now() + MINUTE;
        let both = async { tokio::join!(erp(&one, &tenant, deadline), erp(&other, &tenant, deadline)) };
        matches!(self.pump.meanwhile(world.alive(both)).await, Ended::Ran(_))
    }

    /// Somebody posts what Ongoing did not: without the token, with another tenant's, and with the right one about an order
    /// that is none of the tenant's.
    async fn forge(&mut self, tenant: usize) -> bool {
        let (world, id) = (self.world, self.estate.tenant_id(tenant));
        let Some(body) = self.last.get(&tenant).cloned() else { return false };
        let others = self.estate.tenant_id((tenant + 1) % self.estate.truths.len());
        let stranger = if others == id { "webhook-token-0001".to_owned() } else { webhook_token(&others) };
        for token in ["", "webhook-token-of", &stranger] {
            let before = world.memory.write_back_queue().len();
            let reply = world.post_once(&id, token, &body).await.ran();
            let same = world.memory.write_back_queue().len() <= before;
            let refused = matches!(reply, None | Some(Reply::Unauthorized | Reply::Unavailable));
            self.during.forged(&id, same && refused);
        }
        let mut payload: Value = serde_json::from_str(&body).unwrap_or_default();
        (payload["orderId"], payload["webhookEventId"]) =
            (json!(self.chance.below(60)), json!(self.chance.draw() >> 20));
        let _ = world.post_once(&id, &webhook_token(&id), &payload.to_string()).await;
        true
    }

    /// All is quiet, and right: what comes now arrives at once.
    pub(super) async fn comes(&mut self, outcome: &mut Outcome) {
        let began = self.began;
        comes(self.world, &mut self.estate, &mut self.chance);
        self.until(self.world.now() + TWO_TICKS).await;
        self.during.status(self.world, &self.estate, self.plan).await;
        let mut judge = Judge::new(self.world, &self.estate);
        judge.came(self.world, &self.estate);
        judge.bounds();
        judge.unhindered(self.plan, began);
        if self.plan.faults.iter().all(|fault| matches!(fault.what, What::NoWebhooks)) {
            judge.quick(&self.during.back, if self.plan.faults.is_empty() { BACK } else { LOOKED_FOR });
            judge.undisturbed(Duration::try_from(self.world.now().duration_since(began)).unwrap_or_default());
        }
        outcome.broken.extend(judge.broken);
        judge
            .checked
            .into_iter()
            .for_each(|(invariant, count)| *outcome.checked.entry(invariant).or_default() += count);
    }

    /// Nothing goes wrong any more, and nobody does anything.
    pub(super) async fn calm(&mut self) {
        self.world.rules.clear();
        self.world.steps.spare();
        self.world.die(0);
        self.world.clocks_apart(0);
        // A clock that is off ends with its process; whatever else a process keeps it keeps.
        if self.plan.faults.iter().any(|fault| matches!(fault.what, What::Clocks(_))) {
            self.pump.end_idle_processes();
        }
        self.world.new_process();
        self.world.memory.writes_as(Release::This);
        self.world.memory.depth_is_off(0);
        self.pump.account_has(None);
        self.pump.limit(IMPORT, None);
        for queue in self.world.memory.queues() {
            queue.mix(Mixing::Sent);
            queue.deliver_once();
        }
        self.estate.finish(self.world);
    }

    /// Runs until then; webhooks come every minute.
    pub(super) async fn until(&mut self, then: Timestamp) {
        while self.world.now() < then && !self.during.runs_away {
            let minute = (self.world.now() + MINUTE).min(then);
            self.pump.run_until(minute).await;
            self.webhooks().await;
            let is_slow = |what: &What| matches!(what, What::Calls { peer: Peer::Vendor(Site::Visma), .. });
            let is_slow = self.plan.faults.iter().any(|fault| is_slow(&fault.what));
            let takes = SignedDuration::try_from(self.world.rules.pace.longest(Site::Visma)).unwrap_or_default();
            let round_trip = (ROUND_TRIP[0] + takes).min(ROUND_TRIP[1]);
            self.overwritten += self.estate.overwritten(self.world, if is_slow { EXCHANGE } else { round_trip });
            self.during.look(self.world, &self.estate, self.plan);
        }
    }

    fn active(&self, is: impl Fn(&What) -> bool) -> Option<&'w super::Fault> {
        let since = Duration::try_from(self.world.now().duration_since(self.began)).unwrap_or_default();
        let now = |fault: &&super::Fault| fault.from <= since && since < fault.until && is(&fault.what);
        self.plan.faults.iter().find(now)
    }

    fn strikes(&mut self, is: impl Fn(&What) -> bool) -> Option<What> {
        let fault = self.active(is)?;
        *self.struck.entry(fault.kind).or_default() += 1;
        Some(fault.what)
    }

    /// What goes wrong beside the calls, looked at every minute.
    fn faults(&mut self) {
        let world = self.world;
        if let Some(fault) = self.active(|what| matches!(what, What::Kills(_)))
            && let What::Kills(of_thousand) = fault.what
            && self.chance.of_thousand(of_thousand)
        {
            *self.struck.entry(fault.kind).or_default() += 1;
            world.steps.kill_after(self.chance.below(120) as usize);
        }
        if self.chance.of_thousand(70) && self.strikes(|what| matches!(what, What::TicksTwice)).is_some() {
            self.pump.tick_twice();
        }
        if self.strikes(|what| matches!(what, What::NoTicks)).is_some() {
            self.pump.no_tick_until(world.now() + MINUTE);
        }
        let twice = self.strikes(|what| matches!(what, What::JobsTwice)).is_some();
        let mixing = match self.strikes(|what| matches!(what, What::Mixed(_))) {
            Some(What::Mixed(mixing)) => mixing,
            _ => Mixing::Sent,
        };
        for queue in world.memory.queues() {
            if queue.attributes().fifo {
                queue.mix(mixing);
            } else if twice {
                queue.deliver_twice(1, Duration::from_secs(20));
            } else {
                queue.deliver_once();
            }
        }
        if self.chance.of_thousand(150) && self.strikes(|what| matches!(what, What::Purge)).is_some() {
            world.memory.queue("import.fifo").purge();
        }
        if self.chance.of_thousand(150) && self.strikes(|what| matches!(what, What::PurgeJobs)).is_some() {
            world.memory.queues().filter(|queue| !queue.attributes().fifo).for_each(crate::world::sqs::Queue::purge);
        }
        if self.chance.of_thousand(200) && self.strikes(|what| matches!(what, What::SessionsEnd)).is_some() {
            self.estate.groups().iter().for_each(|companies| companies.sessions_end(world));
        }
        let late = match self.strikes(|what| matches!(what, What::ShowLate(_))) {
            // Rows overtake each other: what was written later may show first.
            Some(What::ShowLate(seconds)) => *self.chance.pick(&[seconds, seconds / 3, 0]),
            _ => 0,
        };
        self.estate.show_late(world, SignedDuration::from_secs(late));
        if self.strikes(|what| matches!(what, What::Restarts)).is_some() {
            self.pump.end_idle_processes();
        }
        self.platform();
    }

    /// What the platform does, looked at every minute.
    fn platform(&mut self) {
        let world = self.world;
        if self.chance.of_thousand(150)
            && let Some(What::Expire(seconds)) = self.strikes(|what| matches!(what, What::Expire(_)))
        {
            let age = Duration::from_secs(seconds);
            world.memory.queues().for_each(|queue| {
                queue.expire(world.now(), age);
            });
        }
        world.die(match self.strikes(|what| matches!(what, What::Deaths(_))) {
            Some(What::Deaths(of_thousand)) => of_thousand,
            _ => 0,
        });
        world.memory.writes_as(match self.strikes(|what| matches!(what, What::Release(_))) {
            Some(What::Release(release)) => release,
            _ => Release::This,
        });
        world.memory.depth_is_off(match self.strikes(|what| matches!(what, What::Depth(_))) {
            Some(What::Depth(percent)) => percent,
            _ => 0,
        });
        world.clocks_apart(match self.strikes(|what| matches!(what, What::Clocks(_))) {
            Some(What::Clocks(seconds)) => seconds,
            _ => 0,
        });
        let nobody = self.strikes(|what| matches!(what, What::NoImports)).is_some();
        self.pump.limit(IMPORT, nobody.then_some(0));
        let account = match self.strikes(|what| matches!(what, What::Account(_))) {
            Some(What::Account(most)) => Some(most),
            _ => None,
        };
        self.pump.account_has(account);
    }

    /// What Ongoing has to tell since the last time.
    async fn webhooks(&mut self) {
        let (mut payloads, last) = self.world.webhooks(self.webhook);
        self.webhook = last;
        if !payloads.is_empty() && self.strikes(|what| matches!(what, What::NoWebhooks)).is_some() {
            return;
        }
        if !payloads.is_empty() && self.strikes(|what| matches!(what, What::WebhooksTwice)).is_some() {
            payloads.extend(payloads.clone());
            payloads.reverse();
        }
        let mut seen = BTreeSet::new();
        for payload in payloads {
            let Some(tenant) = payload["goodsOwnerId"].as_i64().and_then(|owner| self.estate.of(owner)) else {
                continue;
            };
            let (id, body) = (self.estate.tenant_id(tenant), payload.to_string());
            let before = self.world.memory.queue("writeback.fifo").ever_sent();
            // What is not taken comes again by itself in Ongoing; here the reconcile finds it.
            let token = webhook_token(&id);
            let reply = self.pump.meanwhile(self.world.post_once(&id, &token, &body)).await.ran();
            let first = seen.insert(body.clone());
            if reply == Some(Reply::Accepted) {
                self.during.webhook(self.world, &id, &body, before, first);
            }
            self.last.insert(tenant, body);
        }
    }

    pub(super) fn struck(&self) -> BTreeMap<&'static str, usize> {
        let mut all = self.struck.clone();
        for (kind, rule) in &self.rules {
            *all.entry(kind).or_default() += rule.met();
        }
        all.retain(|_, count| *count > 0);
        all
    }
}

/// The secrets that are known to begin with.
fn secrets(world: &World, estate: &Estate) -> Vec<String> {
    let fixed = ["ongoing-pass-0001", "visma-secret-0001", "app-key-0001", "sub-key-0001"].map(str::to_owned);
    let passwords = (1..20).map(|nth| format!("finago-pass-{nth:04}"));
    let ids = || (0..estate.truths.len()).map(|tenant| estate.tenant_id(tenant));
    let tokens = ids().filter_map(|id| {
        Some(world.memory.secret_value(&format!("visma/{id}"))?["refresh_token"].as_str()?.to_owned())
    });
    let client = world.vendors.procountor.borrow().model.client.secret.clone();
    fixed.into_iter().chain(passwords).chain(ids().map(|id| webhook_token(&id))).chain(tokens).chain([client]).collect()
}
