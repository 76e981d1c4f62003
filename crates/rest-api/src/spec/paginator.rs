//! Paginators.

use catchment_json::{JsonPath, Value};

use super::object_reader::ObjectReader;
use crate::SpecDiagnostic;
use crate::spec_schema::{COUNT, FieldSchema, ObjectSchema, TaggedUnion, ValueType};

pub(super) static PAGINATOR: TaggedUnion = TaggedUnion {
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

const HAS_MORE: FieldSchema =
    FieldSchema::new("has_more_path", ValueType::JsonPath, "Where the body says whether there are further pages.");
const TOTAL: FieldSchema = FieldSchema::new(
    "total_path",
    ValueType::JsonPath,
    "Where the body says how many there are; `total` by default, null where it does not.",
);
const STOP: FieldSchema =
    FieldSchema::new("stop_after_empty_page", ValueType::Bool, "Whether a page without rows is the last one.");

static AUTO: ObjectSchema = ObjectSchema::new("auto", "Finds out from the first page.", &[]);
static SINGLE_PAGE: ObjectSchema = ObjectSchema::new("single_page", "There is one page.", &[]);
static HEADER_LINK: ObjectSchema = ObjectSchema::new(
    "header_link",
    "The `Link` header has the next URL.",
    &[FieldSchema::new("links_next_key", ValueType::Text, "Its relation; next by default.")],
);
static JSON_LINK: ObjectSchema = ObjectSchema::new(
    "json_link",
    "The body has the next URL.",
    &[FieldSchema::new("next_url_path", ValueType::JsonPath, "Where; next by default.")],
);
static HEADER_CURSOR: ObjectSchema = ObjectSchema::new(
    "header_cursor",
    "A header has the cursor of the next page.",
    &[
        FieldSchema::new("cursor_key", ValueType::Text, "Its name; next by default."),
        FieldSchema::new("cursor_param", ValueType::Text, "The parameter that gets it; cursor by default."),
    ],
);
static CURSOR: ObjectSchema = ObjectSchema::new(
    "cursor",
    "The body has the cursor of the next page.",
    &[
        FieldSchema::new("cursor_path", ValueType::JsonPath, "Where; cursors.next by default."),
        FieldSchema::new("cursor_param", ValueType::Text, "The parameter that gets it; cursor by default."),
        FieldSchema::new("cursor_body_path", ValueType::Text, "The dotted path in the body of the request that gets it instead."),
        STOP,
        HAS_MORE,
    ],
);
static OFFSET: ObjectSchema = ObjectSchema::new(
    "offset",
    "Pages begin at an offset.",
    &[
        FieldSchema::required("limit", ValueType::Integer(1, i64::MAX), "How many rows a page has."),
        FieldSchema::new("offset", COUNT, "The offset of the first page; 0 by default."),
        FieldSchema::new("offset_param", ValueType::Text, "The parameter that gets the offset; offset by default."),
        FieldSchema::new("offset_body_path", ValueType::Text, "The dotted path in the body of the request that gets it instead."),
        FieldSchema::new("limit_param", ValueType::Text, "The parameter that gets the limit; limit by default."),
        FieldSchema::new("limit_body_path", ValueType::Text, "The dotted path in the body of the request that gets it instead."),
        TOTAL,
        FieldSchema::new("maximum_offset", COUNT, "The offset that is not asked for any more."),
        STOP,
        HAS_MORE,
    ],
);
static PAGE_NUMBER: ObjectSchema = ObjectSchema::new(
    "page_number",
    "Pages are numbered.",
    &[
        FieldSchema::new("base_page", COUNT, "The number of the API's first page; 0 by default."),
        FieldSchema::new("page", COUNT, "The number of the page to begin with; that of the first one by default."),
        FieldSchema::new("page_param", ValueType::Text, "The parameter that gets the number; page by default."),
        FieldSchema::new("page_body_path", ValueType::Text, "The dotted path in the body of the request that gets it instead."),
        TOTAL,
        FieldSchema::new("maximum_page", COUNT, "The number that is not asked for any more."),
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
        next_url_path: JsonPath,
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
        cursor_path: JsonPath,
        /// What gets it; the parameter `cursor` by default.
        param: ParamTarget,
        /// Whether a page without rows is the last one; it is not by default.
        stop_after_empty_page: bool,
        /// Where the body says whether there are further pages.
        has_more_path: Option<JsonPath>,
    },
    /// Pages begin at an offset.
    Offset {
        /// How many rows a page has.
        limit: u64,
        /// What gets that number; the parameter `limit` by default.
        limit_param: ParamTarget,
        /// The offset, from 0 by default, in the parameter `offset`.
        range: CounterSpec,
    },
    /// Pages are numbered.
    PageNumber {
        /// The number of the API's first page; 0 by default.
        base_page: u64,
        /// The number, from that of the first page by default, in the parameter `page`.
        range: CounterSpec,
    },
    /// What a program has registered under this type, with the settings that it takes.
    Custom {
        /// The type.
        name: String,
        /// All other keys.
        settings: Value,
    },
}

/// Where a paginator puts a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamTarget {
    /// A parameter of the query.
    Query(String),
    /// A dotted path in the body.
    Body(String),
}

