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

const HAS_MORE: FieldSchema = FieldSchema::new(
    "has_more_path",
    ValueType::JsonPath,
    "The path of a boolean in the response that states whether more pages follow. A response without it is an error.",
);
const TOTAL: FieldSchema = FieldSchema::new(
    "total_path",
    ValueType::JsonPath,
    "The path of the total in the response, which counts rows (offset) or pages (page_number); `total` by default. Set null if this field counts something else.",
);
const STOP: FieldSchema =
    FieldSchema::new("stop_after_empty_page", ValueType::Bool, "Whether to stop after a page without rows.");

static AUTO: ObjectSchema = ObjectSchema::new("auto", "Detects the pagination from the first page.", &[]);
static SINGLE_PAGE: ObjectSchema = ObjectSchema::new("single_page", "A single page without pagination.", &[]);
static HEADER_LINK: ObjectSchema = ObjectSchema::new(
    "header_link",
    "Follows the `Link` header to the next page.",
    &[FieldSchema::new("links_next_key", ValueType::Text, "The link relation of the next page; next by default.")],
);
static JSON_LINK: ObjectSchema = ObjectSchema::new(
    "json_link",
    "Follows a next link in the response body.",
    &[FieldSchema::new("next_url_path", ValueType::JsonPath, "The path of the next link in the response; next by default.")],
);
static HEADER_CURSOR: ObjectSchema = ObjectSchema::new(
    "header_cursor",
    "Sends a cursor from a response header with the next request.",
    &[
        FieldSchema::new("cursor_key", ValueType::Text, "The name of the response header with the cursor; next by default."),
        FieldSchema::new("cursor_param", ValueType::Text, "The query parameter for the cursor; cursor by default."),
    ],
);
static CURSOR: ObjectSchema = ObjectSchema::new(
    "cursor",
    "Sends a cursor from the response body with the next request.",
    &[
        FieldSchema::new("cursor_path", ValueType::JsonPath, "The path of the cursor in the response; cursors.next by default."),
        FieldSchema::new("cursor_param", ValueType::Text, "The query parameter for the cursor; cursor by default."),
        FieldSchema::new(
            "cursor_body_path",
            ValueType::Text,
            "The dotted path for the cursor in the request body, instead of a query parameter.",
        ),
        STOP,
        HAS_MORE,
    ],
);
static OFFSET: ObjectSchema = ObjectSchema::new(
    "offset",
    "Requests pages by offset and limit.",
    &[
        FieldSchema::required("limit", ValueType::Integer(1, i64::MAX), "The number of rows per page."),
        FieldSchema::new("offset", COUNT, "The offset of the first page; 0 by default."),
        FieldSchema::new("offset_param", ValueType::Text, "The query parameter for the offset; offset by default."),
        FieldSchema::new(
            "offset_body_path",
            ValueType::Text,
            "The dotted path for the offset in the request body, instead of a query parameter.",
        ),
        FieldSchema::new("limit_param", ValueType::Text, "The query parameter for the limit; limit by default."),
        FieldSchema::new(
            "limit_body_path",
            ValueType::Text,
            "The dotted path for the limit in the request body, instead of a query parameter.",
        ),
        TOTAL,
        FieldSchema::new("maximum_offset", COUNT, "The offset at which to stop; it is not requested."),
        STOP,
        HAS_MORE,
    ],
);
static PAGE_NUMBER: ObjectSchema = ObjectSchema::new(
    "page_number",
    "Requests pages by number.",
    &[
        FieldSchema::new("base_page", COUNT, "The number of the API's first page; 0 by default."),
        FieldSchema::new("page", COUNT, "The number of the first page to request; base_page by default."),
        FieldSchema::new("page_param", ValueType::Text, "The query parameter for the page number; page by default."),
        FieldSchema::new(
            "page_body_path",
            ValueType::Text,
            "The dotted path for the page number in the request body, instead of a query parameter.",
        ),
        TOTAL,
        FieldSchema::new("maximum_page", COUNT, "The page number at which to stop; it is not requested."),
        STOP,
        HAS_MORE,
    ],
);

/// The pagination of an API.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum PaginatorSpec {
    /// Detects the pagination from the first page.
    #[default]
    Auto,
    /// A single page without pagination.
    SinglePage,
    /// Follows the `Link` header to the next page.
    HeaderLink {
        /// The link relation of the next page; `next` by default.
        links_next_key: String,
    },
    /// Follows a next link in the response body.
    JsonLink {
        /// The path of the next link; `next` by default.
        next_url_path: JsonPath,
    },
    /// Sends a cursor from a response header with the next request.
    HeaderCursor {
        /// The name of the header; `next` by default.
        cursor_key: String,
        /// The query parameter for the cursor; `cursor` by default.
        cursor_param: String,
    },
    /// Sends a cursor from the response body with the next request.
    Cursor {
        /// The path of the cursor; `cursors.next` by default.
        cursor_path: JsonPath,
        /// The position of the cursor in the request; the query parameter `cursor` by default.
        param: ParamTarget,
        /// Whether to stop after a page without rows; false by default.
        stop_after_empty_page: bool,
        /// The path of a boolean in the response that states whether more pages follow.
        has_more_path: Option<JsonPath>,
    },
    /// Requests pages by offset and limit.
    Offset {
        /// The number of rows per page.
        limit: u64,
        /// The position of the limit in the request; the query parameter `limit` by default.
        limit_param: ParamTarget,
        /// The offset: from 0 in the query parameter `offset` by default.
        range: CounterSpec,
    },
    /// Requests pages by number.
    PageNumber {
        /// The number of the API's first page; 0 by default.
        base_page: u64,
        /// The page number: from `base_page` in the query parameter `page` by default.
        range: CounterSpec,
    },
    /// A paginator that is registered in code under this type, with its settings.
    Custom {
        /// The type.
        name: String,
        /// All other keys.
        settings: Value,
    },
}

/// The position of a paginator's value in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamTarget {
    /// A query parameter.
    Query(String),
    /// A dotted path in the request body.
    Body(String),
}

/// A counter that increases from page to page: an offset or a page number.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterSpec {
    /// The value for the first page.
    pub first: u64,
    /// The position of the value in the request.
    pub param: ParamTarget,
    /// The location of the total number of rows or pages in the response.
    pub total: TotalSpec,
    /// The exclusive upper bound.
    pub maximum: Option<u64>,
    /// Whether to stop after a page without rows; true by default.
    pub stop_after_empty_page: bool,
    /// The path of a boolean in the response that states whether more pages follow.
    pub has_more_path: Option<JsonPath>,
}

/// The location of the total number of rows or pages in a response.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TotalSpec {
    /// At `total`, if present.
    #[default]
    Default,
    /// The response contains no total.
    None,
    /// At this path.
    Path(JsonPath),
}

impl PaginatorSpec {
    /// Reads the paginator of an object: a type name, or an object with `type` and settings.
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
                diagnostics.push(keys.diagnostic(body_key, format!("`{param_key}` is also set; set only one of them")));
                ParamTarget::Query(default.to_owned())
            }
            (_, Some(path)) => ParamTarget::Body(path.to_owned()),
            (name, None) => ParamTarget::Query(name.unwrap_or(default).to_owned()),
        }
    }
}

impl CounterSpec {
    /// Reads the settings that offsets and page numbers have in common.
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
                "pagination has no stop condition; set `total_path`, `{maximum_key}` or `has_more_path`, or set `stop_after_empty_page` to true"
            );
            diagnostics.push(keys.diagnostic("stop_after_empty_page", problem));
        }
        range
    }
}
