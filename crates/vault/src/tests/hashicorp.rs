//! Tests of HashiCorp Vault against a scripted server.

use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use catchment_settings::{ScopedSettings, Secret};

use super::{api_key, config};

fn server() -> ScriptedServer {
    ScriptedServer::start(respond)
}

/// Responds as a server with two secrets, one of which was deleted.
fn respond(request: &ReceivedRequest) -> ScriptedResponse {
    let login = |is_valid: bool| match is_valid {
        true => ScriptedResponse::json(200, r#"{"auth": {"client_token": "tk-login", "lease_duration": 3600}, "data": null}"#),
        false => ScriptedResponse::json(400, r#"{"errors": ["invalid role or secret ID"]}"#),
    };
    match request.path.as_str() {
        "/v1/auth/approle/login" => return login(request.text() == r#"{"role_id":"role","secret_id":"s3cret"}"#),
        "/v1/auth/kubernetes/login" => return login(request.text() == r#"{"role":"loader","jwt":"token-of-the-pod"}"#),
        _ => {}
    }
    if !matches!(request.header("x-vault-token"), Some("tk-root" | "tk-login")) {
        return ScriptedResponse::json(403, r#"{"errors": ["permission denied"]}"#);
    }
    match request.path.as_str() {
        "/v1/secret/data/catchment/sources/github" => ScriptedResponse::json(
            200,
            r#"{"data": {"data": {"api_key": "hunter2", "page_size": 50}, "metadata": {"version": 3, "destroyed": false}}}"#,
        ),
        "/v1/secret/data/catchment/sources" => {
            ScriptedResponse::json(404, r#"{"data": {"data": null, "metadata": {"deletion_time": "2026-01-01T00:00:00Z"}}}"#)
        }
        "/v1/secret/metadata/catchment" => ScriptedResponse::json(200, r#"{"data": {"keys": ["sources", "sources/"]}}"#),
        "/v1/secret/metadata/catchment/sources/" => ScriptedResponse::json(200, r#"{"data": {"keys": ["github"]}}"#),
        _ => ScriptedResponse::json(404, r#"{"errors": []}"#),
    }
}

#[test]
fn a_token_reads_each_entry_once() {
    let server = server();
    let config = config(&[
        ("PROVIDERS__ENABLE_HASHICORP_SECRETS", "true"),
        ("PROVIDERS__HASHICORP_SECRETS__NAMESPACE", "team"),
        ("VAULT_ADDR", &server.url()),
        ("VAULT_TOKEN", "tk-root"),
    ]);
    for _ in 0..2 {
        assert_eq!(api_key(&config), Some(Secret::from("hunter2")));
    }
    let page_size = ScopedSettings::new(&config).section(["sources", "github"]).get::<u64>("page_size");
    assert_eq!(page_size.unwrap(), Some(50));
    let requested: Vec<String> =
        server.requests().iter().map(|request| request.path.replace("/v1/secret/data/catchment/", "")).collect();
    assert_eq!(requested, ["dlt_secrets_toml", "sources", "sources/github"]);
    assert!(server.requests().iter().all(|request| request.header("x-vault-namespace") == Some("team")));
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("tk-root"), "{shown}");
}

#[test]
fn logins() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "token-of-the-pod\n").unwrap();
    let check = |login: &[(&str, &str)]| {
        let server = server();
        let url = server.url();
        let variables =
            [("PROVIDERS__ENABLE_HASHICORP_SECRETS", "true"), ("PROVIDERS__HASHICORP_SECRETS__ADDRESS", url.as_str())];
        let config = config(&[&variables, login].concat());
        assert_eq!(api_key(&config), Some(Secret::from("hunter2")));
        let logins = server.requests().iter().filter(|request| request.path.ends_with("/login")).count();
        assert_eq!(logins, 1);
    };
    check(&[("PROVIDERS__HASHICORP_SECRETS__ROLE_ID", "role"), ("PROVIDERS__HASHICORP_SECRETS__SECRET_ID", "s3cret")]);
    check(&[
        ("PROVIDERS__HASHICORP_SECRETS__KUBERNETES_ROLE", "loader"),
        ("PROVIDERS__HASHICORP_SECRETS__KUBERNETES_TOKEN_PATH", token.to_str().unwrap()),
    ]);
}

#[test]
fn a_list_of_folders() {
    let server = server();
    let config = config(&[
        ("PROVIDERS__ENABLE_HASHICORP_SECRETS", "true"),
        ("PROVIDERS__HASHICORP_SECRETS__LIST_SECRETS", "true"),
        ("VAULT_ADDR", &server.url()),
        ("VAULT_TOKEN", "tk-root"),
    ]);
    assert_eq!(api_key(&config), Some(Secret::from("hunter2")));
    let requested: Vec<String> = server.requests().iter().map(|request| request.path.replace("/v1/secret/", "")).collect();
    assert_eq!(
        requested,
        ["metadata/catchment", "metadata/catchment/sources/", "data/catchment/sources", "data/catchment/sources/github"]
    );
}

#[test]
fn settings_are_looked_up_from_within_a_runtime() {
    let server = server();
    let config =
        config(&[("PROVIDERS__ENABLE_HASHICORP_SECRETS", "true"), ("VAULT_ADDR", &server.url()), ("VAULT_TOKEN", "tk-root")]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(async { api_key(&config) }), Some(Secret::from("hunter2")));
}
