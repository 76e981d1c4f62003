//! The ways to the next page that are detected.

use catchment_json::{Path, Value};

use super::Paginator;
use super::counted::{Counted, Unit};
use super::header_cursor::HeaderCursor;
use super::header_link::HeaderLink;
use super::json_cursor::JsonCursor;
use super::json_link::JsonLink;
use super::numbered::Numbered;
use super::page_number::PageNumber;
use super::single_page::SinglePage;

/// A way to the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    HeaderLink,
    JsonLink(Path),
    HeaderCursor { key: String, param: String },
    PageNumber { total: Path, base: u64, first: u64, param: String },
    Numbered { total: Path, param: String },
    Cursor { path: Path, param: String },
    Counted { param: String, unit: Unit, first: u64 },
    SinglePage,
}

impl Kind {
    pub(super) fn paginator(&self) -> Box<dyn Paginator> {
        match self {
            Kind::HeaderLink => Box::new(HeaderLink::default()),
            Kind::JsonLink(path) => Box::new(JsonLink::new(path.clone())),
            Kind::HeaderCursor { key, param } => Box::new(HeaderCursor::new().cursor_key(key).cursor_param(param)),
            Kind::PageNumber { total, base, first, param } => {
                let numbered = PageNumber::new().base_page(*base).page(*first).page_param(param);
                Box::new(numbered.perhaps_total(total.clone()).stop_after_empty_page(false))
            }
            Kind::Numbered { total, param } => Box::new(Numbered::new(total.clone(), param)),
            Kind::Cursor { path, param } => Box::new(JsonCursor::new().cursor_path(path.clone()).cursor_param(param)),
            Kind::Counted { param, unit, first } => Box::new(Counted::new(param, *unit, *first)),
            Kind::SinglePage => Box::new(SinglePage),
        }
    }

    /// The parameter that is a guess.
    pub(super) fn guessed(&self) -> Option<&str> {
        match self {
            Kind::PageNumber { param, .. }
            | Kind::Numbered { param, .. }
            | Kind::HeaderCursor { param, .. }
            | Kind::Cursor { param, .. }
            | Kind::Counted { param, .. } => Some(param),
            Kind::HeaderLink | Kind::JsonLink(_) | Kind::SinglePage => None,
        }
    }

    pub(super) fn to_value(&self) -> Value {
        let path = |path: &Path| Value::from(path.as_str());
        let text = |text: &String| Value::from(text.as_str());
        let (name, rest) = match self {
            Kind::HeaderLink => ("header_link", vec![]),
            Kind::JsonLink(link) => ("json_link", vec![("path", path(link))]),
            Kind::HeaderCursor { key, param } => ("header_cursor", vec![("key", text(key)), ("param", text(param))]),
            // the position has the number of the page, the first one does not matter any more
            Kind::PageNumber { total, base, param, .. } => {
                ("page_number", vec![("path", path(total)), ("base", Value::from(*base)), ("param", text(param))])
            }
            Kind::Numbered { total, param } => ("numbered", vec![("path", path(total)), ("param", text(param))]),
            Kind::Cursor { path: at, param } => ("cursor", vec![("path", path(at)), ("param", text(param))]),
            Kind::Counted { param, unit, first } => {
                let unit = Value::from(if *unit == Unit::Rows { "rows" } else { "pages" });
                ("counted", vec![("param", text(param)), ("unit", unit), ("first", Value::from(*first))])
            }
            Kind::SinglePage => ("single_page", vec![]),
        };
        Value::object([("type", Value::from(name))].into_iter().chain(rest))
    }

    pub(super) fn from_value(value: &Value) -> Option<Kind> {
        let text = |key| value.get(key).and_then(Value::as_str);
        let number = |key| u64::try_from(value.get(key)?.as_i64()?).ok();
        let path = || Path::parse(text("path")?).ok();
        // positions of earlier versions have no other parameter
        let page_param = || text("param").unwrap_or("page").to_owned();
        match text("type")? {
            "header_link" => Some(Kind::HeaderLink),
            "json_link" => Some(Kind::JsonLink(path()?)),
            "header_cursor" => Some(Kind::HeaderCursor { key: text("key")?.to_owned(), param: text("param")?.to_owned() }),
            "page_number" => {
                let base = number("base")?;
                Some(Kind::PageNumber { total: path()?, base, first: base, param: page_param() })
            }
            "numbered" => Some(Kind::Numbered { total: path()?, param: page_param() }),
            "cursor" => Some(Kind::Cursor { path: path()?, param: text("param")?.to_owned() }),
            "counted" => {
                let unit = if text("unit")? == "rows" { Unit::Rows } else { Unit::Pages };
                Some(Kind::Counted { param: text("param")?.to_owned(), unit, first: number("first")? })
            }
            _ => None,
        }
    }
}
