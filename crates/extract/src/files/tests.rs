use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use catchment_state::State;

use crate::run::tests::extract;
use crate::{ExtractEvent, Incremental, Resource, Source};

/// Extracts `source` and returns its rows, or the error without the path of `folder`, and the state.
fn show(source: &Source, state: &State, folder: &Path) -> (String, State) {
    let shown = Mutex::new(Vec::new());
    let sink = |extracted| {
        if let ExtractEvent::Rows { batch, .. } = extracted {
            shown.lock().unwrap().extend(batch.rows.nodes().map(|row| format!("{row:?}")));
        }
        ControlFlow::Continue(())
    };
    match extract(source, state, &sink) {
        Ok(after) => (shown.into_inner().unwrap().join(""), after.state),
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                text += &format!(": {error}");
                cause = error.source();
            }
            (text.replace(&format!("{}/", folder.display()), ""), state.clone())
        }
    }
}

fn check(files: &[(&str, &str)], pattern: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if name.ends_with(".gz") {
            let mut packed = flate2::write::GzEncoder::new(std::fs::File::create(path).unwrap(), flate2::Compression::fast());
            packed.write_all(content.as_bytes()).unwrap();
            packed.finish().unwrap();
        } else {
            std::fs::write(path, content).unwrap();
        }
    }
    let resource = Resource::files("r", folder.path().join(pattern).to_string_lossy());
    assert_eq!(show(&resource.into(), &State::new("p", "d", "t"), folder.path()).0, expected, "{files:?}");
}

#[test]
fn rows_of_each_format() {
    check(&[("a.json", r#"[{"n":1},{"n":2}]"#)], "*.json", r#"{"n":1}{"n":2}"#);
    check(&[("a.json", r#"{"n":1}"#)], "*.json", r#"{"n":1}"#);
    check(&[("a.jsonl", "{\"n\":1}\n\n  {\"n\":2}\r\n{\"n\":3}")], "*.jsonl", r#"{"n":1}{"n":2}{"n":3}"#);
    check(&[("a.ndjson", "\u{FEFF}{\"n\":1}\n")], "*", r#"{"n":1}"#);
    check(&[("a.csv", "n,n,t,n\n1,2,3,4\n")], "*.csv", r#"{"n":"1","n_2":"2","t":"3","n_3":"4"}"#);
    check(
        &[("a.csv", "n,t\n1,x\n007,\n\"3\",\"a, \"\"b\"\"\"\n")],
        "*.csv",
        r#"{"n":"1","t":"x"}{"n":"007","t":null}{"n":"3","t":"a, \"b\""}"#,
    );
    check(&[("a.csv", "n,t\n")], "*.csv", "");
    check(&[("a.jsonl", "")], "*.jsonl", "");
}

#[test]
fn plain_and_compressed_files_are_read_in_the_order_of_their_names() {
    let files = [
        ("logs/02.jsonl", "{\"n\":3}\n"),
        ("logs/01.jsonl.gz", "{\"n\":1}\n{\"n\":2}\n"),
        ("logs/deep/03.json", "[4]"),
        ("x.txt", ""),
    ];
    check(&files, "logs/*.jsonl*", r#"{"n":1}{"n":2}{"n":3}"#);
    check(&files, "logs/**/*.json*", r#"{"n":1}{"n":2}{"n":3}4"#);
    check(&files, "nothing/*", "");
}

#[test]
fn errors_name_the_file() {
    check(
        &[("a.jsonl", "{\"n\":1}\n\n{\"n\":\n{\"n\":3}\n")],
        "*",
        "resource `r` failed: failed to parse a.jsonl, line 3: invalid JSON at line 1, column 6: expected a value, found the end of the text",
    );
    check(
        &[("a.jsonl", "[1\n2]\n")],
        "*",
        "resource `r` failed: failed to parse a.jsonl, line 1: invalid JSON at line 1, column 3: expected `,` or `]`, found the end of the text",
    );
    check(
        &[("a.json", "[1,]")],
        "*",
        "resource `r` failed: failed to parse a.json: invalid JSON at line 1, column 4: expected a value, found ']'",
    );
    check(
        &[("a.csv", "a,b\n1,2\n3\n")],
        "*",
        "resource `r` failed: failed to parse a.csv: CSV error: record 2 (line: 3, byte: 8): found record with 1 fields, but the previous record has 2 fields",
    );
    check(
        &[("a.txt", "")],
        "*",
        "resource `r` failed: a.txt has no supported extension; use .json, .jsonl, .ndjson or .csv, optionally followed by .gz",
    );
    let failed = show(&Resource::files("r", "[").into(), &State::new("p", "d", "t"), Path::new("/")).0;
    assert_eq!(
        failed,
        "resource `r` failed: \"[\" is not a valid file name pattern: Pattern syntax error near position 0: invalid range pattern"
    );
}

#[test]
fn only_new_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let pattern = folder.path().join("*.jsonl").to_string_lossy().into_owned();
    let files =
        Resource::file_list("files", pattern).incremental(Incremental::new("modification_date")).primary_key(["file_url"]);
    let source = Source::new("s").with_resource(files).with_resource(Resource::file_rows("rows", "files"));
    let write = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
    let rows = |shown: &str| shown.matches("\"n\"").count();
    write("1.jsonl", "{\"n\":1}\n");
    let (shown, state) = show(&source, &State::new("p", "d", "t"), folder.path());
    assert_eq!(rows(&shown), 1, "{shown}");
    let (shown, state) = show(&source, &state, folder.path());
    assert_eq!(rows(&shown), 0, "{shown}");
    write("2.jsonl", "{\"n\":2}\n{\"n\":3}\n");
    let (shown, _) = show(&source, &state, folder.path());
    assert_eq!(rows(&shown), 2, "{shown}");
}

#[test]
fn large_files_are_split_into_pages() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("{{\"t\":\"{}\"}}\n", "x".repeat(1000));
    std::fs::write(folder.path().join("a.jsonl"), line.repeat(3000)).unwrap();
    let source = Source::from(Resource::files("r", folder.path().join("a.jsonl").to_string_lossy()));
    let sizes = Mutex::new(Vec::new());
    let sink = |extracted| {
        if let ExtractEvent::Rows { batch, .. } = extracted {
            sizes.lock().unwrap().push(batch.rows.ids.len());
        }
        ControlFlow::Continue(())
    };
    extract(&source, &State::new("p", "d", "t"), &sink).unwrap();
    let sizes = sizes.into_inner().unwrap();
    assert_eq!((sizes.iter().sum::<usize>(), sizes.len()), (3000, 3), "{sizes:?}");
}