/// A number that counts up from page to page.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterSpec {
    /// What the first page has.
    pub first: u64,
    /// What gets it.
    pub param: ParamTarget,
    /// Where the body says how many there are.
    pub total: TotalSpec,
    /// The number that is not asked for any more.
    pub maximum: Option<u64>,
    /// Whether a page without rows is the last one; it is by default.
    pub stop_after_empty_page: bool,
    /// Where the body says whether there are further pages.
    pub has_more_path: Option<JsonPath>,
}

/// Where a body says how many pages or rows there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TotalSpec {
    /// Under `total`, if at all.
    #[default]
    Default,
    /// It does not.
    None,
    /// There.
    Path(JsonPath),
}

impl PaginatorSpec {
    /// The paginator of an object, by its name or as an object with its `type` and parameters.
    pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<PaginatorSpec> {
        let value = keys.get("paginator")?;
        let name = PAGINATOR.type_of(value);
        Some(PaginatorSpec::by_type(name, value, &ObjectReader::of(value, keys.path("paginator")), diagnostics))
    }

    fn by_type(name: &str, value: &Value, keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> PaginatorSpec {
        let text = |key: &str, default: &str| keys.text(key).unwrap_or(default).to_owned();
        match name {
            "auto" => PaginatorSpec::Auto,
            "single_page" => PaginatorSpec::SinglePage,
            "header_link" => PaginatorSpec::HeaderLink { links_next_key: text("links_next_key", "next") },
            "json_link" | "json_response" => PaginatorSpec::JsonLink {
                next_url_path: keys.json_path("next_url_path").unwrap_or_else(|| JsonPath::key("next")),
            },
            "header_cursor" => PaginatorSpec::HeaderCursor {
                cursor_key: text("cursor_key", "next"),
                cursor_param: text("cursor_param", "cursor"),
            },
            "cursor" => PaginatorSpec::Cursor {
                cursor_path: keys.json_path("cursor_path").unwrap_or_else(|| JsonPath::from_keys(["cursors", "next"])),
                param: ParamTarget::read(keys, ("cursor_param", "cursor"), "cursor_body_path", diagnostics),
                stop_after_empty_page: keys.bool("stop_after_empty_page").unwrap_or(false),
                has_more_path: keys.json_path("has_more_path"),
            },
            "offset" => PaginatorSpec::Offset {
                limit: keys.integer("limit").unwrap_or(1),
                limit_param: ParamTarget::read(keys, ("limit_param", "limit"), "limit_body_path", diagnostics),
                range: CounterSpec {
                    first: keys.integer("offset").unwrap_or(0),
                    param: ParamTarget::read(keys, ("offset_param", "offset"), "offset_body_path", diagnostics),
                    ..CounterSpec::read(keys, "maximum_offset", diagnostics)
                },
            },
            "page_number" => {
                let base_page = keys.integer("base_page").unwrap_or(0);
                let range = CounterSpec {
                    first: keys.integer("page").unwrap_or(base_page),
                    param: ParamTarget::read(keys, ("page_param", "page"), "page_body_path", diagnostics),
                    ..CounterSpec::read(keys, "maximum_page", diagnostics)
                };
                PaginatorSpec::PageNumber { base_page, range }
            }
            own => PaginatorSpec::Custom { name: own.to_owned(), settings: TaggedUnion::settings(value) },
        }
    }
}

impl ParamTarget {
    fn read(
        keys: &ObjectReader<'_>,
        (param_key, default): (&str, &str),
        body_key: &str,
        diagnostics: &mut Vec<SpecDiagnostic>,
    ) -> ParamTarget {
        match (keys.text(param_key), keys.text(body_key)) {
            (Some(_), Some(_)) => {
                diagnostics.push(keys.diagnostic(body_key, format!("there is `{param_key}` too; only one of them can be set")));
                ParamTarget::Query(default.to_owned())
            }
            (_, Some(path)) => ParamTarget::Body(path.to_owned()),
            (name, None) => ParamTarget::Query(name.unwrap_or(default).to_owned()),
        }
    }
}

impl CounterSpec {
    /// What offsets and numbers have in common.
    fn read(keys: &ObjectReader<'_>, maximum_key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> CounterSpec {
        let total = match keys.json_path("total_path") {
            Some(path) => TotalSpec::Path(path),
            None if keys.is_null("total_path") => TotalSpec::None,
            None => TotalSpec::Default,
        };
        let range = CounterSpec {
            first: 0,
            param: ParamTarget::Query(String::new()),
            total,
            maximum: keys.integer(maximum_key),
            stop_after_empty_page: keys.bool("stop_after_empty_page").unwrap_or(true),
            has_more_path: keys.json_path("has_more_path"),
        };
        let has_end = range.stop_after_empty_page || range.maximum.is_some() || range.has_more_path.is_some();
        if !has_end && range.total == TotalSpec::None {
            let problem = format!(
                "nothing ends the pages: set `total_path`, `{maximum_key}` or `has_more_path`, or let an empty page be the end"
            );
            diagnostics.push(keys.diagnostic("stop_after_empty_page", problem));
        }
        range
    }
}
