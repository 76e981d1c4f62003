//! Paginators.

use catchment_json::{Path, Value};

use super::keys::{Keys, unknown};
use crate::Mistake;

const NAMES: [&str; 9] =
    ["auto", "cursor", "header_cursor", "header_link", "json_link", "json_response", "offset", "page_number", "single_page"];

/// How to come from one page to the next.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum PaginatorSpec {
    /// Finds out from the first page.
    #[default]
    Auto,
    /// There is one page.
    SinglePage,
    /// The `Link` header has the next URL.
    HeaderLink {
        /// Its relation; `next` by default.
        links_next_key: String,
    },
    /// The body has the next URL.
    JsonLink {
        /// Where; `next` by default.
        next_url_path: Path,
    },
    /// A header has the cursor of the next page.
    HeaderCursor {
        /// Its name; `next` by default.
        cursor_key: String,
        /// The parameter of the query that gets it; `cursor` by default.
        cursor_param: String,
    },
    /// The body has the cursor of the next page.
    Cursor {
        /// Where; `cursors.next` by default.
        cursor_path: Path,
        /// What gets it; the parameter `cursor` by default.
        param: ParamSpec,
        /// Whether a page without rows is the last one; it is not by default.
        stop_after_empty_page: bool,
        /// Where the body says whether there are further pages.
        has_more_path: Option<Path>,
    },
    /// Pages begin at an offset.
    Offset {
        /// How many rows a page has.
        limit: u64,
        /// What gets that number; the parameter `limit` by default.
        limit_param: ParamSpec,
        /// The offset, from 0 by default, in the parameter `offset`.
        range: RangeSpec,
    },
    /// Pages are numbered.
    PageNumber {
        /// The number of the API's first page; 0 by default.
        base_page: u64,
        /// The number, from that of the first page by default, in the parameter `page`.
        range: RangeSpec,
    },
}

/// Where a paginator puts a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamSpec {
    /// A parameter of the query.
    Query(String),
    /// A dotted path in the body.
    Body(String),
}

/// A number that counts up from page to page.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeSpec {
    /// What the first page has.
    pub first: u64,
    /// What gets it.
    pub param: ParamSpec,
    /// Where the body says how many there are.
    pub total: TotalSpec,
    /// The number that is not asked for any more.
    pub maximum: Option<u64>,
    /// Whether a page without rows is the last one; it is by default.
    pub stop_after_empty_page: bool,
    /// Where the body says whether there are further pages.
    pub has_more_path: Option<Path>,
}

/// Where a body says how many pages or rows there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TotalSpec {
    /// Under `total`, if at all.
    #[default]
    Default,
    /// It does not.
    Nowhere,
    /// There.
    At(Path),
}

