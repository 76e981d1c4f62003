//! The OAuth 2 client credentials grant (RFC 6749, section 4.4).

use std::time::Duration;

use catchment_settings::Secret;
use url::form_urlencoded::byte_serialize;

use super::http_basic::encoded;
use super::oauth2::Grant;
use super::token::Token;
use super::token_form::TokenForm;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// The client credentials grant (RFC 6749, section 4.4), for [`OAuth2`](crate::OAuth2).
///
/// ```
/// use catchment_rest_client::{ClientCredentials, OAuth2};
///
/// let grant = ClientCredentials::new("https://auth.example.com/token", "id", "secret")
///     .access_token_request_data([("scope", "read"), ("audience", "https://api.example.com")]);
/// let auth = OAuth2::new(grant);
/// ```
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    url: String,
    client_id: Secret,
    client_secret: Secret,
    data: Vec<(String, Secret)>,
    in_header: bool,
    default_expiration: Duration,
}

impl ClientCredentials {
    /// Creates the grant with the URL of the token endpoint, the client ID and the client secret.
    pub fn new(url: impl Into<String>, client_id: impl Into<Secret>, client_secret: impl Into<Secret>) -> ClientCredentials {
        ClientCredentials {
            url: url.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            data: Vec::new(),
            in_header: false,
            default_expiration: Duration::from_secs(3600),
        }
    }

    /// Sets additional fields of the token request, such as `scope`. They override fields of the same name.
    #[must_use]
    pub fn access_token_request_data<K: Into<String>, V: Into<Secret>>(
        mut self,
        data: impl IntoIterator<Item = (K, V)>,
    ) -> ClientCredentials {
        self.data = data.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// Sends client ID and secret by HTTP basic authentication (RFC 6749, section 2.3.1) instead of in the body, as some
    /// servers require.
    #[must_use]
    pub fn credentials_in_header(mut self) -> ClientCredentials {
        self.in_header = true;
        self
    }

    /// Sets the lifetime of tokens without `expires_in`. Default: one hour.
    #[must_use]
    pub fn default_token_expiration(mut self, lifetime: Duration) -> ClientCredentials {
        self.default_expiration = lifetime;
        self
    }
}

impl Grant for ClientCredentials {
    fn token_request(&self) -> Result<Request, Error> {
        let form = TokenForm::default().field("grant_type", "client_credentials");
        let mut request = if self.in_header {
            let escaped = |secret: &Secret| byte_serialize(secret.expose().as_bytes()).collect::<String>();
            let basic = encoded(&escaped(&self.client_id), &escaped(&self.client_secret));
            let request = form.fields(&self.data).request(&self.url)?;
            request
                .header("authorization", &format!("Basic {}", basic.expose()))?
                .add_secret(&basic)
                .add_secret(&self.client_secret)
        } else {
            let form = form.field("client_id", self.client_id.clone()).field("client_secret", self.client_secret.clone());
            form.fields(&self.data).request(&self.url)?
        };
        // a retry fetches at most one unused token
        request.idempotent = true;
        Ok(request)
    }

    fn read_token(&self, response: &Response) -> Result<Token, Error> {
        Token::read(response, self.default_expiration)
    }
}
