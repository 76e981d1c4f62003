//! Property tests of the normalizer with generated rows.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot continue has failed")]

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
