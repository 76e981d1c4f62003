//! Questions over HTTP, in JSON.

use std::time::Duration;

use catchment_config::VaultError;
use catchment_json::Value;
use catchment_rest_client::{Error, Request, ResponseAction, RestClient, RestClientBuilder, RetryPolicy, StatusCode, Verdict};
use catchment_settings::Secret;

/// A client that gives up after half a minute. What a vault answers may be secret, so of what is no good answer only the
/// reasons of a denied access are kept, and nothing of the others can come into errors or logs.
pub(crate) fn client(base_url: &str) -> RestClientBuilder {
    let retry = RetryPolicy {
        max_attempts: 3,
        backoff_factor: 0.2,
        max_delay: Duration::from_secs(5),
        max_elapsed: Duration::from_secs(30),
    };
    let forget = ResponseAction::from_fn(|response| {
        if !response.status().is_success() && response.status() != StatusCode::FORBIDDEN {
            response.set_body(Vec::new());
        }
        Ok(Verdict::Continue)
    });
    RestClient::builder().base_url(base_url).retry(retry).timeout(Duration::from_secs(10)).response_action(forget)
}

/// The answer to a request; none where there is no such thing. `token` is not in any error, should the vault repeat it.
pub(crate) async fn get_json(client: &RestClient, request: Request, token: &Secret) -> Result<Option<Value>, VaultError> {
    match client.send(&request.add_secret(token)).await {
        Ok(response) => {
            // not the parser's error, which shows the place
            let document = response.document().map_err(|_| unexpected_response("JSON"))?;
            Ok(Some(document.root().to_value()))
        }
        Err(error) => match error.status() {
            Some(StatusCode::NOT_FOUND) => Ok(None),
            // what the vault says of it, which is what access is missing
            Some(StatusCode::FORBIDDEN) => Err(VaultError::Denied(error.body().unwrap_or_default().to_owned())),
            Some(status) => {
                let attempts = error.attempts();
                Err(VaultError::failed(format!("it answered {status} {attempts} times: check that it is in service")))
            }
            None => Err(request_failed(error)),
        },
    }
}

/// An error of the client, which has the URL in it.
pub(crate) fn request_failed(error: Error) -> VaultError {
    VaultError::Failed { problem: "it gave no answer: check address and network".to_owned(), source: Some(error.into()) }
}

/// An answer that is not what the API promises. It may hold secrets, so nothing of it is shown.
pub(crate) fn unexpected_response(what: &str) -> VaultError {
    VaultError::failed(format!("its answer has no {what}: check that the address is that of the vault"))
}
