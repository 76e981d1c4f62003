use catchment_settings::Redactor;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use url::Url;

use super::super::body::StoredBody;
use super::super::interaction::{Interaction, StoredRequest};
use super::Scrubber;
use crate::outgoing::OutgoingRequest;

const SECRET: &str = "s3cret/of a=user";

fn scrubber(fetches_credentials: bool) -> Scrubber {
    let redactor = Redactor::from_iter([SECRET, "12345678", "hook?id=12345", "pair&b=12345", "part#12345"].map(Into::into));
    Scrubber { redactor, auth_params: vec!["appid".to_owned()], fetches_credentials }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let parse = |(name, value): &(&str, &str)| (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    pairs.iter().map(parse).collect()
}

fn request(url: &str, content_type: &str, body: &str, fetches_credentials: bool) -> StoredRequest {
    let (method, url, redactor) = (Method::GET, Url::parse(url).unwrap(), Redactor::default());
    let headers = headers(&[(CONTENT_TYPE.as_str(), content_type)]);
    let body = Some(body.as_bytes().to_vec());
    scrubber(fetches_credentials).request(&OutgoingRequest { method, url, headers, body, redactor, token_number: None })
}

fn shown(body: Option<StoredBody>) -> String {
    match body {
        None => "none".to_owned(),
        Some(StoredBody::Json(json)) => json,
        Some(StoredBody::Text(text)) => format!("text {text}"),
        Some(StoredBody::Binary(bytes)) => format!("bytes {}", String::from_utf8_lossy(&bytes)),
    }
}

#[test]
fn urls() {
    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(request(url, "", "", false).url, expected);
    }
    check("https://me:pw@a.b:8443/c?d=1#access_token=2", "https://a.b:8443/c?d=1");
    check("https://a.b/c?api_key=1&appid=x&page=2&q=a%20b+c", "https://a.b/c?api_key=***-6b86&appid=***&page=2&q=a%20b+c");
    check("https://a.b/c?code=EUR&key=s3cret/of%20a=user", "https://a.b/c?code=***-57d4&key=***");
    check("https://a.b/c?code=USD&code=***&code=***-57d4", "https://a.b/c?code=***-a26c&code=***&code=***-57d4");
    check("https://a.b/c?page_token=1&token=&token", "https://a.b/c?page_token=1&token=&token");
    check("https://a.b/s3cret%2Fof%20a=user/c?who=s3cret%2Fof+a%3Duser", "https://a.b/***/c?who=***");
    check("https://a.b/c?%74oken=1", "https://a.b/c?%74oken=***-6b86");
    check("https://a.b/c?", "https://a.b/c?");
    // secrets may extend into the query, several parameters and the fragment
    check("https://a.b/hook?id=12345&page=2&code=EUR", "https://a.b/***&page=2&code=***");
    check("https://a.b/c?a=pair&b=12345&code=EUR", "https://a.b/c?a=***&code=***");
    check("https://a.b/c?a=part#12345", "https://a.b/c?a=***");
}

#[test]
fn urls_of_requests_for_credentials() {
    let url = request("https://a.b/token?grant_type=x&scope=r&user=me&n=1", "", "", true).url;
    assert_eq!(url, "https://a.b/token?grant_type=x&scope=r&user=***&n=***");
}

