//! JSON documents that are parsed once and never rounded.
//!
//! A [`Document`] is the text of one JSON value and a *tape*: one flat entry for each value in it, in
//! order, with the byte range of every scalar and the end of every container. Numbers stay slices of the
//! source, so integers of any size and fractions of any length come out as they went in. Reading a
//! document means moving a [`Node`] over the tape; nothing is copied until somebody asks for it.
//!
//! [`Value`] is the owned form: ordered, lossless, and what programs build rows with.
//! [`to_value`] makes one from anything that serde can serialize.
//! [`JsonPath`] picks values out of either by a JSONPath. [`Value::parse_yaml`] and [`Value::to_yaml`] are the same for YAML.
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
//! Rules where JSON leaves a choice: the last of two equal keys in one object counts; a lone surrogate
//! (`\ud800`) reads as U+FFFD; U+0000 is kept; `NaN`, `Infinity` and `-Infinity` are numbers, as Python and
//! JavaScript write them though JSON has no such thing.

mod deserialize;
mod document;
mod edit;
mod error;
mod node;
mod number;
mod parse;
#[cfg(test)]
mod parse_tests;
mod path;
mod pretty;
mod scan;
mod selection;
mod serialize;
mod tape;
mod tape_builder;
mod unescape;
mod value;
mod write;
mod yaml;

pub use document::{Document, NodeId};
pub use edit::{EditedFields, FieldEdit, PathMatch};
pub use error::{ParseError, ParseErrorKind};
pub use node::{Elements, Entries, Key, Node, NodeKind};
pub use number::Number;
pub use path::{FieldPath, JsonPath, PathError, PathLimitError};
pub use selection::Selection;
pub use serialize::{SerializeError, SerializeErrorKind, to_value};
pub use value::{Object, Value};
pub use write::{write_text, write_value};
pub use yaml::YamlError;
