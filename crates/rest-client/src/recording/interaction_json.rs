//! The file format of interactions.

use catchment_json::{Document, Node, write_text};
use reqwest::StatusCode;

use super::body::StoredBody;
use super::indented::indented;
use super::interaction::{Interaction, StoredRequest, StoredResponse};
use super::stored_headers::StoredHeaders;

impl Interaction {
    /// Returns the text of the file.
    pub(super) fn to_json(&self) -> String {
        let mut out = "{\"request\":{\"method\":".to_owned();
        write_text(&self.request.method, &mut out);
        out.push_str(",\"url\":");
        write_text(&self.request.url, &mut out);
        self.request.headers.write(&mut out);
        self.request.body.iter().for_each(|body| body.write(&mut out));
        out.push_str(&format!("}},\"response\":{{\"status\":{}", self.response.status.as_u16()));
        self.response.headers.write(&mut out);
        self.response.body.iter().for_each(|body| body.write(&mut out));
        out.push_str("}}");
        let mut text = indented(&out);
        text.push('\n');
        text
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// Returns a message if the text is not JSON, or a value is missing or invalid.
    pub(super) fn from_json(text: Vec<u8>) -> Result<Interaction, String> {
        // the file has two more levels than the body
        let document = Document::parse_serialized(text).map_err(|error| error.to_string())?;
        let side = |name: &str| document.root().get(name).ok_or_else(|| format!("`{name}` is missing"));
        Ok(Interaction { request: read_request(side("request")?)?, response: read_response(side("response")?)? })
    }
}

fn read_request(node: Node<'_>) -> Result<StoredRequest, String> {
    let text = |name: &str| {
        let value = node.get(name).and_then(Node::as_str);
        value.map(|text| text.into_owned()).ok_or_else(|| format!("`request.{name}` must be a string"))
    };
    let invalid = |error: String| format!("invalid request: {error}");
    let headers = StoredHeaders::read(node).map_err(invalid)?;
    let body = StoredBody::read(node).map_err(invalid)?;
    Ok(StoredRequest { method: text("method")?, url: text("url")?, headers, body })
}

fn read_response(node: Node<'_>) -> Result<StoredResponse, String> {
    let status = node.get("status").and_then(Node::as_i64).and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or("`response.status` must be an HTTP status, such as 200")?;
    let invalid = |error: String| format!("invalid response: {error}");
    let headers = StoredHeaders::read(node).map_err(invalid)?;
    Ok(StoredResponse { status, headers, body: StoredBody::read(node).map_err(invalid)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interaction(body: Option<StoredBody>) -> Interaction {
        let headers = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let request = StoredRequest {
            method: "GET".to_owned(),
            url: "https://a.b/c?d=1".to_owned(),
            headers: headers(&[("accept", "***")]),
            body: None,
        };
        let headers = headers(&[("link", "<x>"), ("link", "<y>"), ("retry-after", "1")]);
        Interaction { request, response: StoredResponse { status: StatusCode::OK, headers, body } }
    }

    #[track_caller]
    fn check(body: Option<StoredBody>) {
        let interaction = interaction(body);
        assert_eq!(Interaction::from_json(interaction.to_json().into_bytes()), Ok(interaction));
    }

    #[test]
    fn interactions_are_read_as_written() {
        check(None);
        check(Some(StoredBody::Json(r#"{"a":1.0,"a":1e400,"b":[18446744073709551616,null]}"#.to_owned())));
        check(Some(StoredBody::Json(format!("{}{}", "[".repeat(1024), "]".repeat(1024)))));
        check(Some(StoredBody::Text("a\n\u{1b}\"é\u{feff}".to_owned())));
        check(Some(StoredBody::Binary(vec![0, 255, 128])));
    }

    #[test]
    fn files_are_readable() {
        let expected = r#"{
  "request": {
    "method": "GET",
    "url": "https://a.b/c?d=1",
    "headers": {
      "accept": "***"
    }
  },
  "response": {
    "status": 200,
    "headers": {
      "link": [
        "<x>",
        "<y>"
      ],
      "retry-after": "1"
    },
    "body": [
      1
    ]
  }
}
"#;
        assert_eq!(interaction(Some(StoredBody::Json("[1]".to_owned()))).to_json(), expected);
    }

    #[test]
    fn invalid_files() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(Interaction::from_json(text.into()).unwrap_err(), expected);
        }
        let of_response = |response: &str| format!(r#"{{"request": {{"method": "GET", "url": "x"}}, "response": {response}}}"#);
        check("", "invalid JSON at line 1, column 1: expected a value, found the end of the text");
        check("{}", "`request` is missing");
        check(r#"{"request": {"url": "x"}, "response": {}}"#, "`request.method` must be a string");
        check(&of_response("{}"), "`response.status` must be an HTTP status, such as 200");
        check(
            &of_response(r#"{"status": 200, "headers": {"a": 1}}"#),
            "invalid response: the header `a` must be a string or a list of strings",
        );
        check(
            &of_response(r#"{"status": 200, "body_base64": "%"}"#),
            "invalid response: `body_base64` is not Base64: Invalid symbol 37, offset 0.",
        );
    }
}
