//! The `Link` header.

use catchment_rest_client::{HeaderMap, Response, Url};

/// Any header is parsed without panics, and a valid link before arbitrary bytes is still found.
pub fn link_header(bytes: &[u8]) {
    let url = Url::parse("https://api.example.com/issues?page=1").expect("a URL");
    if let Some(response) = response(bytes, &url) {
        for relation in ["next", "last", ""] {
            if let Ok(Some(link)) = response.link(relation) {
                assert!(matches!(link.scheme(), "http" | "https"), "{link}");
            }
        }
    }
    let first = [b"<?page=2>; title=\"a, b\"; rel=\"first next\", ", bytes].concat();
    if let Some(response) = response(&first, &url) {
        let link = response.link("next").expect("the first link is a URL").expect("the first link is found");
        assert_eq!(link.as_str(), "https://api.example.com/issues?page=2");
    }
}

/// Creates a response with this `Link` header, if the bytes are a valid header value.
fn response(link: &[u8], url: &Url) -> Option<Response> {
    let headers = HeaderMap::from_iter([("link".parse().ok()?, link.try_into().ok()?)]);
    Response::from_parts(url.clone(), 200, headers, "[]").ok()
}
