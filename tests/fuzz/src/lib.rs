//! What must hold for any bytes, as functions that panic where it does not.
//!
//! `cargo xtask fuzz TARGET` looks for bytes that make one panic; the tests of this crate try the seeds alone.
#![expect(clippy::expect_used, clippy::panic, reason = "a property that does not hold is a finding")]

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
