//! What people do to the records of one of many companies.

use bridge::words::kind::Kind;
use jiff::SignedDuration;
use serde_json::{Value, json};
use simulators::finago::Kind as Office;
use simulators::poweroffice::Kind as Go;
use simulators::procountor::Kind as Record;

use super::companies::guid;
use super::{Companies, article_number};
use crate::world::World;

impl Companies {
    /// The ERP.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Order `n` of company `at` has this reference from now on.
    ///
    /// # Panics
    /// Where there is no such order.
    pub fn refer(&self, world: &World, at: usize, n: usize, reference: &str) {
        self.change_order(
            world,
            at,
            n,
            match self.kind {
                Kind::PowerOffice => json!({ "CustomerReference": reference }),
                Kind::Finago => json!({ "ReferenceNumber": reference }),
                Kind::Procountor => json!({ "orderReference": reference }),
                Kind::Visma => json!({ "YourReference": reference }),
            },
        );
    }

    /// Order `n` of company `at` is taken back.
    ///
    /// # Panics
    /// Where there is no such order.
    pub fn withdraw(&self, world: &World, at: usize, n: usize) {
        self.change_order(
            world,
            at,
            n,
            match self.kind {
                Kind::PowerOffice => json!({ "IsReversed": true }),
                Kind::Finago => json!({ "OrderStatus": "Inactive" }),
                Kind::Procountor => json!({ "status": "INVALIDATED" }),
                Kind::Visma => json!({ "Status": 1 }),
            },
        );
    }

    /// Order `n` of company `at`, which was taken back, goes on to a state that is not pulled; false where this ERP has none.
    pub fn proceed(&self, world: &World, at: usize, n: usize) -> bool {
        let is_there = self.kind == Kind::Finago;
        if is_there {
            self.change_order(world, at, n, json!({ "OrderStatus": "Production" }));
        }
        is_there
    }

    /// Order `n` of company `at`, which was taken back, is for the warehouse again.
    ///
    /// # Panics
    /// Where there is no such order.
    pub fn release(&self, world: &World, at: usize, n: usize) {
        self.change_order(
            world,
            at,
            n,
            match self.kind {
                Kind::PowerOffice => json!({ "IsReversed": false }),
                Kind::Finago => json!({ "OrderStatus": "Confirmed" }),
                Kind::Procountor => json!({ "status": "UNFINISHED" }),
                Kind::Visma => json!({ "Status": 2 }),
            },
        );
        world.freshness.ready(world.now(), self.goods_owner(at), &(20_000 + n).to_string());
    }

    /// A record `own` of company `at` has the number of order `n`; false where the ERP gives a number once.
    ///
    /// # Panics
    /// Where the simulator does not take it.
    pub fn put_namesake(&self, world: &World, at: usize, n: usize, own: usize, articles: &[usize]) -> bool {
        let number = 20_000 + n;
        let members = match self.kind {
            Kind::PowerOffice => json!({ "OrderNo": number }),
            Kind::Finago => return false,
            Kind::Procountor => json!({ "invoiceNumber": number }),
            Kind::Visma => json!({ "Number": number }),
        };
        self.put_order(world, at, own, articles);
        self.change_order(world, at, own, members);
        true
    }

