//! What the examples share: the API that they load from.

mod api;

pub use api::Api;
