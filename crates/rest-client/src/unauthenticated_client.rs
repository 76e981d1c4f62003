//! A client without credentials, for authentication methods.

use std::sync::Arc;

use crate::error::Error;
use crate::page_memory::MemoryPermit;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::transport::Transport;

/// A client with which an [`Auth`](crate::Auth) fetches its credentials.
///
/// It shares connections, timeouts, limits, retry policy and cookies with the client that it belongs to, but sends
/// neither its headers nor its credentials. Clones are cheap.
///
/// ```
/// use catchment_rest_client::{AuthFuture, Auth, UnauthenticatedClient, OutgoingRequest, Request, Secret, Url};
///
/// /// Fetches a ticket from the API for every request.
/// #[derive(Debug)]
/// struct Ticket(Url);
///
/// impl Auth for Ticket {
///     fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
///         Box::pin(async move {
///             let response = client.send(&Request::get(self.0.clone())).await?;
///             request.set_header("X-Ticket", "", &Secret::from(response.text()))
///         })
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct UnauthenticatedClient {
    transport: Arc<Transport>,
    rules: Arc<RequestConfig>,
}

impl UnauthenticatedClient {
    /// Creates one for the client with the configuration `rules`.
    pub(crate) fn new(transport: &Arc<Transport>, rules: &RequestConfig) -> UnauthenticatedClient {
        let (cookies, redactor) = (Arc::clone(&rules.cookies), rules.redactor.clone());
        let rules =
            RequestConfig { retry: rules.retry, cookies, redactor, fetches_credentials: true, ..RequestConfig::default() };
        UnauthenticatedClient { transport: Arc::clone(transport), rules: Arc::new(rules) }
    }

    /// Returns true if responses come from a recording.
    pub(crate) fn is_replay(&self) -> bool {
        self.transport.is_replay()
    }

    /// Sends a request, retries it by the retry policy, and reads the complete response.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`RestClient::send`](crate::RestClient::send).
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.transport.send(&self.rules, request, None, &mut MemoryPermit::default()).await
    }
}
