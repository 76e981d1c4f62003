//! Tests of Google Secret Manager against a scripted server.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use catchment_settings::{ScopedSettings, Secret};

use super::{api_key, config};

const KEY: &str = include_str!("service_account.pem");

/// Starts a server with one secret.
fn server(name: &'static str, text: &'static str) -> ScriptedServer {
    ScriptedServer::start(move |request| respond(request, name, text))
}

fn respond(request: &ReceivedRequest, name: &str, text: &str) -> ScriptedResponse {
    if request.path == "/token" {
        assert_eq!(request.form("subject_token").as_deref(), Some("token-of-the-pod"));
        return ScriptedResponse::json(
            200,
            r#"{"access_token": "from-sts", "expires_in": 3600, "token_type": "Bearer", "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}"#,
        );
    }
    if !request.header("authorization").is_some_and(|value| value.starts_with("Bearer ")) {
        return ScriptedResponse::json(401, "{}");
    }
    if request.path == "/v1/projects/shop/secrets" {
        return match request.param("pageToken") {
            Some("2") => ScriptedResponse::json(200, format!(r#"{{"secrets": [{{"name": "projects/1/secrets/{name}"}}]}}"#)),
            _ => ScriptedResponse::json(200, r#"{"secrets": [{"name": "projects/1/secrets/other"}], "nextPageToken": "2"}"#),
        };
    }
    if request.path == format!("/v1/projects/shop/secrets/{name}/versions/latest:access") {
        let data = BASE64_STANDARD.encode(text);
        return ScriptedResponse::json(200, format!(r#"{{"name": "x", "payload": {{"data": "{data}", "dataCrc32c": "1"}}}}"#));
    }
    if request.path.contains("dlt_secrets_toml") {
        return ScriptedResponse::json(
            403,
            r#"{"error": {"code": 403, "message": "Permission denied on resource", "status": "PERMISSION_DENIED"}}"#,
        );
    }
    ScriptedResponse::json(404, r#"{"error": {"code": 404, "message": "not found", "status": "NOT_FOUND"}}"#)
}

fn paths(server: &ScriptedServer) -> Vec<String> {
    server.requests().into_iter().map(|request| request.path.replace("/v1/projects/shop/secrets", "")).collect()
}

#[test]
fn a_service_account_reads_each_entry_once() {
    let server = server("sources-github", "[sources.github]\napi_key = 'hunter2'");
    let config = config(&[
        ("PROVIDERS__ENABLE_GOOGLE_SECRETS", "true"),
        ("PROVIDERS__GOOGLE_SECRETS__ENDPOINT_URL", &server.url()),
        ("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS__PROJECT_ID", "shop"),
        ("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS__CLIENT_EMAIL", "catchment@shop.iam.gserviceaccount.com"),
        ("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS__PRIVATE_KEY", KEY),
    ]);
    for _ in 0..2 {
        assert_eq!(api_key(&config), Some(Secret::from("hunter2")));
    }
    let access = |entry| format!("/{entry}/versions/latest:access");
    assert_eq!(paths(&server), ["dlt_secrets_toml", "sources", "sources-github"].map(access));
    let error = ScopedSettings::new(&config).section(["sources", "gitlab"]).require::<Secret>("api_key").unwrap_err();
    assert!(error.to_string().contains("access to dlt_secrets_toml is denied: "), "{error}");
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(&KEY[40..80]), "{shown}");
}

#[test]
fn the_file_of_a_service_account_and_a_list() {
    let server = server("sources-github-api_key", "hunter2");
    let key = serde_json::json!({
        "type": "service_account",
        "project_id": "shop",
        "private_key_id": "1",
        "private_key": KEY,
        "client_email": "catchment@shop.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    });
    let config = config(&[
        ("PROVIDERS__ENABLE_GOOGLE_SECRETS", "true"),
        ("PROVIDERS__GOOGLE_SECRETS__ENDPOINT_URL", &server.url()),
        ("PROVIDERS__GOOGLE_SECRETS__ONLY_TOML_FRAGMENTS", "false"),
        ("PROVIDERS__GOOGLE_SECRETS__LIST_SECRETS", "true"),
        ("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS", &key.to_string()),
    ]);
    assert_eq!(api_key(&config), Some(Secret::from("hunter2")));
    assert_eq!(paths(&server), ["", "", "/sources-github-api_key/versions/latest:access"]);
}

#[test]
fn workload_identity() {
    let server = server("sources", "sources: {github: {api_key: hunter2}}");
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "token-of-the-pod").unwrap();
    let configuration = serde_json::json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{}/token", server.url()),
        "credential_source": {"file": token},
    });
    let config = config(&[
        ("PROVIDERS__ENABLE_GOOGLE_SECRETS", "true"),
        ("PROVIDERS__GOOGLE_SECRETS__ENDPOINT_URL", &server.url()),
        ("PROVIDERS__GOOGLE_SECRETS__CREDENTIALS", &configuration.to_string()),
        ("GOOGLE_CLOUD_PROJECT", "shop"),
    ]);
    assert_eq!(api_key(&config), Some(Secret::from("hunter2")));
    let sent = server.requests();
    let to_vault = sent.iter().filter(|request| request.path != "/token");
    assert!(to_vault.clone().count() > 0);
    for request in to_vault {
        assert_eq!(request.header("authorization"), Some("Bearer from-sts"));
    }
}
