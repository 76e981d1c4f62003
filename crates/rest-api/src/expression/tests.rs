use catchment_json::{Document, Value};

use super::Expression;

#[track_caller]
fn check(expression: &str, row: &str, expected: &str) {
    let evaluate = || {
        let expression = Expression::parse(expression, &["row"])?;
        let document = Document::parse(row.as_bytes().to_vec()).map_err(|error| error.to_string())?;
        expression.compiled()?.evaluate_node("row", &document, document.root().id())?.into_value()
    };
    let found = evaluate().map_or_else(|problem| problem, |value| value.to_string());
    assert_eq!(found, expected, "{expression}");
}

#[test]
fn rows_are_read() {
    let row = r#"{"id": 7, "state": "open", "user": {"login": "ada"}, "tags": ["a", "b"], "gone": null, "km": 1.50}"#;
    check("row.id > 5 and row.state == 'open'", row, "true");
    check("row.user.login|upper ~ '!'", row, r#""ADA!""#);
    check("row['user']", row, r#"{"login":"ada"}"#);
    check("row.nope.deeper", row, "null");
    check("row.nope is defined", row, "false");
    check("row.gone is none", row, "true");
    check("'a' in row.tags", row, "true");
    check("row.tags[1]", row, r#""b""#);
    check("row.tags|length", row, "2");
    check("{'id': row.id, 'both': [row.user, row.km]}", row, r#"{"id":7,"both":[{"login":"ada"},1.5]}"#);
    check("dict(row, id=row.id + 1).id", row, "8");
    check("row|items|length", row, "6");
}

#[test]
fn numbers_are_exact_or_an_error() {
    check("row.n + 1", r#"{"n": 9007199254740993}"#, "9007199254740994");
    check("row.n + 1", r#"{"n": 18446744073709551616}"#, "18446744073709551617");
    check("row.n", r#"{"n": 0.1}"#, "0.1");
    check("row.n", r#"{"n": -12.50e1}"#, "-125.0");
    check(
        "row.n + 1",
        r#"{"n": 0.1234567890123456789}"#,
        "invalid operation: expressions cannot represent the number 0.1234567890123456789 exactly",
    );
    check("row.n", r#"{"n": 1e999}"#, "invalid operation: expressions cannot represent the number 1e999 exactly");
    check("row.n", r#"{"n": -Infinity}"#, "-Infinity");
    // a value that is returned unchanged is not converted
    check("row.o", r#"{"o": {"n": 0.1234567890123456789}}"#, r#"{"n":0.1234567890123456789}"#);
}

#[test]
fn times_are_converted() {
    check("row.at|epoch", r#"{"at": "1970-01-02T00:00:00Z"}"#, "86400");
    check("row.at|epoch", r#"{"at": "1970-01-01T00:00:01.5Z"}"#, "1.5");
    check("86400|timestamp", "{}", r#""1970-01-02T00:00:00Z""#);
    check(
        "row.at|epoch",
        r#"{"at": "x"}"#,
        "invalid operation: \"x\" is not a timestamp, expected a format such as 2024-01-31T00:00:00Z",
    );
}

#[test]
fn errors_are_reported_before_the_first_row() {
    check("row.id >", "{}", "syntax error: unexpected end of input, expected expression");
    check("raw.id", "{}", "unknown variable `raw`; available: `row`");
    check("range(100000)|list|length", "{}", "100000");
    check("range(3)|map('nope')|list", "{}", "unknown filter");
    let unknown = |expression: &str| Expression::parse(expression, &["row"]).unwrap_err();
    assert_eq!(unknown("row.name|uper"), "unknown filter `uper`; use a built-in filter of Jinja");
    assert_eq!(unknown("row.id is evn"), "unknown test `evn`; use a built-in test of Jinja");
    assert_eq!(unknown("row.id is not evn"), "unknown test `evn`; use a built-in test of Jinja");
    assert_eq!(unknown("true or row.name|uper"), "unknown filter `uper`; use a built-in filter of Jinja");
    check("row.is or row['is'] or {'is': 1}.is", "{}", "1");
    assert_eq!(unknown("nope(row.id)"), "unknown variable `nope`; available: `row`");
}

#[test]
fn values_round_trip() {
    let value = Value::parse(r#"{"a": [1, "x", null, true]}"#).unwrap();
    assert_eq!(super::value::from_jinja(&super::value::to_jinja(&value), &mut super::OutputBudget::default()).unwrap(), value);
}

#[test]
fn results_are_limited() {
    let too_much = "results exceed 352 MiB of memory; return fewer values per row or request smaller pages";
    let many = format!("[{}row.a]", "row.a, ".repeat(1000));
    check(&many, &format!(r#"{{"a": [{}1]}}"#, "1, ".repeat(10_000)), too_much);
    let repeated = "invalid operation: lists cannot be multiplied; use `range` for a list of numbers";
    check("[row] * 10000000", r#"{"id": 1}"#, repeated);
    check("[[row] * 10000] * 10000", r#"{"id": 1}"#, repeated);
    check("([row] * 1000)|length", r#"{"id": 1}"#, repeated);
    check("row.id * row.a|list", r#"{"id": 1, "a": [1]}"#, repeated);
    let too_long = "evaluation exceeds 1000000 steps; shorten the lists and strings (a step is an operator, two list elements or \
                    64 bytes of text)";
    check("'x' * 1000000000", "{}", too_long);
    check(
        "range(100000)|map('string')|list|length > 0 and range(100000)|map('string')|join|replace('1', row.a * 100000)",
        r#"{"a": "x"}"#,
        too_long,
    );
}

#[test]
fn endless_expressions_are_rejected() {
    let repeated = "invalid operation: lists cannot be multiplied; use `range` for a list of numbers";
    for end in ["|string|length > 0", " ~ 'x'", "|join", " == row", "|sum(start='')", "|first in row.a"] {
        check(&format!("([[[1]*1000]*1000]*1000){end}"), r#"{"a": []}"#, repeated);
    }
    // constants are evaluated when the expression is compiled
    check("2 * [false] * 8083341 ~ ''", "{}", repeated);
    let large = format!(r#"{{"a": [{}1]}}"#, "1,".repeat(300_000));
    let too_much = "evaluation reads more than 256 MiB of values for one row; reference large values less often";
    let many = format!("[{}row]", "row, ".repeat(1000));
    check(&format!("{many}|string|length"), &large, too_much);
    check(&format!("{many} == [{}row.a]", "row.a, ".repeat(1000)), &large, "false");
    check("row.a|string|length", &large, "900003");
}

#[test]
fn products_are_computed() {
    let row = r#"{"a": 2, "b": [3, 4], "c": "xy"}"#;
    check("row.a * row.b[1] * 2 + row.b[0] * -row.a", row, "10");
    check("row.a * row.b|sum * 2", row, "28");
    check("row.c * 2 ~ row.a ** 3 * 2", row, r#""xyxy16""#);
    check("(row.a * 2 if row.a * 2 > 3 else 0) * 1.5e-1", row, "0.6");
    check("row.a * 3 is divisibleby(3)", row, "2");
}

#[test]
fn long_lists_and_wide_objects_are_read_once() {
    let list = format!(r#"{{"a": [{}1]}}"#, "1,".repeat(200_000));
    check("row.a|sum", &list, "200001");
    check("row.a[200000]", &list, "1");
    let fields: Vec<_> = (0..50_000).map(|index| format!(r#""k{index}": 1"#)).collect();
    let object = format!("{{{}, \"k0\": 2}}", fields.join(","));
    check("row|items|length", &object, "50000");
    check("row.values()|sum", &object, "unknown method: map has no method named values");
    check("(row|items|list)[0][1]", &object, "2");
}
