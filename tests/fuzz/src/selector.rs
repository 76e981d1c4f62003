//! JSONPath selectors.

use catchment_json::{Document, JsonPath};

/// Any text either is a valid selector or is rejected. A valid selector finds values in any document or exceeds the search
/// limit, and parsing its text again results in the same selector.
///
/// Input: the text of the selector, a zero byte, the document.
pub fn selector(bytes: &[u8]) {
    let Some(end) = bytes.iter().position(|byte| *byte == 0) else { return };
    let (text, document) = bytes.split_at(end);
    let (Ok(text), Some(document)) = (std::str::from_utf8(text), document.get(1..)) else { return };
    let (Ok(path), Ok(document)) = (JsonPath::parse(text), Document::parse(document.to_vec())) else { return };
    let again = JsonPath::parse(path.as_str()).expect("the text of a valid path is valid");
    let root = document.root();
    match path.all_with_limit(root) {
        Ok(found) => {
            let found: Vec<_> = found.into_iter().map(|node| node.to_value()).collect();
            let first = path.first(root).map(|node| node.to_value());
            assert_eq!(first.as_ref(), found.first());
            let others = again.all_with_limit(root).expect("the same path stays within the limit");
            assert_eq!(others.into_iter().map(|node| node.to_value()).collect::<Vec<_>>(), found);
        }
        Err(error) => assert!(error.to_string().contains("too many")),
    }
}
