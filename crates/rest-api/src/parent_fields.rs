//! Fields of parent rows that requests require.

use std::fmt;

use catchment_extract::Row;
use catchment_json::{Node, NodeKind};
use thiserror::Error;

use crate::EndpointSpec;
use crate::template::{ParentFieldRef, Part, RenderError, fields_of};

/// A field of a parent row that a request requires.
#[derive(Debug, Clone)]
pub(crate) struct ParentField {
    of: ParentFieldRef,
    position: ParamPosition,
}

/// The position of a field in a request, which determines the allowed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ParamPosition {
    Path,
    /// A query parameter that consists of this field only. A list is sent as repeated parameters.
    Query,
    /// A part of a query parameter.
    QueryText,
    /// The body, or a form field that consists of this field only.
    Data,
    /// A header, a JSON body, or a formatted value.
    Elsewhere,
}

/// A parent row without a value that a request requires. A request without the value would select other rows, often all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("field `{field}` of the row of resource `{resource}` {found}; set `on_parent_value_missing: exclude` to skip such rows")]
pub(crate) struct MissingParentValue {
    pub(crate) resource: String,
    pub(crate) field: String,
    pub(crate) found: MissingReason,
}

/// The reason why a value counts as missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MissingReason {
    Null,
    /// The row has no such field; holds the fields that it has.
    NoField(String),
    EmptyText,
    EmptyList,
}

impl MissingReason {
    /// Returns the reason without data of the row, so that it is equal for all rows.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            MissingReason::Null => "is null",
            MissingReason::NoField(_) => "is missing",
            MissingReason::EmptyText => "is an empty string",
            MissingReason::EmptyList => "is an empty list",
        }
    }
}

impl fmt::Display for MissingReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MissingReason::NoField(fields) if fields.is_empty() => f.write_str("is missing (the row has no fields)"),
            MissingReason::NoField(fields) => write!(f, "is missing (available: {fields})"),
            other => f.write_str(other.cause()),
        }
    }
}

impl ParentField {
    /// Returns all fields that the requests of an endpoint require.
    pub(crate) fn of_endpoint(endpoint: &EndpointSpec) -> Vec<ParentField> {
        let mut fields = Vec::new();
        endpoint.for_each_template(&mut |key, template| {
            for part in &template.parts {
                let Part::Field(of) = part.value() else { continue };
                let position = match (key, part) {
                    ("path", _) => ParamPosition::Path,
                    ("params", Part::Field(_)) if template.parts.len() == 1 => ParamPosition::Query,
                    ("params", Part::Field(_)) => ParamPosition::QueryText,
                    ("data", Part::Field(_)) if template.parts.len() == 1 => ParamPosition::Data,
                    _ => ParamPosition::Elsewhere,
                };
                fields.push(ParentField { of: of.clone(), position });
            }
        });
        fields
    }

    /// Checks that the rows have a value for the field that is allowed in its position.
    ///
    /// # Errors
    ///
    /// Returns [`RenderError::Missing`] if there is no value, and [`RenderError::WrongKind`] if an object or a list is not
    /// allowed in the position.
    pub(crate) fn check(&self, rows: &[(&str, &Row)]) -> Result<(), RenderError> {
        let node = self.of.find(rows)?;
        let missing = |found| Err(self.of.missing(found).into());
        match (self.position, node.kind()) {
            (_, NodeKind::Null) => missing(MissingReason::Null),
            (ParamPosition::Path, NodeKind::String) if node.as_str().is_some_and(|text| text.is_empty()) => {
                missing(MissingReason::EmptyText)
            }
            // nulls in a list are not sent
            (ParamPosition::Query | ParamPosition::Data, NodeKind::Array)
                if node.elements().all(|element| element.kind() == NodeKind::Null) =>
            {
                missing(MissingReason::EmptyList)
            }
            (ParamPosition::Query, NodeKind::Array) if !node.elements().any(is_container) => Ok(()),
            (ParamPosition::Path, NodeKind::Object | NodeKind::Array) => Err(self.of.wrong_kind(node, "a path")),
            (ParamPosition::Query | ParamPosition::QueryText, NodeKind::Object | NodeKind::Array) => {
                Err(self.of.wrong_kind(node, "a query"))
            }
            _ => Ok(()),
        }
    }
}

fn is_container(node: Node<'_>) -> bool {
    matches!(node.kind(), NodeKind::Object | NodeKind::Array)
}

impl ParentFieldRef {
    /// Returns the field in the row of its resource.
    ///
    /// # Errors
    ///
    /// Returns an error if the row does not have the field.
    pub(crate) fn find<'r>(&self, rows: &[(&str, &'r Row)]) -> Result<Node<'r>, MissingParentValue> {
        let row = rows.iter().find(|(name, _)| *name == self.resource).map(|(_, row)| row.node());
        let found = row.and_then(|row| self.field.first(row));
        found.ok_or_else(|| self.missing(MissingReason::NoField(row.map(fields_of).unwrap_or_default())))
    }

    fn missing(&self, found: MissingReason) -> MissingParentValue {
        MissingParentValue { resource: self.resource.clone(), field: self.field.as_str().to_owned(), found }
    }

    /// Returns the error for a value that is not allowed in `position`.
    pub(crate) fn wrong_kind(&self, value: Node<'_>, position: &'static str) -> RenderError {
        let (resource, field) = (self.resource.clone(), self.field.as_str().to_owned());
        RenderError::WrongKind { resource, field, found: value.excerpt(60), position }
    }
}
