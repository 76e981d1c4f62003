//! The named steps (fail points) of a load. The driver fails if no run passes one of them, so that the list stays current.

use crate::place::Engine;

/// The steps that a run with this destination passes.
pub(crate) fn steps(engine: Engine) -> Vec<&'static str> {
    let is_passed = |step: &&str| engine == Engine::Duckdb || !step.starts_with("duckdb::");
    STEPS.into_iter().filter(is_passed).collect()
}

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
