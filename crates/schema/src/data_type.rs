//! Logical types.

/// The logical type of a column, independent of the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// Text of any length.
    Text,
    /// A 64-bit floating point number.
    Double,
    /// True or false.
    Bool,
    /// A timestamp in microseconds.
    Timestamp,
    /// A 64-bit integer.
    Bigint,
    /// Bytes.
    Binary,
    /// JSON text.
    Json,
    /// A decimal number with a fixed precision and scale. Default: 38 and 9.
    Decimal,
    /// An integer of 256 bits, or of the largest size that the destination supports.
    Wei,
    /// A day.
    Date,
    /// A time of day.
    Time,
}

impl DataType {
    /// All data types.
    pub const ALL: [DataType; 11] = [
        DataType::Text,
        DataType::Double,
        DataType::Bool,
        DataType::Timestamp,
        DataType::Bigint,
        DataType::Binary,
        DataType::Json,
        DataType::Decimal,
        DataType::Wei,
        DataType::Date,
        DataType::Time,
    ];

    /// Returns the name used in stored schemas and as suffix of variant columns.
    pub const fn name(self) -> &'static str {
        match self {
            DataType::Text => "text",
            DataType::Double => "double",
            DataType::Bool => "bool",
            DataType::Timestamp => "timestamp",
            DataType::Bigint => "bigint",
            DataType::Binary => "binary",
            DataType::Json => "json",
            DataType::Decimal => "decimal",
            DataType::Wei => "wei",
            DataType::Date => "date",
            DataType::Time => "time",
        }
    }

    /// Returns the type with the name `name`.
    pub fn from_name(name: &str) -> Option<DataType> {
        DataType::ALL.into_iter().find(|data_type| data_type.name() == name)
    }
}

impl std::fmt::Display for DataType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
