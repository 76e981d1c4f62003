use proptest::prelude::*;

use crate::{Document, Number, Value};

#[track_caller]
fn check(yaml: &str, expected: &str) {
    let found = Value::parse_yaml(yaml).map_or_else(|error| error.to_string(), |value| value.to_string());
    assert_eq!(found, expected, "{yaml:?}");
}

#[track_caller]
fn check_written(json: &str, expected: &str) {
    let value = Value::parse(json).unwrap();
    assert_eq!(value.to_yaml(), expected, "{json}");
    assert_eq!(Value::parse_yaml(expected), Ok(value), "{expected}");
}

#[test]
fn scalars_of_the_core_schema() {
    check("[~, null, Null, NULL, nULL, '']", r#"[null,null,null,null,"nULL",""]"#);
    check("[true, True, FALSE, yes, no, on, off]", r#"[true,true,false,"yes","no","on","off"]"#);
    check("[0, -1, +2, 007, 0x1F, 0o17, 0b1, 1_000]", r#"[0,-1,2,7,31,15,"0b1","1_000"]"#);
    check("[.5, -.5e3, 5., 1e5, 1.e+5, 1.5E-7, .e1, ., e5, 1e]", r#"[0.5,-0.5e3,5.0,1e5,1.0e+5,1.5E-7,".e1",".","e5","1e"]"#);
    check("[.inf, -.INF, +.Inf, .nan, -.nan]", r#"[Infinity,-Infinity,Infinity,NaN,"-.nan"]"#);
    check("[2024-01-31, 12:30, 1.2.3, +-5, 0x, 0x-1]", r#"["2024-01-31","12:30","1.2.3","+-5","0x","0x-1"]"#);
    check("123456789012345678901234567890.5", "123456789012345678901234567890.5");
    check("", "null");
    check("\u{feff}a: 1", r#"{"a":1}"#);
}

#[test]
fn tags_set_the_type() {
    check("[!!str 5, !!int 5, !!float 5, !!float 1e5, !!null '', !!bool true]", r#"["5",5,5.0,1e5,null,true]"#);
    check("!!map {a: !!seq [1]}", r#"{"a":[1]}"#);
    let problem = "does not match its value or is not in the YAML core schema; remove it";
    check("!!int a", &format!("invalid YAML at line 1, column 1: tag tag:yaml.org,2002:int {problem}"));
    check("a: !env HOME", &format!("invalid YAML at line 1, column 4: tag !env {problem}"));
    check("!!set {a}", &format!("invalid YAML at line 1, column 1: tag tag:yaml.org,2002:set {problem}"));
}

#[test]
fn keys_are_strings() {
    check("1: a\ntrue: b\n'x': c\n~: d", r#"{"1":"a","true":"b","x":"c","~":"d"}"#);
    check("&k a: 1\nb: *k\nc: {*k : 2}", r#"{"a":1,"b":"a","c":{"a":2}}"#);
    check("[a]: 1", "invalid YAML at line 1, column 1: expected a string as a key, found a list or an object");
    check("a: 1\nb: 2\na: 3", r#"invalid YAML at line 3, column 1: duplicate key "a" in an object"#);
    check("a: &a {b: 1}\nc:\n  <<: *a", "invalid YAML at line 3, column 3: merge key << is not supported; write out its entries");
    check("'<<': 1", r#"{"<<":1}"#);
}

#[test]
fn text_other_than_a_single_value_is_rejected() {
    check(
        "a: 1\n---\nb: 2",
        "invalid YAML at line 2, column 1: found a second document; only one is supported, use one file per document",
    );
    check("a: &a [*a]", "invalid YAML at line 1, column 8: the alias refers to a value that contains it");
    check("a: *b", "invalid YAML at line 1, column 4: while parsing node, found unknown anchor");
    check("a:\n\tb: 1", "invalid YAML at line 2, column 2: tabs disallowed within this context (block indentation)");
    assert!(Value::parse_yaml("a: [").is_err());
}

#[test]
fn aliases_are_resolved_within_limits() {
    check("a: &x [1, &y b]\nc: *x\nd: *y", r#"{"a":[1,"b"],"c":[1,"b"],"d":"b"}"#);
    let mut bomb = "a0: &a0 [lol]\n".to_owned();
    for i in 1..40 {
        bomb += &format!("a{i}: &a{i} [*a{}, *a{}]\n", i - 1, i - 1);
    }
    let error = Value::parse_yaml(&bomb).unwrap_err().to_string();
    assert!(error.contains("aliases expand to more than 4194304 bytes"), "{error}");
    let mut deep = "a0: &a0 []\n".to_owned();
    for i in 1..=Document::MAX_DEPTH {
        deep += &format!("a{i}: &a{i} [*a{}]\n", i - 1);
    }
    let error = Value::parse_yaml(&deep).unwrap_err().to_string();
    assert!(error.contains("arrays and objects are nested more than 1024 levels deep"), "{error}");
}

#[test]
fn deep_nesting_is_rejected() {
    let blocks = "- ".repeat(100_000);
    let error = Value::parse_yaml(&blocks).unwrap_err().to_string();
    assert_eq!(error, "invalid YAML at line 1, column 2049: arrays and objects are nested more than 1024 levels deep");
    assert!(Value::parse_yaml(&"[".repeat(100_000)).is_err());
    assert!(Value::parse_yaml(&"{a: ".repeat(100_000)).is_err());
    assert!(Value::parse_yaml(&"? ".repeat(100_000)).is_err());
    let deepest = "[".repeat(Document::MAX_DEPTH) + &"]".repeat(Document::MAX_DEPTH);
    let deepest = Value::parse(&deepest).unwrap();
    assert_eq!(Value::parse_yaml(&deepest.to_yaml()), Ok(deepest));
}

#[test]
fn containers_are_written_as_blocks() {
    check_written(r#"{"a":{"b":[1,{"c":2,"d":[]}],"e":{}}}"#, "a:\n  b:\n  - 1\n  - c: 2\n    d: []\n  e: {}\n");
    check_written(r#"[[1,[2]],{"a":[{"b":null}]}]"#, "- - 1\n  - - 2\n- a:\n  - b: null\n");
    check_written("{}", "{}\n");
    let key = "k".repeat(1001);
    check_written(
        &format!(r#"[{{"{key}":[1],"b":2}},{{"{key}":{{"a":1}}}}]"#),
        &format!("- ? {key}\n  :\n  - 1\n  b: 2\n- ? {key}\n  :\n    a: 1\n"),
    );
}

#[test]
fn strings_are_quoted_if_necessary() {
    for plain in ["a", "re:^a$", "a b, c", "_dlt", "naïve", "x#y", "https://a/b?c=[d]"] {
        check_written(&Value::from(plain).to_string(), &format!("{plain}\n"));
    }
    for quoted in [
        "",
        " a",
        "a ",
        "no",
        "Yes",
        "NULL",
        "1",
        "1:30",
        "2024-01-31",
        ".5",
        "~",
        "<<",
        "=",
        "a: b",
        "a #b",
        "a:",
        "- a",
        "*a",
        "é: ü",
    ] {
        check_written(&Value::from(quoted).to_string(), &format!("\"{quoted}\"\n"));
    }
    check_written(r#""a\"b\\c\nd\u2028\u0085""#, "\"a\\\"b\\\\c\\nd\\u2028\\u0085\"\n");
}

#[test]
fn numbers_are_numbers_in_yaml_1_1() {
    check_written("1.0e+5", "1.0e+5\n");
    check_written("1e5", "!!float 1e5\n");
    check_written("-1.5e5", "!!float -1.5e5\n");
    check_written("[NaN,-Infinity,Infinity]", "- .nan\n- -.inf\n- .inf\n");
}

fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[a-z0-9:# \\-.,\\[\\]{}&*!|>'\"%@`?~=<\\n\\t]{0,12}",
        "(?i)(true|null|no|on|\\.inf|0x1f|1e3|1_0)"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| Value::Number(Number::from(n))),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?".prop_map(|n| Value::parse(&n).unwrap()),
        text.prop_map(Value::from),
    ];
    let key = prop_oneof![9 => any::<String>(), 9 => "[a-z0-9:# \\-~<]{0,6}", 1 => "[a-z\"]{900,1100}"];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(Value::object),
        ]
    })
}

proptest! {
    #[test]
    fn values_round_trip(value in values()) {
        let yaml = value.to_yaml();
        prop_assert_eq!(Value::parse_yaml(&yaml), Ok(value), "{}", yaml);
    }

    #[test]
    fn no_text_panics(text in "[a-c0-2:# \\-.,\\[\\]{}&*!|>'\"%@?~<\\n\\t]{0,60}") {
        let _ = Value::parse_yaml(&text);
    }
}
