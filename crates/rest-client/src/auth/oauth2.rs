//! Access tokens that are fetched, kept and fetched again.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catchment_settings::Secret;
use reqwest::header::AUTHORIZATION;
use tokio::time::Instant;

use super::token::Token;
use super::{Auth, AuthFuture};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;
use crate::request::Request;
use crate::response::Response;
use crate::unauthenticated_client::UnauthenticatedClient;

/// How long before its end a token is not used any more, or a tenth of its lifetime if that is less.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);

/// A way to get access tokens from a token endpoint.
///
/// [`OAuth2`] keeps the tokens, so that each of the two steps can be replaced alone:
///
/// ```
/// use catchment_rest_client::{ClientCredentials, Error, Grant, OAuth2, Request, Response, Token};
///
/// /// A server that gives its tokens for an hour and does not say so.
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
    /// The request for a token. It is sent without the headers and credentials of the client.
    ///
    /// # Errors
    ///
    /// Where it cannot be made.
    fn token_request(&self) -> Result<Request, Error>;

    /// Reads the answer.
    ///
    /// # Errors
    ///
    /// Where it has no token. The kind of the error is shown, and the body is not.
    fn read_token(&self, response: &Response) -> Result<Token, Error>;
}

/// `Authorization: Bearer …` with a token that a [`Grant`] gets.
///
/// A token is fetched when the first request needs it, again before it expires (a tenth of its lifetime before, and at
/// most a minute), and again once a request with it was answered with 401. However many requests need it at that time, it
/// is fetched once; if that fails, all of them fail, and the next request tries anew. It is fetched to the end even if
/// nobody waits for it any more.
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
    /// How many fetches have ended.
    fetches: AtomicU64,
    /// What the last one gave. Whoever fetches holds the lock.
    last: tokio::sync::Mutex<Option<Result<Secret, ErrorKind>>>,
}

#[derive(Debug)]
struct CachedToken {
    token: Secret,
    /// When it has to be fetched again; unknown for one that was given.
    refresh_at: Option<Instant>,
}

impl<G: Grant + 'static> OAuth2<G> {
    /// With tokens of this grant.
    pub fn new(grant: G) -> OAuth2<G> {
        let (current, fetches, last) = (Mutex::default(), AtomicU64::default(), tokio::sync::Mutex::default());
        OAuth2 { tokens: Arc::new(TokenCache { grant, current, fetches, last }) }
    }

    /// Begins with a token that there is already. It is used until it is refused.
    #[must_use]
    pub fn access_token(self, token: impl Into<Secret>) -> OAuth2<G> {
        *self.tokens.current() = Some(CachedToken { token: token.into(), refresh_at: None });
        self
    }
}

impl<G: Grant + 'static> TokenCache<G> {
    fn current(&self) -> MutexGuard<'_, Option<CachedToken>> {
        // a token is whole at any time
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn valid(&self) -> Option<Secret> {
        let current = self.current();
        let current = current.as_ref().filter(|current| current.refresh_at.is_none_or(|at| Instant::now() < at));
        current.map(|current| current.token.clone())
    }

    async fn get(self: &Arc<Self>, client: &UnauthenticatedClient) -> Result<Secret, Error> {
        if let Some(token) = self.valid() {
            return Ok(token);
        }
        let (tokens, client, seen) = (Arc::clone(self), client.clone(), self.fetches.load(Ordering::SeqCst));
        // a task of its own: a refresh token that was used up must not be lost with the page that nobody wants any more
        let fetch = tokio::spawn(async move { tokens.fetch(&client, seen).await });
        fetch.await.unwrap_or(Err(ErrorKind::RuntimeShutDown)).map_err(Error::from)
    }

    /// Fetches a token, unless a fetch has ended since there were `seen` of them: its result is for all that waited.
    async fn fetch(&self, client: &UnauthenticatedClient, seen: u64) -> Result<Secret, ErrorKind> {
        let mut last = self.last.lock().await;
        if self.fetches.load(Ordering::SeqCst) != seen
            && let Some(result) = last.as_ref()
        {
            return result.clone();
        }
        let result = self.request(client).await.map(|token| {
            let margin = EXPIRY_MARGIN.min(token.lifetime / 10);
            let refresh_at = Instant::now().checked_add(token.lifetime.saturating_sub(margin));
            *self.current() = Some(CachedToken { token: token.access_token.clone(), refresh_at });
            token.access_token
        });
        *last = Some(result.clone());
        self.fetches.fetch_add(1, Ordering::SeqCst);
        result
    }

    async fn request(&self, client: &UnauthenticatedClient) -> Result<Token, ErrorKind> {
        let no_token = |reason: String, error: &Error| ErrorKind::TokenUnavailable { reason, retryable: error.is_retryable() };
        let request = self.grant.token_request().map_err(|error| no_token(error.to_string(), &error))?;
        let response = client.send(&request).await.map_err(|error| no_token(error.to_string(), &error))?;
        // of a good answer nothing is shown, as all of it may be secret
        let of_answer = |error: Error| no_token(format!("{}: {}", response.request_line(), error.kind()), &error);
        self.grant.read_token(&response).map_err(of_answer)
    }
}

impl<G: Grant + 'static> Auth for OAuth2<G> {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        Box::pin(async move {
            let token = self.tokens.get(client).await?;
            request.set_header("authorization", "Bearer", &token)
        })
    }

    fn on_unauthorized(&self, request: &OutgoingRequest) -> bool {
        let sent = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
        let mut current = self.tokens.current();
        // another request may have brought a new one meanwhile
        if current.as_ref().is_some_and(|current| sent == Some(format!("Bearer {}", current.token.expose()).as_bytes())) {
            *current = None;
        }
        true
    }
}
