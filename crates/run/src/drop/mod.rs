//! Drop: removal of the tables and state of resources, and restart of cursors, without a run.
//!
//! [`plan`](planner::plan) is a pure function of the request and of the stored state and schemas. [`DropPlan`] displays the
//! result and commits it as packages without rows.

mod changes;
#[cfg(test)]
mod commit_tests;
mod cursor_assignment;
mod cursor_target;
mod cursor_value;
mod drop_plan;
mod error;
mod pattern;
mod planner;
mod request;
mod resource_cursors;
mod schema_group;
mod selection;
mod state_paths;
#[cfg(test)]
mod tests;

pub use changes::{CursorChange, DroppedTable, SchemaDrop};
pub use cursor_assignment::{CursorAssignment, CursorAssignmentError};
pub use drop_plan::DropPlan;
pub use error::DropError;
pub use pattern::{ResourcePattern, ResourcePatternError};
pub use request::DropRequest;
