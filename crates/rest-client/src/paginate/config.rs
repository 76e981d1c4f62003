//! Settings of a pagination.

use catchment_json::{JsonPath, Value};

use super::{Auto, Paginator};
use crate::error_kind::ErrorKind;
use crate::page_memory::PageMemoryBudget;

/// The maximum of `parallel_pages`. More pages would only use memory.
const MAX_PARALLEL_PAGES: usize = 1000;

/// The settings of a pagination.
#[derive(Debug, Clone)]
pub(crate) struct PaginationConfig {
    pub(crate) paginator: Box<dyn Paginator>,
    pub(crate) data_selector: Option<JsonPath>,
    /// Whether a response without a match of the data selector is an error.
    pub(crate) data_selector_required: bool,
    pub(crate) parallel_pages: usize,
    /// The position to resume from; `None` for the first page.
    pub(crate) position: Option<Value>,
    pub(crate) memory: PageMemoryBudget,
}

impl Default for PaginationConfig {
    fn default() -> PaginationConfig {
        PaginationConfig {
            paginator: Box::new(Auto::default()),
            data_selector: None,
            data_selector_required: true,
            parallel_pages: 1,
            position: None,
            memory: PageMemoryBudget::default(),
        }
    }
}

impl PaginationConfig {
    /// Validates the settings.
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        if (1..=MAX_PARALLEL_PAGES).contains(&self.parallel_pages) {
            return Ok(());
        }
        let value = self.parallel_pages.to_string();
        Err(ErrorKind::InvalidSetting { name: "parallel_pages", value, expected: "1 to 1000" })
    }
}
