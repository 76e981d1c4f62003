//! The client without its credentials.

use std::sync::Arc;

use crate::error::Error;
use crate::page_memory::MemoryPermit;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::transport::Transport;

/// What an [`Auth`](crate::Auth) fetches its credentials with: the connections, time-outs, limits and retries of the
/// client that it belongs to, without its headers and credentials; cookies are shared. Clones are cheap.
///
/// ```
/// use catchment_rest_client::{AuthFuture, Auth, UnauthenticatedClient, OutgoingRequest, Request, Secret, Url};
///
/// /// A ticket for every request, from the same API.
/// #[derive(Debug)]
/// struct Ticket(Url);
///
/// impl Auth for Ticket {
///     fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
///         Box::pin(async move {
///             let answer = client.send(&Request::get(self.0.clone())).await?;
///             request.set_header("X-Ticket", "", &Secret::from(answer.text()))
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
    /// One for the client of `rules`.
    pub(crate) fn new(transport: &Arc<Transport>, rules: &RequestConfig) -> UnauthenticatedClient {
        let (cookies, redactor) = (Arc::clone(&rules.cookies), rules.redactor.clone());
        let rules = RequestConfig { retry: rules.retry, cookies, redactor, ..RequestConfig::default() };
        UnauthenticatedClient { transport: Arc::clone(transport), rules: Arc::new(rules) }
    }

    /// Sends a request, again where the retry policy says so, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Those of [`RestClient::send`](crate::RestClient::send).
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.transport.send(&self.rules, request, None, &mut MemoryPermit::default()).await
    }
}
