//! Merge strategies and options of a table.

use catchment_json::Value;

use crate::{Column, DLT_ID_COLUMN, DataType, Table, format_timestamp, parse_timestamp};

/// The strategy by which new rows are merged into a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MergeStrategy {
    /// Deletes the existing rows with the primary or merge key of a new row, including their child rows, and inserts the new
    /// rows.
    #[default]
    DeleteInsert,
    /// Replaces the existing row with the same primary key. The row id stays the same.
    Upsert,
    /// Inserts only rows whose primary key does not exist in the table. Existing rows stay unchanged.
    InsertOnly,
    /// Keeps all versions of a row: a changed row ends the validity of its previous version (slowly changing dimension,
    /// type 2).
    Scd2,
}

impl MergeStrategy {
    /// All strategies.
    pub const ALL: [MergeStrategy; 4] =
        [MergeStrategy::DeleteInsert, MergeStrategy::Upsert, MergeStrategy::InsertOnly, MergeStrategy::Scd2];

    /// Returns the name used in specs and stored schemas.
    pub const fn name(self) -> &'static str {
        match self {
            MergeStrategy::DeleteInsert => "delete-insert",
            MergeStrategy::Upsert => "upsert",
            MergeStrategy::InsertOnly => "insert-only",
            MergeStrategy::Scd2 => "scd2",
        }
    }

    /// Returns the strategy with the name `name`.
    pub fn from_name(name: &str) -> Option<MergeStrategy> {
        MergeStrategy::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// Returns true if the strategy identifies rows by primary key and therefore requires one.
    pub fn needs_primary_key(self) -> bool {
        matches!(self, MergeStrategy::Upsert | MergeStrategy::InsertOnly)
    }
}

impl std::fmt::Display for MergeStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Merge options declared by a resource.
///
/// ```
/// use catchment_schema::{MergeOptions, MergeStrategy};
///
/// let versions = MergeOptions { strategy: MergeStrategy::Scd2, ..MergeOptions::default() };
/// assert_eq!(versions.validity_columns(), ("_dlt_valid_from", "_dlt_valid_to"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergeOptions {
    /// The merge strategy. Default: delete-insert.
    pub strategy: MergeStrategy,
    /// Whether the keys of a load are already unique, which skips deduplication. Default: false.
    pub deduplicated: bool,
    /// scd2: The columns for the start and end of validity. Default: `_dlt_valid_from` and `_dlt_valid_to`.
    pub validity_column_names: Option<(String, String)>,
    /// scd2: The field that identifies the version of a row. Default: `_dlt_id`, which is then a hash of the row.
    pub row_version_column_name: Option<String>,
    /// scd2: The end of validity of current versions, in microseconds since 1970. Default: null.
    pub active_record_timestamp: Option<i64>,
    /// scd2: The start of validity of new versions, in microseconds since 1970. Default: the start of the load.
    pub boundary_timestamp: Option<i64>,
}

impl MergeOptions {
    /// Returns the names of the columns for the start and end of validity.
    pub fn validity_columns(&self) -> (&str, &str) {
        self.validity_column_names.as_ref().map_or(("_dlt_valid_from", "_dlt_valid_to"), |(from, to)| (from, to))
    }
}

/// The row to keep of several rows with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DedupSort {
    /// The row with the lowest value.
    Ascending,
    /// The row with the highest value.
    Descending,
}

const STRATEGY: &str = "x-merge-strategy";
const DEDUPLICATED: &str = "x-stage-data-deduplicated";
const BOUNDARY: &str = "x-boundary-timestamp";
const ACTIVE: &str = "x-active-record-timestamp";
const VALID_FROM: &str = "x-valid-from";
const VALID_TO: &str = "x-valid-to";
const ROW_VERSION: &str = "x-row-version";

impl Table {
    /// Returns the merge strategy of the table.
    ///
    /// # Errors
    ///
    /// Returns the name of the strategy if it is not supported, as another tool may have set it.
    pub fn merge_strategy(&self) -> Result<MergeStrategy, String> {
        match self.hints.get(STRATEGY).and_then(Value::as_str) {
            None => Ok(MergeStrategy::default()),
            Some(name) => MergeStrategy::from_name(name).ok_or_else(|| name.to_owned()),
        }
    }

