//! Authentication of requests.

mod api_key;
mod bearer_token;
mod client_credentials;
mod http_basic;
mod jwt_bearer;
mod oauth2;
mod refresh_token;
mod rs256;
mod token;
mod token_form;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use crate::error::Error;
use crate::outgoing::OutgoingRequest;
use crate::unauthenticated_client::UnauthenticatedClient;

pub use api_key::{ApiKey, ApiKeyLocation};
pub use bearer_token::BearerToken;
pub use client_credentials::ClientCredentials;
pub use http_basic::HttpBasic;
pub use jwt_bearer::JwtBearer;
pub use oauth2::{Grant, OAuth2};
pub use refresh_token::{RefreshToken, TokenStore};
pub use token::Token;
pub(crate) use token_form::PUBLIC_FIELDS;

/// The future returned by [`Auth::apply`].
pub type AuthFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// An authentication method: adds credentials to every request of a client, right before it is sent.
///
/// It is called for each attempt and each redirect, but not for requests to an origin that the client does not trust.
///
/// ```
/// use catchment_rest_client::{AuthFuture, Auth, UnauthenticatedClient, OutgoingRequest, RestClient, Secret};
///
/// /// An API that expects the account name and a key in one header.
/// #[derive(Debug)]
/// struct AccountKey {
///     account: String,
///     key: Secret,
/// }
///
/// impl Auth for AccountKey {
///     fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, _client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
///         Box::pin(async move { request.set_header("X-Account-Key", &self.account, &self.key) })
///     }
/// }
///
/// let auth = AccountKey { account: "acme".to_owned(), key: Secret::from("tk-1") };
/// let client = RestClient::builder().base_url("https://api.example.com").auth(auth).build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
pub trait Auth: Debug + Send + Sync {
    /// Adds the credentials to `request`, after fetching them with `client` if necessary.
    ///
    /// # Errors
    ///
    /// Returns an error if the credentials are not available, or are not valid in a request. The request is then neither
    /// sent nor retried.
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a>;

    /// Called when the response to `request` was 401 Unauthorized. Returns true if the next [`apply`](Self::apply) adds
    /// different credentials; the request is then sent once more. Default: false.
    fn on_unauthorized(&self, request: &OutgoingRequest) -> bool {
        let _ = request;
        false
    }

    /// Returns the names of the query parameters that it sets. Parameters of these names in links and redirects are
    /// removed, so that they are neither sent elsewhere nor shown. Default: none.
    fn query_params(&self) -> &[String] {
        &[]
    }
}

impl Auth for Arc<dyn Auth> {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        self.as_ref().apply(request, client)
    }

    fn on_unauthorized(&self, request: &OutgoingRequest) -> bool {
        self.as_ref().on_unauthorized(request)
    }

    fn query_params(&self) -> &[String] {
        self.as_ref().query_params()
    }
}
