//! How rows are merged into a table.

use catchment_json::Value;

use crate::{Column, DLT_ID_COLUMN, DataType, Table, format_timestamp, parse_timestamp};

/// What becomes of rows in a table that new rows are merged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MergeStrategy {
    /// Rows with the primary or merge key of a new one are deleted, with their child rows, and the new ones inserted.
    #[default]
    DeleteInsert,
    /// A new row takes the place of the one with its primary key, and keeps its id.
    Upsert,
    /// Only rows whose primary key is not there yet are inserted; what is there stays.
    InsertOnly,
    /// Rows are versions: a changed one ends the version before it, and both stay (slowly changing dimension, type 2).
    Scd2,
}

impl MergeStrategy {
    /// All of them.
    pub const ALL: [MergeStrategy; 4] =
        [MergeStrategy::DeleteInsert, MergeStrategy::Upsert, MergeStrategy::InsertOnly, MergeStrategy::Scd2];

    /// Its name in specs and stored schemas.
    pub const fn name(self) -> &'static str {
        match self {
            MergeStrategy::DeleteInsert => "delete-insert",
            MergeStrategy::Upsert => "upsert",
            MergeStrategy::InsertOnly => "insert-only",
            MergeStrategy::Scd2 => "scd2",
        }
    }

    /// The strategy of that name.
    pub fn from_name(name: &str) -> Option<MergeStrategy> {
        MergeStrategy::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// Whether rows are known by their primary key alone.
    pub fn needs_primary_key(self) -> bool {
        matches!(self, MergeStrategy::Upsert | MergeStrategy::InsertOnly)
    }
}

impl std::fmt::Display for MergeStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// How a resource wants its rows merged.
///
/// ```
/// use catchment_schema::{MergeOptions, MergeStrategy};
///
/// let versions = MergeOptions { strategy: MergeStrategy::Scd2, ..MergeOptions::default() };
/// assert_eq!(versions.validity_columns(), ("_dlt_valid_from", "_dlt_valid_to"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergeOptions {
    /// The strategy; delete and insert by default.
    pub strategy: MergeStrategy,
    /// Whether the rows of a load have different keys for sure, so that they are not looked through for equal ones.
    pub deduplicated: bool,
    /// For scd2: the columns that say from when to when a version counts; `_dlt_valid_from` and `_dlt_valid_to` by
    /// default.
    pub validity_column_names: Option<(String, String)>,
    /// For scd2: the field that tells versions of a row apart; by default a hash of the whole row, which is its `_dlt_id`
    /// then.
    pub row_version_column_name: Option<String>,
    /// For scd2: the end of versions that still count, in microseconds since 1970; null by default.
    pub active_record_timestamp: Option<i64>,
    /// For scd2: when the versions of a load begin, in microseconds since 1970; when the load began by default.
    pub boundary_timestamp: Option<i64>,
}

impl MergeOptions {
    /// The names of the columns that say from when to when a version counts.
    pub fn validity_columns(&self) -> (&str, &str) {
        self.validity_column_names.as_ref().map_or(("_dlt_valid_from", "_dlt_valid_to"), |(from, to)| (from, to))
    }
}

/// Of several rows with one key, the one that stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DedupSort {
    /// That with the lowest value.
    Ascending,
    /// That with the highest value.
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
    /// How rows are merged into it. The error is the name of a strategy that is not known.
    ///
    /// # Errors
    ///
    /// Where another tool has given it a strategy that there is none of here.
    pub fn merge_strategy(&self) -> Result<MergeStrategy, String> {
        match self.hints.get(STRATEGY).and_then(Value::as_str) {
            None => Ok(MergeStrategy::default()),
            Some(name) => MergeStrategy::from_name(name).ok_or_else(|| name.to_owned()),
        }
    }

    /// Whether its new rows have different keys for sure.
    pub fn is_deduplicated(&self) -> bool {
        self.hints.get(DEDUPLICATED).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The column by which one of several rows with one key is chosen.
    pub fn dedup_sort(&self) -> Option<(&Column, DedupSort)> {
        self.columns.values().find_map(|column| match column.hints.get("dedup_sort").and_then(Value::as_str) {
            Some("asc") => Some((column, DedupSort::Ascending)),
            Some("desc") => Some((column, DedupSort::Descending)),
            _ => None,
        })
    }

    /// The column that says of a row that it is to be deleted: true, or where it is no boolean, anything.
    pub fn hard_delete(&self) -> Option<&Column> {
        self.columns.values().find(|column| column.has_hint("hard_delete"))
    }

    /// The column that tells versions of a row apart.
    pub fn row_version(&self) -> &str {
        self.columns_with(ROW_VERSION).first().copied().unwrap_or(DLT_ID_COLUMN)
    }

    /// The columns that say from when to when a version counts.
    pub fn validity_columns(&self) -> Option<(&str, &str)> {
        Some((self.columns_with(VALID_FROM).first().copied()?, self.columns_with(VALID_TO).first().copied()?))
    }

    /// The end of versions that still count, in microseconds since 1970; none means null.
    pub fn active_record_timestamp(&self) -> Option<i64> {
        let column = self.columns.values().find(|column| column.has_hint(VALID_TO))?;
        parse_timestamp(column.hints.get(ACTIVE)?.as_str()?)
    }

    /// When the versions of a load begin, in microseconds since 1970, where that was said.
    pub fn boundary_timestamp(&self) -> Option<i64> {
        parse_timestamp(self.hints.get(BOUNDARY)?.as_str()?)
    }

    /// Takes over what a resource says, in the place of what was said before.
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
        // A row that goes and comes back has its hash twice.
        column.hints.extend(["unique", "row_key"].map(|flag| (flag.to_owned(), Value::Bool(false))));
    }
}
