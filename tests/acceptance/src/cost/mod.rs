//! What a day of a tenant takes, counted in the world. What that costs is in [`bridge::roads::cost`].

mod day;

pub use day::{ARTICLES, ORDERS, day, idle, work};
