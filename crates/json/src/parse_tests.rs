use crate::{Document, Value};

/// Compares the document, written back, or the error with `expected`.
fn check(text: &str, expected: &str) {
    let found = match Document::parse(text.as_bytes().to_vec()) {
        Ok(document) => format!("{:?}", document.root()),
        Err(error) => format!("{}:{} {}", error.line, error.column, error.kind),
    };
    assert_eq!(found, expected, "{text}");
}

#[test]
fn values_round_trip() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "123456789012345678901234567890",
        "-1.50",
        "1e400",
        "2E-3",
        r#""""#,
        r#""a b""#,
        "[]",
        "{}",
        "[[],{}]",
        r#"{"a":1,"b":[1,2,{"c":null}],"a":2}"#,
        r#""é日😀""#,
        "[NaN,Infinity,-Infinity]",
    ] {
        check(text, text);
    }
}

#[test]
fn space_and_byte_order_mark_are_skipped() {
    check(" [ 1 ,\n\t2 ] \r\n", "[1,2]");
    check("\u{feff}{ \"a\" : 1 }", r#"{"a":1}"#);
}

#[test]
fn errors_have_line_and_column() {
    check("", "1:1 expected a value, found the end of the text");
    check("[1,", "1:4 expected a value, found the end of the text");
    check("[1", "1:3 expected `,` or `]`, found the end of the text");
    check("{\"é\":x}", "1:6 expected a value, found 'x'");
    check("[1,\n 2}", "2:3 expected `,` or `]`, found '}'");
    check("{1:2}", "1:2 expected a key or `}`, found '1'");
    check(r#"{"a" 1}"#, "1:6 expected `:`, found '1'");
    check("01", "1:2 expected the end of the text, found '1'");
    check("1.", "1:3 expected a digit, found the end of the text");
    check("-", "1:2 expected a digit, found the end of the text");
    check("Nan", "1:1 expected a value, found 'N'");
    check("nul", "1:4 expected null, found the end of the text");
    check("\"a\nb\"", "1:3 expected an escape such as `\\n` for a control character, found '\\n'");
    check(r#""\x""#, "1:3 expected an escape, found 'x'");
    check(r#""\u12g4""#, "1:6 expected four hexadecimal digits, found 'g'");
    check(r#""abc"#, "1:5 expected the closing `\"` of a string, found the end of the text");
    check("1 2", "1:3 expected the end of the text, found '2'");
}

#[test]
fn bytes_that_are_not_utf8_are_rejected() {
    let error = Document::parse(b"\"a\xff\"".to_vec()).unwrap_err();
    assert_eq!(error.to_string(), "invalid JSON at line 1, column 3: the text is not UTF-8");
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Document::parse(nested(Document::MAX_DEPTH).into_bytes()).is_ok());
    check(&nested(Document::MAX_DEPTH + 1), "1:1025 arrays and objects are nested more than 1024 levels deep");
}

#[test]
fn the_last_of_equal_keys_takes_precedence() {
    let document = Document::parse(br#"{"a":1,"\u0061":2}"#.to_vec()).unwrap();
    assert_eq!(document.root().get("a").unwrap().as_number(), Some("2"));
    assert_eq!(document.root().to_value().to_string(), r#"{"a":2}"#);
}

#[test]
fn non_finite_and_large_numbers_are_kept() {
    let value = Value::object([("nan", Value::from(f64::NAN)), ("big", Value::from(u64::MAX)), ("quote", Value::from("\"\n"))]);
    let document = Document::from_value(&value).unwrap();
    assert_eq!(document.root().to_value(), value);
    assert_eq!(format!("{:?}", document.root()), r#"{"nan":NaN,"big":18446744073709551615,"quote":"\"\n"}"#);
}

/// A regular expression for JSON numbers.
pub(crate) const ANY_NUMBER: &str = r"-?(0|[1-9][0-9]{0,45})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?";

/// Values of all types, with numbers beyond the range of Rust's types.
pub(crate) fn any_value() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ANY_NUMBER.prop_map(|text| Value::parse(&text).unwrap()),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::vec((any::<String>(), inner), 0..6).prop_map(Value::object),
        ]
    })
}

#[test]
fn strings_can_share_a_buffer() {
    let document = Document::parse(r#"["plain","a\n\u00e9",7]"#.as_bytes().to_vec()).unwrap();
    let mut scratch = String::new();
    let texts: Vec<Option<String>> =
        document.root().elements().map(|e| e.as_str_with_buffer(&mut scratch).map(str::to_owned)).collect();
    assert_eq!(texts, [Some("plain".to_owned()), Some("a\né".to_owned()), None]);
}

proptest::proptest! {
    #[test]
    fn values_survive_a_round_trip(value in any_value()) {
        proptest::prop_assert_eq!(Value::parse(&value.to_string()).unwrap(), value.clone());
        proptest::prop_assert_eq!(Document::from_value(&value).unwrap().root().to_value(), value);
    }

    #[test]
    fn never_panics_and_agrees_with_serde_json(text in r#"[\[\]{}",:\\ 0-9eE.+tfn-]{0,24}"#) {
        let ours = Document::parse(text.clone().into_bytes());
        // serde_json rejects numbers beyond the range of a double; we keep them.
        if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
            proptest::prop_assert!(ours.is_ok(), "{} {:?}", text, theirs);
        } else if ours.is_ok() {
            proptest::prop_assert!(text.contains(['e', 'E']), "{}", text);
        }
    }
}
