//! Paginators.

use catchment_json::{Path, Value};

use super::keys::Keys;
use crate::Mistake;
use crate::shape::{COUNT, Field, Kind, Shape, Tagged};

pub(super) static PAGINATOR: Tagged = Tagged {
    name: "paginator",
    default: "auto",
    variants: &[
        ("auto", &AUTO),
        ("cursor", &CURSOR),
        ("header_cursor", &HEADER_CURSOR),
        ("header_link", &HEADER_LINK),
        ("json_link", &JSON_LINK),
        ("json_response", &JSON_LINK),
        ("offset", &OFFSET),
        ("page_number", &PAGE_NUMBER),
        ("single_page", &SINGLE_PAGE),
    ],
    is_secret: false,
};

const HAS_MORE: Field = Field::new("has_more_path", Kind::JsonPath, "Where the body says whether there are further pages.");
const TOTAL: Field = Field::new(
    "total_path",
    Kind::JsonPath,
    "Where the body says how many there are; `total` by default, null where it does not.",
);
const STOP: Field = Field::new("stop_after_empty_page", Kind::Bool, "Whether a page without rows is the last one.");

static AUTO: Shape = Shape::new("auto", "Finds out from the first page.", &[]);
static SINGLE_PAGE: Shape = Shape::new("single_page", "There is one page.", &[]);
static HEADER_LINK: Shape = Shape::new(
    "header_link",
    "The `Link` header has the next URL.",
    &[Field::new("links_next_key", Kind::Text, "Its relation; next by default.")],
);
static JSON_LINK: Shape = Shape::new(
    "json_link",
    "The body has the next URL.",
    &[Field::new("next_url_path", Kind::JsonPath, "Where; next by default.")],
);
static HEADER_CURSOR: Shape = Shape::new(
    "header_cursor",
    "A header has the cursor of the next page.",
    &[
        Field::new("cursor_key", Kind::Text, "Its name; next by default."),
        Field::new("cursor_param", Kind::Text, "The parameter that gets it; cursor by default."),
    ],
);
static CURSOR: Shape = Shape::new(
    "cursor",
    "The body has the cursor of the next page.",
    &[
        Field::new("cursor_path", Kind::JsonPath, "Where; cursors.next by default."),
        Field::new("cursor_param", Kind::Text, "The parameter that gets it; cursor by default."),
        Field::new("cursor_body_path", Kind::Text, "The dotted path in the body of the request that gets it instead."),
        STOP,
        HAS_MORE,
    ],
);
static OFFSET: Shape = Shape::new(
    "offset",
    "Pages begin at an offset.",
    &[
        Field::required("limit", Kind::Integer(1, i64::MAX), "How many rows a page has."),
        Field::new("offset", COUNT, "The offset of the first page; 0 by default."),
        Field::new("offset_param", Kind::Text, "The parameter that gets the offset; offset by default."),
        Field::new("offset_body_path", Kind::Text, "The dotted path in the body of the request that gets it instead."),
        Field::new("limit_param", Kind::Text, "The parameter that gets the limit; limit by default."),
        Field::new("limit_body_path", Kind::Text, "The dotted path in the body of the request that gets it instead."),
        TOTAL,
        Field::new("maximum_offset", COUNT, "The offset that is not asked for any more."),
        STOP,
        HAS_MORE,
    ],
);
static PAGE_NUMBER: Shape = Shape::new(
    "page_number",
    "Pages are numbered.",
    &[
        Field::new("base_page", COUNT, "The number of the API's first page; 0 by default."),
        Field::new("page", COUNT, "The number of the page to begin with; that of the first one by default."),
        Field::new("page_param", Kind::Text, "The parameter that gets the number; page by default."),
        Field::new("page_body_path", Kind::Text, "The dotted path in the body of the request that gets it instead."),
        TOTAL,
        Field::new("maximum_page", COUNT, "The number that is not asked for any more."),
        STOP,
        HAS_MORE,
    ],
);

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
    /// What a program has registered under this type, with the settings that it takes.
    Own {
        /// The type.
        name: String,
        /// All other keys.
        settings: Value,
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
    pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<PaginatorSpec> {
        let value = keys.get("paginator")?;
        let name = PAGINATOR.type_of(value);
        Some(PaginatorSpec::by_type(name, value, &Keys::of(value, keys.path("paginator")), mistakes))
    }

    fn by_type(name: &str, value: &Value, keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> PaginatorSpec {
        let text = |key: &str, default: &str| keys.text(key).unwrap_or(default).to_owned();
        match name {
            "auto" => PaginatorSpec::Auto,
            "single_page" => PaginatorSpec::SinglePage,
            "header_link" => PaginatorSpec::HeaderLink { links_next_key: text("links_next_key", "next") },
            "json_link" | "json_response" => {
                PaginatorSpec::JsonLink { next_url_path: keys.json_path("next_url_path").unwrap_or_else(|| Path::key("next")) }
            }
            "header_cursor" => PaginatorSpec::HeaderCursor {
                cursor_key: text("cursor_key", "next"),
                cursor_param: text("cursor_param", "cursor"),
            },
            "cursor" => PaginatorSpec::Cursor {
                cursor_path: keys.json_path("cursor_path").unwrap_or_else(|| Path::of_keys(["cursors", "next"])),
                param: ParamSpec::read(keys, ("cursor_param", "cursor"), "cursor_body_path", mistakes),
                stop_after_empty_page: keys.bool("stop_after_empty_page").unwrap_or(false),
                has_more_path: keys.json_path("has_more_path"),
            },
            "offset" => PaginatorSpec::Offset {
                limit: keys.integer("limit").unwrap_or(1),
                limit_param: ParamSpec::read(keys, ("limit_param", "limit"), "limit_body_path", mistakes),
                range: RangeSpec {
                    first: keys.integer("offset").unwrap_or(0),
                    param: ParamSpec::read(keys, ("offset_param", "offset"), "offset_body_path", mistakes),
                    ..RangeSpec::read(keys, "maximum_offset", mistakes)
                },
            },
            "page_number" => {
                let base_page = keys.integer("base_page").unwrap_or(0);
                let range = RangeSpec {
                    first: keys.integer("page").unwrap_or(base_page),
                    param: ParamSpec::read(keys, ("page_param", "page"), "page_body_path", mistakes),
                    ..RangeSpec::read(keys, "maximum_page", mistakes)
                };
                PaginatorSpec::PageNumber { base_page, range }
            }
            own => PaginatorSpec::Own { name: own.to_owned(), settings: Tagged::settings(value) },
        }
    }
}

impl ParamSpec {
    fn read(keys: &Keys<'_>, (param_key, default): (&str, &str), body_key: &str, mistakes: &mut Vec<Mistake>) -> ParamSpec {
        match (keys.text(param_key), keys.text(body_key)) {
            (Some(_), Some(_)) => {
                mistakes.push(keys.mistake(body_key, format!("there is `{param_key}` too; only one of them can be set")));
                ParamSpec::Query(default.to_owned())
            }
            (_, Some(path)) => ParamSpec::Body(path.to_owned()),
            (name, None) => ParamSpec::Query(name.unwrap_or(default).to_owned()),
        }
    }
}

impl RangeSpec {
    /// What offsets and numbers have in common.
    fn read(keys: &Keys<'_>, maximum_key: &str, mistakes: &mut Vec<Mistake>) -> RangeSpec {
        let total = match keys.json_path("total_path") {
            Some(path) => TotalSpec::At(path),
            None if keys.is_null("total_path") => TotalSpec::Nowhere,
            None => TotalSpec::Default,
        };
        let range = RangeSpec {
            first: 0,
            param: ParamSpec::Query(String::new()),
            total,
            maximum: keys.integer(maximum_key),
            stop_after_empty_page: keys.bool("stop_after_empty_page").unwrap_or(true),
            has_more_path: keys.json_path("has_more_path"),
        };
        let has_end = range.stop_after_empty_page || range.maximum.is_some() || range.has_more_path.is_some();
        if !has_end && range.total == TotalSpec::Nowhere {
            let problem = format!(
                "nothing ends the pages: set `total_path`, `{maximum_key}` or `has_more_path`, or let an empty page be the end"
            );
            mistakes.push(keys.mistake("stop_after_empty_page", problem));
        }
        range
    }
}
