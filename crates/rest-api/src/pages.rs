//! The pages of resources.

use std::pin::Pin;
use std::sync::Arc;

use catchment_extract::{Page, PageError, Row, Start};
use catchment_json::{Selection, Value};
use catchment_rest_client::{Page as ClientPage, Pages, Url, redact_all};
use catchment_settings::Secret;
use futures_util::{Stream, StreamExt as _, stream};

use crate::endpoint::{Endpoint, IncludedFields, with_fields};

type PageStream = Pin<Box<dyn Stream<Item = Result<Page, PageError>> + Send>>;

/// The pages of a resource without a parent. Ranges in windows end at `now`, in microseconds since 1970.
pub(crate) fn own(endpoint: &Arc<Endpoint>, start: &Start, now: i64) -> PageStream {
    all(endpoint, start, now, of_start)
}

/// The pages that a row of another resource leads to. A row that is skipped leads to a page without rows that says so.
pub(crate) fn of_row(endpoint: &Arc<Endpoint>, row: Row, start: &Start, now: i64) -> PageStream {
    match endpoint.skip_warning(&row) {
        Ok(None) => {}
        Ok(Some(warning)) => return Box::pin(stream::iter([without_rows(vec![warning])])),
        Err(error) => return failed(error.into()),
    }
    let IncludedFields { fields, warnings } = match endpoint.included_fields(&row) {
        Ok(included) => included,
        Err(error) => return failed(error),
    };
    let pages = all(endpoint, start, now, move |endpoint, start| of_row_and_start(endpoint, &row, &fields, start));
    with_warnings(pages, warnings)
}

/// A page without rows, with warnings.
fn without_rows(warnings: Vec<String>) -> Result<Page, PageError> {
    let rows = Selection::try_from(Vec::<Value>::new())?;
    Ok(Page { warnings, bytes: 0, ..Page::from(rows) })
}

/// The pages, the first of which has warnings.
fn with_warnings(pages: PageStream, mut warnings: Vec<String>) -> PageStream {
    if warnings.is_empty() {
        return pages;
    }
    Box::pin(pages.map(move |page| {
        let mut page = page?;
        page.warnings.append(&mut warnings);
        Ok(page)
    }))
}

/// The pages of all windows of a range, one after the other, where the endpoint has windows; else all pages.
fn all(
    endpoint: &Arc<Endpoint>,
    start: &Start,
    now: i64,
    pages: impl Fn(&Endpoint, &Start) -> PageStream + Send + 'static,
) -> PageStream {
    let windows = match endpoint.windows(start, now) {
        None => return pages(endpoint, start),
        Some(Ok(windows)) => windows,
        Some(Err(error)) => return failed(error.into()),
    };
    let endpoint = Arc::clone(endpoint);
    // a place in the pages of a window does not say which window it is
    let without_place = |page: Result<Page, PageError>| page.map(|page| page.next_at(None));
    Box::pin(stream::iter(windows).flat_map(move |start| pages(&endpoint, &start)).map(without_place))
}

fn of_start(endpoint: &Endpoint, start: &Start) -> PageStream {
    let request = match endpoint.request(start, None) {
        Ok(request) => request,
        Err(error) => return failed(error.into()),
    };
    let pages = match &start.position {
        Some(position) => endpoint.client().paginate_from(request, position),
        None => endpoint.client().paginate(request),
    };
    to_pages(pages, Vec::new(), endpoint.secrets().to_vec())
}

fn of_row_and_start(endpoint: &Endpoint, row: &Row, fields: &[(String, Value)], start: &Start) -> PageStream {
    match endpoint.request(start, Some(row)) {
        Ok(request) => to_pages(endpoint.client().paginate(request), fields.to_vec(), endpoint.secrets().to_vec()),
        Err(error) => failed(error.into()),
    }
}

fn failed(error: PageError) -> PageStream {
    Box::pin(stream::iter([Err(error)]))
}

fn to_pages(pages: Pages, fields: Vec<(String, Value)>, secrets: Vec<Secret>) -> PageStream {
    let page = move |page: ClientPage| {
        let position = page.position.filter(|position| !has_secret(position, &secrets));
        Ok(Page { rows: with_fields(page.rows, &fields)?, position, bytes: page.bytes, warnings: page.warnings })
    };
    Box::pin(pages.map(move |found| page(found?)))
}

/// Whether a place in the pages has what opens them to others, which is not to be stored: then a run cannot go on from it.
fn has_secret(position: &Value, secrets: &[Secret]) -> bool {
    match position {
        Value::Text(text) => {
            let is_known = secrets.iter().any(|secret| text.contains(secret.expose()));
            is_known || Url::parse(text).is_ok_and(|url| redact_all(&url, secrets) != url.as_str())
        }
        Value::Array(values) => values.iter().any(|value| has_secret(value, secrets)),
        Value::Object(entries) => entries.values().any(|value| has_secret(value, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::has_secret;

    #[test]
    fn places_that_open_the_pages_to_others_are_not_kept() {
        let check = |position: &str, expected: bool| {
            assert_eq!(has_secret(&Value::parse(position).unwrap(), &["s3cret".into()]), expected, "{position}");
        };
        check(r#""https://api.example.com/issues?page=2""#, false);
        check(r#""https://api.example.com/issues?page=2&api_key=42""#, true);
        check(r#""https://api.example.com/issues?page=2&who=s3cret""#, true);
        check(r#"{"link": "https://me:pw@api.example.com/issues"}"#, true);
        check(r#"["abc", 7, null]"#, false);
    }
}
