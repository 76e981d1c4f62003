//! Bearer token authentication.

use catchment_settings::Secret;

use super::{Auth, AuthFuture};
use crate::outgoing::OutgoingRequest;
use crate::unauthenticated_client::UnauthenticatedClient;

/// A constant bearer token, sent as `Authorization: Bearer …`.
///
/// ```
/// use catchment_rest_client::{BearerToken, RestClient};
///
/// let client = RestClient::builder().base_url("https://api.example.com").auth(BearerToken::new("tk-1")).build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct BearerToken {
    token: Secret,
}

impl BearerToken {
    /// Creates the authentication with a token.
    pub fn new(token: impl Into<Secret>) -> BearerToken {
        BearerToken { token: token.into() }
    }
}

impl Auth for BearerToken {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, _: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        Box::pin(async { request.set_header("authorization", "Bearer", &self.token) })
    }
}
