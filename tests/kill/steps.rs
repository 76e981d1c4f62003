//! The named steps (fail points) of a load. The driver fails if no run passes one of them, so that the list stays current.

use crate::engine::Engine;

/// The steps that a run with this destination passes.
pub(crate) fn steps(engine: Engine) -> Vec<&'static str> {
    STEPS.into_iter().filter(|step| is_passed(engine, step)).collect()
}

fn is_passed(engine: Engine, step: &str) -> bool {
    let is_of_duckdb = step.starts_with("duckdb::");
    match engine {
        Engine::Duckdb => true,
        Engine::Postgres => !is_of_duckdb,
        Engine::Bigquery => !is_of_duckdb && !IN_SESSION.contains(&step),
    }
}

/// The steps of a transaction whose statements are executed one at a time. A load into BigQuery executes scripts instead.
const IN_SESSION: [&str; 4] = ["load::transaction_begun", "load::prepared", "load::statement_executed", "load::step_applied"];

/// All steps, in the order in which a run first passes them.
pub(crate) const STEPS: [&str; 31] = [
    "run::locked",
    "run::recovered",
    "run::planned",
    "package::folder_created",
    "package::journal_created",
    "extract::checkpoint_synced",
    "segment::written",
    "segment::renamed",
    "package::segments_logged",
    "run::extracted",
    "package::sealed",
    "run::package_built",
    "duckdb::file_created",
    "duckdb::file_linked",
    "load::opened",
    "load::transaction_begun",
    "load::planned",
    "load::batch_inserted",
    "load::table_staged",
    "load::prepared",
    "load::statement_executed",
    "load::evolved",
    "load::step_applied",
    "load::applied",
    "load::committed",
    "duckdb::checkpointed",
    "run::destination_loaded",
    "package::journal_removed",
    "package::folder_removed",
    "run::loaded",
    "run::trace_written",
];