    /// Returns true if the keys of new rows are already unique.
    pub fn is_deduplicated(&self) -> bool {
        self.hints.get(DEDUPLICATED).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns the column, and its order, that selects one of several rows with the same key.
    pub fn dedup_sort(&self) -> Option<(&Column, DedupSort)> {
        self.columns.values().find_map(|column| match column.hints.get("dedup_sort").and_then(Value::as_str) {
            Some("asc") => Some((column, DedupSort::Ascending)),
            Some("desc") => Some((column, DedupSort::Descending)),
            _ => None,
        })
    }

    /// Returns the column that marks rows to delete: by true if it is a boolean column, else by any value.
    pub fn hard_delete(&self) -> Option<&Column> {
        self.columns.values().find(|column| column.has_hint("hard_delete"))
    }

    /// Returns the column that identifies the version of a row.
    pub fn row_version(&self) -> &str {
        self.columns_with(ROW_VERSION).first().copied().unwrap_or(DLT_ID_COLUMN)
    }

    /// Returns the columns for the start and end of validity.
    pub fn validity_columns(&self) -> Option<(&str, &str)> {
        Some((self.columns_with(VALID_FROM).first().copied()?, self.columns_with(VALID_TO).first().copied()?))
    }

    /// Returns the end of validity of current versions, in microseconds since 1970. `None` means null.
    pub fn active_record_timestamp(&self) -> Option<i64> {
        let column = self.columns.values().find(|column| column.has_hint(VALID_TO))?;
        parse_timestamp(column.hints.get(ACTIVE)?.as_str()?)
    }

    /// Returns the configured start of validity of new versions, in microseconds since 1970.
    pub fn boundary_timestamp(&self) -> Option<i64> {
        parse_timestamp(self.hints.get(BOUNDARY)?.as_str()?)
    }

    /// Replaces the merge options of the table.
    pub(crate) fn set_merge_options(&mut self, options: &MergeOptions) {
        for hint in [STRATEGY, DEDUPLICATED, BOUNDARY] {
            self.hints.shift_remove(hint);
        }
        if options.strategy != MergeStrategy::default() {
            self.hints.insert(STRATEGY.to_owned(), Value::from(options.strategy.name()));
        }
        if options.deduplicated {
            self.hints.insert(DEDUPLICATED.to_owned(), Value::Bool(true));
        }
        for column in self.columns.values_mut() {
            if column.has_hint(ROW_VERSION) && column.name == DLT_ID_COLUMN {
                column.hints.extend(["unique", "row_key"].map(|flag| (flag.to_owned(), Value::Bool(true))));
            }
            column.hints.retain(|hint, _| ![ROW_VERSION, VALID_FROM, VALID_TO, ACTIVE].contains(&hint.as_str()));
        }
        if options.strategy == MergeStrategy::Scd2 {
            self.set_versioned(options);
        }
    }

    fn set_versioned(&mut self, options: &MergeOptions) {
        if let Some(boundary) = options.boundary_timestamp {
            self.hints.insert(BOUNDARY.to_owned(), Value::from(format_timestamp(boundary)));
        }
        let (from, to) = options.validity_columns();
        for (name, flag) in [(from, VALID_FROM), (to, VALID_TO)] {
            let column = self.columns.entry(name.to_owned()).or_insert_with(|| Column::new(name, DataType::Timestamp));
            column.hints.insert(flag.to_owned(), Value::Bool(true));
            if flag == VALID_TO {
                let active = options.active_record_timestamp.map(format_timestamp);
                column.hints.insert(ACTIVE.to_owned(), Value::from(active));
            }
        }
        let version = options.row_version_column_name.as_deref().unwrap_or(DLT_ID_COLUMN);
        let column = self.columns.entry(version.to_owned()).or_insert_with(|| Column::incomplete(version, ROW_VERSION));
        column.nullable = Some(false);
        column.hints.insert(ROW_VERSION.to_owned(), Value::Bool(true));
        // A row that is deleted and reappears has two versions with the same hash.
        column.hints.extend(["unique", "row_key"].map(|flag| (flag.to_owned(), Value::Bool(false))));
    }
}
