//! Conversion of credentials of a spec to those of the client.

use std::sync::Arc;
use std::time::Duration;

use catchment_rest_client::{ApiKey, ApiKeyLocation, Auth, BearerToken, ClientCredentials, HttpBasic, OAuth2};
use catchment_settings::Secret;

use crate::registry::Registry;
use crate::secrets::Secrets;
use crate::{AuthSpec, SourceErrorKind};

/// Creates the credentials of a spec.
pub(crate) fn auth(spec: &AuthSpec, secrets: &Secrets<'_>, registry: &Registry) -> Result<Arc<dyn Auth>, SourceErrorKind> {
    Ok(match spec {
        AuthSpec::Bearer { token } => Arc::new(BearerToken::new(secrets.required(token.as_ref(), "token")?)),
        AuthSpec::ApiKey { name, api_key, location } => {
            let key = ApiKey::new(secrets.required(api_key.as_ref(), "api_key")?);
            let key = match secrets.field(name.as_ref(), "name")? {
                Some(name) => key.name(name.expose()),
                None => key,
            };
            Arc::new(key.location(match location.as_deref() {
                Some("query" | "param") => ApiKeyLocation::Query,
                Some("cookie") => ApiKeyLocation::Cookie,
                _ => ApiKeyLocation::Header,
            }))
        }
        AuthSpec::HttpBasic { username, password } => Arc::new(HttpBasic::new(
            secrets.required(username.as_ref(), "username")?.expose(),
            secrets.required(password.as_ref(), "password")?,
        )),
        AuthSpec::OAuth2ClientCredentials {
            access_token_url,
            client_id,
            client_secret,
            access_token_request_data,
            default_token_expiration,
            credentials_in_header,
        } => {
            let url = secrets.required(access_token_url.as_ref(), "access_token_url")?;
            let (id, secret) =
                (secrets.required(client_id.as_ref(), "client_id")?, secrets.required(client_secret.as_ref(), "client_secret")?);
            let mut data = Vec::new();
            for (name, value) in access_token_request_data {
                data.push((name.clone(), Secret::from(secrets.value(value)?.to_plain_text())));
            }
            let grant = ClientCredentials::new(url.expose(), id, secret).access_token_request_data(data);
            let grant = if *credentials_in_header { grant.credentials_in_header() } else { grant };
            let lifetime = default_token_expiration.map(Duration::from_secs);
            Arc::new(OAuth2::new(lifetime.into_iter().fold(grant, ClientCredentials::default_token_expiration)))
        }
        AuthSpec::Custom { name, settings } => {
            registry.make_auth(name, &secrets.value(settings)?).map_err(SourceErrorKind::Custom)?
        }
    })
}
