//! Tests that cross crates: real DuckDB files, scripted servers, and the command as its users run it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clock;
mod command;
mod damage;
mod dataset;
mod destinations;
mod disk;
mod dispositions;
mod examples;
mod faults;
mod feed;
mod handles;
mod kill;
mod packages;
mod pipeline;
mod recovery;
mod reference;
mod relations;
mod rounding;
mod schema;
mod signals;
mod small_disk;
mod steps;
mod turns;
