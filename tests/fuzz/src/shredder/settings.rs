//! Settings of the shredder, derived from two bytes.

use catchment_normalize::{NormalizeOptions, NullColumnPolicy};
use catchment_schema::{ContractMode, Schema, SchemaContract, TableHints, WriteDisposition};

/// Two bytes, interpreted as settings.
#[derive(Debug)]
pub(super) struct Settings {
    first: u8,
    second: u8,
}

impl From<[u8; 2]> for Settings {
    fn from([first, second]: [u8; 2]) -> Settings {
        Settings { first, second }
    }
}

impl Settings {
    pub(super) fn options(&self) -> NormalizeOptions {
        NormalizeOptions {
            numeric_widening: self.first & 1 == 0,
            exact_digits: self.second & 4 != 0,
            null_only_columns: pick(&NullColumnPolicy::ALL, self.first >> 1),
            quarantine_table: (self.first & 8 != 0).then(|| "quarantine".to_owned()),
            transliterate: self.second & 2 == 0,
            max_identifier_length: (self.first & 16 != 0).then_some(24),
            max_columns: None,
        }
    }

    /// Returns the initial schema, in which the table is declared.
    pub(super) fn schema(&self) -> Option<Schema> {
        let mut schema = Schema::new("fuzz");
        let hints = TableHints {
            write_disposition: if self.first & 32 == 0 { WriteDisposition::Append } else { WriteDisposition::Merge },
            primary_key: if self.first & 64 == 0 { Vec::new() } else { vec!["id".to_owned()] },
            schema_contract: (self.second & 1 != 0).then(|| {
                let mode = |byte| pick(&ContractMode::ALL, byte);
                SchemaContract {
                    tables: mode(self.second >> 1),
                    columns: mode(self.second >> 3),
                    data_type: mode(self.second >> 5),
                }
            }),
            max_table_nesting: (self.first & 128 != 0).then_some(u32::from(self.second >> 6)),
            ..TableHints::default()
        };
        schema.declare("items", "items", &hints).ok()?;
        Some(schema)
    }
}

fn pick<T: Copy + Default>(values: &[T], byte: u8) -> T {
    values.get(usize::from(byte & 3)).copied().unwrap_or_default()
}
