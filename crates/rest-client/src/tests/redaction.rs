//! Redaction of secrets in errors.

use std::time::Duration;

use catchment_json::{DeserializeError, Document, PathLimitError};
use catchment_settings::Redactor;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::testing::{ScriptedResponse, ScriptedServer};
use crate::{Error, ErrorKind, RestClient};

const SECRET: &str = "s3cret/of a=token";

/// Returns every kind of error, with the secret in each of its texts.
fn kinds() -> Vec<ErrorKind> {
    let text = || format!("a {SECRET} b");
    vec![
        ErrorKind::Status(StatusCode::FORBIDDEN),
        ErrorKind::RejectedByAction(StatusCode::OK),
        ErrorKind::ConnectionRefused { host: text() },
        ErrorKind::UnknownHost { host: text() },
        ErrorKind::Tls { host: text(), reason: text() },
        ErrorKind::Connection { host: text(), reason: text() },
        ErrorKind::Timeout { host: text(), timeout: Duration::from_secs(1) },
        ErrorKind::MaxElapsedExceeded { total: Duration::from_secs(1) },
        ErrorKind::IncompleteBody { received: 1, reason: text() },
        ErrorKind::ResponseTooLarge { limit: 1 },
        ErrorKind::UrlTooLong { bytes: 65_535, limit: 65_534, part: text() },
        ErrorKind::PartialContent,
        ErrorKind::TooManyRedirects { limit: 10, last: text() },
        ErrorKind::InvalidRedirect { target: text() },
        ErrorKind::SecretInForeignUrl { origin: text() },
        ErrorKind::InvalidJson(Document::parse(SECRET.into()).unwrap_err()),
        ErrorKind::UnexpectedJson(DeserializeError { message: text(), path: text() }),
        ErrorKind::SelectorLimit(PathLimitError { path: "$..a".to_owned(), steps: 1, values: 1 }),
        ErrorKind::UnknownCharset { charset: text() },
        ErrorKind::InvalidCharset { charset: text() },
        ErrorKind::RowsNotFound { selector: text(), found: "null", body: text() },
        ErrorKind::ErrorBody { key: text() },
        ErrorKind::InvalidNextLink { location: text(), found: format!("{:?}", text()) },
        ErrorKind::UnexpectedField {
            setting: "total_path",
            path: text(),
            expected: "a number",
            found: text(),
            hint: "correct it",
        },
        ErrorKind::IgnoredParameter { param: text() },
        ErrorKind::UndetectedPagination { evidence: text(), suggestion: text() },
        ErrorKind::EmptyPages { pages: 1 },
        ErrorKind::InvalidPosition { found: "null" },
        ErrorKind::PaginationLoop { is_empty: false },
        ErrorKind::StalledPagination { pages: 1 },
        ErrorKind::InvalidUrl { url: text(), reason: text() },
        ErrorKind::InvalidHeader { name: text() },
        ErrorKind::InvalidCookie { name: text() },
        ErrorKind::InvalidBodyPath { path: text(), found: text() },
        ErrorKind::MissingAccessToken { keys: text() },
        ErrorKind::TokenNotStored { reason: text() },
        ErrorKind::InvalidPrivateKey { problem: text() },
        ErrorKind::TokenUnavailable { reason: text(), retryable: false },
        ErrorKind::InvalidSetting { name: "timeout", value: text(), expected: "more" },
        ErrorKind::ClientBuild { reason: text() },
        ErrorKind::RecordingFolderNotEmpty { path: text() },
        ErrorKind::RecordingNotWritten { path: text(), reason: text() },
        ErrorKind::InvalidRecording { path: text(), reason: text() },
        ErrorKind::NotRecorded { reason: text() },
        ErrorKind::RuntimeShutDown,
        ErrorKind::Custom(text()),
    ]
}

#[test]
fn no_kind_of_error_shows_a_known_secret() {
    let redactor = Redactor::from_iter([SECRET.into()]);
    let mut url = Url::parse("https://api.example.com/").unwrap();
    url.set_path(SECRET);
    url.query_pairs_mut().append_pair("q", SECRET);
    for kind in kinds() {
        let of_request = |error: Error| error.with_request(&Method::GET, &url).with_note(format!("not {SECRET}"));
        for error in [Error::new(kind.clone()), of_request(Error::new(kind))] {
            let error = error.with_response(StatusCode::FORBIDDEN, format!("no {SECRET}")).redacted(&redactor);
            let shown = format!("{error} {error:?} {} {:?} {:?}", error.kind(), error.request(), error.body());
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
}

#[test]
fn texts_of_servers_are_truncated() {
    for mut kind in kinds() {
        for text in kind.texts_mut() {
            *text = "é".repeat(1_000_000);
        }
        let error = Error::new(kind).redacted(&Redactor::default());
        assert!(error.to_string().chars().count() < 10_000, "{:.100}", error.to_string());
    }
}

#[tokio::test]
async fn the_password_in_a_url_is_a_secret() {
    let server = ScriptedServer::start(|request| {
        ScriptedResponse::json(
            403,
            format!("no entry for {} with UrlPw0rdXy7Kq", request.header("authorization").unwrap_or_default()),
        )
    });
    let url = server.url().replace("http://", "http://me:UrlPw0rdXy%37Kq@");
    let error = RestClient::builder().base_url(url).build().unwrap().get("x", &[]).await.unwrap_err();
    // the last character encodes only some bits of the password
    assert_eq!(error.body(), Some("no entry for Basic bWU6***Q== with ***"));
}