    pub(super) fn change_order(&self, world: &World, at: usize, n: usize, mut members: Value) {
        let (now, key) = (world.now(), self.tenant_id(at));
        let number = i64::try_from(20_000 + n).unwrap_or_default();
        let done = match self.kind {
            Kind::PowerOffice => {
                let mut erp = world.vendors.poweroffice.borrow_mut();
                let edit = |invoice: &mut Value| {
                    for (name, value) in members.as_object().into_iter().flatten() {
                        invoice[name] = value.clone();
                    }
                    invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string());
                };
                let changed = erp.model.client(&key).change(now, Go::Invoice, &guid("00000000", n), edit);
                changed.map(|_| ()).ok_or_else(|| "no such invoice".to_owned())
            }
            Kind::Finago => return self.change_office(world, at, Office::Order, number, &members),
            Kind::Procountor => {
                let (late, mut erp) = (now + self.late.get(), world.vendors.procountor.borrow_mut());
                let of = self.ids[at];
                erp.model.change_late(now, late, of, Record::Invoice, number + 50_000, &members).map(|_| ())
            }
            Kind::Visma => {
                members["Id"] = json!(guid("0d0e0000", n));
                return self.change_visma(world, at, "orders", &members);
            }
        };
        done.unwrap_or_else(|reason| panic!("{key}: order {n}: {reason}"));
    }

    pub(super) fn change_office(&self, world: &World, at: usize, table: Office, id: i64, members: &Value) {
        let (now, mut erp) = (world.now(), world.vendors.finago.borrow_mut());
        let identity = erp.model.identity_mut(&guid("1d0c4a1e", at));
        let changed = identity.map(|identity| identity.change_late(table, id, members, now, now + self.late.get()));
        assert!(changed.is_some_and(|changed| changed.is_ok()), "{members}");
    }

    pub(super) fn change_visma(&self, world: &World, at: usize, register: &str, members: &Value) {
        let (now, key, mut erp) = (world.now(), self.tenant_id(at), world.vendors.visma.borrow_mut());
        let changed = erp.model.change_late(now, now + self.late.get(), &key, register, members);
        changed.unwrap_or_else(|reason| panic!("{key}: {register}: {reason}"));
    }

    /// Every session and token of the ERP is forgotten by it.
    pub fn sessions_end(&self, world: &World) {
        match self.kind {
            Kind::PowerOffice => world.vendors.poweroffice.borrow_mut().model.forget_tokens(),
            Kind::Finago => drop(world.vendors.finago.borrow_mut().model.expire_sessions()),
            // Its tokens end by a call that is refused.
            Kind::Procountor => {}
            Kind::Visma => {
                let mut erp = world.vendors.visma.borrow_mut();
                (0..self.count()).for_each(|at| erp.model.oauth.expire_access(&self.tenant_id(at)));
            }
        }
    }

    /// What is written from now on is seen by readers so much later than its time stamp says.
    pub fn shows_late(&self, world: &World, at: usize, delay: SignedDuration) {
        self.late.set(delay);
        if self.kind == Kind::PowerOffice {
            world.vendors.poweroffice.borrow_mut().model.client(&self.tenant_id(at)).commit_delay = delay;
        }
    }

    /// What is still to be seen is seen from now on: the vendor itself does not write over what nobody sees yet.
    pub fn shows_now(&self, world: &World, at: usize) {
        match self.kind {
            Kind::PowerOffice | Kind::Procountor => {}
            Kind::Finago => {
                let mut erp = world.vendors.finago.borrow_mut();
                if let Some(identity) = erp.model.identity_mut(&guid("1d0c4a1e", at)) {
                    identity.commit_all();
                }
            }
            Kind::Visma => {
                let (key, mut erp) = (self.tenant_id(at), world.vendors.visma.borrow_mut());
                if let Some(company) = erp.model.company_mut(&key) {
                    company.settle(jiff::Timestamp::MAX);
                }
            }
        }
    }

    /// Company `at` has another password or consent, and its secret says so.
    pub fn rotates(&self, world: &World, at: usize, nth: usize) {
        let (key, name) = (self.tenant_id(at), format!("{}/{}", self.kind, self.tenant_id(at)));
        match self.kind {
            // Its key is the company's own for as long as the company has the integration.
            Kind::PowerOffice => {}
            Kind::Finago => {
                let password = format!("finago-pass-{nth:04}");
                let username = format!("{key}@example.com");
                let identity = guid("1d0c4a1e", at);
                let mut erp = world.vendors.finago.borrow_mut();
                erp.model.users.retain(|user| user.username != username);
                erp.model.add_user(&username, &password, &[&identity]);
                let secret = json!({ "username": username, "password": password, "identity_id": identity });
                world.memory.secret(&name, &secret);
            }
            Kind::Procountor => {
                let api_key = format!("{key}-{nth}");
                if let Some(company) = world.vendors.procountor.borrow_mut().model.company_mut(self.ids[at]) {
                    company.api_key = Some(api_key.clone());
                }
                world.memory.secret(&name, &json!({ "api_key": api_key }));
            }
            Kind::Visma => {
                let token = world.vendors.visma.borrow_mut().model.grant(world.now(), &key);
                world.memory.secret(&name, &json!({ "refresh_token": token }));
            }
        }
    }

    /// The shelf of article `n` of company `at` is counted; whether the warehouse has the article.
    pub fn count_shelf(&self, world: &World, at: usize, n: usize, quantity: usize) -> bool {
        let args = json!({ "goodsOwnerId": self.goods_owner(at), "articleNumber": article_number(n), "numberOfItems": quantity });
        self.worker(world, "count", &args)
    }

    /// A worker does something with order `n` of company `at`, if the warehouse lets it be done.
    pub fn warehouse(&self, world: &World, at: usize, n: usize, action: &str, mut args: Value) -> bool {
        args["goodsOwnerId"] = json!(self.goods_owner(at));
        args["orderNumber"] = json!((20_000 + n).to_string());
        self.worker(world, action, &args)
    }

    pub(super) fn worker(&self, world: &World, action: &str, args: &Value) -> bool {
        let mut warehouse = world.vendors.ongoing.borrow_mut();
        simulators::Simulator::act(&mut warehouse.model, world.now(), action, args).is_ok()
    }
}
