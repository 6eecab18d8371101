//! One web shop per ERP: what a contract test needs to know to run the same story for all of them.

mod companies;
mod company_edits;
mod company_effects;
mod company_trade;
pub mod finago;
mod finago_write_back;
mod poweroffice;
mod procountor;
mod visma;

use bridge::words::kind::Kind;

use crate::answers;
use crate::world::{Site, World};

pub use companies::Companies;
pub use finago::FinagoShop;
pub use poweroffice::PowerOfficeShop;
pub use procountor::ProcountorShop;
pub use visma::VismaShop;

/// A web shop on one ERP, tenant `acme`.
pub trait Shop {
    /// Its ERP.
    fn kind(&self) -> Kind;
    /// Where its ERP answers.
    fn site(&self) -> Site;
    /// Onboards the tenant: item and secrets, with these settings.
    fn onboard(&self, world: &World, settings: serde_json::Value);
    /// Creates or renames article `n`, whose number is [`article_number`].
    fn put_article(&self, world: &World, n: usize, name: &str);
    /// Makes order `n`, ready for the warehouse, with a line for each of these articles; its number is the returned one.
    fn put_order(&self, world: &World, n: usize, articles: &[usize]) -> String;
    /// Makes order `n` so that its mapping fails, and says which member the reason must name.
    fn put_poisoned_order(&self, world: &World, n: usize) -> (String, &'static str);
    /// Changes something of order `n` that goes to Ongoing, if orders can change in this ERP once they are ready.
    fn change_order(&self, world: &World, n: usize) -> bool;
    /// Takes order `n` out of the statuses that are pulled.
    fn withdraw_order(&self, world: &World, n: usize);
    /// What a call says that reads what order `n` is made of, lists of what changed aside: its number, and where the order
    /// comes whole with the list, its customer's.
    fn marks(&self, n: usize) -> Vec<String>;
    /// What a call says that reads what orders are made of, whichever they are.
    fn details(&self) -> &'static [&'static str];
    /// What a person does who was told that the connection needs one, if it does.
    fn put_right(&self, _world: &World) {}
}

/// The number of article `n` in every shop.
#[must_use]
pub fn article_number(n: usize) -> String {
    format!("A-{n:05}")
}

/// The shop of an ERP.
#[must_use]
pub fn of(kind: Kind) -> Box<dyn Shop> {
    match kind {
        Kind::PowerOffice => Box::new(PowerOfficeShop),
        Kind::Finago => Box::new(FinagoShop),
        Kind::Procountor => Box::new(ProcountorShop),
        Kind::Visma => Box::new(VismaShop),
    }
}

/// Names the one ERP whose shop the contract tests run over (`cargo xtask erp NAME`).
const ONLY: &str = "ONLY_ERP";

/// The ERP that the environment asks for alone.
///
/// # Panics
/// Where it is none.
#[must_use]
pub fn only() -> Option<Kind> {
    let word = std::env::var(ONLY).ok()?;
    Some(Kind::named(&word).unwrap_or_else(|| panic!("{ONLY}={word} is no ERP")))
}

/// The shops that every contract test runs over, one an ERP; under answers that concern one ERP alone, its own.
#[must_use]
pub fn all() -> Vec<Box<dyn Shop>> {
    let mut all: Vec<Box<dyn Shop>> = Kind::ALL.map(of).into();
    all.retain(|shop| only().is_none_or(|only| only == shop.kind()));
    all.retain(|shop| answers::present().is_none_or(|kind| kind == shop.kind()));
    all
}

/// A tenant with two articles and two orders that have not been pulled yet; the orders' numbers.
pub async fn story(shop: &dyn Shop) -> (World, Vec<String>) {
    let world = World::new();
    shop.onboard(&world, serde_json::json!({}));
    world.tick(shop.kind()).await;
    // Far enough apart that no cursor's overlap covers for a record that was passed over.
    let pause = std::time::Duration::from_secs(4 * 3600);
    shop.put_article(&world, 0, "First");
    world.wait(pause).await;
    shop.put_article(&world, 1, "Second");
    let first = shop.put_order(&world, 1, &[0]);
    world.wait(pause).await;
    let second = shop.put_order(&world, 2, &[0, 1]);
    (world, vec![first, second])
}
