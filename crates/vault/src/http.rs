//! Questions over HTTP, in JSON.

use std::time::Duration;

use catchment_config::VaultError;
use catchment_json::Value;
use catchment_rest_client::{Error, Request, RestClient, RestClientBuilder, RetryPolicy, StatusCode};
use catchment_settings::Secret;

/// A client that gives up after half a minute.
pub(crate) fn client(base_url: &str) -> RestClientBuilder {
    let retry = RetryPolicy {
        max_attempts: 3,
        backoff_factor: 0.2,
        max_delay: Duration::from_secs(5),
        max_elapsed: Duration::from_secs(30),
    };
    RestClient::builder().base_url(base_url).retry(retry).timeout(Duration::from_secs(10))
}

/// The answer to a request; none where there is no such thing. `token` is not in any error, should the vault repeat it.
pub(crate) async fn ask(client: &RestClient, request: Request, token: &Secret) -> Result<Option<Value>, VaultError> {
    match client.send(&request.hide(token)).await {
        Ok(response) => {
            let document = response.document().map_err(failed)?;
            Ok(Some(document.root().to_value()))
        }
        Err(error) => match error.status() {
            Some(StatusCode::NOT_FOUND) => Ok(None),
            // what the vault says of it, which is what access is missing
            Some(StatusCode::FORBIDDEN) => Err(VaultError::Denied(error.body().unwrap_or_default().to_owned())),
            // nothing of what it says, as it has secrets
            Some(status) => Err(VaultError::Failed {
                problem: format!("it answered {status} {} times: check that it is in service", error.attempts()),
                source: None,
            }),
            None => Err(failed(error)),
        },
    }
}

/// An error of the client, which has the URL in it.
pub(crate) fn failed(error: Error) -> VaultError {
    VaultError::Failed { problem: "it gave no answer: check address and network".to_owned(), source: Some(error.into()) }
}

/// An answer that is not what the API promises. It may hold secrets, so nothing of it is shown.
pub(crate) fn unexpected(what: &str) -> VaultError {
    VaultError::Failed { problem: format!("its answer has no {what}: check that the address is that of the vault"), source: None }
}
