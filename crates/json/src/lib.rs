//! Lossless JSON documents, ordered values, JSONPath and YAML.
//!
//! A [`Document`] is the text of one JSON value and a *tape*: a flat list with one entry per value, in document order, that
//! stores the byte range of every scalar and the end of every container. Numbers stay slices of the source, so integers of
//! any size and decimals of any length are exact. A [`Node`] is a cursor over the tape; data is copied only on demand.
//!
//! [`Value`] is the owned form: ordered, lossless, and used by programs to build rows. [`to_value`] converts any type that
//! implements `serde::Serialize`. [`JsonPath`] selects values from a document. [`Value::parse_yaml`] and [`Value::to_yaml`]
//! convert from and to YAML. [`Selection`] holds the rows of a page, [`SelectionBuilder`] builds them from serde values.
//!
//! ```
//! use catchment_json::{Document, JsonPath};
//!
//! let page = Document::parse(br#"{"data": [{"id": 18446744073709551616}]}"#.to_vec())?;
//! let ids = JsonPath::parse("data[*].id")?.all(page.root());
//! assert_eq!(ids[0].as_number(), Some("18446744073709551616"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where the JSON standard leaves a choice: the last of several equal keys in an object takes precedence; a lone surrogate
//! (`\ud800`) is read as U+FFFD; U+0000 is kept; `NaN`, `Infinity` and `-Infinity` are accepted as numbers, because Python
//! and JavaScript write them.

mod deserialize;
mod document;
mod edit;
mod error;
mod error_path;
mod node;
mod number;
mod parse;
#[cfg(test)]
mod parse_tests;
mod path;
mod pretty;
mod scan;
mod selection;
mod selection_builder;
mod serialize;
mod tape;
mod tape_builder;
mod unescape;
mod value;
mod write;
mod yaml;

pub use deserialize::DeserializeError;
pub use document::{Document, NodeId};
pub use edit::{EditedFields, FieldEdit, PathMatch};
pub use error::{ParseError, ParseErrorKind};
pub use node::{Elements, Entries, Key, Node, NodeKind};
pub use number::Number;
pub use path::{FieldPath, JsonPath, PathError, PathLimitError};
pub use selection::Selection;
pub use selection_builder::SelectionBuilder;
pub use serialize::{SerializeError, SerializeErrorKind, to_value};
pub use value::{Object, Value};
pub use write::{write_text, write_value};
pub use yaml::YamlError;
