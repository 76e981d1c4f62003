//! Automatic pagination.

use catchment_json::Value;

use super::Paginator;
use super::detect::{self, Detection};
use super::empty_page_guard::EmptyPageGuard;
use super::guessed_param::{self, GuessedParam};
use super::kind::DetectedPaginator;
use super::page_metadata::PageMetadata;
use super::request_params::RequestParams;
use super::row_count::RowCountTracker;
use super::suggestion;
use crate::body::Body;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;
use crate::select::RowsLayout;

/// The maximum number of consecutive empty pages if each refers to the next one by a number.
const MAX_EMPTY_NUMBERED: u32 = 3;

/// Detects the paginator from the first page. Uses the first rule that applies:
///
/// 1. a `Link` header with the relation `next`: [`HeaderLink`](crate::HeaderLink)
/// 2. a link in the body, relative or absolute, under a key that begins with `next` or in a list of links with relations:
///    [`JsonLink`](crate::JsonLink)
/// 3. a token in a header such as `X-Next-Page`: [`HeaderCursor`](crate::HeaderCursor)
/// 4. a token in the body under a key such as `next_cursor` or `nextPageToken`: [`JsonCursor`](crate::JsonCursor), in the
///    parameter that the key or the shape of the body implies, by default `cursor`
/// 5. a page count such as `total_pages`: [`PageNumber`](crate::PageNumber), in the parameter of the request or the
///    response, by default `page`. If the number of the first page is unknown, requests the pages from 2 on, and page 1 if
///    the last page is empty
/// 6. a token under a key such as `after`, `endCursor` or `continuation`, or a page or row number under a key such as `next`
/// 7. an offset or page number beside a total, a size or a flag such as `has_more`, in the body, in headers such as
///    `X-Total-Count` or in the request: incremented in the parameter of that name
/// 8. a flag such as `has_more` and rows with an `id`: the last `id`, in the parameter `starting_after`
/// 9. [`SinglePage`](crate::SinglePage)
///
/// Only the first two rules apply to a body without a list of rows.
///
/// The pagination fails rather than lose rows:
///
/// - if a guessed parameter has no effect, so that the second page has the same rows as the first
/// - if it cannot follow a sign of further pages, such as a token that is an object, or a parameter that belongs in the JSON
///   body of the request
/// - if a total exceeds the number of received rows
/// - after 100 consecutive empty pages
///
/// It warns if links or tokens end before a total is reached, because such totals may be estimates, and if a page is exactly
/// full but has no sign of further pages.
///
/// ```
/// use catchment_rest_client::{Auto, HeaderMap, Paginator, Request, Response, Url};
///
/// let url = Url::parse("https://api.example.com/issues")?;
/// let page = r#"{"issues": [1, 2], "meta": {"next_cursor": "abc"}}"#;
/// let mut paginator = Auto::default();
/// paginator.update_state(&Response::from_parts(url.clone(), 200, HeaderMap::new(), page)?)?;
/// let mut request = Request::get(url);
/// paginator.update_request(&mut request)?;
/// assert_eq!(request.full_url().as_str(), "https://api.example.com/issues?cursor=abc");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Auto {
    found: Option<ActivePaginator>,
    /// The JSON body of the first request.
    body: Option<Value>,
    warnings: Vec<String>,
}

impl Auto {
    /// Returns the detected paginator, or `None` before the first page.
    pub fn detected(&self) -> Option<&DetectedPaginator> {
        self.found.as_ref().map(|found| &found.kind)
    }
}

/// The paginator in use after detection.
#[derive(Debug, Clone)]
struct ActivePaginator {
    kind: DetectedPaginator,
    paginator: Box<dyn Paginator>,
    guess: Option<GuessedParam>,
    row_count: RowCountTracker,
    empty_pages: EmptyPageGuard,
    /// The token in the request for the current page.
    sent_token: Option<Value>,
    /// A checksum of the rows of the current page.
    rows_checksum: Option<u32>,
    is_finished: bool,
    /// Whether the current page repeats the previous one.
    repeats_previous_page: bool,
    warning: Option<String>,
}

impl ActivePaginator {
    fn new(kind: DetectedPaginator, guess: Option<GuessedParam>, row_count: RowCountTracker) -> ActivePaginator {
        let paginator = kind.paginator();
        let (empty_pages, sent_token, rows_checksum, warning) = (EmptyPageGuard::default(), None, None, None);
        ActivePaginator {
            paginator,
            kind,
            guess,
            row_count,
            empty_pages,
            sent_token,
            rows_checksum,
            is_finished: false,
            repeats_previous_page: false,
            warning,
        }
    }

