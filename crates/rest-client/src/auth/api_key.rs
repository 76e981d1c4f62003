//! A key.

use catchment_settings::Secret;

use super::{Auth, AuthFuture};
use crate::outgoing::OutgoingRequest;
use crate::unauthenticated_client::UnauthenticatedClient;

/// A key in a header, a parameter of the query, or a cookie.
///
/// ```
/// use catchment_rest_client::{ApiKey, ApiKeyLocation};
///
/// // `X-API-Key: tk-1`
/// let in_header = ApiKey::new("tk-1").name("X-API-Key");
/// // `?appid=tk-1`; it is not shown where URLs are
/// let in_query = ApiKey::new("tk-1").name("appid").location(ApiKeyLocation::Query);
/// ```
#[derive(Debug, Clone)]
pub struct ApiKey {
    // of one element, as it is lent as a list
    name: [String; 1],
    key: Secret,
    location: ApiKeyLocation,
}

/// Where an [`ApiKey`] goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApiKeyLocation {
    /// Into a header.
    #[default]
    Header,
    /// Into the query.
    Query,
    /// Into a cookie.
    Cookie,
}

impl ApiKey {
    /// This key, in the header `Authorization`.
    pub fn new(key: impl Into<Secret>) -> ApiKey {
        ApiKey { name: ["Authorization".to_owned()], key: key.into(), location: ApiKeyLocation::Header }
    }

    /// The name of the header, parameter or cookie. Default `Authorization`.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> ApiKey {
        self.name = [name.into()];
        self
    }

    /// Where it goes. Default: into a header.
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
