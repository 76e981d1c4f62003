//! Detection of the paginator from the first page.

use catchment_json::{NodeKind as JsonKind, Value};

use super::kind::DetectedPaginator;
use super::metadata_keys::{PAGE_COUNTS, fold_key};
use super::page_metadata::PageMetadata;
use super::param_keys::NEXT_HEADERS;
use super::request_params::RequestParams;
use super::stepped_counter::parse_count;
use super::totals::{header, more_header, page_count_header, total, unfollowed_header};
use super::{body_detection, count_detection, next_link, suggestion, token_detection};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;
use crate::select::RowsLayout;

/// Common default page sizes.
const ROUND: &[u64] = &[10, 20, 25, 30, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000];

/// The result of a detection.
pub(super) struct Detection {
    pub(super) kind: DetectedPaginator,
    pub(super) warning: Option<String>,
}

impl From<DetectedPaginator> for Detection {
    fn from(kind: DetectedPaginator) -> Detection {
        Detection { kind, warning: None }
    }
}

/// Detects the paginator from the first page. `body` is the JSON body of the request.
///
/// # Errors
///
/// Returns an error if a sign of further pages cannot be followed, or only with a guessed parameter that belongs in the
/// request body.
pub(super) fn detect(response: &Response, body: Option<&Value>) -> Result<Detection, Error> {
    if response.link("next")?.is_some() {
        return Ok(DetectedPaginator::HeaderLink.into());
    }
    if let Some(path) = next_link::link(response.document()?) {
        return Ok(DetectedPaginator::JsonLink(path).into());
    }
    let signs = PageMetadata::of(response);
    let params = RequestParams::new(response, body);
    if response.rows().shape != RowsLayout::List {
        return single(response, &signs, params);
    }
    let detected = match certain(response, &signs, params) {
        Some(kind) => kind.into(),
        None => by_counts(response, &signs, params)?,
    };
    let guess = detected.kind.guessed().filter(|param| params.is_by_body(param));
    let suggestion = guess.and_then(|_| suggestion::in_body(&detected.kind, &signs, params));
    match (guess, suggestion) {
        (Some(param), Some(suggestion)) => {
            let sign = format!("the next page needs `{param}`, which probably belongs in the request body");
            Err(response.error(ErrorKind::UndetectedPagination { evidence: sign, suggestion }))
        }
        _ => Ok(detected),
    }
}

