//! Builder methods for the table and the options of a resource.

use catchment_json::{Node, Value};
use catchment_schema::naming::transliterate_path;
use catchment_schema::{Column, MergeOptions, NestedHints, SchemaContract, TableHints, WriteDisposition};
use std::sync::Arc;

use super::{ParentKey, Resource, TableName};
use crate::{Incremental, Row};

impl Resource {
    /// Sets the table that the rows are loaded into. Default: the name of the resource.
    #[must_use]
    pub fn table_name(mut self, name: impl Into<String>) -> Resource {
        self.table_name = TableName::Fixed(name.into());
        self
    }

    /// Sets a function that returns the table of each row.
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

    /// Sets the write disposition.
    #[must_use]
    pub fn write_disposition(mut self, write_disposition: WriteDisposition) -> Resource {
        self.write_disposition = write_disposition;
        self
    }

    /// Sets the fields of the primary key.
    #[must_use]
    pub fn primary_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        self.primary_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the fields of the merge key.
    #[must_use]
    pub fn merge_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        self.merge_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the merge options, and the write disposition to merge.
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

    /// Sets the cursor for incremental loading.
    #[must_use]
    pub fn incremental(mut self, incremental: Incremental) -> Resource {
        self.incremental = Some(incremental);
        self
    }

    /// Sets a cursor for each row of the parent resource, so that late rows of one parent row are loaded even if the
    /// cursor of another is further on.
    ///
    /// `key` identifies a parent row across runs. `definition` describes how `key` is computed; if it changes, the
    /// stored cursors are discarded. Applies to dependent resources with a cursor that have no `end_value` and are not
    /// replaced. The state stores the cursors of up to 1,000 parent rows; more are stored in a table of the dataset.
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

    /// Sets warnings that depend on all rows of a run. `warnings` is called once after the last row, also if a
    /// dependent resource has pages for many parent rows.
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

    /// Declares columns. Their types are not inferred, and they are created even if no row has a value.
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

    /// Sets the schema contract.
    #[must_use]
    pub fn schema_contract(mut self, contract: SchemaContract) -> Resource {
        self.schema_contract = Some(contract);
        self
    }

    /// Sets hints for the child tables of lists.
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

    /// Sets the depth up to which objects and lists are flattened into columns and child tables. Deeper values are
    /// stored as JSON.
    #[must_use]
    pub fn max_table_nesting(mut self, levels: u32) -> Resource {
        self.max_table_nesting = Some(levels);
        self
    }

    /// Sets whether rows are loaded. A resource that is not selected is still extracted for its dependent resources.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Resource {
        self.selected = selected;
        self
    }

    /// Sets whether the resource is extracted in parallel with others.
    #[must_use]
    pub fn parallelized(mut self, parallelized: bool) -> Resource {
        self.parallelized = parallelized;
        self
    }

    /// Sets whether a run resumes at the page where an earlier run was killed, failed or reached a limit. Default:
    /// false.
    ///
    /// Use it only if the API returns stable pages. Page numbers and offsets shift when earlier rows are added or
    /// removed, so rows would be skipped. Pages that are identified by a token or by the last row are usually stable.
    ///
    /// A resumable run stores its rows on disk, with a checkpoint after each page, until the extraction is complete.
    /// Once the pages have ended, the next run starts at the first page.
    #[must_use]
    pub fn resumable(mut self, resumable: bool) -> Resource {
        self.resumable = resumable;
        self
    }

    /// Sets a version or hash of whatever produces the rows, such as the processing steps. If it changes, a resumable
    /// run starts at the first page.
    #[must_use]
    pub fn fingerprint(mut self, definition: impl Into<String>) -> Resource {
        self.definition = definition.into();
        self
    }

    /// Returns the normalized name of the root table. If rows have several tables, all of them are declared like it.
    pub fn root_table(&self) -> String {
        match &self.table_name {
            TableName::Fixed(name) => transliterate_path(name),
            TableName::Resource | TableName::PerRow(_) => transliterate_path(&self.name),
        }
    }

    /// Returns the declared properties of the table.
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
