//! Integration tests with DuckDB files, PostgreSQL databases, a BigQuery emulator, scripted servers and the `catchment`
//! command.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod backfill;
mod bigquery;
mod clock;
mod command;
mod commands;
mod configuration;
mod cursors;
mod custom_api_pipelines;
mod damage;
mod dataset;
mod destinations;
mod disk;
mod dispositions;
mod examples;
mod faults;
mod feed;
mod few_threads;
mod handles;
mod interrupted;
mod kill;
mod packages;
mod pipeline;
mod postgres;
mod recovery;
mod reference;
mod relations;
mod repeated_secrets;
mod reports;
mod resume;
mod rounding;
mod schema;
mod secrets;
mod signals;
mod small_disk;
mod spec_runs;
mod specs;
mod state;
mod steps;
mod tables;
mod turns;
