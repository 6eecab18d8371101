//! The consent pages, the whole way: a browser that keeps its cookies, the vendors' own pages, and everything that can go
//! wrong on the way.

mod access_control;
mod procountor;
mod replaced;
mod timeouts;
mod trust;
mod visma;
mod whole;
