//! A scripted API with 130 rows in pages of 50, and what a detected pagination makes of it.

use crate::Body;
use crate::testing::{ReceivedRequest, ScriptedResponse};
use crate::tests::start;

const ROWS: usize = 130;
const PAGE: usize = 50;

/// Where the API reads from which row a page begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// An offset in a parameter, counted from this number.
    Offset(&'static str, usize),
    /// The number of a page in a parameter, counted from this number.
    Page(&'static str, usize),
    /// Nowhere: every response is the first page.
    Nothing,
}

/// What becomes of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All rows came, each one once.
    Followed,
    /// An error names a paginator.
    Told,
    /// Rows are missing, and a warning says so.
    Warned,
    /// Rows are missing or came twice, and nothing says so.
    Truncated,
}

/// The responses of an API. In its texts, `ROWS` are the rows of the page, `AT` the number of the first of them, counted
/// from 0, `NEXT` that of the next page, `PAGE` and `NEXT_PAGE` the numbers of the page and of the next one, counted from
/// what the API counts from, and `HOST` the origin.
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
    /// An API whose pages have the body `more`, and the last one `last`.
    pub(super) const fn new(name: &'static str, by: By, more: &'static str, last: &'static str) -> Shape {
        let row = r#"{"id": N}"#;
        let expected = Outcome::Followed;
        Shape { name, path: "x", by, more, last, headers: &[], status: 200, json: None, row, expected }
    }

    /// The first request, with its query.
    pub(super) const fn path(mut self, path: &'static str) -> Shape {
        self.path = path;
        self
    }

    /// Headers of all pages. Those whose name begins with `+` are missing on the last one.
    pub(super) const fn headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Shape {
        self.headers = headers;
        self
    }

    pub(super) const fn status(mut self, status: u16) -> Shape {
        self.status = status;
        self
    }

    /// A POST with this JSON as its body.
    pub(super) const fn post(mut self, json: &'static str) -> Shape {
        self.json = Some(json);
        self
    }

    /// What a row looks like; `N` is its number.
    pub(super) const fn row(mut self, row: &'static str) -> Shape {
        self.row = row;
        self
    }

    pub(super) const fn told(mut self) -> Shape {
        self.expected = Outcome::Told;
        self
    }

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

    /// Reads all pages. The text is the error, or the warnings.
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
                    let is_told = text.contains("name a paginator") || text.contains("name a `paginator`");
                    return (if is_told { Outcome::Told } else { Outcome::Truncated }, text);
                }
            }
        }
        // without the number of the first page, page 1 may come last
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
