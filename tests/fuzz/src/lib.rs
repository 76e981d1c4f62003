//! Properties that hold for any bytes, as functions that panic on a violation.
//!
//! `cargo xtask fuzz TARGET` searches for bytes that violate a property; the tests of this crate only check the seeds.
#![expect(clippy::expect_used, clippy::panic, reason = "a panic reports a violated property to the fuzzer")]

mod expression;
mod link_header;
mod origin;
mod pagination;
mod parser;
mod redaction;
#[cfg(test)]
mod seeds;
mod selector;
mod shredder;
mod spec;
mod stored_schema;

pub use expression::expression;
pub use link_header::link_header;
pub use origin::origin;
pub use pagination::pagination;
pub use parser::parser;
pub use redaction::redaction;
pub use selector::selector;
pub use shredder::shredder;
pub use spec::spec;
pub use stored_schema::stored_schema;
