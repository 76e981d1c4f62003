//! Detected paginators.

use std::fmt;

use catchment_json::{JsonPath, Value};

use super::Paginator;
use super::counter::{CounterPaginator, CounterUnit};
use super::header_cursor::HeaderCursor;
use super::header_link::HeaderLink;
use super::json_cursor::JsonCursor;
use super::json_link::JsonLink;
use super::page_number::PageNumber;
use super::single_page::SinglePage;
use super::unknown_base::UnknownBasePaginator;

/// A paginator that [`Auto`](crate::Auto) detected, with its settings. Displays as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DetectedPaginator {
    /// The `Link` header contains the URL of the next page.
    HeaderLink,
    /// The body contains the URL of the next page at this path.
    JsonLink(JsonPath),
    /// A header contains a token for the next page.
    HeaderCursor {
        /// The name of the header.
        key: String,
        /// The query parameter for the token.
        param: String,
    },
    /// The body contains the number of pages, and the first page has a known number.
    PageNumber {
        /// The path of the number of pages.
        total: JsonPath,
        /// The number of the first page of the API: 0 or 1.
        base: u64,
        /// The number of the page that was detected.
        first: u64,
        /// The query parameter for the page number.
        param: String,
    },
    /// The body contains the number of pages, and it is unknown whether the first page is page 0 or page 1.
    Numbered {
        /// The path of the number of pages.
        total: JsonPath,
        /// The query parameter for the page number.
        param: String,
    },
    /// The body contains a token for the next page.
    Cursor {
        /// The path of the token.
        path: JsonPath,
        /// The query parameter for the token.
        param: String,
    },
    /// A query parameter counts rows or pages.
    Counted {
        /// The query parameter.
        param: String,
        /// The unit of the parameter.
        unit: CounterUnit,
        /// The value of the parameter for the page that was detected.
        first: u64,
    },
    /// There are no further pages.
    SinglePage,
}

impl fmt::Display for DetectedPaginator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DetectedPaginator::HeaderLink => f.write_str("header_link (relation next)"),
            DetectedPaginator::JsonLink(path) => write!(f, "json_link (URL at {path})"),
            DetectedPaginator::HeaderCursor { key, param } => write!(f, "header_cursor (header {key}, parameter {param})"),
            DetectedPaginator::PageNumber { total, base, param, .. } => {
                write!(f, "page_number (parameter {param} from {base}, total at {total})")
            }
            DetectedPaginator::Numbered { total, param } => {
                write!(f, "page_number (parameter {param} from 0 or 1, total at {total})")
            }
            DetectedPaginator::Cursor { path, param } => write!(f, "cursor (cursor at {path}, parameter {param})"),
            DetectedPaginator::Counted { param, unit: CounterUnit::Rows, first } => {
                write!(f, "offset (parameter {param} from {first})")
            }
            DetectedPaginator::Counted { param, unit: CounterUnit::Pages, first } => {
                write!(f, "page_number (parameter {param} from {first})")
            }
            DetectedPaginator::SinglePage => f.write_str("single_page"),
        }
    }
}

impl DetectedPaginator {
    pub(super) fn paginator(&self) -> Box<dyn Paginator> {
        match self {
            DetectedPaginator::HeaderLink => Box::new(HeaderLink::default()),
            DetectedPaginator::JsonLink(path) => Box::new(JsonLink::new(path.clone())),
            DetectedPaginator::HeaderCursor { key, param } => Box::new(HeaderCursor::new().cursor_key(key).cursor_param(param)),
            DetectedPaginator::PageNumber { total, base, first, param } => {
                let numbered = PageNumber::new().base_page(*base).page(*first).page_param(param);
                Box::new(numbered.optional_total_path(total.clone()).stop_after_empty_page(false))
            }
            DetectedPaginator::Numbered { total, param } => Box::new(UnknownBasePaginator::new(total.clone(), param)),
            DetectedPaginator::Cursor { path, param } => {
                Box::new(JsonCursor::new().cursor_path(path.clone()).cursor_param(param))
            }
            DetectedPaginator::Counted { param, unit, first } => Box::new(CounterPaginator::new(param, *unit, *first)),
            DetectedPaginator::SinglePage => Box::new(SinglePage),
        }
    }

    /// Returns the guessed parameter.
    pub(super) fn guessed(&self) -> Option<&str> {
        match self {
            DetectedPaginator::PageNumber { param, .. }
            | DetectedPaginator::Numbered { param, .. }
            | DetectedPaginator::HeaderCursor { param, .. }
            | DetectedPaginator::Cursor { param, .. }
            | DetectedPaginator::Counted { param, .. } => Some(param),
            DetectedPaginator::HeaderLink | DetectedPaginator::JsonLink(_) | DetectedPaginator::SinglePage => None,
        }
    }

    pub(super) fn to_value(&self) -> Value {
        let path = |path: &JsonPath| Value::from(path.as_str());
        let text = |text: &String| Value::from(text.as_str());
        let (name, rest) = match self {
            DetectedPaginator::HeaderLink => ("header_link", vec![]),
            DetectedPaginator::JsonLink(link) => ("json_link", vec![("path", path(link))]),
            DetectedPaginator::HeaderCursor { key, param } => ("header_cursor", vec![("key", text(key)), ("param", text(param))]),
            // `first` is omitted: the position contains the page number
            DetectedPaginator::PageNumber { total, base, param, .. } => {
                ("page_number", vec![("path", path(total)), ("base", Value::from(*base)), ("param", text(param))])
            }
            DetectedPaginator::Numbered { total, param } => ("numbered", vec![("path", path(total)), ("param", text(param))]),
            DetectedPaginator::Cursor { path: at, param } => ("cursor", vec![("path", path(at)), ("param", text(param))]),
            DetectedPaginator::Counted { param, unit, first } => {
                let unit = Value::from(if *unit == CounterUnit::Rows { "rows" } else { "pages" });
                ("counted", vec![("param", text(param)), ("unit", unit), ("first", Value::from(*first))])
            }
            DetectedPaginator::SinglePage => ("single_page", vec![]),
        };
        Value::object([("type", Value::from(name))].into_iter().chain(rest))
    }

    pub(super) fn from_value(value: &Value) -> Option<DetectedPaginator> {
        let text = |key| value.get(key).and_then(Value::as_str);
        let number = |key| u64::try_from(value.get(key)?.as_i64()?).ok();
        let path = || JsonPath::parse(text("path")?).ok();
        // positions of earlier versions omit the parameter `page`
        let page_param = || text("param").unwrap_or("page").to_owned();
        match text("type")? {
            "header_link" => Some(DetectedPaginator::HeaderLink),
            "json_link" => Some(DetectedPaginator::JsonLink(path()?)),
            "header_cursor" => {
                Some(DetectedPaginator::HeaderCursor { key: text("key")?.to_owned(), param: text("param")?.to_owned() })
            }
            "page_number" => {
                let base = number("base")?;
                Some(DetectedPaginator::PageNumber { total: path()?, base, first: base, param: page_param() })
            }
            "numbered" => Some(DetectedPaginator::Numbered { total: path()?, param: page_param() }),
            "cursor" => Some(DetectedPaginator::Cursor { path: path()?, param: text("param")?.to_owned() }),
            "counted" => {
                let unit = if text("unit")? == "rows" { CounterUnit::Rows } else { CounterUnit::Pages };
                Some(DetectedPaginator::Counted { param: text("param")?.to_owned(), unit, first: number("first")? })
            }
            _ => None,
        }
    }
}
