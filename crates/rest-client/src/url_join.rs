//! Joins base URL and path.

use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;

/// Appends `path` to `base` with one slash between them. An absolute `path` is returned unchanged, an empty one is `base`.
/// Unlike link resolution, this keeps the path of `base`.
pub(crate) fn join(base: &str, path: &str) -> Result<Url, Error> {
    let text = if base.is_empty() || is_absolute(path) {
        path.to_owned()
    } else if path.is_empty() {
        base.to_owned()
    } else {
        format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
    };
    let error = |reason: String| {
        // the query may contain secrets, and an invalid URL cannot be redacted
        let shown = text.split(['?', '#']).next().unwrap_or_default();
        Error::new(ErrorKind::InvalidUrl { url: shown.to_owned(), reason })
    };
    let url = Url::parse(&text).map_err(|problem| match problem {
        url::ParseError::RelativeUrlWithoutBase => error("it is relative; set `base_url` of the client".to_owned()),
        problem => error(problem.to_string()),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(error(format!("the scheme `{}` is not supported; use http or https", url.scheme())));
    }
    Ok(url)
}

fn is_absolute(path: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| path.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[track_caller]
    fn check(base: &str, path: &str, expected: &str) {
        let found = join(base, path).map_or_else(|error| error.to_string(), String::from);
        assert_eq!(found, expected, "{base:?} and {path:?}");
    }

    #[test]
    fn valid_urls() {
        check("https://a.b/v1", "issues", "https://a.b/v1/issues");
        check("https://a.b/v1/", "/issues", "https://a.b/v1/issues");
        check("https://a.b/v1//", "//issues/", "https://a.b/v1/issues/");
        check("https://a.b", "", "https://a.b/");
        check("https://a.b/v1/", "", "https://a.b/v1/");
        check("", "https://a.b/x", "https://a.b/x");
        check("https://a.b/v1", "https://c.d/x?y=1", "https://c.d/x?y=1");
        check("https://a.b/v1", "HTTP://c.d/x", "http://c.d/x");
        check("https://a.b/v1", "httpbin", "https://a.b/v1/httpbin");
        check("https://a.b/v1", "é?q=a b", "https://a.b/v1/%C3%A9?q=a%20b");
    }

    #[test]
    fn invalid_urls() {
        check("", "issues?token=1", "invalid URL \"issues\": it is relative; set `base_url` of the client");
        check("", "", "invalid URL \"\": it is relative; set `base_url` of the client");
        check("ftp://a.b", "x", "invalid URL \"ftp://a.b/x\": the scheme `ftp` is not supported; use http or https");
    }
}
