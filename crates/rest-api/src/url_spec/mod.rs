//! Specs for a single URL.

mod name;
mod yaml;

use catchment_json::Value;
use catchment_rest_client::{Url, is_secret_name, redact_url};
use catchment_schema::WriteDisposition;
use catchment_settings::Secret;
use thiserror::Error;

use crate::{ResourceCheck, Spec, SpecError, SpecFormat};

/// The URL of an endpoint and the options with which it is loaded, to build a [`Spec`] with one resource.
///
/// ```
/// use catchment_rest_api::UrlSpec;
///
/// let spec = UrlSpec::new("https://api.github.com/repos/acme/app/issues?state=all")?.primary_key(["id"]);
/// assert_eq!(spec.name(), "issues");
/// let spec = spec.spec()?;
/// assert_eq!(spec.resources[0].hints.primary_key, ["id"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct UrlSpec {
    url: Url,
    name: String,
    headers: Vec<(String, Secret)>,
    primary_key: Vec<String>,
    cursor_path: Option<String>,
    write_disposition: Option<WriteDisposition>,
}

/// A URL or a header from which no spec can be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UrlSpecError {
    /// The text is not a URL.
    #[error("invalid URL {url:?}: {problem}")]
    InvalidUrl {
        /// The text, without user name, password and query.
        url: String,
        /// The cause.
        problem: String,
    },
    /// The text is not a header.
    #[error("invalid header {found:?}: expected a name and a value, such as \"Accept: application/json\"")]
    InvalidHeader {
        /// The text up to the first space or colon, as the rest may be a secret.
        found: String,
    },
}

/// The text of a spec file, and the environment variables that it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSpec {
    /// The spec as YAML with comments.
    pub text: String,
    /// The names of the environment variables with the secrets of the URL and the headers.
    pub variables: Vec<String>,
}

/// The pipeline of a saved spec.
#[derive(Debug, Clone, Copy)]
pub struct SavedPipeline<'p> {
    /// The name of the pipeline.
    pub name: &'p str,
    /// The name of the destination.
    pub destination: &'p str,
    /// The name of the dataset.
    pub dataset: &'p str,
}

impl UrlSpec {
    /// Creates a spec for a URL with the scheme `http` or `https`. The resource is named after the last segment of the path
    /// that is a word.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not such a URL.
    pub fn new(url: &str) -> Result<UrlSpec, UrlSpecError> {
        let invalid = |problem: String| UrlSpecError::InvalidUrl { url: without_secrets(url), problem };
        let url = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(invalid("expected http:// or https:// and a host".to_owned()));
        }
        let name = name::resource_name(&url);
        let (headers, primary_key) = (Vec::new(), Vec::new());
        Ok(UrlSpec { url, name, headers, primary_key, cursor_path: None, write_disposition: None })
    }

    /// Returns the name of the source and of its resource.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds a header in the form `Name: value`. A bearer token in `Authorization` becomes the credentials of the spec.
    ///
    /// # Errors
    ///
    /// Returns an error if the text has no name or no colon.
    pub fn header(mut self, header: &str) -> Result<UrlSpec, UrlSpecError> {
        let is_name = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
        match header.split_once(':') {
            Some((name, value)) if is_name(name.trim()) => {
                self.headers.push((name.trim().to_owned(), Secret::from(value.trim())));
                Ok(self)
            }
            _ => {
                let found = header.split([' ', ':']).next().unwrap_or_default().to_owned();
                Err(UrlSpecError::InvalidHeader { found })
            }
        }
    }

    /// Sets the primary key.
    #[must_use]
    pub fn primary_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> UrlSpec {
        self.primary_key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the path of the cursor, by which a run loads only new rows.
    #[must_use]
    pub fn cursor_path(mut self, path: impl Into<String>) -> UrlSpec {
        self.cursor_path = Some(path.into());
        self
    }

    /// Sets the write disposition. Default: `merge` with a primary key, `append` with only a cursor, and `replace` without
    /// both, so that repeated runs never load a row twice.
    #[must_use]
    pub fn write_disposition(mut self, disposition: WriteDisposition) -> UrlSpec {
        self.write_disposition = Some(disposition);
        self
    }

    /// Builds the spec.
    ///
    /// # Errors
    ///
    /// Returns an error if the primary key or the cursor path is not valid.
    pub fn spec(&self) -> Result<Spec, SpecError> {
        Spec::parse(&yaml::render(self, None, None, yaml::Secrets::Literal).text, SpecFormat::Yaml)
    }

    /// Returns the text of a spec file that loads the same rows as [`spec`](Self::spec) into the same tables. Comments name
    /// what `check` has detected. Secrets are replaced by references to environment variables.
    pub fn to_yaml(&self, pipeline: SavedPipeline<'_>, check: Option<&ResourceCheck>) -> SavedSpec {
        yaml::render(self, Some(pipeline), check, yaml::Secrets::Variables)
    }

    fn effective_disposition(&self) -> WriteDisposition {
        let default = match (self.primary_key.is_empty(), &self.cursor_path) {
            (false, _) => WriteDisposition::Merge,
            (true, Some(_)) => WriteDisposition::Append,
            (true, None) => WriteDisposition::Replace,
        };
        self.write_disposition.unwrap_or(default)
    }
}

/// Shows the URL without secrets.
impl std::fmt::Debug for UrlSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UrlSpec")
            .field("url", &redact_url(&self.url))
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Removes the user name, the password and the query of a text that may be a URL.
fn without_secrets(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    match (text.split_once("://"), text.rfind('@')) {
        (Some((scheme, _)), Some(at)) => format!("{scheme}://***{}", text.get(at..).unwrap_or_default()),
        _ => text.to_owned(),
    }
}

