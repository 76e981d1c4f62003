//! Fields that rows include from their parent rows.

use catchment_json::Value;

use super::object_reader::ObjectReader;
use crate::spec_schema::ValueType;

pub(super) const INCLUDE: ValueType = ValueType::Either(
    &[ValueType::ListOf(&ValueType::Text), ValueType::MapOf(&ValueType::Names)],
    "a list of fields, or an object with a list of fields per resource",
);

/// A field that each row includes from its parent row or an ancestor of it, as `_{resource}_{field}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludedParentField {
    /// The resource of the field; `None` for the parent.
    pub resource: Option<String>,
    /// The field.
    pub field: String,
}

pub(super) fn read(keys: &ObjectReader<'_>) -> Vec<IncludedParentField> {
    let include = |resource: Option<&str>, field: &str| IncludedParentField {
        resource: resource.map(str::to_owned),
        field: field.to_owned(),
    };
    match keys.get("include_from_parent") {
        Some(Value::Object(resources)) => {
            let fields = |(resource, _): (&String, &Value)| {
                let of = ObjectReader::of(keys.get("include_from_parent").unwrap_or(&Value::Null), "");
                of.names(resource).into_iter().map(|field| include(Some(resource), &field)).collect::<Vec<_>>()
            };
            resources.iter().flat_map(fields).collect()
        }
        _ => keys.names("include_from_parent").iter().map(|field| include(None, field)).collect(),
    }
}
