//! The type [`ResultOptions`].

/// Options of [`write_result`](crate::write_result).
///
/// ```
/// use catchment_dataset::ResultOptions;
///
/// let options = ResultOptions::default().max_width(Some(80));
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ResultOptions {
    max_width: Option<usize>,
}

impl ResultOptions {
    /// Sets the maximum width of a [`Table`](crate::ResultFormat::Table), in characters of a terminal. Default: unlimited.
    ///
    /// If the table is wider, its widest columns shrink to at least 8 characters, and shortened values end with `…`. If it is
    /// still wider, columns in the middle are omitted, and the last line lists them. The first column is always shown. Other
    /// formats ignore the width.
    #[must_use]
    pub fn max_width(mut self, max_width: Option<usize>) -> ResultOptions {
        self.max_width = max_width;
        self
    }

    /// Returns the maximum width of a table.
    pub(super) fn table_width(&self) -> Option<usize> {
        self.max_width
    }
}
