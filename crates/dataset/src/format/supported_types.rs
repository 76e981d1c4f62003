//! Checks of the types that a format supports.

use arrow::datatypes::{DataType, Schema};

use super::{FormatError, ResultFormat};

/// Returns an error for the first column whose type is unsupported or has an unsupported type within it.
pub(super) fn ensure_supported(
    schema: &Schema,
    format: ResultFormat,
    is_supported: fn(&DataType) -> bool,
) -> Result<(), FormatError> {
    for field in schema.fields() {
        if let Some(found) = find_unsupported(field.data_type(), is_supported) {
            let (column, data_type) = (field.name().clone(), found.to_string());
            return Err(FormatError::UnsupportedType { column, data_type, format });
        }
    }
    Ok(())
}

fn find_unsupported(data_type: &DataType, is_supported: fn(&DataType) -> bool) -> Option<&DataType> {
    if !is_supported(data_type) {
        return Some(data_type);
    }
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _)
        | DataType::RunEndEncoded(_, item) => find_unsupported(item.data_type(), is_supported),
        DataType::Struct(fields) => fields.iter().find_map(|field| find_unsupported(field.data_type(), is_supported)),
        DataType::Dictionary(_, values) => find_unsupported(values, is_supported),
        _ => None,
    }
}
