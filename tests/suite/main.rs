//! Tests that cross crates: real DuckDB files, scripted servers, and the command as its users run it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod command;
mod dataset;
mod dispositions;
mod examples;
mod faults;
mod kill;
mod pipeline;
mod recovery;
mod reference;
mod schema;
mod signals;
mod steps;
mod turns;
