//! Expressions over rows.

use catchment_json::Value;
use catchment_rest_api::{ProcessingStep, Spec, SpecFormat};

/// Any text is an expression, which says something of a row or cannot, or is none. What it says is a value that can be written
/// and read. The text goes up to the first zero byte, the row stands after it in JSON.
pub fn expression(bytes: &[u8]) {
    let (text, row) = match bytes.iter().position(|byte| *byte == 0) {
        Some(end) => bytes.split_at(end),
        None => (bytes, &[][..]),
    };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let row =
        row.get(1..).and_then(|row| std::str::from_utf8(row).ok()).and_then(|row| Value::parse(row).ok()).unwrap_or_default();
    let step = Value::object([("map", Value::from(text))]);
    let spec = format!(
        r#"{{"client": {{"base_url": "https://api.example.com"}}, "resources": [{{"name": "a", "processing_steps": [{step}]}}]}}"#
    );
    let Ok(spec) = Spec::parse(&spec, SpecFormat::Json) else { return };
    let steps = spec.resources.iter().flat_map(|resource| &resource.processing_steps);
    for step in steps {
        let ProcessingStep::Map(expression) = step else { panic!("another step") };
        assert_eq!(expression.as_str(), text);
        match expression.evaluate_row(&row) {
            Ok(value) => assert_eq!(Value::parse(&value.to_string()).as_ref(), Ok(&value)),
            Err(problem) => assert!(!problem.is_empty()),
        }
    }
}
