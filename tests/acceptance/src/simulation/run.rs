//! A simulation from its beginning to its judgement.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bridge::words::kind::Kind;
use jiff::{SignedDuration, Timestamp};

use super::chance::Chance;
use super::estate::Estate;
use super::fault::What;
use super::hot;
use super::judge::{Broken, Judge};
use super::plan::Plan;
use super::stranded;
use crate::world::deployment::{RECONCILE, pull_of};
use crate::world::sqs::Mixing;
use crate::world::{Happened, Pump, Rule, World};

const MINUTE: Duration = Duration::from_secs(60);

/// After so many hours of quiet the judge looks, and again while time may mend what is wrong: the longest pause of a record
/// is a day.
const QUIET: [i64; 6] = [1, 2, 4, 8, 16, 31];

/// What a simulation came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is wrong.
    pub broken: Vec<Broken>,
    /// Of all that happened.
    pub hash: String,
    /// How much happened.
    pub steps: usize,
    /// Virtual time of all tenants together.
    pub tenant_time: Duration,
    /// How many hours of quiet were needed.
    pub quiet: i64,
    /// How often each kind of fault struck.
    pub faults: BTreeMap<&'static str, usize>,
    /// How often each invariant was looked at.
    pub checked: BTreeMap<&'static str, usize>,
    /// How long records took from the ERP into Ongoing.
    pub arrived: Vec<Duration>,
    /// The story, where it was asked for.
    pub story: Vec<Happened>,
}

/// Runs a plan. With `keeps`, the outcome has the story; the hash of a run that keeps is not that of one that does not.
///
/// # Panics
/// On a fault of the simulation itself.
#[must_use]
pub fn run(plan: &Plan, keeps: bool) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    runtime.block_on(simulate(plan, keeps))
}

async fn simulate(plan: &Plan, keeps: bool) -> Outcome {
    let world = World::seeded(plan.seed);
    world.keep_no_record();
    world.witness.begin(keeps);
    hot::settle(&world, plan.seed);
    let mut stage = Stage::new(&world, plan);
    stage.play().await;
    stage.calm().await;
    let mut outcome = Outcome::default();
    let ended = world.now();
    for hours in QUIET {
        stage.until(ended + SignedDuration::from_hours(hours)).await;
        let (mut broken, checked) = Judge::new(&world, &stage.estate).judge();
        if hours == QUIET[0] {
            broken.extend(stranded::found(&world, &stage.estate, plan));
        }
        let mends = !broken.is_empty() && broken.iter().all(|broken| broken.passes);
        (outcome.broken, outcome.checked, outcome.quiet) = (broken, checked, hours);
        if !mends {
            break;
        }
    }
    outcome.hash = world.witness.hash();
    outcome.steps = world.witness.seen();
    outcome.story = world.witness.story();
    let took = Duration::try_from(world.now().duration_since(stage.began)).unwrap_or_default();
    outcome.tenant_time = took * u32::try_from(plan.tenants.len()).unwrap_or_default();
    outcome.faults = stage.struck();
    outcome.arrived = world.freshness.took(world.now(), |_| true).arrived;
    outcome
}

/// What moves a world through a plan.
struct Stage<'w> {
    world: &'w World,
    plan: &'w Plan,
    estate: Estate,
    pump: Pump<'w>,
    began: Timestamp,
    rules: Vec<(&'static str, Rc<Rule>)>,
    struck: BTreeMap<&'static str, usize>,
    chance: Chance,
    /// The last webhook that came.
    webhook: i64,
}

impl<'w> Stage<'w> {
    fn new(world: &'w World, plan: &'w Plan) -> Self {
        let estate = Estate::found(world, &plan.tenants);
        let began = world.now();
        let rule = |fault: &super::Fault| {
            let rule = fault.rule(began, |tenant| estate.goods_owner(tenant))?;
            Some((fault.kind, world.rules.add(rule)))
        };
        let rules = plan.faults.iter().filter_map(rule).collect();
        let pump = Pump::new(world).scheduled(Kind::ALL.map(pull_of).into_iter().chain([RECONCILE]));
        let (struck, chance) = (BTreeMap::new(), Chance::new(plan.seed ^ 0x5eed));
        Self { world, plan, estate, pump, began, rules, struck, chance, webhook: 0 }
    }

    /// The work, and the faults.
    async fn play(&mut self) {
        let mut acts = self.plan.acts.iter().peekable();
        let end = self.began + self.plan.lasts;
        while self.world.now() < end {
            let minute = (self.world.now() + MINUTE).min(end);
            self.faults();
            while let Some((at, tenant, act)) = acts.next_if(|(at, ..)| self.began + *at < minute) {
                let at = (self.began + *at).max(self.world.now());
                self.pump.run_until(at).await;
                if self.estate.perform(self.world, *tenant, act) {
                    let id = self.estate.tenant_id(*tenant);
                    self.world.witness.happens(
                        self.world.now(),
                        || format!("{id}: somebody does {act:?}"),
                        String::new,
                    );
                }
            }
            self.until(minute).await;
        }
    }

    /// Nothing goes wrong any more, and nobody does anything.
    async fn calm(&mut self) {
        self.world.rules.clear();
        self.world.steps.spare();
        for queue in self.world.memory.queues() {
            queue.mix(Mixing::Sent);
            queue.deliver_once();
        }
        self.estate.finish(self.world);
    }

    /// Runs until then; webhooks come every minute.
    async fn until(&mut self, then: Timestamp) {
        while self.world.now() < then {
            let minute = (self.world.now() + MINUTE).min(then);
            self.pump.run_until(minute).await;
            self.webhooks().await;
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
            Some(What::ShowLate(seconds)) => seconds,
            _ => 0,
        };
        self.estate.show_late(world, SignedDuration::from_secs(late));
        if self.strikes(|what| matches!(what, What::Restarts)).is_some() {
            self.pump.end_idle_processes();
        }
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
        for payload in payloads {
            let Some(tenant) = payload["goodsOwnerId"].as_i64().and_then(|owner| self.estate.of(owner)) else {
                continue;
            };
            let (id, body) = (self.estate.tenant_id(tenant), payload.to_string());
            // What is not taken comes again by itself in Ongoing; here the reconcile finds it.
            let _ = self.world.post_once(&id, "webhook-token-0001", &body).await;
        }
    }

    fn struck(&self) -> BTreeMap<&'static str, usize> {
        let mut all = self.struck.clone();
        for (kind, rule) in &self.rules {
            *all.entry(kind).or_default() += rule.met();
        }
        all.retain(|_, count| *count > 0);
        all
    }
}
