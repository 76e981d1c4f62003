//! Redirects and the headers that they keep.

use catchment_json::Value;
use reqwest::Method;

use super::{hide_address, start_with};
use crate::testing::{ScriptedResponse, ScriptedServer};

/// Returns the path and the `x-key` header of each request.
fn seen(server: &ScriptedServer) -> Vec<String> {
    let show =
        |request: crate::testing::ReceivedRequest| format!("{} {}", request.path, request.header("x-key").unwrap_or("none"));
    server.requests().into_iter().map(show).collect()
}

#[tokio::test]
async fn headers_stay_at_the_origin() {
    let other = ScriptedServer::start(|_| ScriptedResponse::json(200, "[1]"));
    let away = format!("{}/there", other.url());
    let (server, client) = start_with(
        |client| client.header("X-Key", "s3cret"),
        move |request| match request.path.as_str() {
            "/near" => ScriptedResponse::redirect("/far?moved=1"),
            "/far" => ScriptedResponse::redirect(&away).status(307),
            _ => ScriptedResponse::json(404, ""),
        },
    );
    let response = client.get("near", &[("q", "1")]).await.unwrap();
    assert_eq!(response.url().as_str(), format!("{}/there", other.url()));
    assert_eq!(seen(&server), ["/near s3cret", "/far s3cret"]);
    assert_eq!(seen(&other), ["/there none"]);
    assert_eq!((server.requests()[1].param("moved"), server.requests()[1].param("q")), (Some("1"), None));
}

#[tokio::test]
async fn a_redirect_back_to_the_origin_restores_no_headers() {
    let (back, home) = std::sync::mpsc::channel::<String>();
    let home = std::sync::Mutex::new(home);
    let other = ScriptedServer::start(move |_| ScriptedResponse::redirect(home.lock().unwrap().recv().unwrap()));
    let away = other.url();
    let (server, client) = start_with(
        |client| client.header("X-Key", "s3cret"),
        move |request| {
            if request.path == "/back" { ScriptedResponse::json(200, "[1]") } else { ScriptedResponse::redirect(&away) }
        },
    );
    back.send(format!("{}/back", server.url())).unwrap();
    client.get("x", &[]).await.unwrap();
    assert_eq!(seen(&server), ["/x s3cret", "/back none"]);
    assert_eq!(seen(&other), ["/ none"]);
}

/// Checks the error message of a redirect.
async fn check(response: ScriptedResponse, expected: &str) {
    let (server, client) = start_with(|client| client, move |_| response.clone());
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(hide_address(&error.to_string(), &server), expected);
}

#[tokio::test]
async fn redirects_that_cannot_be_followed() {
    check(
        ScriptedResponse::redirect("/x?key=1"),
        "GET {url}/x failed: more than 10 redirects, the last one to {url}/x?key=***; check the URL of the request",
    )
    .await;
    check(
        ScriptedResponse::redirect("ftp://a.b/?key=1"),
        "GET {url}/x failed: cannot follow the redirect to \"ftp://a.b/\": not a valid http or https URL",
    )
    .await;
    check(
        ScriptedResponse::redirect("http://"),
        "GET {url}/x failed: cannot follow the redirect to \"http://\": not a valid http or https URL",
    )
    .await;
    check(ScriptedResponse::json(302, "moved"), "GET {url}/x returned 302 Found: moved").await;
}

#[tokio::test]
async fn secrets_in_bodies_are_not_sent_to_other_origins() {
    for by_redirect in [true, false] {
        let other = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"{"d": [2]}"#));
        let away = format!("{}/there", other.url());
        let (_server, client) = start_with(
            |client| client,
            move |_| match by_redirect {
                true => ScriptedResponse::redirect(&away).status(307),
                false => ScriptedResponse::json(200, format!(r#"{{"d": [1], "next": "{away}"}}"#)),
            },
        );
        let body = Value::parse(r#"{"q": "all", "token": "t0ken", "in": {"user": "the s3cret"}}"#).unwrap();
        let request = client.request("x").unwrap().method(Method::POST).json(body).add_secret(&"s3cret".into());
        let mut pages = client.paginate(request);
        while let Some(page) = pages.next().await {
            page.unwrap();
        }
        let bodies: Vec<_> = other.requests().into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect();
        assert_eq!(bodies, [r#"{"q":"all","in":{}}"#], "by redirect: {by_redirect}");
    }
}
