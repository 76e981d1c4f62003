//! What the examples share: the APIs that they load from.

mod api;
mod shop;

pub use api::Api;
pub use shop::Shop;
