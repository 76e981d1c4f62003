//! Links in responses.

use catchment_json::Value;
use reqwest::header::LINK;
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::link_header;
use crate::response::Response;

impl Response {
    /// Returns the absolute URL of the link with a relation, such as `next` or `last`, in the `Link` headers.
    ///
    /// # Errors
    ///
    /// Returns an error if the link is not a valid http or https URL.
    pub fn link(&self, relation: &str) -> Result<Option<Url>, Error> {
        let values = self.headers().get_all(LINK).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let link = values.into_iter().find_map(|value| link_header::find(&value, relation));
        link.map(|link| resolve(self, &link, "in the Link header")).transpose()
    }
}

/// Parses the position of a paginator that follows links: a URL.
pub(crate) fn link_of(position: &Value) -> Result<Url, Error> {
    let url = position.as_str().and_then(|link| Url::parse(link).ok()).filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| ErrorKind::InvalidPosition { found: position.type_name() }.into())
}

/// Resolves a link at `location` in `response` relative to the URL of the response.
pub(crate) fn resolve(response: &Response, link: &str, location: &str) -> Result<Url, Error> {
    match response.url().join(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => {
            // the query may contain secrets, and an invalid URL cannot be redacted
            let found = format!("{:?}", link.split(['?', '#']).next().unwrap_or_default());
            Err(response.error(ErrorKind::InvalidNextLink { location: location.to_owned(), found }))
        }
    }
}
