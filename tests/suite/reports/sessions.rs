//! Cookies and charsets of responses.

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use serde_json::json;

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// meltano/sdk#997, punkpeye/mcp-remote#168: a load balancer sets a cookie with the first response, and rejects requests
/// without it.
#[test]
fn cookies_of_responses_are_sent_with_the_next_requests() {
    let server = ScriptedServer::start(|request| {
        let page = request.param("page").map_or(1, |page| page.parse::<u32>().unwrap());
        if page > 1 && !request.header("cookie").unwrap_or_default().contains("lb=node7") {
            return ScriptedResponse::json(403, r#"{"error": "error code 1020: cookie required"}"#);
        }
        let next = (page < 3).then(|| format!("/rows?page={}", page + 1));
        ok(json!({"rows": [{"id": page}], "next": next})).header("Set-Cookie", "lb=node7; Path=/; HttpOnly")
    });
    let dataset = Dataset::new();
    let rows = json!({"name": "rows", "endpoint": {"path": "rows", "data_selector": "rows", "paginator": "json_link"}});
    Run::new(&dataset, &spec(&server, json!([rows]))).load(&[]);
    assert_eq!(dataset.query("SELECT id FROM d.rows ORDER BY id"), "1; 2; 3");
}

const NAMES: &str = r#"[{"id": 1, "name": "Müller, Zoë"}, {"id": 2, "name": "naïve café"}]"#;

/// Returns a response with this Content-Type.
fn of_type(content_type: &str, body: &[u8]) -> ScriptedResponse {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    ScriptedResponse::raw_bytes([head.as_bytes(), body].concat())
}

/// guzzle/guzzle#310: a service sends JSON in ISO-8859-1, as declared in its Content-Type, and the first accent failed the
/// load.
#[test]
fn bodies_are_decoded_with_the_charset_of_their_content_type() {
    let server = ScriptedServer::start(|request| {
        // windows-1252 has the same bytes for these letters
        let latin: Vec<u8> = NAMES.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
        match request.path.as_str() {
            "/latin" => of_type("application/json; charset=iso-8859-1", &latin),
            "/windows" => of_type("application/json; charset=windows-1252", &latin),
            "/utf16" => {
                let with_mark = format!("\u{feff}{NAMES}");
                let body: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
                of_type("application/json; charset=utf-16", &body)
            }
            _ => of_type("application/json", NAMES.as_bytes()),
        }
    });
    let dataset = Dataset::new();
    for kind in ["plain", "latin", "windows", "utf16"] {
        Run::new(&dataset, &spec(&server, json!([kind]))).load(&["--pipeline-name", kind]);
        assert_eq!(dataset.query(&format!("SELECT name FROM {kind} ORDER BY id")), "Müller, Zoë; naïve café", "{kind}");
    }
}