/// Handles a body without a list of rows. A single object may have a key such as `next_billing_date`.
fn single(response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Result<Detection, Error> {
    let is_object = response.rows().shape == RowsLayout::Single && !signs.has_key("id");
    let sign = if is_object { single_sign(response, signs) } else { None };
    match sign {
        Some(sign) => Err(unfollowed(response, signs, params, sign)),
        None => Ok(DetectedPaginator::SinglePage.into()),
    }
}

fn single_sign(response: &Response, signs: &PageMetadata<'_>) -> Option<String> {
    let root = response.document().ok()?.root();
    let flag = signs.certainly_more().or_else(|| body_detection::deep_connection(root));
    let flag = flag.map(|path| format!("`{path}` indicates further pages, but the body has no list of rows"));
    let token = || signs.token(&["nextcursor", "nextpagetoken", "nextcontinuationtoken"]);
    flag.or_else(|| Some(format!("`{}` seems to refer to the next page, but the body has no list of rows", token()?.path())))
}

/// Detects a token or a page count.
fn certain(response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<DetectedPaginator> {
    let in_header = NEXT_HEADERS.iter().find(|(key, _)| header(response, key).is_some_and(|value| !value.is_empty()));
    if let Some((key, param)) = in_header {
        return Some(DetectedPaginator::HeaderCursor { key: (*key).to_owned(), param: (*param).to_owned() });
    }
    let may_have_more = signs.more().is_none_or(|(_, more)| more);
    let next = || token_detection::next_token(response, signs, params).filter(|_| may_have_more);
    if let Some(token) = next().filter(token_detection::CursorToken::beats_page_numbers) {
        return Some(token.kind());
    }
    let pages = count_detection::by_page_count(response, signs, params);
    let token = || {
        next()
            .or_else(|| token_detection::other_token(signs, params).filter(|_| may_have_more))
            .map(token_detection::CursorToken::kind)
    };
    pages.or_else(token).or_else(|| count_detection::by_other_page_count(signs, params))
}

fn by_counts(response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Result<Detection, Error> {
    let rows = signs.elements;
    let total = total(response, signs);
    let pages = page_count_header(response).filter(|pages| *pages > 1);
    let last_page = signs.page_count().is_some_and(|(_, pages)| pages <= signs.page().map_or(1, |(_, page)| page).max(1));
    let more = signs.more().or_else(|| signs.page_count().filter(|_| last_page).map(|(path, _)| (path, false)));
    let is_reached = total.as_ref().is_some_and(|(_, total)| *total <= params.first_row().saturating_add(rows));
    let said = more.as_ref().is_some_and(|(_, more)| *more);
    let missing = more.is_none() && rows > 0 && total.is_some() && !is_reached;
    let is_full = more.is_none() && total.is_none() && rows > 0 && signs.limit().or(signs.size()) == Some(rows);
    if said || missing || is_full || pages.is_some() {
        if let Some(kind) = count_detection::by_number(signs, params, total.is_some(), pages.is_some()) {
            return Ok(kind.into());
        }
        if said && let Some(kind) = count_detection::by_last_id(response, signs) {
            return Ok(kind.into());
        }
    }
    let is_whole = rows == 0 || more.is_some() || (is_reached && !signs.has_ambiguous_total());
    let sign = if said {
        more.as_ref().map(|(path, _)| format!("`{path}` indicates further pages"))
    } else if missing {
        total.as_ref().map(|(location, total)| format!("{location} is {total} and only {rows} rows were received"))
    } else {
        unknown_way(response, signs, is_whole)
    };
    if let Some(sign) = sign {
        return Err(unfollowed(response, signs, params, sign));
    }
    let is_silent = more.is_none() && total.is_none() && !signs.has("next") && signs.page_count().is_none() && pages.is_none();
    let warning = if is_silent { full_page(response, signs, params, rows) } else { None };
    Ok(Detection { kind: DetectedPaginator::SinglePage, warning })
}

/// Describes a sign of a next page that cannot be requested.
fn unknown_way(response: &Response, signs: &PageMetadata<'_>, is_whole: bool) -> Option<String> {
    let leads = |path| format!("`{path}` seems to refer to the next page");
    let token = signs.unfollowed().filter(|_| signs.more().is_none()).map(leads);
    let remaining =
        || signs.remaining().filter(|(_, rows)| *rows > 0).map(|(path, rows)| format!("`{path}` reports {rows} remaining rows"));
    let link = || next_link::unfollowed_relation(response.document().ok()?.root()).map(leads);
    let certain = token.or_else(remaining).or_else(link).or_else(|| envelope(response));
    let doubtful = || {
        let path = body_detection::more(signs).or_else(|| signs.scroll());
        path.map(leads).or_else(|| unfollowed_header(response)).or_else(|| more_header(response))
    };
    certain.or_else(|| doubtful().filter(|_| !is_whole))
}

/// Describes a list of two elements, an object with a page count and the rows, as in the World Bank API.
fn envelope(response: &Response) -> Option<String> {
    let mut elements = response.document().ok()?.root().elements();
    let (first, second) = (elements.next()?, elements.next()?);
    let is_envelope = first.kind() == JsonKind::Object && second.kind() == JsonKind::Array && elements.next().is_none();
    let is_count = |key: &str| PAGE_COUNTS.contains(&fold_key(key).as_str());
    let mut counts = first.entries().filter(|(key, _)| is_count(&key.name())).filter_map(|(_, pages)| parse_count(pages));
    counts.find(|pages| is_envelope && *pages > 1).map(|pages| {
        format!("the first element of the body declares {pages} pages and the second one contains the rows: set data_selector to \"$[1]\"")
    })
}

fn unfollowed(response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>, sign: String) -> Error {
    let suggestion = suggestion::by_signs(signs, response, params);
    response.error(ErrorKind::UndetectedPagination { evidence: sign, suggestion })
}

/// Returns a warning if a page is exactly full.
fn full_page(response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>, rows: u64) -> Option<String> {
    let stated = || signs.limit().or(signs.size());
    let is_full = match params.limit().or_else(|| params.size()).or_else(stated) {
        Some(limit) => limit == rows || (limit > rows && rows >= 50 && ROUND.contains(&rows)),
        None => ROUND.contains(&rows),
    };
    is_full.then(|| {
        let url = response.shown_url();
        format!(
            "{url} returned exactly {rows} rows and no sign of a next page: further rows may be missing; set a paginator in the spec, or `single_page` if these are all rows"
        )
    })
}
