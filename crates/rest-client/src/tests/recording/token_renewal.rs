//! Token requests in replays.

use super::*;
use crate::{Auth, AuthFuture, JwtBearer, OutgoingRequest, UnauthenticatedClient};

#[tokio::test]
async fn a_jwt_grant_needs_no_valid_key_in_a_replay() {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/token" => json(r#"{"access_token": "tok3n-abcdefgh"}"#),
        _ => json("[1]"),
    });
    let client = |builder: RestClientBuilder, key: &str| {
        let grant = JwtBearer::new(format!("{}/token", server.url()), "me", key);
        builder.base_url(server.url()).auth(OAuth2::new(grant)).build().unwrap()
    };
    let key = include_str!("../keys/test_only.pem");
    let recorded = get(&client(RestClient::builder().record(Recorder::create(folder.path()).unwrap()), key)).await;
    let recording = Recording::open(folder.path()).unwrap().with_mode(ReplayMode::Exact);
    assert_eq!(get(&client(RestClient::builder().replay(recording.clone()), "no key")).await, recorded);
    assert!(recording.unused().is_empty());
}

/// Rejects two requests with the first token, the second one after the token was renewed, and then sends a third one.
#[derive(Debug)]
struct LateRejection(OAuth2<ClientCredentials>);

impl Auth for LateRejection {
    fn apply<'a>(&'a self, request: &'a mut OutgoingRequest, client: &'a UnauthenticatedClient) -> AuthFuture<'a> {
        Box::pin(async move {
            let mut first = outgoing(request);
            let mut second = outgoing(request);
            self.0.apply(&mut first, client).await?;
            self.0.apply(&mut second, client).await?;
            assert!(self.0.on_unauthorized(&first));
            self.0.apply(&mut first, client).await?;
            assert!(self.0.on_unauthorized(&second));
            self.0.apply(request, client).await
        })
    }
}

fn outgoing(request: &OutgoingRequest) -> OutgoingRequest {
    let (method, url, headers) = (request.method.clone(), request.url.clone(), request.headers.clone());
    OutgoingRequest { method, url, headers, body: None, redactor: request.redactor.clone(), token_number: None }
}

#[tokio::test]
async fn a_late_rejection_keeps_the_renewed_token() {
    // all tokens have the same text, as in a replay
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/token" => json(r#"{"access_token": "***"}"#),
        _ => json("[1]"),
    });
    let auth = LateRejection(OAuth2::new(ClientCredentials::new(format!("{}/token", server.url()), "id", "secret")));
    let client = RestClient::builder().base_url(server.url()).auth(auth).build().unwrap();
    client.get("x", &[]).await.unwrap();
    assert_eq!(server.requests().iter().filter(|request| request.path == "/token").count(), 2);
}
