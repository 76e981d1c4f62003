//! The JSON parser.

use catchment_json::{Document, Node, NodeKind, ParseError, ParseErrorKind, Value};
use serde::de::IgnoredAny;

/// Parsed documents survive a round trip, and serde_json agrees on validity and values.
pub fn parser(bytes: &[u8]) {
    let read = Document::parse(bytes.to_vec());
    let Ok(text) = std::str::from_utf8(bytes) else {
        let error = read.expect_err("bytes that are not UTF-8 are rejected");
        assert!(matches!(error.kind, ParseErrorKind::NotUtf8), "{error}");
        return;
    };
    // serde_json does not accept a byte order mark
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    compare_with_serde_json(text, &read);
    let Ok(document) = read else { return };
    let value = document.root().to_value();
    let mut written = String::new();
    document.root().write_json(&mut written);
    let again = Document::parse(written.clone().into_bytes()).expect("written JSON can be parsed");
    assert_eq!(again.root().to_value(), value, "{written}");
    let mut twice = String::new();
    again.root().write_json(&mut twice);
    assert_eq!(twice, written);

    assert_eq!(Value::parse(&value.to_string()).as_ref(), Ok(&value));
    let built = Document::from_value(&value).expect("the value is not too large");
    assert_eq!(built.root().to_value(), value);
}

fn compare_with_serde_json(text: &str, read: &Result<Document, ParseError>) {
    // `IgnoredAny` only checks the syntax: it accepts any depth, any number and lone surrogates
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    match read {
        Ok(document) if is_json => {
            // serde_json rejects values that it cannot represent
            if let Ok(theirs) = serde_json::from_str(text) {
                assert!(is_same(&document.root().to_value(), &theirs), "{:?} is not {theirs}", document.root());
            }
        }
        // only `NaN` and `Infinity`, as Python writes them, are accepted in addition
        Ok(document) => assert!(has_non_finite(document.root()), "serde_json rejects {text:?}"),
        Err(error) => {
            let is_too_deep = matches!(error.kind, ParseErrorKind::TooDeep { .. });
            assert!(!is_json || is_too_deep, "serde_json accepts {text:?}: {error}");
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

/// Compares values. Numbers are compared as doubles with a tolerance, as serde_json may be off in the last digit.
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
            let has_same = |(key, ours): (&String, &Value)| theirs.get(key).is_some_and(|theirs| is_same(ours, theirs));
            ours.len() == theirs.len() && ours.iter().all(has_same)
        }
        _ => false,
    }
}
