//! Forms of token requests.

use catchment_settings::Secret;
use reqwest::Method;

use crate::body::Body;
use crate::error::Error;
use crate::request::Request;
use crate::url_join::join;

/// Fields that are not secret. Masking a scope such as `read` would mask ordinary words in messages.
pub(crate) const PUBLIC_FIELDS: [&str; 4] = ["grant_type", "scope", "audience", "resource"];

/// The form that is posted to a token endpoint. Fields are ordered; a later field replaces one of the same name.
#[derive(Debug, Default)]
pub(super) struct TokenForm {
    fields: Vec<(String, Secret)>,
}

impl TokenForm {
    pub(super) fn field(mut self, name: &str, value: impl Into<Secret>) -> TokenForm {
        self.fields.retain(|(other, _)| other != name);
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn fields(self, fields: &[(String, Secret)]) -> TokenForm {
        fields.iter().fold(self, |form, (name, value)| form.field(name, value.clone()))
    }

    /// Returns the request. Its secret fields are masked in excerpts of responses.
    pub(super) fn request(self, url: &str) -> Result<Request, Error> {
        let request = Request::new(Method::POST, join(url, "")?).header("accept", "application/json")?;
        let secrets = self.fields.iter().filter(|(name, _)| !PUBLIC_FIELDS.contains(&name.as_str()));
        let request = secrets.fold(request, |request, (_, value)| request.add_secret(value));
        let fields = self.fields.into_iter().map(|(name, value)| (name, value.expose().to_owned())).collect();
        Ok(request.body(Body::Form(fields)))
    }
}
