//! OAuth 2: cached access tokens.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catchment_settings::Secret;
use tokio::time::Instant;

use super::token::Token;
use super::{Auth, AuthFuture};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;
use crate::request::Request;
use crate::response::Response;
use crate::unauthenticated_client::UnauthenticatedClient;

/// A token is refreshed this long before it expires, or a tenth of its lifetime if that is shorter.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);

/// An OAuth 2 grant: requests access tokens from a token endpoint.
///
/// [`OAuth2`] sends the request and caches the token, so a grant can override either method:
///
/// ```
/// use catchment_rest_client::{ClientCredentials, Error, Grant, OAuth2, Request, Response, Token};
///
/// /// A server with tokens that are valid for an hour, but have no `expires_in`.
/// #[derive(Debug)]
/// struct HourTokens(ClientCredentials);
///
/// impl Grant for HourTokens {
///     fn token_request(&self) -> Result<Request, Error> {
///         self.0.token_request()
///     }
///
///     fn read_token(&self, response: &Response) -> Result<Token, Error> {
///         Token::read(response, std::time::Duration::from_secs(3600))
///     }
/// }
///
/// let auth = OAuth2::new(HourTokens(ClientCredentials::new("https://auth.example.com/token", "id", "secret")));
/// ```
pub trait Grant: Debug + Send + Sync {
    /// Returns the request for a token. It is sent without the headers and credentials of the client.
    ///
    /// # Errors
    ///
    /// Returns an error if the request cannot be built.
    fn token_request(&self) -> Result<Request, Error>;

    /// Returns the request for a token in a [replay](crate::RestClientBuilder::replay), which needs no valid credentials, as
    /// they are not compared. Default: [`token_request`](Self::token_request).
    ///
    /// # Errors
    ///
    /// Returns an error if the request cannot be built.
    fn replayed_token_request(&self) -> Result<Request, Error> {
        self.token_request()
    }

    /// Reads the token from the response.
    ///
    /// # Errors
    ///
    /// Returns an error if the response has no token. Only the kind of the error is shown, not the body.
    fn read_token(&self, response: &Response) -> Result<Token, Error>;
}

/// OAuth 2 authentication: `Authorization: Bearer …` with a token from a [`Grant`].
///
/// A token is fetched by the first request, again before it expires (a tenth of its lifetime earlier, at most a minute), and
/// again after a response with status 401. Concurrent requests share one fetch; if it fails, all of them fail, and the next
/// request fetches again. A fetch is completed even if its requests are cancelled.
///
/// ```
/// use catchment_rest_client::{ClientCredentials, OAuth2, RestClient};
///
/// let grant = ClientCredentials::new("https://auth.example.com/token", "id", "secret");
/// let client = RestClient::builder().base_url("https://api.example.com").auth(OAuth2::new(grant)).build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
#[derive(Debug)]
pub struct OAuth2<G> {
    tokens: Arc<TokenCache<G>>,
}

#[derive(Debug)]
struct TokenCache<G> {
    grant: G,
    current: Mutex<Option<CachedToken>>,
    /// Number of completed fetches.
    fetches: AtomicU64,
    /// Result of the last fetch. Locked during a fetch.
    last: tokio::sync::Mutex<Option<Result<NumberedToken, ErrorKind>>>,
}

/// A token with the number of the fetch that returned it, or 0 for a configured token. The tokens of a replay have the same
/// text, but different numbers.
#[derive(Debug, Clone)]
struct NumberedToken {
    token: Secret,
    number: u64,
}

#[derive(Debug)]
struct CachedToken {
    token: NumberedToken,
    /// Time of the next fetch; `None` for a configured token, which has no known expiry.
    refresh_at: Option<Instant>,
}

impl<G: Grant + 'static> OAuth2<G> {
    /// Creates the authentication with a grant.
    pub fn new(grant: G) -> OAuth2<G> {
        let (current, fetches, last) = (Mutex::default(), AtomicU64::default(), tokio::sync::Mutex::default());
        OAuth2 { tokens: Arc::new(TokenCache { grant, current, fetches, last }) }
    }

    /// Sets the initial token, which is used until the server rejects it.
    #[must_use]
    pub fn access_token(self, token: impl Into<Secret>) -> OAuth2<G> {
        let token = NumberedToken { token: token.into(), number: 0 };
        *self.tokens.current() = Some(CachedToken { token, refresh_at: None });
        self
    }
}

impl<G: Grant + 'static> TokenCache<G> {
    fn current(&self) -> MutexGuard<'_, Option<CachedToken>> {
        // the token is consistent even after a panic
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn valid(&self) -> Option<NumberedToken> {
        let current = self.current();
        let current = current.as_ref().filter(|current| current.refresh_at.is_none_or(|at| Instant::now() < at));
        current.map(|current| current.token.clone())
    }

    async fn get(self: &Arc<Self>, client: &UnauthenticatedClient) -> Result<NumberedToken, Error> {
        if let Some(token) = self.valid() {
            return Ok(token);
        }
        let (tokens, client, seen) = (Arc::clone(self), client.clone(), self.fetches.load(Ordering::SeqCst));
        // in a separate task: cancelling a request must not lose the successor of a used refresh token
        let fetch = tokio::spawn(async move { tokens.fetch(&client, seen).await });
        fetch.await.unwrap_or(Err(ErrorKind::RuntimeShutDown)).map_err(Error::from)
    }

    /// Fetches a token. If a fetch has completed since the caller has read the count `seen`, returns its result instead.
    async fn fetch(&self, client: &UnauthenticatedClient, seen: u64) -> Result<NumberedToken, ErrorKind> {
        let mut last = self.last.lock().await;
        if self.fetches.load(Ordering::SeqCst) != seen
            && let Some(result) = last.as_ref()
        {
            return result.clone();
        }
        let result = self.request(client).await.map(|token| {
            let number = self.fetches.load(Ordering::SeqCst) + 1;
            let numbered = NumberedToken { token: token.access_token, number };
            let margin = EXPIRY_MARGIN.min(token.lifetime / 10);
            let refresh_at = Instant::now().checked_add(token.lifetime.saturating_sub(margin));
            *self.current() = Some(CachedToken { token: numbered.clone(), refresh_at });
            numbered
        });
        *last = Some(result.clone());
        self.fetches.fetch_add(1, Ordering::SeqCst);
        result
    }

    async fn request(&self, client: &UnauthenticatedClient) -> Result<Token, ErrorKind> {
        let no_token = |reason: String, error: &Error| ErrorKind::TokenUnavailable { reason, retryable: error.is_retryable() };
        let request = if client.is_replay() { self.grant.replayed_token_request() } else { self.grant.token_request() };
        let request = request.map_err(|error| no_token(error.to_string(), &error))?;
        let response = client.send(&request).await.map_err(|error| no_token(error.to_string(), &error))?;
        // a successful response is not shown, because it may contain a token
        let of_response = |error: Error| no_token(format!("{}: {}", response.request_line(), error.kind()), &error);
        self.grant.read_token(&response).map_err(of_response)
    }
}

impl<G: Grant + 'static> Auth for OAuth2<G> {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        Box::pin(async move {
            let NumberedToken { token, number } = self.tokens.get(client).await?;
            request.token_number = Some(number);
            request.set_header("authorization", "Bearer", &token)
        })
    }

    fn on_unauthorized(&self, request: &OutgoingRequest) -> bool {
        let mut current = self.tokens.current();
        // another request may have fetched a new token in the meantime
        if current.as_ref().is_some_and(|current| request.token_number == Some(current.token.number)) {
            *current = None;
        }
        true
    }
}
