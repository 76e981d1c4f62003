use proptest::{prop_assert, prop_assert_eq, proptest};

use super::JsonPath;
use super::query::{self, PathSegment};
use super::search::Search;
use crate::{Document, Node, NodeId};

/// Compares the values that `path` selects from `document`, or the error, with `expected`.
#[track_caller]
fn check_in(document: &str, path: &str, expected: &str) {
    let document = Document::parse(document.into()).unwrap();
    let found = match JsonPath::parse(path) {
        Ok(path) => {
            let all = path.all(document.root());
            let first = all.first().map(|node| node.id());
            assert_eq!(path.first(document.root()).map(|node| node.id()), first, "{path}");
            format!("{all:?}")
        }
        Err(error) => format!("{}: {}", error.column, error.problem),
    };
    assert_eq!(found, expected, "{path}");
}

#[track_caller]
fn check(path: &str, expected: &str) {
    check_in(r#"{"a":{"b":[10,{"c":20},30],"x.y":1},"n":null,"o":{"p":1,"q":2},"a2":[[1],[2]]}"#, path, expected);
}

#[test]
fn paths() {
    check("a.b[0]", "[10]");
    check("$.a.b[1].c", "[20]");
    check("a.b[*]", r#"[10, {"c":20}, 30]"#);
    check("a['x.y']", "[1]");
    check(r#"["n"]"#, "[null]");
    check("o.*", "[1, 2]");
    check("a2[*][0]", "[1, 2]");
    check("a2.[*].[0]", "[1, 2]");
    check(" $.n ", "[null]");
    check("missing.b", "[]");
    check("a.b[9]", "[]");
    check("n.b", "[]");
    check("*.q", "[2]");
}

#[test]
fn root_selects_the_document() {
    check_in("[1]", "$", "[[1]]");
    check_in("7", "$", "[7]");
    check_in("7", "$..*", "[]");
}

#[test]
fn keys_with_any_characters() {
    check_in(r#"{"a b-c": 1}"#, "a b-c", "[1]");
    check_in(r#"{"@type": 1}"#, "@type", "[1]");
    check_in(r#"{"it's": 1, "say \"x\"": 2, "\u00e9": 3, "\\": 4}"#, r"['it\'s']", "[1]");
    check_in(r#"{"it's": 1, "say \"x\"": 2, "\u00e9": 3, "\\": 4}"#, r#"['say "x"']"#, "[2]");
    check_in(r#"{"it's": 1, "say \"x\"": 2, "\u00e9": 3, "\\": 4}"#, r#"["say \"x\""]"#, "[2]");
    check_in(r#"{"it's": 1, "say \"x\"": 2, "\u00e9": 3, "\\": 4}"#, r"['\u00e9']", "[3]");
    check_in(r#"{"it's": 1, "say \"x\"": 2, "\u00e9": 3, "\\": 4}"#, r"['\\']", "[4]");
    check_in(r#"{"": 1}"#, "['']", "[1]");
}

#[test]
fn indices_from_the_end() {
    check("a.b[-1]", "[30]");
    check("a.b[-3]", "[10]");
    check("a.b[-4]", "[]");
    check("a[-1]", "[]");
    check("n[-9223372036854775808]", "[]");
}

#[test]
fn slices() {
    #[track_caller]
    fn check(slice: &str, expected: &str) {
        check_in("[0,1,2,3,4,5,6]", &format!("$[{slice}]"), expected);
    }
    check("1:3", "[1, 2]");
    check("5:", "[5, 6]");
    check(":2", "[0, 1]");
    check(":", "[0, 1, 2, 3, 4, 5, 6]");
    check("1:5:2", "[1, 3]");
    check("5:1:-2", "[5, 3]");
    check("::-1", "[6, 5, 4, 3, 2, 1, 0]");
    check("-2:", "[5, 6]");
    check("-99:2", "[0, 1]");
    check("2:99", "[2, 3, 4, 5, 6]");
    check(" 1 : 2 : 1 ", "[1]");
    check("1:3:0", "[]");
    check("3:1", "[]");
    check("::9223372036854775807", "[0]");
    check("::-9223372036854775808", "[6]");
    check_in(r#"{"a": 1}"#, "$[:]", "[]");
    check_in("[]", "$[::-1]", "[]");
}

#[test]
fn descendants() {
    let document = r#"{"next":1,"a":[{"next":2,"b":{"next":[3]}}],"c":{"next":null}}"#;
    check_in(document, "$..next", "[1, 2, [3], null]");
    check_in(document, "a..next", "[2, [3]]");
    check_in(document, "$..b.next[0]", "[3]");
    check_in(document, "$..[0]", r#"[{"next":2,"b":{"next":[3]}}, 3]"#);
    check_in(document, "$.c..*", "[null]");
    check_in(document, "$..['next', 'b']", r#"[1, 2, {"next":[3]}, [3], null]"#);
}

/// Compares the number of values that a path selects from `depth` nested objects with the key `a`, or the path that exceeded
/// the limit.
#[track_caller]
fn check_nested(depth: usize, path: &str, expected: Result<usize, &str>) {
    let text = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let document = Document::parse(text.into_bytes()).unwrap();
    let found = JsonPath::parse(path).unwrap().all_with_limit(document.root()).map(|found| found.len());
    assert_eq!(found.map_err(|error| error.path), expected.map_err(str::to_owned), "{path}");
}

#[test]
fn repeated_descendant_segments_terminate() {
    check_nested(600, "$..a", Ok(600));
    check_nested(600, "$..a..a", Ok(179_700));
    check_nested(600, "$..a..a..a", Err("$..a..a..a"));
    // a value without results is visited once
    check_nested(1000, "$..a..a..a..a..z", Ok(0));
    check_nested(1000, "$..[?@..a..a..a..z]", Ok(0));
    check_nested(1000, "$..[?@..[?@..[?@..[?@.z]]]]", Ok(0));
    check_nested(1000, "$..[?$..a..a..z]..a", Ok(0));
    check_nested(1000, &format!("${}.z", "['a','a']".repeat(200)), Ok(0));
    check_nested(1000, &"['a','a']".repeat(200), Err(&"['a','a']".repeat(200)));
    check_nested(1000, "$..[?@ == $.a]", Ok(1));
}

#[test]
fn repeated_descendant_segments_without_a_match_terminate() {
    let document = Document::parse(format!("{}1{}", r#"{"a":"#.repeat(1000), "}".repeat(1000)).into_bytes()).unwrap();
    for path in ["$..a..a..a..a..z", "$..['a','a']..['a','a']..['a','a'].z"] {
        let path = JsonPath::parse(path).unwrap();
        assert_eq!(path.first(document.root()).map(|node| node.id()), None, "{path}");
        assert!(path.is_missing_key(document.root()), "{path}");
    }
}

#[test]
fn long_paths_are_rejected() {
    let problem = |path: String| JsonPath::parse(&path).unwrap_err().problem;
    assert_eq!(problem("a.".repeat(255) + "a.a"), "the path has more than 256 segments");
    assert_eq!(problem(format!("a[?{}]", "@.a && ".repeat(300) + "@.a")), "the path has more than 256 segments");
    assert_eq!(problem(format!("a['{}']", "a".repeat(16 << 10))), "the path is longer than 16384 bytes");
    assert!(JsonPath::parse(&("a.".repeat(250) + "a")).is_ok());
    assert!(JsonPath::parse(&format!("a['{}']", "a".repeat(16_000))).is_ok());
}

#[test]
fn the_deepest_documents_fit_the_stack_of_a_thread() {
    let deepest = format!("{}1{}", r#"{"a":"#.repeat(Document::MAX_DEPTH), "}".repeat(Document::MAX_DEPTH));
    let document = Document::parse(deepest.into_bytes()).unwrap();
    // half the stack of a tokio worker thread
    let search = move || {
        let paths = ["$..a".to_owned(), "a.".repeat(255) + "a", "$..[?@ == $.a]".to_owned(), "$[?@ == $.a]..z".to_owned()];
        paths.map(|path| JsonPath::parse(&path).unwrap().all_with_limit(document.root()).is_ok())
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(search).unwrap();
    assert_eq!(thread.join().unwrap(), [true; 4]);
}

#[test]
fn unions() {
    check("['n', 'missing', 'a2']", "[null, [[1],[2]]]");
    check("a.b[0,0, -1]", "[10, 10, 30]");
    check("a.b[2, :1]", "[30, 10]");
}

#[test]
fn filters() {
    #[track_caller]
    fn check(filter: &str, expected: &str) {
        let rows =
            r#"{"id":1,"s":"open","n":null,"t":[1.0]},{"id":2.0,"s":"closed","x":{"y":true}},{"id":-3,"t":[1],"e":"it's"}"#;
        check_in(&format!(r#"{{"rows":[{rows}],"wanted":2,"none":null}}"#), &format!("rows[?{filter}].id"), expected);
    }
    check("@.s == 'open'", "[1]");
    check("(@.s == \"open\")", "[1]");
    check("@.s=='open'", "[1]");
    check("@['s'] != 'open'", "[2.0, -3]");
    check("@.id == 2", "[2.0]");
    check("@.id == 2e0", "[2.0]");
    check("@.id < 2", "[1, -3]");
    check("@.id<=2.0", "[1, 2.0, -3]");
    check("@.id > -3", "[1, 2.0]");
    check("@.id >= 1", "[1, 2.0]");
    check("1 <= @.id", "[1, 2.0]");
    check("@.s < 'd'", "[2.0]");
    check("@.s < 9", "[]");
    check("@.id == '1'", "[]");
    check("@.s", "[1, 2.0]");
    check("!@.s", "[-3]");
    check("@.n", "[1]");
    check("@.n == null", "[1]");
    check("@.n == $.none", "[1]");
    check("@.n == @.missing", "[2.0, -3]");
    check("@.n <= null", "[1]");
    check("@.x.y == true", "[2.0]");
    check("@.x.y == false", "[]");
    check("@..y", "[2.0]");
    check("@.id == $.wanted", "[2.0]");
    check("@.t == $.rows[2].t", "[1, -3]");
    check("@.x == $.rows[1].x", "[2.0]");
    check("@.t[0] == 1", "[1, -3]");
    check("@.t[?@ == 1]", "[1, -3]");
    check("@.e == 'it\\'s'", "[-3]");
    check("@.s && @.id == 1 || @.e", "[1, -3]");
    check("@.s && (@.id == 1 || @.x)", "[1, 2.0]");
    check("!(@.s && @.id == 1)", "[2.0, -3]");
    check(" ( ( @.id == 1 ) ) ", "[1]");
    check_in(r#"{"a": {"k": 1}, "b": {"k": 2}}"#, "$[?@.k > 1]", r#"[{"k":2}]"#);
    check_in("[100000000000000000001, 100000000000000000002]", "$[?@ > 100000000000000000001]", "[100000000000000000002]");
    check_in(r#"[{"my-key": 1}]"#, "$[?@.my-key == 1]", r#"[{"my-key":1}]"#);
    check_in("[NaN, 1]", "$[?@ == NaN]", "[]");
    check_in("[1, {}, [], {\"a\": 1}]", "$[?@ == $[2]]", "[[]]");
}

#[test]
fn invalid_paths() {
    check("", "1: the path is empty");
    check("  ", "1: the path is empty");
    check("a.", "3: expected a key");
    check("a..", "4: expected a key");
    check("a[", "3: expected `]`");
    check("a[]", "3: expected an index, a slice, `*`, `?` or a quoted key");
    check("é[x]", "3: expected an index, a slice, `*`, `?` or a quoted key");
    check("a[-]", "3: expected an index, a slice, `*`, `?` or a quoted key");
    check("a[99999999999999999999]", "3: the number is too large");
    check("a['b]", "3: the closing quote is missing");
    check(r"a['b\']", "3: the closing quote is missing");
    check("a['b'", "6: expected `]`");
    check("$a", "2: expected `.` or `[` after `$`");
    check("a[0]b", "5: expected `.` or `[` between two segments");
    check("*a", "2: expected `.` or `[` between two segments");
    check("a[?]", "4: expected a path that starts with `@` or `$`, a number, a quoted string, true, false or null");
    check("a[?b == 1]", "4: expected a path that starts with `@` or `$`, a number, a quoted string, true, false or null");
    check("a[?1]", "5: expected a comparison after the value");
    check("a[?@.b = 1]", "8: expected `]`, `&&`, `||` or a comparison such as `==`");
    check("a[?@.b & @.c]", "8: expected `]`, `&&`, `||` or a comparison such as `==`");
    check("a[?!@.b == 1]", "9: expected `]`, `&&`, `||` or a comparison such as `==`");
    check("a[?(@.b]", "8: expected `&&`, `||` or `)`");
    check("a[?@.* == 1]", "12: only a path that selects a single value can be compared");
    check("a[?length(@.b) > 1]", "4: functions are not supported");
    for open in ["(", "@[?"] {
        let error = JsonPath::parse(&format!("a[?{}", open.repeat(100_000))).unwrap_err();
        assert!(error.problem == "filters are nested too deeply", "{}", error.problem);
    }
}

#[test]
fn source_of_values_exists() {
    let document = Document::parse(br#"{"a": {"b": []}, "n": null}"#.to_vec()).unwrap();
    let source_exists = |path: &str| JsonPath::parse(path).unwrap().source_exists(document.root());
    for path in ["$", "a", "a.b", "a.b[*].x", "a.b[?@.x == 1]", "n", "n[*]", "$..x", "a..x", "['a', 'x'].y"] {
        assert!(source_exists(path), "{path}");
    }
    for path in ["x", "a.x", "a.b[0]", "x[*]", "a.x..y", "a.b[0].x[*]"] {
        assert!(!source_exists(path), "{path}");
    }
}

/// Collects all matches without a cache.
fn naive<'d>(steps: &[PathSegment], root: Node<'d>, node: Node<'d>, found: &mut Vec<NodeId>) {
    let Some((step, rest)) = steps.split_first() else { return found.push(node.id()) };
    for selector in &step.selectors {
        let mut selected = Vec::new();
        query::select(&Search::unlimited(root), selector, node, &mut |child| {
            selected.push(child);
            false
        });
        selected.into_iter().for_each(|child| naive(rest, root, child, found));
    }
    if step.descends {
        query::children(node).for_each(|child| naive(steps, root, child, found));
    }
}

const SEGMENTS: [&str; 14] = [
    "..a",
    ".a",
    "..b",
    "..*",
    "[*]",
    "['a','b']",
    "..['b','a']",
    "[0,0]",
    "[-1]",
    "[::-1]",
    "[?@..a]",
    "..[?@.a == $.b]",
    "[?@..b..a]",
    "[?!@[?@..a]]",
];

proptest! {
    #[test]
    fn the_cache_does_not_change_results(segments in proptest::collection::vec(0..SEGMENTS.len(), 1..5)) {
        let text = br#"{"a":[{"a":[1,{"b":2}]},"a",{"b":{"a":{"a":{"b":[]}}}}],"b":{"a":{"a":{"a":2}},"b":[[{"a":1}]]},"c":[1]}"#;
        let document = Document::parse(text.to_vec()).unwrap();
        let path = format!("${}", segments.iter().map(|at| SEGMENTS[*at]).collect::<String>());
        let path = JsonPath::parse(&path).unwrap();
        let mut expected = Vec::new();
        naive(&path.steps, document.root(), document.root(), &mut expected);
        let found: Vec<_> = path.all_with_limit(document.root()).unwrap().into_iter().map(Node::id).collect();
        prop_assert_eq!(&found, &expected, "{}", &path);
        prop_assert_eq!(path.first(document.root()).map(Node::id), expected.first().copied());
    }

    #[test]
    fn paths_of_keys_round_trip(keys in proptest::collection::vec(".*", 1..4)) {
        let path = JsonPath::from_keys(keys);
        prop_assert_eq!(JsonPath::parse(path.as_str()), Ok(path));
    }

    #[test]
    fn no_path_panics(path in r#"[$a]?[a@$.\[\]*?:,'"\\0-9&|!=<>() -]{0,40}"#) {
        let document = Document::parse(br#"{"a":[{"a":[1,2]},"a",{"b":{"a":null}}],"b":{"a":{"a":2}}}"#.to_vec()).unwrap();
        match JsonPath::parse(&path) {
            Ok(path) => prop_assert_eq!(path.first(document.root()).is_some(), !path.all(document.root()).is_empty()),
            Err(error) => prop_assert!((1..=path.chars().count() + 1).contains(&error.column)),
        }
    }
}

#[test]
fn the_message_names_the_position() {
    let error = JsonPath::parse("data..").unwrap_err();
    let expected =
        "invalid path \"data..\" at character 7: expected a key; write it like `data.items`, `$.data[0].id` or `['a.b'].c`";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn as_key_returns_single_keys() {
    let key = |path: &str| JsonPath::parse(path).unwrap().as_key().map(str::to_owned);
    assert_eq!(key("a b"), Some("a b".to_owned()));
    assert_eq!(key("$['a.b']"), Some("a.b".to_owned()));
    for path in ["$", "a.b", "$..a", "['a', 'b']", "*", "[0]"] {
        assert_eq!(key(path), None, "{path}");
    }
}
