//! Error messages of vaults.

use catchment_config::{Config, Environment};
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use catchment_settings::{ScopedSettings, Secret};
use insta::assert_snapshot;

use super::chain;
use crate::add_enabled_vaults;

/// Returns the error message of a failed lookup, and checks that it contains no secret.
fn message(variables: &[(&str, &str)]) -> String {
    let config = add_enabled_vaults(Config::from_environment(Environment::from_iter(variables.iter().copied())));
    let error = match config {
        Ok(config) => ScopedSettings::new(&config).section(["sources", "github"]).require::<Secret>("api_key").unwrap_err(),
        Err(error) => error,
    };
    let shown = format!("{} {error:?}", chain(&error));
    assert!(!shown.contains("hunter2"), "{shown}");
    chain(&error)
}

#[test]
fn hashicorp_vault() {
    fn check(url: &str, token: Option<&str>) -> String {
        let mut variables = vec![("PROVIDERS__ENABLE_HASHICORP_SECRETS", "true"), ("VAULT_ADDR", url)];
        variables.extend(token.map(|token| ("VAULT_TOKEN", token)));
        message(&variables).replace(url.trim_start_matches("http://"), "VAULT")
    }
    let closed = ScriptedServer::start(|_| ScriptedResponse::json(200, "")).url();
    assert_snapshot!(check(&closed, Some("hunter2")), @"failed to read `api_key` from dlt_secrets_toml (hashicorp vault): the vault did not respond: check address and network: GET http://VAULT/v1/secret/data/catchment/dlt_secrets_toml failed after 3 attempts: connection refused: nothing listens on VAULT");
    assert_snapshot!(check(&closed, None), @"failed to read `credentials` from providers.hashicorp_secrets (the configuration): no credentials are configured: set `token` or the variable VAULT_TOKEN, or `role_id` and `secret_id`, or `kubernetes_role` in providers.hashicorp_secrets");
    let sealed = ScriptedServer::start(|_| ScriptedResponse::json(503, r#"{"errors": ["Vault is sealed"]}"#));
    assert_snapshot!(check(&sealed.url(), Some("hunter2")), @r#"failed to read `api_key` from dlt_secrets_toml (hashicorp vault): the vault returned 503 Service Unavailable (attempts: 3): check that it is available"#);
    let denied = ScriptedServer::start(|_| ScriptedResponse::json(403, r#"{"errors": ["permission denied"]}"#));
    assert_snapshot!(check(&denied.url(), Some("hunter2")), @r#"
    a setting is missing: `api_key` (a string, secret)
    looked for `api_key` in this order:
      SOURCES__GITHUB__API_KEY (environment)
      SOURCES__API_KEY (environment)
      API_KEY (environment)
      sources.github.api_key (hashicorp vault)
      sources.api_key (hashicorp vault)
      api_key (hashicorp vault)
    hashicorp vault: access to dlt_secrets_toml is denied: {"errors": ["permission denied"]}; access to sources is denied: {"errors": ["permission denied"]}; access to sources/github is denied: {"errors": ["permission denied"]}
    use one of these locations; earlier ones take precedence
    "#);
    let garbled = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"{"data": {"data": {"api_key": hunter2}}}"#));
    assert_snapshot!(check(&garbled.url(), Some("hunter2")), @"failed to read `api_key` from dlt_secrets_toml (hashicorp vault): the response contains no JSON: check the address of the vault");
    let other = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"{"data": "hunter2"}"#));
    assert_snapshot!(check(&other.url(), Some("hunter2")), @"failed to read `api_key` from dlt_secrets_toml (hashicorp vault): the response contains no fields in `data.data`: check the address of the vault");
}

#[test]
fn google_secret_manager() {
    fn check(more: &[(&str, &str)]) -> String {
        message(&[&[("PROVIDERS__ENABLE_GOOGLE_SECRETS", "true")], more].concat())
    }
    assert_snapshot!(check(&[("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS", "hunter2")]), @"failed to read `credentials` from providers.google_secrets (the configuration): providers.google_secrets.credentials is not JSON: use the unmodified key file of the service account");
    assert_snapshot!(check(&[("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS", r#"{"type": "hunter2", "project_id": "shop"}"#)]), @"failed to read `credentials` from providers.google_secrets (the configuration): the `type` of the credentials is not supported: use `service_account` or `external_account`, or remove the credentials to use application default credentials");
    assert_snapshot!(check(&[("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS", r#"{"type": "service_account"}"#)]), @"failed to read `credentials` from providers.google_secrets (the configuration): no Google Cloud project is configured: set `project_id` in providers.google_secrets.credentials");
    assert_snapshot!(check(&[("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS__PRIVATE_KEY", "hunter2")]), @"failed to read `credentials` from providers.google_secrets (the configuration): `private_key` is set without `client_email`: set both");
}

#[test]
fn aws_secrets_manager() {
    fn check(more: &[(&str, &str)]) -> String {
        message(&[&[("PROVIDERS__ENABLE_AWS_SECRETS", "true")], more].concat())
    }
    let id = ("PROVIDERS__AWS_SECRETS__CREDENTIALS__AWS_ACCESS_KEY_ID", "id");
    assert_snapshot!(check(&[id]), @"failed to read `credentials` from providers.aws_secrets (the configuration): `aws_access_key_id` is set without `aws_secret_access_key`: set both");
    let closed = ScriptedServer::start(|_| ScriptedResponse::json(200, "")).url();
    let unreachable = check(&[
        id,
        ("PROVIDERS__AWS_SECRETS__CREDENTIALS__AWS_SECRET_ACCESS_KEY", "hunter2"),
        ("PROVIDERS__AWS_SECRETS__CREDENTIALS__REGION_NAME", "eu-central-1"),
        ("PROVIDERS__AWS_SECRETS__CREDENTIALS__ENDPOINT_URL", &closed),
    ]);
    assert_snapshot!(unreachable.replace(&closed, "http://VAULT"), @"failed to read `api_key` from dlt/dlt_secrets_toml (aws secrets manager): the vault did not respond: check region, endpoint and network: io error: client error (Connect): tcp connect error: Connection refused (os error 111)");
}

#[test]
fn invalid_settings() {
    assert_snapshot!(message(&[("PROVIDERS__ENABLE_AWS_SECRETS", "perhaps")]), @r#"`enable_aws_secrets` must be true or false (or yes, no, 1, 0), but PROVIDERS__ENABLE_AWS_SECRETS (environment) holds the string "perhaps""#);
}
