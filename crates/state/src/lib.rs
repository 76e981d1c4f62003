//! The state document of a pipeline: what it knows from one run to the next.
//!
//! A [`State`] is plain data: it does no IO. Its content is a JSON object of dlt's engine version 4, of which
//! only the parts that are needed are interpreted; all other keys are kept. It is stored as a row of
//! `_dlt_pipeline_state`, packed by [`State::pack`].
//!
//! ```
//! use catchment_json::{Object, Value};
//! use catchment_state::State;
//!
//! let mut state = State::new("rivers", "rivers_dataset", "dlt.destinations.duckdb");
//! state.set_resource("rest_api", "gauges", Some(Object::from_iter([("seen".to_owned(), Value::from(3))])));
//! assert!(state.update_version());
//! assert_eq!(State::unpack(&state.pack()?)?, state);
//! # Ok::<(), catchment_state::StateError>(())
//! ```

mod cursor_entries;
mod document;
mod error;
mod loaded;
mod loaded_ranges;
mod merge;
mod pack;
mod validate;

pub use cursor_entries::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash, RowHashError};
pub use document::State;
pub use error::StateError;
pub use loaded_ranges::{CATCHMENT_KEY, WINDOWS_KEY};
pub use merge::MergeConflict;
