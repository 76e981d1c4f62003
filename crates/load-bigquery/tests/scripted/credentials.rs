//! Access tokens.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catchment_load::{Destination as _, LoadError, LoadOutcome};
use catchment_load_bigquery::{BigQuery, BigQueryOptions, GoogleCredentials};
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, assert_unchanged, shown};

/// The secrets of the tests. No message contains them.
const SECRETS: [&str; 4] = ["secret-token", "secret-refresh", "secret-client", "PRIVATE KEY-----\n"];

/// Returns options with a login of gcloud, whose tokens the service issues.
fn with_login(service: &Service) -> BigQueryOptions {
    service.require_token();
    let login = json!({
        "type": "authorized_user",
        "client_id": "client",
        "client_secret": "secret-client",
        "refresh_token": "secret-refresh",
        "token_uri": format!("{}/token", service.url()),
    });
    let credentials = GoogleCredentials::Json(login.to_string().into());
    BigQueryOptions { credentials, is_emulator: false, ..service.options() }
}

/// Returns options with the key of a service account, which signs its tokens itself.
fn with_key(service: &Service, private_key: &str) -> BigQueryOptions {
    service.require_token();
    let (client_email, private_key) = ("loader@p.iam.gserviceaccount.com".to_owned(), private_key.into());
    let credentials = GoogleCredentials::ServiceAccount { client_email, private_key };
    BigQueryOptions { credentials, is_emulator: false, ..service.options() }
}

fn private_key() -> String {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(key.as_ref()))
}

async fn load(options: &BigQueryOptions, package: &Package) -> Result<LoadOutcome, LoadError> {
    let shown = format!("{options:?}");
    assert!(!SECRETS.iter().any(|secret| shown.contains(secret)), "{shown}");
    let loaded = BigQuery::new(options.clone()).load(package.sealed.clone(), &CancellationToken::new()).await;
    if let Err(error) = &loaded {
        let shown = format!("{error} {error:?}");
        assert!(!SECRETS.iter().any(|secret| shown.contains(secret)), "{shown}");
    }
    loaded.map(|loaded| loaded.outcome)
}

#[tokio::test]
async fn expired_tokens_are_renewed() {
    for (op, part) in [
        (Op::GetDataset, ""),
        (Op::CreateTable, ""),
        (Op::BeginUpload, ""),
        (Op::Chunk, ""),
        (Op::InsertJob, "catchment_apply"),
        (Op::Results, ""),
    ] {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        let options = with_login(&service);
        service.fail(When::Call(op, part), Fault::ExpireTokens, 1);
        assert_eq!(load(&options, &package).await.unwrap(), LoadOutcome::Loaded, "{op:?}");
        assert_loaded_once(&service, &[&package], &format!("{op:?}"));
        assert!(service.count(Op::Token, "") >= 2, "{op:?}");
        assert_eq!((service.jobs("catchment_load"), service.jobs("catchment_apply")), (3, 1), "{op:?}");
    }
}

#[tokio::test]
async fn tokens_of_service_accounts_are_renewed() {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    let options = with_key(&service, &private_key());
    let refused = Fault::status(401, "authError", "Invalid Credentials");
    service.fail(When::Call(Op::InsertJob, "catchment_apply"), refused, 1);
    assert_eq!(load(&options, &package).await.unwrap(), LoadOutcome::Loaded);
    assert_loaded_once(&service, &[&package], "");
    // Signed by the client, not issued.
    assert_eq!(service.count(Op::Token, ""), 0);
    let is_signed = |token: &str| token.starts_with("Bearer ey") && token.split('.').count() == 3;
    assert!(service.requests().iter().all(|request| request.header("authorization").is_some_and(is_signed)));
}

/// Returns the error of a load, which has changed nothing.
async fn error(service: &Service, options: &BigQueryOptions) -> String {
    let error = load(options, &Package::new("shop", FEW_ROWS)).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_terminal(), "{error}");
    assert_unchanged(service, &error.to_string());
    shown(service, &error)
}

#[tokio::test]
async fn refused_credentials_are_an_error() {
    let service = Service::start();
    let refused = Fault::status(401, "authError", "Request had invalid authentication credentials.");
    service.fail(When::Call(Op::GetDataset, ""), refused, usize::MAX);
    let shown = error(&service, &with_login(&service)).await;
    insta::assert_snapshot!(shown, @"failed to open bigquery://p: Request had invalid authentication credentials (reason authError); check destination.bigquery.credentials");
    assert_eq!(service.count(Op::GetDataset, ""), 2);
}

#[tokio::test]
async fn a_missing_token_is_an_error() {
    let service = Service::start();
    let revoked = r#"{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}"#;
    service.fail(When::Call(Op::Token, ""), Fault::Respond(ScriptedResponse::json(400, revoked)), usize::MAX);
    let shown = error(&service, &with_login(&service)).await;
    assert!(shown.contains("Token has been expired or revoked") && shown.contains("gcloud auth"), "{shown}");
}

#[tokio::test]
async fn an_invalid_key_is_an_error() {
    let service = Service::start();
    let options = with_key(&service, "-----BEGIN PRIVATE KEY-----\nsecret-token\n-----END PRIVATE KEY-----\n");
    let shown = error(&service, &options).await;
    assert!(shown.contains("private key PEM") && shown.contains("destination.bigquery.credentials"), "{shown}");
    assert_eq!(service.calls(), []);
}

/// Checks that an upload to another host gets neither rows nor the token.
#[tokio::test]
async fn tokens_stay_at_their_host() {
    let other = ScriptedServer::start(|_| ScriptedResponse::json(200, "{}"));
    let service = Service::start();
    let elsewhere = ScriptedResponse::json(200, "").header("Location", format!("{}/upload?upload_id=1", other.url()));
    service.fail(When::Call(Op::BeginUpload, ""), Fault::Respond(elsewhere), usize::MAX);
    let shown = error(&service, &with_login(&service)).await.replace(other.url().trim_start_matches("http://"), "OTHER");
    insta::assert_snapshot!(shown, @"failed to stage rows of table `T` in bigquery://p: the service returned the URL of an upload at another host, http://OTHER; a proxy may have changed it");
    assert_eq!(other.requests(), []);
}
