//! JSON requests over HTTP.

use std::time::Duration;

use catchment_config::VaultError;
use catchment_json::Value;
use catchment_rest_client::{Error, Request, ResponseAction, RestClient, RestClientBuilder, RetryPolicy, StatusCode, Verdict};
use catchment_settings::Secret;

/// Returns a client that gives up after 30 seconds.
///
/// It discards the bodies of error responses except 403, which contain the reason: other bodies may contain secrets,
/// which must not appear in errors or logs.
pub(crate) fn client(base_url: &str) -> RestClientBuilder {
    let retry = RetryPolicy {
        max_attempts: 3,
        backoff_factor: 0.2,
        max_delay: Duration::from_secs(5),
        max_elapsed: Duration::from_secs(30),
    };
    let discard_body = ResponseAction::from_fn(|response| {
        if !response.status().is_success() && response.status() != StatusCode::FORBIDDEN {
            response.set_body(Vec::new());
        }
        Ok(Verdict::Continue)
    });
    RestClient::builder().base_url(base_url).retry(retry).timeout(Duration::from_secs(10)).response_action(discard_body)
}

/// Returns the response to a request, or `None` for status 404. Masks `token` in errors, in case the vault repeats it.
pub(crate) async fn get_json(client: &RestClient, request: Request, token: &Secret) -> Result<Option<Value>, VaultError> {
    match client.send(&request.add_secret(token)).await {
        Ok(response) => {
            // drops the error of the parser, which quotes the body
            let document = response.document().map_err(|_| unexpected_response("JSON"))?;
            Ok(Some(document.root().to_value()))
        }
        Err(error) => match error.status() {
            Some(StatusCode::NOT_FOUND) => Ok(None),
            // the body states the missing permission
            Some(StatusCode::FORBIDDEN) => Err(VaultError::Denied(error.body().unwrap_or_default().to_owned())),
            Some(status) => {
                let attempts = error.attempts();
                Err(VaultError::failed(format!("the vault returned {status} (attempts: {attempts}): check that it is available")))
            }
            None => Err(request_failed(error)),
        },
    }
}

/// Converts an error of the client, which contains the URL.
pub(crate) fn request_failed(error: Error) -> VaultError {
    VaultError::Failed { problem: "the vault did not respond: check address and network".to_owned(), source: Some(error.into()) }
}

/// Returns an error for a response without `what`. The response is not shown, because it may contain secrets.
pub(crate) fn unexpected_response(what: &str) -> VaultError {
    VaultError::failed(format!("the response contains no {what}: check the address of the vault"))
}
