//! Processing steps and limits of resources.

use std::sync::Arc;
use std::time::Duration;

use catchment_json::{Node, Selection, SelectionBuilder, Value};
use serde::Serialize;

use super::Resource;
use crate::StopSignal;
use crate::page::PageError;

/// A step that transforms the rows of a page.
pub(crate) type Step = Arc<dyn Fn(Selection, &StopSignal) -> Result<Selection, PageError> + Send + Sync>;

impl Resource {
    /// Maps each row with `function`; a null result drops the row.
    ///
    /// ```
    /// use catchment_extract::Resource;
    /// use catchment_json::Value;
    ///
    /// let name = |row: Value| row.get("name").cloned().unwrap_or_default();
    /// let rivers = Resource::rows("rivers", vec![Value::object([("name", "Rhine".into())])]).map(name);
    /// # let _ = rivers;
    /// ```
    #[must_use]
    pub fn map<R: Serialize>(self, function: impl Fn(Value) -> R + Send + Sync + 'static) -> Resource {
        self.yield_map(move |row| std::iter::once(function(row)))
    }

    /// Replaces each row with the rows that `function` returns for it.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let halves = Resource::rows("numbers", vec![2, 4]).yield_map(|n| vec![n.clone(), n]);
    /// # let _ = halves;
    /// ```
    #[must_use]
    pub fn yield_map<I>(self, function: impl Fn(Value) -> I + Send + Sync + 'static) -> Resource
    where
        I: IntoIterator<Item: Serialize>,
    {
        self.map_pages_cancellable(move |page, stop| {
            let mut rows = SelectionBuilder::new();
            for (index, row) in page.nodes().enumerate() {
                stop.check(index)?;
                function(row.to_value()).into_iter().try_for_each(|row| rows.push(&row))?;
            }
            Ok(rows.finish()?)
        })
    }

    /// Keeps only the rows for which `predicate` returns true. Rows are not copied.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let long = Resource::rows("rivers", vec![("Rhine", 1233), ("Spree", 400)])
    ///     .filter(|row| row.elements().nth(1).and_then(|km| km.as_number()?.parse().ok()).is_some_and(|km: u32| km > 1000));
    /// # let _ = long;
    /// ```
    #[must_use]
    pub fn filter(self, predicate: impl Fn(Node<'_>) -> bool + Send + Sync + 'static) -> Resource {
        self.map_pages_cancellable(move |mut page, stop| {
            let mut selected = Vec::with_capacity(page.ids.len());
            for (index, id) in page.ids.iter().enumerate() {
                stop.check(index)?;
                if predicate(page.document.node(*id)) {
                    selected.push(*id);
                }
            }
            page.ids = selected;
            Ok(page)
        })
    }

    /// Transforms the rows of each page with `step`.
    #[must_use]
    pub fn map_pages(self, step: impl Fn(Selection) -> Result<Selection, PageError> + Send + Sync + 'static) -> Resource {
        self.map_pages_cancellable(move |page, _| step(page))
    }

    /// Transforms the rows of each page with a `step` that polls the stop signal and returns an error if the run is
    /// cancelled.
    ///
    /// ```
    /// use catchment_extract::Resource;
    ///
    /// let rivers = Resource::rows("rivers", vec![("Rhine", 1233)]).map_pages_cancellable(|page, stop| {
    ///     for (index, _) in page.ids.iter().enumerate() {
    ///         stop.check(index)?;
    ///     }
    ///     Ok(page)
    /// });
    /// # let _ = rivers;
    /// ```
    #[must_use]
    pub fn map_pages_cancellable(
        mut self,
        step: impl Fn(Selection, &StopSignal) -> Result<Selection, PageError> + Send + Sync + 'static,
    ) -> Resource {
        self.steps.push(Arc::new(step));
        self
    }

    /// Applies the processing steps to the rows of a page, as a run does.
    ///
    /// # Errors
    ///
    /// Returns the error of the first step that fails.
    pub fn apply_steps(&self, page: Selection, stop: &StopSignal) -> Result<Selection, PageError> {
        self.steps.iter().try_fold(page, |page, step| step(page, stop))
    }

    /// Sets a limit of `rows` rows per run.
    #[must_use]
    pub fn add_limit(mut self, rows: u64) -> Resource {
        self.limit.rows = Some(rows);
        self
    }

    /// Sets a limit of `pages` pages per run, including empty ones.
    #[must_use]
    pub fn add_page_limit(mut self, pages: u64) -> Resource {
        self.limit.pages = Some(pages);
        self
    }

    /// Sets a time limit per run. Once `time` has elapsed, no further page is requested.
    #[must_use]
    pub fn add_time_limit(mut self, time: Duration) -> Resource {
        self.limit.time = Some(time);
        self
    }
}
