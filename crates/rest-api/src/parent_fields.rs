//! The fields of parent rows that the requests of an endpoint need.

use std::fmt;

use catchment_extract::Row;
use catchment_json::{Kind, Node};
use thiserror::Error;

use crate::EndpointSpec;
use crate::template::{FieldOf, FillError, Part, fields_of};

/// A field of a parent row that a request needs.
#[derive(Debug, Clone)]
pub(crate) struct ParentField {
    of: FieldOf,
    place: Place,
}

/// Where in a request a field stands, which decides what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    /// A value of the query that is this field alone: a list is sent value by value.
    Query,
    /// A part of a text in the query.
    QueryText,
    /// The body as it is, or a value of a form that is this field alone.
    Data,
    /// A header or the body, or a text that a format makes of it.
    Elsewhere,
}

/// A parent row without a value that a request needs. A request without it would ask for something else: often for
/// everything.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("field `{field}` of the row of `{resource}` {found}; `on_parent_value_missing: exclude` skips such rows")]
pub(crate) struct MissingValue {
    pub(crate) resource: String,
    pub(crate) field: String,
    pub(crate) found: Found,
}

/// What stands where a value is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Null,
    /// Nothing; with the fields that the row has.
    Nothing(String),
    EmptyText,
    EmptyList,
}

impl Found {
    /// The finding without anything of the row, the same for all rows.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Found::Null => "is null",
            Found::Nothing(_) => "is missing",
            Found::EmptyText => "is an empty string",
            Found::EmptyList => "is an empty list",
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Nothing(fields) if fields.is_empty() => f.write_str("is missing, as the row has no fields"),
            Found::Nothing(fields) => write!(f, "is missing, the row has {fields}"),
            other => f.write_str(other.cause()),
        }
    }
}

impl ParentField {
    /// All fields that the requests of an endpoint need.
    pub(crate) fn of_endpoint(endpoint: &EndpointSpec) -> Vec<ParentField> {
        let mut fields = Vec::new();
        endpoint.each_template(&mut |key, template| {
            for part in &template.parts {
                let Part::Field(of) = part.value() else { continue };
                let place = match (key, part) {
                    ("path", _) => Place::Path,
                    ("params", Part::Field(_)) if template.parts.len() == 1 => Place::Query,
                    ("params", Part::Field(_)) => Place::QueryText,
                    ("data", Part::Field(_)) if template.parts.len() == 1 => Place::Data,
                    _ => Place::Elsewhere,
                };
                fields.push(ParentField { of: of.clone(), place });
            }
        });
        fields
    }

    /// Whether the rows have a value for it that can stand in its place.
    ///
    /// # Errors
    ///
    /// [`FillError::Missing`] where there is none, [`FillError::WrongKind`] where an object or a list cannot stand there.
    pub(crate) fn check(&self, rows: &[(&str, &Row)]) -> Result<(), FillError> {
        let node = self.of.find(rows)?;
        let missing = |found| Err(self.of.missing(found).into());
        match (self.place, node.kind()) {
            (_, Kind::Null) => missing(Found::Null),
            (Place::Path, Kind::Text) if node.text().is_some_and(|text| text.is_empty()) => missing(Found::EmptyText),
            // nulls of a list are not sent
            (Place::Query | Place::Data, Kind::Array) if node.elements().all(|element| element.kind() == Kind::Null) => {
                missing(Found::EmptyList)
            }
            (Place::Query, Kind::Array) if !node.elements().any(is_container) => Ok(()),
            (Place::Path, Kind::Object | Kind::Array) => Err(self.of.wrong_kind(node, "a path")),
            (Place::Query | Place::QueryText, Kind::Object | Kind::Array) => Err(self.of.wrong_kind(node, "a query")),
            _ => Ok(()),
        }
    }
}

fn is_container(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Object | Kind::Array)
}

impl FieldOf {
    /// The field in the row of its resource.
    ///
    /// # Errors
    ///
    /// Where the row does not have it.
    pub(crate) fn find<'r>(&self, rows: &[(&str, &'r Row)]) -> Result<Node<'r>, MissingValue> {
        let row = rows.iter().find(|(name, _)| *name == self.resource).map(|(_, row)| row.node());
        let found = row.and_then(|row| self.field.first(row));
        found.ok_or_else(|| self.missing(Found::Nothing(row.map(fields_of).unwrap_or_default())))
    }

    fn missing(&self, found: Found) -> MissingValue {
        MissingValue { resource: self.resource.clone(), field: self.field.as_str().to_owned(), found }
    }

    /// The error for a value that cannot stand in `place`.
    pub(crate) fn wrong_kind(&self, value: Node<'_>, place: &'static str) -> FillError {
        let (resource, field) = (self.resource.clone(), self.field.as_str().to_owned());
        FillError::WrongKind { resource, field, found: value.excerpt(60), place }
    }
}
