//! Laws of the normaliser, each checked with rows that nobody has thought of.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod cell;
mod contracts;
mod convert;
mod generate;
mod independence;
mod join;
mod load;
mod naive;
mod naming;
mod rejoin;
mod shrunk;
mod tables;
mod twice;
