//! The APIs that the examples load.

mod api;
mod shop;

pub use api::Api;
pub use shop::Shop;
