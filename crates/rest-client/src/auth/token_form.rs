//! Requests to token endpoints.

use catchment_settings::Secret;
use reqwest::Method;

use crate::body::Body;
use crate::error::Error;
use crate::request::Request;
use crate::url_join::join;

/// Fields that are no secrets; to mask a scope such as `read` would mask half the words of a message.
const PUBLIC_FIELDS: [&str; 4] = ["grant_type", "scope", "audience", "resource"];

/// What is posted to a token endpoint: fields in their order, the last of equal names counts.
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

    /// The request. What it sends is not shown of its answers.
    pub(super) fn request(self, url: &str) -> Result<Request, Error> {
        let request = Request::new(Method::POST, join(url, "")?).header("accept", "application/json")?;
        let secrets = self.fields.iter().filter(|(name, _)| !PUBLIC_FIELDS.contains(&name.as_str()));
        let request = secrets.fold(request, |request, (_, value)| request.add_secret(value));
        let fields = self.fields.into_iter().map(|(name, value)| (name, value.expose().to_owned())).collect();
        Ok(request.body(Body::Form(fields)))
    }
}
