//! HTTP basic authentication.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catchment_settings::Secret;

use super::{Auth, AuthFuture};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;
use crate::unauthenticated_client::UnauthenticatedClient;

/// HTTP basic authentication (RFC 7617), in UTF-8.
///
/// ```
/// use catchment_rest_client::{HttpBasic, RestClient};
///
/// let auth = HttpBasic::new("me", "pw");
/// let client = RestClient::builder().base_url("https://api.example.com").auth(auth).build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HttpBasic {
    username: String,
    password: Secret,
}

impl HttpBasic {
    /// Creates the authentication with a username, which must not contain a colon, and a password.
    pub fn new(username: impl Into<String>, password: impl Into<Secret>) -> HttpBasic {
        HttpBasic { username: username.into(), password: password.into() }
    }
}

/// Returns the credentials that follow `Basic` in the header.
pub(super) fn encoded(username: &str, password: &str) -> Secret {
    Secret::from(BASE64_STANDARD.encode(format!("{username}:{password}")))
}

impl Auth for HttpBasic {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, _: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        Box::pin(async {
            if self.username.contains(':') {
                let (name, value, expected) = ("username", self.username.clone(), "without a colon");
                return Err(Error::from(ErrorKind::InvalidSetting { name, value, expected }));
            }
            request.set_header("authorization", "Basic", &encoded(&self.username, self.password.expose()))?;
            request.add_secret(&self.password);
            Ok(())
        })
    }
}
