//! What a resource says of its table and of how it runs.

use catchment_json::{Node, Value};
use catchment_schema::naming::transliterate_path;
use catchment_schema::{Column, MergeOptions, NestedHints, SchemaContract, TableHints, WriteDisposition};
use std::sync::Arc;

use super::{ParentKey, Resource, TableName};
use crate::{Incremental, Row};

impl Resource {
    /// The same resource, whose rows go to the table `name`.
    #[must_use]
    pub fn table_name(mut self, name: impl Into<String>) -> Resource {
        self.table_name = TableName::Fixed(name.into());
        self
    }

    /// The same resource, each of whose rows goes to the table that `name` says.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_json::Value;
    ///
    /// let events = Resource::rows("events", vec![Value::object([("type", "push".into())])])
    ///     .table_name_per_row(|row| row.get("type").and_then(|kind| kind.as_str()).unwrap_or_default().into_owned());
    /// # let _ = events;
    /// ```
    #[must_use]
    pub fn table_name_per_row(mut self, name: impl Fn(Node<'_>) -> String + Send + Sync + 'static) -> Resource {
        self.table_name = TableName::PerRow(Arc::new(name));
        self
    }

    /// The same resource with another write disposition.
    #[must_use]
    pub fn write_disposition(mut self, write_disposition: WriteDisposition) -> Resource {
        self.write_disposition = write_disposition;
        self
    }

    /// The same resource with a primary key.
    #[must_use]
    pub fn primary_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        self.primary_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same resource with a merge key.
    #[must_use]
    pub fn merge_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        self.merge_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same resource, whose rows are merged in this way.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition};
    ///
    /// let options = MergeOptions { strategy: MergeStrategy::Upsert, ..MergeOptions::default() };
    /// let gauges = Resource::rows("gauges", vec![(1, 2.5)]).primary_key(["id"]).merge(options);
    /// assert_eq!(gauges.write_disposition, WriteDisposition::Merge);
    /// ```
    #[must_use]
    pub fn merge(mut self, options: MergeOptions) -> Resource {
        self.write_disposition = WriteDisposition::Merge;
        self.merge = options;
        self
    }

    /// The same resource, loaded incrementally.
    #[must_use]
    pub fn incremental(mut self, incremental: Incremental) -> Resource {
        self.incremental = Some(incremental);
        self
    }

    /// Sets that each row of the parent has a cursor of its own, so that late rows of one are loaded when another is further
    /// on. `key` says which rows of the parent are the same one from run to run, and `fingerprint` what it is made of: where
    /// that changes, what is known of the rows does not count. Applies to a resource that is fed, incremental without an
    /// `end_value`, and not replaced. The cursors of up to 1,000 parents are kept in the state, those of more in a table of the
    /// dataset.
    ///
    /// ```
    /// use catchment_extract::{Incremental, PageError, Resource};
    /// use futures_util::stream;
    ///
    /// let events = Resource::transformer("events", "devices", |_, start| {
    ///     let since = start.last_value_text();
    ///     stream::iter([Ok::<_, PageError>(vec![since])])
    /// })
    /// .incremental(Incremental::new("at").initial_value("2024-01-01"))
    /// .cursor_per_parent("id", |device| device.get("id").unwrap_or_default());
    /// # let _ = events;
    /// ```
    #[must_use]
    pub fn cursor_per_parent(
        mut self,
        definition: impl Into<String>,
        key: impl Fn(&Row) -> Value + Send + Sync + 'static,
    ) -> Resource {
        self.parent_key = Some(ParentKey { definition: definition.into(), key: Arc::new(key) });
        self
    }

