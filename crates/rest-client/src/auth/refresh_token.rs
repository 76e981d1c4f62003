//! The OAuth 2 refresh token grant (RFC 6749, section 6).

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catchment_json::Node;
use catchment_settings::Secret;

use super::oauth2::Grant;
use super::token::Token;
use super::token_form::TokenForm;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// A store for new refresh tokens. Implemented for functions `Fn(&Secret) -> Result<(), String>`.
///
/// ```
/// use catchment_rest_client::{Secret, TokenStore};
///
/// /// A file that contains only the token.
/// struct TokenFile(std::path::PathBuf);
///
/// impl TokenStore for TokenFile {
///     fn store(&self, refresh_token: &Secret) -> Result<(), String> {
///         std::fs::write(&self.0, refresh_token.expose()).map_err(|error| format!("{}: {error}", self.0.display()))
///     }
/// }
/// ```
pub trait TokenStore: Send + Sync {
    /// Stores a refresh token. The previous one may already be invalid.
    ///
    /// # Errors
    ///
    /// Returns a message without the token if it cannot be stored.
    fn store(&self, refresh_token: &Secret) -> Result<(), String>;
}

impl<F: Fn(&Secret) -> Result<(), String> + Send + Sync> TokenStore for F {
    fn store(&self, refresh_token: &Secret) -> Result<(), String> {
        self(refresh_token)
    }
}

/// The refresh token grant (RFC 6749, section 6), for [`OAuth2`](crate::OAuth2).
///
/// Some servers return a new refresh token with each access token. It is stored before the access token is used. A token
/// request without a response is not retried, because that would use the same refresh token twice.
///
/// ```
/// use catchment_rest_client::{OAuth2, RefreshToken, Secret};
///
/// let grant = RefreshToken::new("https://auth.example.com/token", "id", "rt-1")
///     .client_secret("secret")
///     .store(|token: &Secret| std::fs::write("refresh_token", token.expose()).map_err(|error| error.to_string()));
/// let auth = OAuth2::new(grant);
/// ```
pub struct RefreshToken {
    url: String,
    client_id: Secret,
    client_secret: Option<Secret>,
    data: Vec<(String, Secret)>,
    default_expiration: Duration,
    current: Mutex<Secret>,
    store: Option<Arc<dyn TokenStore>>,
}

impl RefreshToken {
    /// Creates the grant with the URL of the token endpoint, the client ID and the initial refresh token.
    pub fn new(url: impl Into<String>, client_id: impl Into<Secret>, refresh_token: impl Into<Secret>) -> RefreshToken {
        RefreshToken {
            url: url.into(),
            client_id: client_id.into(),
            client_secret: None,
            data: Vec::new(),
            default_expiration: Duration::from_secs(3600),
            current: Mutex::new(refresh_token.into()),
            store: None,
        }
    }

    /// Sets the client secret. Default: none.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> RefreshToken {
        self.client_secret = Some(secret.into());
        self
    }

    /// Sets additional fields of the token request, such as `scope`. They override fields of the same name.
    #[must_use]
    pub fn access_token_request_data<K: Into<String>, V: Into<Secret>>(
        mut self,
        data: impl IntoIterator<Item = (K, V)>,
    ) -> RefreshToken {
        self.data = data.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// Sets the lifetime of tokens without `expires_in`. Default: one hour.
    #[must_use]
    pub fn default_token_expiration(mut self, lifetime: Duration) -> RefreshToken {
        self.default_expiration = lifetime;
        self
    }

    /// Sets the store for new refresh tokens. Default: in memory.
    #[must_use]
    pub fn store(mut self, store: impl TokenStore + 'static) -> RefreshToken {
        self.store = Some(Arc::new(store));
        self
    }
}

impl Grant for RefreshToken {
    fn token_request(&self) -> Result<Request, Error> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let form = TokenForm::default().field("grant_type", "refresh_token").field("refresh_token", current);
        let form = form.field("client_id", self.client_id.clone());
        let form = self.client_secret.iter().fold(form, |form, secret| form.field("client_secret", secret.clone()));
        form.fields(&self.data).request(&self.url)
    }

    fn read_token(&self, response: &Response) -> Result<Token, Error> {
        // first: even if reading the access token fails, only the new refresh token is valid
        let new = response.document()?.root().get("refresh_token").and_then(Node::as_str);
        // the masked token of a recording must not replace the stored one
        if let Some(new) = new.filter(|new| !new.is_empty() && !response.is_replayed()) {
            let new = Secret::from(new.into_owned());
            let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            if *current != new {
                *current = new.clone();
                drop(current);
                let stored = self.store.as_ref().map_or(Ok(()), |store| store.store(&new));
                stored.map_err(|reason| response.error(ErrorKind::TokenNotStored { reason }))?;
            }
        }
        Token::read(response, self.default_expiration)
    }
}

impl Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken").field("url", &self.url).finish_non_exhaustive()
    }
}
