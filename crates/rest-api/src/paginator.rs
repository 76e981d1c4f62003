//! Conversion of paginators of a spec to those of the client.

use catchment_rest_client::{Auto, HeaderCursor, HeaderLink, JsonCursor, JsonLink, Offset, PageNumber, Paginator, SinglePage};

use crate::registry::Registry;
use crate::{CounterSpec, PaginatorSpec, ParamTarget, SourceErrorKind, TotalSpec};

/// Creates the paginator of a spec.
pub(crate) fn paginator(spec: &PaginatorSpec, registry: &Registry) -> Result<Box<dyn Paginator>, SourceErrorKind> {
    Ok(match spec {
        PaginatorSpec::Auto => Box::new(Auto::default()),
        PaginatorSpec::SinglePage => Box::new(SinglePage),
        PaginatorSpec::HeaderLink { links_next_key } => Box::new(HeaderLink::new(links_next_key)),
        PaginatorSpec::JsonLink { next_url_path } => Box::new(JsonLink::new(next_url_path.clone())),
        PaginatorSpec::HeaderCursor { cursor_key, cursor_param } => {
            Box::new(HeaderCursor::new().cursor_key(cursor_key).cursor_param(cursor_param))
        }
        PaginatorSpec::Cursor { cursor_path, param, stop_after_empty_page, has_more_path } => {
            let cursor = JsonCursor::new().cursor_path(cursor_path.clone()).stop_after_empty_page(*stop_after_empty_page);
            let cursor = has_more_path.iter().fold(cursor, |cursor, path| cursor.has_more_path(path.clone()));
            Box::new(match param {
                ParamTarget::Query(name) => cursor.cursor_param(name),
                ParamTarget::Body(path) => cursor.cursor_body_path(path),
            })
        }
        PaginatorSpec::Offset { limit, limit_param, range } => Box::new(offset(*limit, limit_param, range)),
        PaginatorSpec::PageNumber { base_page, range } => Box::new(page_number(*base_page, range)),
        PaginatorSpec::Custom { name, settings } => registry.make_paginator(name, settings).map_err(SourceErrorKind::Custom)?,
    })
}

fn offset(limit: u64, limit_param: &ParamTarget, range: &CounterSpec) -> Offset {
    let offset = Offset::new(limit).offset(range.first).stop_after_empty_page(range.stop_after_empty_page);
    let offset = match limit_param {
        ParamTarget::Query(name) => offset.limit_param(name),
        ParamTarget::Body(path) => offset.limit_body_path(path),
    };
    let offset = match &range.param {
        ParamTarget::Query(name) => offset.offset_param(name),
        ParamTarget::Body(path) => offset.offset_body_path(path),
    };
    let offset = match &range.total {
        TotalSpec::Default => offset,
        TotalSpec::None => offset.without_total(),
        TotalSpec::Path(path) => offset.total_path(path.clone()),
    };
    let offset = range.maximum.iter().fold(offset, |offset, maximum| offset.maximum_offset(*maximum));
    range.has_more_path.iter().fold(offset, |offset, path| offset.has_more_path(path.clone()))
}

fn page_number(base_page: u64, range: &CounterSpec) -> PageNumber {
    let pages = PageNumber::new().base_page(base_page).page(range.first).stop_after_empty_page(range.stop_after_empty_page);
    let pages = match &range.param {
        ParamTarget::Query(name) => pages.page_param(name),
        ParamTarget::Body(path) => pages.page_body_path(path),
    };
    let pages = match &range.total {
        TotalSpec::Default => pages,
        TotalSpec::None => pages.without_total(),
        TotalSpec::Path(path) => pages.total_path(path.clone()),
    };
    let pages = range.maximum.iter().fold(pages, |pages, maximum| pages.maximum_page(*maximum));
    range.has_more_path.iter().fold(pages, |pages, path| pages.has_more_path(path.clone()))
}
