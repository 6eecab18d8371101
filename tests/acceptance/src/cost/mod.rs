//! What a deployment costs a month: a day of a tenant in the world, counted, times list prices.

mod bill;
mod day;
mod prices;

pub use bill::{Bill, Fixed, bill};
pub use day::{ARTICLES, ORDERS, Usage, day, idle};
pub use prices::Prices;
