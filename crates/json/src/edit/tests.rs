use super::{FieldEdit, PathMatch};
use crate::{Document, FieldPath, Selection, Value};

fn page(rows: &str) -> Selection {
    Selection::from_document(Document::parse(rows.as_bytes().to_vec()).unwrap())
}

fn shown(rows: &Selection) -> String {
    let mut text = String::new();
    rows.write_json(&mut text);
    text
}

/// Edits are `-path` to drop, `path>name` to rename, and `*path` to mask.
#[track_caller]
fn check(edits: &[&str], rows: &str, expected: &str) {
    let masked = || Value::parse(r#"{"masked": [true]}"#).unwrap();
    let edit = |edit: &&str| match (edit.strip_prefix('-'), edit.strip_prefix('*'), edit.split_once('>')) {
        (Some(path), ..) => (FieldPath::new(path), FieldEdit::Drop),
        (_, Some(path), _) => (FieldPath::new(path), FieldEdit::Replace(masked())),
        (.., path) => (FieldPath::new(path.unwrap().0), FieldEdit::Rename(path.unwrap().1.to_owned())),
    };
    let edited = page(rows).edit_fields(&edits.iter().map(edit).collect::<Vec<_>>()).unwrap().rows;
    assert_eq!(shown(&edited), expected, "{edits:?} of {rows}");
    // the result is a complete document and can be copied again
    let again = edited.with_fields(&[]).unwrap();
    assert_eq!(shown(&again), expected, "{edits:?} of {rows}, copied");
    for (row, again) in edited.nodes().zip(again.nodes()) {
        assert_eq!(row.to_value(), again.to_value());
    }
}

#[test]
fn fields_are_edited() {
    let edits = ["-x", "y>z", "*m"];
    check(&edits, "[]", "[]");
    check(&edits, r#"[{"a": [1, {"b": "é\n"}], "x": {"deep": [1]}, "c": 1e3}]"#, r#"[{"a":[1,{"b":"é\n"}],"c":1e3}]"#);
    check(&edits, r#"[{"y": [[]], "m": 1}, {}]"#, r#"[{"z":[[]],"m":{"masked":[true]}},{}]"#);
    check(&edits, r#"[1, "text", [{"x": 1}], {"a\u0062": 1, "\u0078": 2}]"#, r#"[1,"text",[{"x":1}],{"ab":1}]"#);
    check(&edits, r#"[{"m": null}]"#, r#"[{"m":null}]"#);
    check(&edits, r#"[{"x": 1, "a": 2, "x": 3}]"#, r#"[{"a":2}]"#);
}

#[test]
fn fields_deep_in_rows_are_edited() {
    check(&["-u.x"], r#"[{"u": {"x": 1, "y": [2]}, "v": 3}]"#, r#"[{"u":{"y":[2]},"v":3}]"#);
    check(&["-u.x"], r#"[{"u": {"x": 1}}, {"u": {}}]"#, r#"[{"u":{}},{"u":{}}]"#);
    check(&["u.x>y"], r#"[{"u": [{"x": [1]}, {"x": 2}], "v": 3}]"#, r#"[{"u":[{"y":[1]},{"y":2}],"v":3}]"#);
    check(
        &["*u[*].x", "*w"],
        r#"[{"u": [{"x": [1]}, {"x": null, "z": {}}], "w": 3}]"#,
        r#"[{"u":[{"x":{"masked":[true]}},{"x":null,"z":{}}],"w":{"masked":[true]}}]"#,
    );
    check(&["-u[0]", "*u[2]"], r#"[{"u": [1, 2, 3, 4]}]"#, r#"[{"u":[2,{"masked":[true]},4]}]"#);
    check(&["-a.b.c"], r#"[{"a": [[{"b": {"c": 1, "d": 2}}]]}]"#, r#"[{"a":[[{"b":{"d":2}}]]}]"#);
    // matches both the key `a.b` and the path
    check(&["*a.b"], r#"[{"a.b": 1, "a": {"b": 2}}]"#, r#"[{"a.b":{"masked":[true]},"a":{"b":{"masked":[true]}}}]"#);
}

#[test]
fn overlapping_edits_of_a_row() {
    check(&["u>v", "-u.x"], r#"[{"u": {"x": 1, "y": 2}}]"#, r#"[{"v":{"y":2}}]"#);
    check(&["-u", "*u.x"], r#"[{"u": {"x": 1}, "a": 1}]"#, r#"[{"a":1}]"#);
    check(&["*u", "-u.x"], r#"[{"u": {"x": 1}, "a": 1}]"#, r#"[{"u":{"masked":[true]},"a":1}]"#);
    check(&["x>y", "-x"], r#"[{"x": 1}]"#, r#"[{"y":1}]"#);
    check(&["*u.x", "-u.y", "-v"], r#"[{"u": {"y": {"x": 1}, "x": []}, "v": {}}]"#, r#"[{"u":{"x":{"masked":[true]}}}]"#);
}

#[test]
fn fields_are_added() {
    #[track_caller]
    fn check(rows: &str, added: &str, expected: &str) {
        let added = Value::parse(added).unwrap();
        let added: Vec<_> = added.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        assert_eq!(shown(&page(rows).with_fields(&added).unwrap()), expected, "{rows}");
    }
    check("[]", r#"{"a": 1}"#, "[]");
    check(r#"[{"y": [[]]}, {}, 1]"#, r#"{"_p_id": 7}"#, r#"[{"y":[[]],"_p_id":7},{"_p_id":7},1]"#);
    check(r#"{"id": 1, "id": 2}"#, r#"{"id": {"a": [null, "b"]}}"#, r#"[{"id":{"a":[null,"b"]}}]"#);
}

#[test]
fn only_selected_rows_are_copied() {
    let mut page = page(r#"[{"a": 1}, {"a": 2, "b": 1}, {"a": 3}]"#);
    page.ids.remove(0);
    let edited = page.edit_fields(&[(FieldPath::new("b"), FieldEdit::Drop)]).unwrap().rows;
    assert_eq!(shown(&edited), r#"[{"a":2},{"a":3}]"#);
    assert_eq!(shown(&page.with_fields(&[]).unwrap()), r#"[{"a":2,"b":1},{"a":3}]"#);
}

#[test]
fn unmatched_paths_are_reported() {
    #[track_caller]
    fn check(path: &str, rows: &str, matched: bool, unmatched: bool) {
        let edited = page(rows).edit_fields(&[(FieldPath::new(path), FieldEdit::Drop)]).unwrap();
        assert_eq!(edited.matches, [PathMatch { matched, unmatched, name_conflict: false }], "{path} in {rows}");
    }
    check("u.x", r#"[{"u": {"x": 1}}, {"u": {}}]"#, true, true);
    check("u.x", r#"[{"u": {"y": 1}}]"#, false, true);
    check("u.x", r#"[{"u": null}, 7]"#, false, false);
    check("u.x", "[]", false, false);
}

#[test]
fn renaming_to_an_existing_name_is_skipped() {
    check(&["b>id"], r#"[{"id": 1, "b": 5}, {"b": 6}, {"b": 7, "id": 2}]"#, r#"[{"id":1,"b":5},{"id":6},{"b":7,"id":2}]"#);
    check(
        &["a.x>y"],
        r#"[{"a": {"x": 1, "y": 2}}, {"a": [{"x": 3}, {"y": 4}]}]"#,
        r#"[{"a":{"x":1,"y":2}},{"a":[{"y":3},{"y":4}]}]"#,
    );
    check(&["a>c", "b>c"], r#"[{"a": 1, "b": 2}]"#, r#"[{"c":1,"b":2}]"#);
    check(&["a>b"], r#"[{"a": 1, "\u0062": 2}]"#, r#"[{"a":1,"b":2}]"#);
    // names of renamed or dropped fields are free, unless those fields keep their names
    check(&["a>b", "b>a"], r#"[{"a": 1, "b": 2}]"#, r#"[{"b":1,"a":2}]"#);
    check(&["a>b", "-b"], r#"[{"a": 1, "b": 2}]"#, r#"[{"b":1}]"#);
    check(&["a>b", "b>c"], r#"[{"a": 1, "b": 2, "c": 3}]"#, r#"[{"a":1,"b":2,"c":3}]"#);
    check(&["a>b", "*b"], r#"[{"a": 1, "b": 2}]"#, r#"[{"a":1,"b":{"masked":[true]}}]"#);
    check(&["a>a"], r#"[{"a": 1}]"#, r#"[{"a":1}]"#);
    let edits = [(FieldPath::new("a"), FieldEdit::Rename("b".to_owned()))];
    let uses = |rows: &str| page(rows).edit_fields(&edits).unwrap().matches;
    let free = PathMatch { matched: true, unmatched: false, name_conflict: false };
    assert_eq!(uses(r#"[{"a": 1}]"#), [free]);
    assert_eq!(uses(r#"[{"a": 1}, {"a": 1, "b": 2}]"#), [PathMatch { name_conflict: true, ..free }]);
}