#[test]
fn request_bodies() {
    #[track_caller]
    fn check(content_type: &str, body: &str, expected: &str) {
        assert_eq!(shown(request("https://a.b/", content_type, body, false).body), expected);
    }
    let json = "application/json";
    check(json, "", "none");
    check(
        json,
        r#"{"q": 1.0, "api_key": "x", "in": [{"token": 7}], "auth": {"a": 1}}"#,
        r#"{"q":1.0,"api_key":"***-2d71","in":[{"token":"***-7902"}],"auth":"***-015a"}"#,
    );
    check(json, r#"{"key": "EUR"}"#, r#"{"key":"***-57d4"}"#);
    for same in [r#"{"key": {"b": 1, "a": 2}}"#, r#"{"key": {"a": 2, "b": 1}}"#] {
        check(json, same, r#"{"key":"***-d362"}"#);
    }
    check(json, r#"{"key": "12345678", "auth": ["12345678"]}"#, r#"{"key":"***","auth":"***"}"#);
    check(json, r#"{"page_token": "b", "token": null, "key": ""}"#, r#"{"page_token":"b","token":null,"key":""}"#);
    check(json, r#"{"who": "x s3cret/of a=user y", "n": 12345678}"#, r#"{"who":"x *** y","n":"***"}"#);
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    check(form, "q=a+b&client_secret=x&id=7&who=s3cret%2Fof+a%3Duser", "text q=a+b&client_secret=***-2d71&id=7&who=***");
    check("text/plain", "a\n{\"password\": \"x\\\"y\"}\n", "text a\n{\"password\": \"***-25bb\"}\n");
}

#[test]
fn requests_for_credentials() {
    #[track_caller]
    fn check(content_type: &str, body: &str, expected: &str) {
        assert_eq!(shown(request("https://a.b/", content_type, body, true).body), expected);
    }
    check(
        "application/x-www-form-urlencoded",
        "grant_type=a&client_id=1&scope=r&x=",
        "text grant_type=a&client_id=***&scope=r&x=",
    );
    check(
        "application/json",
        r#"{"user": "me", "scope": ["r"], "in": {"n": 7}}"#,
        r#"{"user":"***","scope":["r"],"in":{"n":"***"}}"#,
    );
    check("application/xml", "<pw>x</pw>", "text ***");
}

/// Checks the stored body of a response with this status.
#[track_caller]
fn check_response(fetches_credentials: bool, status: u16, body: &[u8], expected: &str) {
    let status = StatusCode::from_u16(status).unwrap();
    let response = scrubber(fetches_credentials).response(status, &HeaderMap::new(), body, false);
    assert_eq!(shown(response.body), expected);
}

#[test]
fn response_bodies() {
    let check = |body: &[u8], expected| check_response(false, 200, body, expected);
    check(b"", "none");
    check(
        br#"{"key": "ABC-1", "token": "t", "access_token": "x", "in": [{"apiKey": "y"}]}"#,
        r#"{"key":"ABC-1","token":"t","access_token":"***","in":[{"apiKey":"***"}]}"#,
    );
    check(
        br#"{"Session-Token": "a", "secretAccessKey": "b", "PRIVATE_KEY": "c", "jwt": "d", "authToken": "e", "secret_key": "f"}"#,
        r#"{"Session-Token":"***","secretAccessKey":"***","PRIVATE_KEY":"***","jwt":"***","authToken":"***","secret_key":"***"}"#,
    );
    check(br#"{"password": 7, "access_token": null}"#, r#"{"password":7,"access_token":null}"#);
    check(br#"{"a": 1e400, "a": 18446744073709551616, "b": 1.0}"#, r#"{"a":1e400,"a":18446744073709551616,"b":1.0}"#);
    check(br#"{"next": "https://me:pw@a.b/?page_token=1&api_key=2"}"#, r#"{"next":"https://***@a.b/?page_token=1&api_key=***"}"#);
    check(br#"{"s3cret/of a=user": 1}"#, r#"{"***":1}"#);
    check(br#"[NaN, {"password": "x"}]"#, r#"text [NaN, {"password": "***"}]"#);
    check(b"{\"id\": 1}\n{\"id_token\" : \"x\"}\n", "text {\"id\": 1}\n{\"id_token\" : \"***\"}\n");
    check(br#"{"id": 1, "password": "x"#, r#"text {"id": 1, "password": "***"#);
    check(b" 7 ", "text  7 ");
    check(b"\xff s3cret/of a=user \xfe", "bytes \u{fffd} *** \u{fffd}");
    check(b"{\"password\": \"x\", \"name\": \"\xff\"}", "bytes {\"password\": \"***\", \"name\": \"\u{fffd}\"}");
}

#[test]
fn responses_with_credentials() {
    let token = br#"{"token": "x", "token_type": "bearer", "expires_in": 60, "session": {"key": "y"}, "n": [7, true]}"#;
    check_response(
        true,
        200,
        token,
        r#"{"token":"***","token_type":"bearer","expires_in":60,"session":{"key":"***"},"n":["***",true]}"#,
    );
    check_response(
        true,
        200,
        br#"{"expiresAt": "x", "issued_at": 1, "extExpiresIn": 2, "refresh_expires_in": 3, "scope": ["r"], "expires": 4}"#,
        r#"{"expiresAt":"x","issued_at":1,"extExpiresIn":2,"refresh_expires_in":3,"scope":["r"],"expires":4}"#,
    );
    check_response(true, 200, b"tk-1", "text ***");
    check_response(true, 200, b" \"tk-1\"", "text \"***\"");
    check_response(true, 200, b"\xff\xfe", "bytes ***");
    check_response(true, 401, b"wrong client", "text wrong client");
}

#[test]
fn truncated_bodies() {
    #[track_caller]
    fn check(body: &[u8], expected: &str) {
        let response = scrubber(false).response(StatusCode::BAD_REQUEST, &HeaderMap::new(), body, true);
        assert_eq!(shown(response.body), expected);
    }
    check(b"not s3cret", "text not ***");
    // the body ends within a character
    check(b"{\"password\": \"x\xc3", "text {\"password\": \"***");
    check(b"not s3cret\xe2\x80", "text not ***");
    check(b"\xe2\x80", "none");
    check(b"\xff not s3cret", "bytes \u{fffd} not ***");
}

#[test]
fn headers_of_both_sides() {
    let sent = [("authorization", "Basic x"), ("x-key", "a"), ("accept", "text/*"), ("cookie", "a=1"), ("content-length", "2")];
    let mut sent = headers(&sent);
    let mut sensitive = HeaderValue::from_static("x");
    sensitive.set_sensitive(true);
    sent.insert("x-team", sensitive);
    let received = [
        ("date", "x"),
        ("content-encoding", "gzip"),
        ("set-cookie", "sid=abc; Path=/; HttpOnly"),
        ("set-cookie", "abc"),
        ("link", "<https://a.b/?page=2&api_key=1>; rel=\"next\""),
        ("x-auth-token", "x"),
        ("x-next-token", "kept"),
        ("x-last-key", "kept"),
        ("x-api-key", "x"),
        ("retry-after", "7"),
        ("x-who", "s3cret/of a=user"),
    ];
    let (method, url, redactor) = (Method::GET, Url::parse("https://a.b/").unwrap(), Redactor::default());
    let sent = OutgoingRequest { method, url, headers: sent, body: None, redactor, token_number: None };
    let request = scrubber(false).request(&sent);
    let response = scrubber(false).response(StatusCode::OK, &headers(&received), b"", false);
    let json = Interaction { request, response }.to_json();
    assert_eq!(
        json,
        r#"{
  "request": {
    "method": "GET",
    "url": "https://a.b/",
    "headers": {
      "authorization": "***",
      "x-key": "***",
      "accept": "text/*",
      "cookie": "***",
      "x-team": "***"
    }
  },
  "response": {
    "status": 200,
    "headers": {
      "set-cookie": [
        "sid=***; Path=/; HttpOnly",
        "***"
      ],
      "link": "<https://a.b/?page=2&api_key=***>; rel=\"next\"",
      "x-auth-token": "***",
      "x-next-token": "kept",
      "x-last-key": "kept",
      "x-api-key": "***",
      "retry-after": "7",
      "x-who": "***"
    }
  }
}
"#
    );
}
