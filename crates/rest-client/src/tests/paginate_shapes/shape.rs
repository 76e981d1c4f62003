//! A scripted API with 130 rows in pages of 50, and the outcome of its detected pagination.

use crate::Body;
use crate::testing::{ReceivedRequest, ScriptedResponse};
use crate::tests::start;

const ROWS: usize = 130;
const PAGE: usize = 50;

/// The request parameter with the position of the page.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// The parameter of an offset, and its base.
    Offset(&'static str, usize),
    /// The parameter of a page number, and its base.
    Page(&'static str, usize),
    /// No parameter: every response is the first page.
    Nothing,
}

/// The outcome of a pagination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Every row was received once.
    Followed,
    /// An error suggests a paginator.
    Failed,
    /// Rows are missing, and a warning reports that.
    Warned,
    /// Rows are missing or duplicated without a warning.
    Truncated,
}

/// The responses of an API. Bodies and headers are templates: `ROWS` is the list of rows, `AT` and `NEXT` are the offsets of
/// this and the next page, `PAGE` and `NEXT_PAGE` are their page numbers (offsets and page numbers include the base of the
/// API), and `HOST` is the origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) name: &'static str,
    path: &'static str,
    by: By,
    more: &'static str,
    last: &'static str,
    headers: &'static [(&'static str, &'static str)],
    status: u16,
    json: Option<&'static str>,
    row: &'static str,
    pub(super) expected: Outcome,
}

impl Shape {
    /// Creates an API whose last page has the body `last`, and the other pages the body `more`.
    pub(super) const fn new(name: &'static str, by: By, more: &'static str, last: &'static str) -> Shape {
        let row = r#"{"id": N}"#;
        let expected = Outcome::Followed;
        Shape { name, path: "x", by, more, last, headers: &[], status: 200, json: None, row, expected }
    }

    /// Sets the path and query of the first request.
    pub(super) const fn path(mut self, path: &'static str) -> Shape {
        self.path = path;
        self
    }

    /// Sets the headers of all pages. The last page lacks those whose name begins with `+`.
    pub(super) const fn headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Shape {
        self.headers = headers;
        self
    }

    pub(super) const fn status(mut self, status: u16) -> Shape {
        self.status = status;
        self
    }

    /// Sends a POST with this JSON body.
    pub(super) const fn post(mut self, json: &'static str) -> Shape {
        self.json = Some(json);
        self
    }

    /// Sets the template of a row, in which `N` is its number.
    pub(super) const fn row(mut self, row: &'static str) -> Shape {
        self.row = row;
        self
    }

    /// Expects an error that suggests a paginator.
    pub(super) const fn fails(mut self) -> Shape {
        self.expected = Outcome::Failed;
        self
    }

    /// Expects a warning about missing rows.
    pub(super) const fn warned(mut self) -> Shape {
        self.expected = Outcome::Warned;
        self
    }

    fn at(&self, request: &ReceivedRequest) -> usize {
        let number = |name: &str| request.param(name).and_then(|value| value.trim_start_matches('/').parse::<usize>().ok());
        match self.by {
            By::Offset(name, base) => number(name).map_or(0, |at| at.saturating_sub(base)),
            By::Page(name, base) => number(name).map_or(0, |page| page.saturating_sub(base) * PAGE),
            By::Nothing => 0,
        }
    }

    fn rows(&self, at: usize) -> String {
        let rows: Vec<_> = (at..ROWS.min(at + PAGE)).map(|number| self.row.replace('N', &(number + 1).to_string())).collect();
        format!("[{}]", rows.join(","))
    }

    fn response(&self, request: &ReceivedRequest) -> ScriptedResponse {
        let at = self.at(request);
        let is_last = at + PAGE >= ROWS;
        let base = if let By::Page(_, base) | By::Offset(_, base) = self.by { base } else { 0 };
        let first_page = if let By::Page(_, base) = self.by { base } else { 1 };
        let fill = |text: &str| {
            text.replace("ROWS", &self.rows(at))
                .replace("NEXT_PAGE", &(at / PAGE + 1 + first_page).to_string())
                .replace("NEXT", &(at + PAGE + base).to_string())
                .replace("PAGE", &(at / PAGE + first_page).to_string())
                .replace("AT", &(at + base).to_string())
                .replace("HOST", &format!("http://{}", request.header("host").unwrap_or_default()))
        };
        let mut response = ScriptedResponse::json(self.status, fill(if is_last { self.last } else { self.more }));
        for (name, value) in self.headers {
            match name.strip_prefix('+') {
                Some(_) if is_last => {}
                Some(name) => response = response.header(name, fill(value)),
                None => response = response.header(*name, fill(value)),
            }
        }
        response
    }

    /// Reads all pages. Returns the outcome with the error or the warnings.
    pub(super) async fn read(self) -> (Outcome, String) {
        let (_server, client) = start(move |request| self.response(request));
        let mut request = client.request(self.path).unwrap();
        if let Some(json) = self.json {
            request = request.method(crate::Method::POST).body(Body::Json(crate::Value::parse(json).unwrap()));
        }
        let mut pages = client.paginate(request);
        let (mut found, mut warnings) = (Vec::new(), Vec::new());
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => {
                    found.extend(page.rows.nodes().map(|row| format!("{row:?}")));
                    warnings.extend(page.warnings);
                }
                Err(error) => {
                    let text = error.to_string();
                    let is_reported = text.contains("set a paginator");
                    return (if is_reported { Outcome::Failed } else { Outcome::Truncated }, text);
                }
            }
        }
        // with an unknown base, page 1 may be read last
        found.sort();
        let mut all: Vec<_> = (1..=ROWS).map(|number| self.row.replace(' ', "").replace('N', &number.to_string())).collect();
        all.sort();
        let warns = warnings.iter().any(|warning| warning.contains("may be missing"));
        let outcome = match (found == all, warns) {
            (true, false) => Outcome::Followed,
            (_, true) => Outcome::Warned,
            (false, false) => Outcome::Truncated,
        };
        (outcome, format!("{} rows, {warnings:?}", found.len()))
    }
}