    fn update(&mut self, response: &Response, body: Option<&Value>) -> Result<(), Error> {
        if let Some(guess) = &mut self.guess {
            guess.check(response)?;
        }
        // with an unknown base, page 1 may be read last, and then indicates further pages
        let is_first_page_read_last = matches!(self.kind, DetectedPaginator::Numbered { .. })
            && self.paginator.position().is_some_and(|position| position.get("page").and_then(Value::as_i64) == Some(1));
        self.paginator.update_state(response)?;
        let signs = PageMetadata::of(response);
        let params = RequestParams::new(response, body);
        self.row_count.add(response, &signs, params);
        let more = signs.more();
        let follows_numbers_or_tokens = matches!(
            self.kind,
            DetectedPaginator::Cursor { .. } | DetectedPaginator::HeaderCursor { .. } | DetectedPaginator::Counted { .. }
        );
        // until a page has no rows, links take precedence over a flag, which may mean something else
        let follows_links = matches!(self.kind, DetectedPaginator::HeaderLink | DetectedPaginator::JsonLink(_));
        let is_end_of_links = follows_links && (signs.elements == 0 || signs.is_end_of_stream());
        let says_end = more.as_ref().is_some_and(|(_, more)| !more) && (follows_numbers_or_tokens || is_end_of_links);
        self.is_finished = says_end || (matches!(self.kind, DetectedPaginator::Counted { .. }) && self.row_count.is_complete());
        if matches!(self.kind, DetectedPaginator::Cursor { .. } | DetectedPaginator::HeaderCursor { .. }) {
            self.detect_repeated_token(response, signs.elements == 0);
        }
        if self.has_next() {
            return self.empty_pages.check(response);
        }
        let says_more = more.filter(|(_, more)| *more).map(|(path, _)| format!("`{path}` indicates further pages"));
        let reaches_end =
            self.repeats_previous_page || is_first_page_read_last || matches!(self.kind, DetectedPaginator::SinglePage);
        let shortfall = self.row_count.shortfall();
        // if the API itself ends the links or tokens, its totals may be estimates
        let ends_by_itself = !matches!(self.kind, DetectedPaginator::Counted { .. } | DetectedPaginator::SinglePage);
        if ends_by_itself && let Some(shortfall) = &shortfall {
            let url = response.shown_url();
            self.warning = Some(format!("rows may be missing: {url} has no next page, but {shortfall}"));
        }
        let sign = says_more.filter(|_| !reaches_end).or(shortfall.filter(|_| !ends_by_itself));
        match sign.filter(|_| response.rows().shape == RowsLayout::List) {
            Some(sign) => {
                let suggestion = suggestion::by_signs(&signs, response, params);
                Err(response.error(ErrorKind::UndetectedPagination { evidence: sign, suggestion }))
            }
            None => Ok(()),
        }
    }

    /// Ends the pagination if a repeated token returns the same rows or none. Some APIs repeat the token of the last page.
    /// A repeated token is still followed once, because the token of a scroll never changes.
    fn detect_repeated_token(&mut self, response: &Response, is_empty: bool) {
        let next = self.paginator.position();
        let rows = guessed_param::rows_checksum(response);
        let same_rows = self.rows_checksum.replace(rows) == Some(rows) && !is_empty;
        let is_repeated = next.is_some() && self.sent_token == next;
        self.repeats_previous_page = is_repeated && same_rows;
        self.is_finished |= self.repeats_previous_page || (is_empty && is_repeated);
        // row and page numbers may increase forever
        let is_number = next.as_ref().is_some_and(|next| next.to_plain_text().parse::<u64>().is_ok());
        if is_empty && is_number && self.empty_pages.in_a_row() + 1 >= MAX_EMPTY_NUMBERED {
            self.is_finished = true;
            let url = response.shown_url();
            self.warning = (!self.row_count.is_complete()).then(|| {
                format!(
                    "the last {MAX_EMPTY_NUMBERED} pages up to {url} have no rows, and the next page was not requested: rows may be missing; set a paginator in the spec"
                )
            });
        }
        self.sent_token = next;
    }

    fn has_next(&self) -> bool {
        !self.is_finished && self.paginator.has_next_page()
    }
}

impl Paginator for Auto {
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.body = match &request.body {
            Some(Body::Json(value)) => Some(value.clone()),
            Some(Body::Form(_) | Body::Bytes(_)) | None => None,
        };
        Ok(())
    }

    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        let found = match &mut self.found {
            Some(found) => found,
            none => {
                let Detection { kind, warning } = detect::detect(response, self.body.as_ref())?;
                tracing::debug!("detected the pagination of {}: {kind:?}", response.shown_url());
                self.warnings.extend(warning);
                let guess = kind.guessed().map(GuessedParam::new);
                none.insert(ActivePaginator::new(kind, guess, RowCountTracker::default()))
            }
        };
        found.update(response, self.body.as_ref())
    }

    fn has_next_page(&self) -> bool {
        self.found.as_ref().is_some_and(ActivePaginator::has_next)
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        match &mut self.found {
            Some(found) => found.paginator.update_request(request),
            None => Ok(()),
        }
    }

    fn needs_body(&self) -> bool {
        self.found.as_ref().is_none_or(|found| found.paginator.needs_body())
    }

    fn is_probe_page(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.repeats_previous_page || found.paginator.is_probe_page())
    }

    fn lookahead_requests(&self, next: &Request, pages: usize) -> Vec<Request> {
        self.found.as_ref().map(|found| found.paginator.lookahead_requests(next, pages)).unwrap_or_default()
    }

    fn position(&self) -> Option<Value> {
        let found = self.found.as_ref()?;
        let position = found.paginator.position()?;
        let entries = [("paginator", found.kind.to_value()), ("position", position), ("account", found.row_count.to_value())];
        found.has_next().then(|| Value::object(entries))
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        let no_position = || ErrorKind::InvalidPosition { found: position.type_name() };
        let kind = position.get("paginator").and_then(DetectedPaginator::from_value).ok_or_else(no_position)?;
        let mut found = ActivePaginator::new(kind, None, RowCountTracker::from_value(position.get("account")));
        found.paginator.resume(position.get("position").ok_or_else(no_position)?)?;
        found.sent_token = found.paginator.position();
        self.found = Some(found);
        Ok(())
    }

    fn take_warnings(&mut self) -> Vec<String> {
        let mut warnings = std::mem::take(&mut self.warnings);
        if let Some(found) = &mut self.found {
            warnings.extend(found.warning.take());
            warnings.extend(found.paginator.take_warnings());
        }
        warnings
    }

    fn explain_failure(&self) -> Option<String> {
        let found = self.found.as_ref()?;
        let param = found.guess.as_ref()?.unverified()?;
        Some(format!("the parameter `{param}` was guessed from the first page; set a paginator in the spec"))
    }
}