impl PaginatorSpec {
    /// The paginator of an object, by its name or as an object with its `type` and parameters.
    pub(super) fn read(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<PaginatorSpec> {
        let value = keys.get("paginator")?;
        let path = keys.path("paginator");
        if let Some(name) = value.as_str() {
            let empty = Value::object::<String>([]);
            return PaginatorSpec::by_type(name, &path, &mut Keys::of(&empty, path.as_str(), mistakes), mistakes);
        }
        let mut keys = Keys::of(value, path.as_str(), mistakes);
        let name = keys.text("type", mistakes).unwrap_or("auto");
        let paginator = PaginatorSpec::by_type(name, &keys.path("type"), &mut keys, mistakes)?;
        keys.finish(mistakes);
        Some(paginator)
    }

    fn by_type(name: &str, path: &str, keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<PaginatorSpec> {
        Some(match name {
            "auto" => PaginatorSpec::Auto,
            "single_page" => PaginatorSpec::SinglePage,
            "header_link" => PaginatorSpec::HeaderLink { links_next_key: text(keys, "links_next_key", "next", mistakes) },
            "json_link" | "json_response" => {
                let next_url_path = keys.json_path("next_url_path", mistakes).unwrap_or_else(|| Path::key("next"));
                PaginatorSpec::JsonLink { next_url_path }
            }
            "header_cursor" => PaginatorSpec::HeaderCursor {
                cursor_key: text(keys, "cursor_key", "next", mistakes),
                cursor_param: text(keys, "cursor_param", "cursor", mistakes),
            },
            "cursor" => PaginatorSpec::Cursor {
                cursor_path: keys.json_path("cursor_path", mistakes).unwrap_or_else(|| Path::of_keys(["cursors", "next"])),
                param: ParamSpec::read(keys, ("cursor_param", "cursor"), "cursor_body_path", mistakes),
                stop_after_empty_page: keys.bool("stop_after_empty_page", mistakes).unwrap_or(false),
                has_more_path: keys.json_path("has_more_path", mistakes),
            },
            "offset" => PaginatorSpec::Offset {
                limit: limit(keys, mistakes),
                limit_param: ParamSpec::read(keys, ("limit_param", "limit"), "limit_body_path", mistakes),
                range: RangeSpec {
                    first: keys.count("offset", mistakes).unwrap_or(0),
                    param: ParamSpec::read(keys, ("offset_param", "offset"), "offset_body_path", mistakes),
                    ..RangeSpec::read(keys, "maximum_offset", mistakes)
                },
            },
            "page_number" => {
                let base_page = keys.count("base_page", mistakes).unwrap_or(0);
                let range = RangeSpec {
                    first: keys.count("page", mistakes).unwrap_or(base_page),
                    param: ParamSpec::read(keys, ("page_param", "page"), "page_body_path", mistakes),
                    ..RangeSpec::read(keys, "maximum_page", mistakes)
                };
                PaginatorSpec::PageNumber { base_page, range }
            }
            other => {
                mistakes.push(Mistake { path: path.to_owned(), problem: unknown(other, &NAMES) });
                return None;
            }
        })
    }
}

fn text(keys: &mut Keys<'_>, key: &'static str, default: &str, mistakes: &mut Vec<Mistake>) -> String {
    keys.text(key, mistakes).unwrap_or(default).to_owned()
}

/// How many rows a page has, which has no default.
fn limit(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> u64 {
    if keys.get("limit").is_none() {
        mistakes
            .push(Mistake { path: keys.path("limit"), problem: "it is missing; expected how many rows a page has".to_owned() });
    }
    keys.integer("limit", 1..=i64::MAX, mistakes).and_then(|limit| u64::try_from(limit).ok()).unwrap_or(1)
}

impl ParamSpec {
    fn read(
        keys: &mut Keys<'_>,
        (param_key, default): (&'static str, &str),
        body_key: &'static str,
        mistakes: &mut Vec<Mistake>,
    ) -> ParamSpec {
        let (name, path) = (keys.text(param_key, mistakes), keys.text(body_key, mistakes));
        match (name, path) {
            (Some(_), Some(_)) => {
                let problem = format!("there is `{param_key}` too; only one of them can be set");
                mistakes.push(Mistake { path: keys.path(body_key), problem });
                ParamSpec::Query(default.to_owned())
            }
            (_, Some(path)) => ParamSpec::Body(path.to_owned()),
            (name, None) => ParamSpec::Query(name.unwrap_or(default).to_owned()),
        }
    }
}

impl RangeSpec {
    /// What offsets and numbers have in common.
    fn read(keys: &mut Keys<'_>, maximum_key: &'static str, mistakes: &mut Vec<Mistake>) -> RangeSpec {
        let is_null = keys.is_null("total_path");
        let total = match keys.json_path("total_path", mistakes) {
            Some(path) => TotalSpec::At(path),
            None if is_null => TotalSpec::Nowhere,
            None => TotalSpec::Default,
        };
        let range = RangeSpec {
            first: 0,
            param: ParamSpec::Query(String::new()),
            total,
            maximum: keys.count(maximum_key, mistakes),
            stop_after_empty_page: keys.bool("stop_after_empty_page", mistakes).unwrap_or(true),
            has_more_path: keys.json_path("has_more_path", mistakes),
        };
        let has_end = range.stop_after_empty_page || range.maximum.is_some() || range.has_more_path.is_some();
        if !has_end && range.total == TotalSpec::Nowhere {
            let problem = format!(
                "nothing ends the pages: set `total_path`, `{maximum_key}` or `has_more_path`, or let an empty page be the end"
            );
            mistakes.push(Mistake { path: keys.path("stop_after_empty_page"), problem });
        }
        range
    }
}