    /// The same resource with warnings for the report that only its last row decides: `warnings` is called when all rows of a
    /// run have come, also where they came in the pages of many parents.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use catchment_extract::Resource;
    ///
    /// let has_level = Arc::new(AtomicBool::new(false));
    /// let seen = Arc::clone(&has_level);
    /// let gauges = Resource::rows("gauges", [1, 2])
    ///     .filter(move |row| {
    ///         seen.fetch_or(row.get("level").is_some(), Ordering::Relaxed);
    ///         true
    ///     })
    ///     .final_warnings(move || {
    ///         let is_missing = !has_level.swap(false, Ordering::Relaxed);
    ///         is_missing.then(|| "no row has a level".to_owned()).into_iter().collect()
    ///     });
    /// # let _ = gauges;
    /// ```
    #[must_use]
    pub fn final_warnings(mut self, warnings: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Resource {
        self.end_warnings = Some(Arc::new(warnings));
        self
    }

    /// The same resource with declared columns: their types do not follow from the rows, and are there also where no row
    /// has a value.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_schema::{Column, ColumnType, DataType};
    ///
    /// let products = Resource::rows("products", vec![("bolt", "0.10")]).columns([
    ///     Column::with_type("price", ColumnType::Decimal { precision: 10, scale: 2 }),
    ///     Column::new("since", DataType::Date),
    /// ]);
    /// assert_eq!(products.columns.len(), 2);
    /// ```
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Resource {
        self.columns = columns.into_iter().collect();
        self
    }

    /// The same resource with a contract of what rows may change.
    #[must_use]
    pub fn schema_contract(mut self, contract: SchemaContract) -> Resource {
        self.schema_contract = Some(contract);
        self
    }

    /// The same resource, with what is said of the tables of its lists.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_schema::{NestedHints, TableHints};
    ///
    /// let lines = TableHints { primary_key: vec!["sku".to_owned()], ..TableHints::default() };
    /// let lines = NestedHints { field: "lines".to_owned(), hints: lines };
    /// let orders = Resource::rows("orders", vec![1]).nested_hints([lines]);
    /// # let _ = orders;
    /// ```
    #[must_use]
    pub fn nested_hints(mut self, hints: impl IntoIterator<Item = NestedHints>) -> Resource {
        self.nested_hints = hints.into_iter().collect();
        self
    }

    /// The same resource, whose objects and lists are taken apart `levels` deep, and stay JSON below.
    #[must_use]
    pub fn max_table_nesting(mut self, levels: u32) -> Resource {
        self.max_table_nesting = Some(levels);
        self
    }

    /// The same resource, whose rows are loaded or not. Where they are not, others can still be fed with them.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Resource {
        self.selected = selected;
        self
    }

    /// The same resource, which runs beside others or not.
    #[must_use]
    pub fn parallelized(mut self, parallelized: bool) -> Resource {
        self.parallelized = parallelized;
        self
    }

    /// The same resource, which goes on in the middle of its pages or not: where a run was killed, failed, or reached a
    /// limit.
    ///
    /// That is right only where a page has the same rows in the next run: pages by number or offset shift when rows are
    /// added or removed in front, and rows would be skipped. Pages that are found by a token or by the last row mostly keep.
    /// The run keeps its rows on disk until all have come, and where it is in the pages after each of them. Where the
    /// pages of a limited run end, the next run begins with the first page again.
    #[must_use]
    pub fn resumable(mut self, resumable: bool) -> Resource {
        self.resumable = resumable;
        self
    }

    /// The same resource with what its rows are made of, such as a version or a hash of its steps: where that changes, a
    /// resumable run begins with the first page again.
    #[must_use]
    pub fn fingerprint(mut self, definition: impl Into<String>) -> Resource {
        self.definition = definition.into();
        self
    }

    /// The table that its rows go to, by its normalised name; what all their tables are like where there are several.
    pub fn root_table(&self) -> String {
        match &self.table_name {
            TableName::Fixed(name) => transliterate_path(name),
            TableName::Resource | TableName::PerRow(_) => transliterate_path(&self.name),
        }
    }

    /// What is known of the table before any row has come.
    pub fn hints(&self) -> TableHints {
        TableHints {
            write_disposition: self.write_disposition,
            primary_key: self.primary_key.clone(),
            merge_key: self.merge_key.clone(),
            merge: self.merge.clone(),
            cursor: self.incremental.as_ref().and_then(|i| i.cursor_path.as_key()).map(str::to_owned),
            columns: self.columns.clone(),
            schema_contract: self.schema_contract,
            max_table_nesting: self.max_table_nesting,
            passthrough_hints: self.passthrough_hints.clone(),
            nested: self.nested_hints.clone(),
            use_dlt_names: false,
        }
    }
}