/// Returns the name of an environment variable for a secret of the source `source`.
fn variable(source: &str, secret: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{source}_{secret}").chars().map(word).collect()
}

/// Returns whether the value of a header or a parameter is replaced by a reference.
fn is_secret(name: &str) -> bool {
    is_secret_name(name) || name.eq_ignore_ascii_case("cookie")
}

/// Returns a text as a quoted YAML scalar.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use catchment_settings::{NoSettings, ScopedSettings};

    use super::{SavedPipeline, UrlSpec};
    use crate::{RestApi, Spec, SpecFormat};

    fn saved(spec: &UrlSpec) -> String {
        spec.to_yaml(SavedPipeline { name: "p", destination: "duckdb", dataset: "d" }, None).text
    }

    #[track_caller]
    fn check_request(url: &str, expected: &str) {
        let spec = UrlSpec::new(url).unwrap().spec().unwrap();
        let plan = RestApi::new(&spec).plan(|_| Default::default()).unwrap();
        assert_eq!(plan[0].first_request, format!("GET {expected}"));
    }

    #[test]
    fn a_spec_requests_its_url() {
        for url in [
            "https://api.example.com/v1/issues",
            "https://api.example.com/issues/",
            "https://api.example.com/",
            "http://127.0.0.1:8080/a/b/c.json?state=all&per_page=100",
            "https://api.example.com/search?q=a%20b&tag=x&tag=y",
            "https://api.example.com/it%27s/%7Bid%7D?f=%7B%22a%22%3A1%7D",
        ] {
            let encoded = url.replace("a%20b", "a+b");
            check_request(url, &encoded);
        }
        check_request("https://api.example.com/issues#top", "https://api.example.com/issues");
    }

    #[test]
    fn a_saved_spec_loads_the_same_rows() {
        let spec =
            UrlSpec::new("https://api.example.com/v1/issues?state=all").unwrap().primary_key(["id"]).cursor_path("updated_at");
        let parsed = Spec::parse(&saved(&spec), SpecFormat::Yaml).unwrap();
        let direct = spec.spec().unwrap();
        assert_eq!(parsed.name, direct.name);
        assert_eq!(parsed.resources[0].hints, direct.resources[0].hints);
        assert_eq!(parsed.resources[0].definition, direct.resources[0].definition);
    }

    #[test]
    fn secrets_are_not_saved() {
        let spec = UrlSpec::new("https://me:s3cret-1@api.example.com/issues?api_key=s3cret-2").unwrap();
        let spec = spec.header("X-Api-Key: s3cret-3").unwrap().header("Accept: application/json").unwrap();
        let saved = spec.to_yaml(SavedPipeline { name: "p", destination: "duckdb", dataset: "d" }, None);
        assert!(!saved.text.contains("s3cret") && saved.text.contains("application/json"), "{}", saved.text);
        assert_eq!(saved.variables, ["ISSUES_PASSWORD", "ISSUES_X_API_KEY", "ISSUES_API_KEY"]);
        assert!(!format!("{spec:?}").contains("s3cret"), "{spec:?}");
        let spec = Spec::parse(&saved.text, SpecFormat::Yaml).unwrap();
        assert_eq!(spec.secrets(&ScopedSettings::new(&NoSettings)).len(), 3);
    }

    #[test]
    fn each_secret_has_a_variable() {
        let spec = UrlSpec::new("https://api.example.com/issues?token=a&key=b&key=c").unwrap();
        let spec = spec.header("Authorization: Bearer d").unwrap().header("X-Token: a").unwrap();
        let saved = spec.to_yaml(SavedPipeline { name: "p", destination: "duckdb", dataset: "d" }, None);
        assert_eq!(saved.variables, ["ISSUES_TOKEN", "ISSUES_X_TOKEN", "ISSUES_TOKEN_2", "ISSUES_KEY", "ISSUES_KEY_2"]);
    }

    #[test]
    fn a_user_name_without_a_password_is_a_secret() {
        let spec = UrlSpec::new("https://sk_live_1@api.example.com/charges").unwrap();
        let saved = spec.to_yaml(SavedPipeline { name: "p", destination: "duckdb", dataset: "d" }, None);
        assert_eq!((saved.text.contains("sk_live_1"), saved.variables), (false, vec!["CHARGES_USERNAME".to_owned()]));
    }

    #[test]
    fn a_bearer_token_becomes_the_credentials() {
        let spec = UrlSpec::new("https://api.example.com/issues").unwrap().header("authorization: Bearer t0ken").unwrap();
        assert!(spec.spec().unwrap().client.auth.is_some());
        assert!(saved(&spec).contains("token: \"${env:ISSUES_TOKEN}\""));
    }

    #[test]
    fn invalid_urls_and_headers_are_reported() {
        let error = |url: &str| UrlSpec::new(url).unwrap_err().to_string();
        assert_eq!(error("issues"), "invalid URL \"issues\": relative URL without a base");
        assert_eq!(error("ftp://a.b/c"), "invalid URL \"ftp://a.b/c\": expected http:// or https:// and a host");
        assert_eq!(error("https://a.b:99999/x?api_key=s3cret"), "invalid URL \"https://a.b:99999/x\": invalid port number");
        assert_eq!(error("ftp://me:pw@a.b/c"), "invalid URL \"ftp://***@a.b/c\": expected http:// or https:// and a host");
        let header = UrlSpec::new("https://a.b/c").unwrap().header("Bearer s3cret").unwrap_err().to_string();
        assert_eq!(header, "invalid header \"Bearer\": expected a name and a value, such as \"Accept: application/json\"");
    }

    #[test]
    fn saved_spec() {
        let spec = UrlSpec::new("https://api.example.com/v1/issues?state=all&api_key=x").unwrap().primary_key(["id"]);
        insta::assert_snapshot!(saved(&spec));
    }
}
