//! JSON text.

use catchment_json::{Document, Node, NodeKind, ParseError, ParseErrorKind, Value};
use serde::de::IgnoredAny;

/// What is read is written and read again as the same, and serde_json agrees on what is JSON and what it says.
pub fn parser(bytes: &[u8]) {
    let read = Document::parse(bytes.to_vec());
    let Ok(text) = std::str::from_utf8(bytes) else {
        let error = read.expect_err("bytes that are not UTF-8 are refused");
        assert!(matches!(error.kind, ParseErrorKind::NotUtf8), "{error}");
        return;
    };
    // serde_json takes no byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    agrees_with_serde_json(text, &read);
    let Ok(document) = read else { return };
    let value = document.root().to_value();
    let mut written = String::new();
    document.root().write_json(&mut written);
    let again = Document::parse(written.clone().into_bytes()).expect("what was written can be read");
    assert_eq!(again.root().to_value(), value, "{written}");
    let mut twice = String::new();
    again.root().write_json(&mut twice);
    assert_eq!(twice, written);

    assert_eq!(Value::parse(&value.to_string()).as_ref(), Ok(&value));
    let built = Document::from_value(&value).expect("it is not too long");
    assert_eq!(built.root().to_value(), value);
}

fn agrees_with_serde_json(text: &str, read: &Result<Document, ParseError>) {
    // This checks the syntax alone: no limit for the depth, any number, lone surrogates.
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    match read {
        Ok(document) if is_json => {
            // Those that it cannot represent it refuses.
            if let Ok(theirs) = serde_json::from_str(text) {
                assert!(is_same(&document.root().to_value(), &theirs), "{:?} is not {theirs}", document.root());
            }
        }
        // Python's numbers.
        Ok(document) => assert!(has_non_finite(document.root()), "serde_json refuses {text:?}"),
        Err(error) => {
            let is_too_deep = matches!(error.kind, ParseErrorKind::TooDeep { .. });
            assert!(!is_json || is_too_deep, "serde_json takes {text:?}: {error}");
            assert!(error.offset <= text.len() + '\u{feff}'.len_utf8(), "{error}");
        }
    }
}

fn has_non_finite(node: Node<'_>) -> bool {
    match node.kind() {
        NodeKind::Float => node.as_number().is_some_and(|number| ["NaN", "Infinity", "-Infinity"].contains(&number)),
        NodeKind::Array => node.elements().any(has_non_finite),
        NodeKind::Object => node.entries().any(|(_, value)| has_non_finite(value)),
        _ => false,
    }
}

/// Whether both are the same, numbers as doubles, which serde_json may miss by the last digit.
fn is_same(ours: &Value, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (Value::String(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (Value::Number(ours), serde_json::Value::Number(theirs)) => {
            let (ours, theirs) = (ours.as_f64().unwrap_or(f64::NAN), theirs.as_f64().unwrap_or(f64::NAN));
            (ours - theirs).abs() <= ours.abs() * 1e-15 + f64::from_bits(1)
        }
        (Value::Array(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (Value::Object(ours), serde_json::Value::Object(theirs)) => {
            let is_there = |(key, ours): (&String, &Value)| theirs.get(key).is_some_and(|theirs| is_same(ours, theirs));
            ours.len() == theirs.len() && ours.iter().all(is_there)
        }
        _ => false,
    }
}
