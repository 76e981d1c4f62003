//! Expressions over rows.

use catchment_json::Value;
use catchment_rest_api::{ProcessingStep, Spec, SpecFormat};

/// Any text either is a valid expression or is rejected. Evaluating it over a row returns an error, or a value that survives
/// a JSON round trip.
///
/// Input: the text of the expression, a zero byte, the row as JSON.
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
