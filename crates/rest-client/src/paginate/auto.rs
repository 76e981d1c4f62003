//! Finding out how an API has its pages.

use catchment_json::{Path, Value};

use super::guess::Guess;
use super::header_link::HeaderLink;
use super::json_cursor::JsonCursor;
use super::json_link::JsonLink;
use super::numbered::Numbered;
use super::page_number::PageNumber;
use super::single_page::SinglePage;
use super::{Paginator, hint};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;
use crate::select::Shape;

/// Finds the paginator from the first page, as the first of these that applies:
///
/// 1. a `Link` header with the relation `next`: [`HeaderLink`]
/// 2. a link in the body, under a key that begins with `next`: [`JsonLink`]
/// 3. a number of pages, under `total_pages`, `pages` or `totalPages`: [`PageNumber`] in the parameter `page`, counted
///    from what the first page says to be; where it does not say, the pages from 2 on are asked for, and page 1 where
///    the last one turns out to be empty
/// 4. a cursor in the body, under a key like `next`, `next_cursor` or `nextPageToken`: [`JsonCursor`], in the parameter
///    that the key speaks of, else in `cursor`
/// 5. [`SinglePage`]
///
/// Only the first two apply to a body that has no list of rows. The parameters of 3 and 4 are guesses: if the second
/// page has the rows of the first one, that is an error. A sign of further pages that is none of these is logged as a
/// warning.
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
    found: Option<Found>,
}

/// What was found.
#[derive(Debug, Clone)]
struct Found {
    kind: Kind,
    paginator: Box<dyn Paginator>,
    guess: Option<Guess>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    HeaderLink,
    JsonLink(Path),
    PageNumber { total: Path, base: u64 },
    Numbered { total: Path },
    Cursor { path: Path, param: String },
    SinglePage,
}

impl Kind {
    fn of(response: &Response) -> Result<Kind, Error> {
        if response.link("next")?.is_some() {
            return Ok(Kind::HeaderLink);
        }
        let document = response.document()?;
        if let Some(path) = hint::link(document) {
            return Ok(Kind::JsonLink(path));
        }
        // a single object may well have a key like `next_billing_date`
        if response.rows().shape != Shape::List {
            return Ok(Kind::SinglePage);
        }
        if let Some((total, base)) = hint::total(document) {
            return Ok(base.map_or(Kind::Numbered { total: total.clone() }, |base| Kind::PageNumber { total, base }));
        }
        if let Some((path, param)) = hint::cursor(document) {
            return Ok(Kind::Cursor { path, param });
        }
        if let Some(path) = hint::more(document) {
            tracing::warn!(
                "{} has more pages, as {path} says, but how to ask for them is not known: only the first page is read; name a paginator",
                response.shown_url(),
            );
        }
        Ok(Kind::SinglePage)
    }

    fn paginator(&self) -> Box<dyn Paginator> {
        match self {
            Kind::HeaderLink => Box::new(HeaderLink::default()),
            Kind::JsonLink(path) => Box::new(JsonLink::new(path.clone())),
            Kind::PageNumber { total, base } => Box::new(PageNumber::new().base_page(*base).perhaps_total(total.clone())),
            Kind::Numbered { total } => Box::new(Numbered::new(total.clone())),
            Kind::Cursor { path, param } => Box::new(JsonCursor::new().cursor_path(path.clone()).cursor_param(param)),
            Kind::SinglePage => Box::new(SinglePage),
        }
    }

    /// The parameter that is a guess.
    fn guessed(&self) -> Option<&str> {
        match self {
            Kind::PageNumber { .. } | Kind::Numbered { .. } => Some("page"),
            Kind::Cursor { param, .. } => Some(param),
            Kind::HeaderLink | Kind::JsonLink(_) | Kind::SinglePage => None,
        }
    }

    fn to_value(&self) -> Value {
        let path = |path: &Path| Value::from(path.as_str());
        let (name, rest) = match self {
            Kind::HeaderLink => ("header_link", vec![]),
            Kind::JsonLink(link) => ("json_link", vec![("path", path(link))]),
            Kind::PageNumber { total, base } => ("page_number", vec![("path", path(total)), ("base", Value::from(*base))]),
            Kind::Numbered { total } => ("numbered", vec![("path", path(total))]),
            Kind::Cursor { path: at, param } => ("cursor", vec![("path", path(at)), ("param", Value::from(param.as_str()))]),
            Kind::SinglePage => ("single_page", vec![]),
        };
        Value::object([("type", Value::from(name))].into_iter().chain(rest))
    }

    fn from_value(value: &Value) -> Option<Kind> {
        let text = |key| value.get(key).and_then(Value::as_str);
        let path = || Path::parse(text("path")?).ok();
        match text("type")? {
            "header_link" => Some(Kind::HeaderLink),
            "json_link" => Some(Kind::JsonLink(path()?)),
            "page_number" => {
                let base = u64::try_from(value.get("base")?.as_i64()?).ok()?;
                Some(Kind::PageNumber { total: path()?, base })
            }
            "numbered" => Some(Kind::Numbered { total: path()? }),
            "cursor" => Some(Kind::Cursor { path: path()?, param: text("param")?.to_owned() }),
            _ => None,
        }
    }
}

impl Paginator for Auto {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        let found = match &mut self.found {
            Some(found) => found,
            none => {
                let kind = Kind::of(response)?;
                tracing::debug!("{} has its pages by {kind:?}", response.shown_url());
                let guess = kind.guessed().map(Guess::new);
                none.insert(Found { paginator: kind.paginator(), kind, guess })
            }
        };
        if let Some(guess) = &mut found.guess {
            guess.check(response)?;
        }
        found.paginator.update_state(response)
    }

    fn has_next_page(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.paginator.has_next_page())
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

    fn skips_page(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.paginator.skips_page())
    }

    fn ahead(&self, next: &Request, pages: usize) -> Vec<Request> {
        self.found.as_ref().map(|found| found.paginator.ahead(next, pages)).unwrap_or_default()
    }

    fn position(&self) -> Option<Value> {
        let found = self.found.as_ref()?;
        Some(Value::object([("paginator", found.kind.to_value()), ("position", found.paginator.position()?)]))
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        let no_position = || ErrorKind::NoPosition { found: position.kind_name() };
        let kind = position.get("paginator").and_then(Kind::from_value).ok_or_else(no_position)?;
        let mut paginator = kind.paginator();
        paginator.resume(position.get("position").ok_or_else(no_position)?)?;
        self.found = Some(Found { kind, paginator, guess: None });
        Ok(())
    }

    fn boxed(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
