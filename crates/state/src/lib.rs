//! The state document of a pipeline: cursors and other values that one run leaves for the next.
//!
//! A [`State`] is plain data without IO, a JSON object of dlt's state engine version 4. Keys that this crate does not
//! interpret are preserved. [`State::pack`] and [`State::unpack`] convert it to and from the text in
//! `_dlt_pipeline_state`, and [`State::merge`] combines the states of two concurrent runs. A [`CursorEntry`] is part of
//! a cursor that does not fit into the state.
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
