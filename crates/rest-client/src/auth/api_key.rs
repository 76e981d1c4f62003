//! API key authentication.

use catchment_settings::Secret;

use super::{Auth, AuthFuture};
use crate::outgoing::OutgoingRequest;
use crate::unauthenticated_client::UnauthenticatedClient;

/// An API key in a header, a query parameter or a cookie.
///
/// ```
/// use catchment_rest_client::{ApiKey, ApiKeyLocation};
///
/// // `X-API-Key: tk-1`
/// let in_header = ApiKey::new("tk-1").name("X-API-Key");
/// // `?appid=tk-1`, masked in printed URLs
/// let in_query = ApiKey::new("tk-1").name("appid").location(ApiKeyLocation::Query);
/// ```
#[derive(Debug, Clone)]
pub struct ApiKey {
    // an array, because `query_params` returns a slice
    name: [String; 1],
    key: Secret,
    location: ApiKeyLocation,
}

/// The location of an [`ApiKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApiKeyLocation {
    /// A header.
    #[default]
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

impl ApiKey {
    /// Creates a key that is sent in the header `Authorization`.
    pub fn new(key: impl Into<Secret>) -> ApiKey {
        ApiKey { name: ["Authorization".to_owned()], key: key.into(), location: ApiKeyLocation::Header }
    }

    /// Sets the name of the header, parameter or cookie. Default: `Authorization`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> ApiKey {
        self.name = [name.into()];
        self
    }

    /// Sets the location. Default: a header.
    #[must_use]
    pub fn location(mut self, location: ApiKeyLocation) -> ApiKey {
        self.location = location;
        self
    }
}

impl Auth for ApiKey {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, _: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        let [name] = &self.name;
        Box::pin(async move {
            match self.location {
                ApiKeyLocation::Header => request.set_header(name, "", &self.key),
                ApiKeyLocation::Cookie => request.set_cookie(name, &self.key),
                ApiKeyLocation::Query => {
                    request.set_query_param(name, &self.key);
                    Ok(())
                }
            }
        })
    }

    fn query_params(&self) -> &[String] {
        if self.location == ApiKeyLocation::Query { &self.name } else { &[] }
    }
}
