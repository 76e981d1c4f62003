//! Selectors.

use catchment_json::{Document, JsonPath};

/// Any text is a selector or none; one that is leads to values of any document, or is given up as too much work, and is the same
/// when it was written and read. The text goes up to the first zero byte, the document stands after it.
pub fn selector(bytes: &[u8]) {
    let Some(end) = bytes.iter().position(|byte| *byte == 0) else { return };
    let (text, document) = bytes.split_at(end);
    let (Ok(text), Some(document)) = (std::str::from_utf8(text), document.get(1..)) else { return };
    let (Ok(path), Ok(document)) = (JsonPath::parse(text), Document::parse(document.to_vec())) else { return };
    let again = JsonPath::parse(path.as_str()).expect("it was a path before");
    let root = document.root();
    match path.all_with_limit(root) {
        Ok(found) => {
            let found: Vec<_> = found.into_iter().map(|node| node.to_value()).collect();
            let first = path.first(root).map(|node| node.to_value());
            assert_eq!(first.as_ref(), found.first());
            let others = again.all_with_limit(root).expect("it was not too much before");
            assert_eq!(others.into_iter().map(|node| node.to_value()).collect::<Vec<_>>(), found);
        }
        Err(error) => assert!(error.to_string().contains("too many")),
    }
}
