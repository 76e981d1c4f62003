//! What is done to rows on their way.

use std::sync::Arc;
use std::time::Duration;

use catchment_json::{Node, Selection, Value};
use serde::Serialize;

use super::Resource;
use crate::StopSignal;
use crate::page::PageError;

/// Changes the rows of a page.
pub(crate) type Step = Arc<dyn Fn(Selection, &StopSignal) -> Result<Selection, PageError> + Send + Sync>;

impl Resource {
    /// The same resource, with each row made anew by `function`; null leaves it out.
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

    /// The same resource, with the rows that `function` makes of each row in its place.
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
            let mut rows = Vec::new();
            for (index, row) in page.nodes().enumerate() {
                stop.check(index)?;
                rows.extend(function(row.to_value()));
            }
            Ok(Selection::try_from(rows)?)
        })
    }

    /// The same resource, without the rows of which `predicate` says no. Nothing is copied.
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
            let mut kept = Vec::with_capacity(page.ids.len());
            for (index, id) in page.ids.iter().enumerate() {
                stop.check(index)?;
                if predicate(page.document.node(*id)) {
                    kept.push(*id);
                }
            }
            page.ids = kept;
            Ok(page)
        })
    }

    /// The same resource, with the rows that `step` makes of those of each page.
    #[must_use]
    pub fn map_pages(self, step: impl Fn(Selection) -> Result<Selection, PageError> + Send + Sync + 'static) -> Resource {
        self.map_pages_cancellable(move |page, _| step(page))
    }

    /// The same resource, with the rows that `step` makes of those of each page. It ends early, with an error, where the run is
    /// told to stop.
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

    /// The same resource, of which a run takes at most `rows` rows.
    #[must_use]
    pub fn add_limit(mut self, rows: u64) -> Resource {
        self.limit.rows = Some(rows);
        self
    }

    /// The same resource, of which a run takes at most `pages` pages, empty ones included.
    #[must_use]
    pub fn add_page_limit(mut self, pages: u64) -> Resource {
        self.limit.pages = Some(pages);
        self
    }

    /// The same resource, of which a run takes no further page once `time` has passed.
    #[must_use]
    pub fn add_time_limit(mut self, time: Duration) -> Resource {
        self.limit.time = Some(time);
        self
    }
}
