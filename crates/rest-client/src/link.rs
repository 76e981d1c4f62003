//! Links that come with an answer.

use catchment_json::Value;
use reqwest::header::LINK;
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::link_header;
use crate::response::Response;

impl Response {
    /// The link with the relation `relation` (`next`, `last`) in the `Link` headers, made absolute.
    ///
    /// # Errors
    ///
    /// Where it is no URL that can be requested.
    pub fn link(&self, relation: &str) -> Result<Option<Url>, Error> {
        let values = self.headers().get_all(LINK).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let link = values.into_iter().find_map(|value| link_header::find(&value, relation));
        link.map(|link| resolve(self, &link, "in the header link")).transpose()
    }
}

/// The URL that is the position of a paginator of links.
pub(crate) fn link_of(position: &Value) -> Result<Url, Error> {
    let url = position.as_str().and_then(|link| Url::parse(link).ok()).filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| ErrorKind::InvalidPosition { found: position.type_name() }.into())
}

/// The URL of a link that stands in `response` at `location`, relative to the URL that answered.
pub(crate) fn resolve(response: &Response, link: &str, place: &str) -> Result<Url, Error> {
    match response.url().join(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => {
            // a query may hold secrets, and redaction needs a URL
            let found = format!("{:?}", link.split(['?', '#']).next().unwrap_or_default());
            Err(response.error(ErrorKind::InvalidNextLink { location: place.to_owned(), found }))
        }
    }
}
