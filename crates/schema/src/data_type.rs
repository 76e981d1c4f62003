//! Logical types.

/// What a column holds, whatever the destination calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// Characters.
    Text,
    /// A 64-bit floating point number.
    Double,
    /// True or false.
    Bool,
    /// An instant, in microseconds.
    Timestamp,
    /// A 64-bit integer.
    Bigint,
    /// Bytes.
    Binary,
    /// JSON text.
    Json,
    /// A decimal number of fixed precision and scale, 38 and 9 unless said otherwise.
    Decimal,
    /// An integer of 256 bits, or as many as the destination has.
    Wei,
    /// A day.
    Date,
    /// A time of day.
    Time,
}

impl DataType {
    /// All of them.
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

    /// Its name in stored schemas and in the suffix of variant columns.
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

    /// The type of that name.
    pub fn from_name(name: &str) -> Option<DataType> {
        DataType::ALL.into_iter().find(|data_type| data_type.name() == name)
    }
}

impl std::fmt::Display for DataType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
