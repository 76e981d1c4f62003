//! Credentials of requests.

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

/// What [`Auth::apply`] gives.
pub type AuthFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Adds credentials to every request of a client, right before it is sent: to each attempt and each redirect, and not
/// where the request has been led to an origin that the client does not trust.
///
/// ```
/// use catchment_rest_client::{AuthFuture, Auth, UnauthenticatedClient, OutgoingRequest, RestClient, Secret};
///
/// /// An API that wants a key in a header together with the name of the account.
/// #[derive(Debug)]
/// struct AccountKey {
///     account: String,
///     key: Secret,
/// }
///
/// impl Auth for AccountKey {
///     fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, _client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
///         Box::pin(async move { request.set_header("X-RowCountTracker-Key", &self.account, &self.key) })
///     }
/// }
///
/// let auth = AccountKey { account: "acme".to_owned(), key: Secret::from("tk-1") };
/// let client = RestClient::builder().base_url("https://api.example.com").auth(auth).build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
pub trait Auth: Debug + Send + Sync {
    /// Adds the credentials. Where they have to be fetched first, `client` does that.
    ///
    /// # Errors
    ///
    /// Where there are no credentials to be had, or they cannot stand in a request. The request is not sent then, and
    /// not tried again.
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a>;

    /// Told that `request` was answered with 401 Unauthorized; says whether the next [`apply`](Self::apply) has other
    /// credentials for it. The request is sent once more then. Default: false.
    fn on_unauthorized(&self, request: &OutgoingRequest) -> bool {
        let _ = request;
        false
    }

    /// The names of the parameters that it sets in the query. What a link or a redirect brings along under these names
    /// is dropped, so that it is neither sent elsewhere nor shown. Default: none.
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
