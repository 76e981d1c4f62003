//! Processing steps.

use std::ops::ControlFlow;

use catchment_extract::{Boundaries, Extraction, MemoryBudget};

use super::{ScriptedServer, fresh, json, parse, run, run_against, source};

/// Compares the rows after the steps, applied to two rows, or the error, with `expected`.
#[track_caller]
fn check(steps: &str, expected: Result<&[&str], &str>) {
    let rows =
        r#"[{"id": 1, "state": "open", "user": {"login": "ada"}, "n": 1.50}, {"id": 2, "state": "closed", "mail": "a@b.c"}]"#;
    let server = ScriptedServer::start(move |_| json(rows));
    let spec = format!(r#"{{"client": {{"base_url": "BASE"}}, "resources": [{{"name": "r", "processing_steps": [{steps}]}}]}}"#);
    let found = run_against(&spec, &server).1;
    let expected = expected.map(|rows| rows.iter().map(|row| format!("r {row}")).collect()).map_err(str::to_owned);
    assert_eq!(found, expected, "{steps}");
}

const FIRST: &str = r#"{"id":1,"state":"open","user":{"login":"ada"},"n":1.50}"#;

#[test]
fn rows_are_filtered_and_mapped() {
    check(r#"{"filter": "row.state == 'open'"}"#, Ok(&[FIRST]));
    check(r#"{"filter": "row.user.login"}"#, Ok(&[FIRST]));
    check(r#"{"filter": "false"}"#, Ok(&[]));
    check(
        r#"{"map": "{'id': row.id, 'who': row.user.login|default('nobody')}"}"#,
        Ok(&[r#"{"id":1,"who":"ada"}"#, r#"{"id":2,"who":"nobody"}"#]),
    );
    check(
        r#"{"map": "dict(row, id=row.id * 10) if row.state == 'closed' else none"}"#,
        Ok(&[r#"{"id":20,"state":"closed","mail":"a@b.c"}"#]),
    );
    check(r#"{"yield_map": "[{'a': row.id}, {'b': row.id}] if row.id == 1 else []"}"#, Ok(&[r#"{"a":1}"#, r#"{"b":1}"#]));
}

#[test]
fn fields_are_dropped_renamed_and_masked() {
    check(r#"{"drop": ["user", "n", "mail"]}"#, Ok(&[r#"{"id":1,"state":"open"}"#, r#"{"id":2,"state":"closed"}"#]));
    check(
        r#"{"filter": "row.id == 2", "rename": {"mail": "email", "nope": "x"}}"#,
        Ok(&[r#"{"id":2,"state":"closed","email":"a@b.c"}"#]),
    );
    check(r#"{"filter": "row.id == 2", "mask": ["mail", "id"]}"#, Ok(&[r#"{"id":"***","state":"closed","mail":"***"}"#]));
    check(
        r#"{"drop": "id", "rename": {"state": "id"}, "mask": "id"}, {"filter": "row.n"}"#,
        Ok(&[r#"{"id":"***","user":{"login":"ada"},"n":1.50}"#]),
    );
}

#[test]
fn steps_are_applied_in_order() {
    check(r#"{"map": "{'x': row.id}"}, {"filter": "row.x == 2"}"#, Ok(&[r#"{"x":2}"#]));
    check(r#"{"filter": "row.x == 2"}, {"map": "{'x': row.id}"}"#, Ok(&[]));
    // in one object `filter` is applied first
    check(r#"{"map": "{'x': row.id}", "filter": "row.id == 2"}"#, Ok(&[r#"{"x":2}"#]));
}

#[test]
fn evaluation_errors_name_expression_and_row() {
    check(
        r#"{"map": "row.state + 1"}"#,
        Err(
            "resource `r` failed: cannot evaluate map `row.state + 1` for row {\"id\":1,\"state\":\"open\",\"user\":{\"login\":\"ada\"},\"n\":1.50}: invalid operation: tried to use + operator on unsupported types string and number",
        ),
    );
    check(
        r#"{"yield_map": "row.id"}"#,
        Err(
            "resource `r` failed: cannot evaluate yield_map `row.id` for row {\"id\":1,\"state\":\"open\",\"user\":{\"login\":\"ada\"},\"n\":1.50}: returned a number, expected a list of rows",
        ),
    );
}

#[test]
fn results_for_a_page_are_limited() {
    let check = |expression: &str, problem: &str| {
        let failed = format!("resource `r` failed: cannot evaluate yield_map `{expression}` for row {FIRST}: {problem}");
        super::steps::check(&format!(r#"{{"yield_map": "{expression}"}}"#), Err(&failed));
    };
    check("[row] * 10000000", "invalid operation: lists cannot be multiplied; use `range` for a list of numbers");
    let ranges = |count: usize| format!("range(100000)|chain({})", vec!["range(100000)"; count - 1].join(", "));
    check(&ranges(30), "results exceed 352 MiB of memory; return fewer values per row or request smaller pages");
    check(&ranges(11), "returned 1100000 rows for one row, the maximum is 1000000; return fewer rows");
}

#[test]
fn field_paths_that_are_too_long_are_rejected() {
    let field = "a.".repeat(300);
    for step in [
        format!(r#"{{"drop": "{field}"}}"#),
        format!(r#"{{"mask": ["{field}"]}}"#),
        format!(r#"{{"rename": {{"{field}": "x"}}}}"#),
    ] {
        let spec =
            format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{{"name": "r", "processing_steps": [{step}]}}]}}"#);
        let problem = crate::Spec::parse(&spec, crate::SpecFormat::Json).unwrap_err().to_string();
        assert!(problem.contains("the path has more than 256 segments"), "{problem}");
    }
}

#[test]
fn steps_stop_when_the_run_is_cancelled() {
    let server = ScriptedServer::start(|_| json(r#"[{"id": 1}]"#));
    let check = |step: &str| {
        let spec = r#"{"client": {"base_url": "BASE"}, "resources": [{"name": "r", "processing_steps": [STEP]}]}"#;
        let source = source(&parse(&spec.replace("BASE", &server.url()).replace("STEP", step)));
        let token = tokio_util::sync::CancellationToken::new();
        token.cancel();
        let state = fresh();
        let run = Extraction::new(&source, &state, &Boundaries::new()).unwrap().with_stop_signal(&token.into());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ended = runtime.block_on(run.run(&MemoryBudget::new(1 << 20), &|_| ControlFlow::Continue(())));
        let problem = "the run was cancelled while rows of resource `r` were processed";
        assert_eq!(ended.map(|_| ()).map_err(|error| error.to_string()), Err(problem.to_owned()), "{step}");
    };
    check(r#"{"filter": "row.id"}"#);
    check(r#"{"map": "row"}"#);
    check(r#"{"yield_map": "[row]"}"#);
    check(r#"{"drop": "id"}"#);
    check(r#"{"mask": "id"}"#);
}

#[test]
fn the_cursor_reads_rows_after_the_steps() {
    let server = ScriptedServer::start(|_| json(r#"[{"id": 1, "at": "2024-01-01"}, {"id": 2, "at": "2023-01-01"}]"#));
    let spec = r#"{"client": {"base_url": "BASE"}, "resources": [{"name": "r", "processing_steps": [{"rename": {"at": "day"}}],
        "endpoint": {"incremental": {"cursor_path": "day", "initial_value": "2023-06-01"}}}]}"#;
    assert_eq!(run_against(spec, &server).1, Ok(vec![r#"r {"id":1,"day":"2024-01-01"}"#.to_owned()]));
}

const NESTED: &str = r#"[{"user": {"email": "a@b.c", "id": 1}, "to": [{"email": "d"}, {"email": null}], "user.email": "e"}]"#;

/// Compares the rows of the API after the steps with `expected`.
#[track_caller]
fn check_rows(steps: &str, rows: &'static str, expected: &str) {
    let server = ScriptedServer::start(move |_| json(rows));
    let spec = format!(r#"{{"client": {{"base_url": "BASE"}}, "resources": [{{"name": "r", "processing_steps": [{steps}]}}]}}"#);
    assert_eq!(run_against(&spec, &server).1.unwrap().join(" "), expected, "{steps}");
}

#[test]
fn paths_match_in_objects_and_lists() {
    check_rows(
        r#"{"mask": ["user.email", "to[*].email"]}"#,
        NESTED,
        r#"r {"user":{"email":"***","id":1},"to":[{"email":"***"},{"email":null}],"user.email":"***"}"#,
    );
    check_rows(
        r#"{"mask": "to.email", "drop": "user.email"}"#,
        NESTED,
        r#"r {"user":{"id":1},"to":[{"email":"***"},{"email":null}]}"#,
    );
    check_rows(r#"{"drop": ["to.0.email", "user"]}"#, NESTED, r#"r {"to":[{},{"email":null}],"user.email":"e"}"#);
    check_rows(r#"{"mask": "größe.ß"}"#, r#"[{"größe": {"ß": 1}}]"#, r#"r {"größe":{"ß":"***"}}"#);
}

#[test]
fn renamed_fields_stay_in_their_objects() {
    let rows = r#"[{"user": {"email": 1}, "to": [{"email": 2}]}]"#;
    check_rows(r#"{"rename": {"user.email": "mail"}}"#, rows, r#"r {"user":{"mail":1},"to":[{"email":2}]}"#);
    check_rows(r#"{"rename": {"user.email": "user.mail"}}"#, rows, r#"r {"user":{"mail":1},"to":[{"email":2}]}"#);
    check_rows(r#"{"rename": {"to[*].email": "to[*].mail"}}"#, rows, r#"r {"user":{"email":1},"to":[{"mail":2}]}"#);
    // a key with dots is renamed to the literal new name
    check_rows(r#"{"rename": {"user.email": "user.mail"}}"#, r#"[{"user.email": 1}]"#, r#"r {"user.mail":1}"#);
}

/// Compares the warnings of two resources with these steps and rows, one of which is dependent, with `expected`.
#[track_caller]
fn check_warnings(steps: &str, rows: &'static str, expected: &[&str]) {
    let server = ScriptedServer::start(move |request| match request.path.as_str() {
        "/parents" => json(r#"[{"id": 1}, {"id": 2}]"#),
        _ => json(rows),
    });
    let steps = format!(r#""processing_steps": [{steps}]"#);
    let dependent = format!(r#"{{"name": "dependent", "endpoint": "dependent/{{resources.parents.id}}", {steps}}}"#);
    let resources = format!(r#"{{"name": "r", {steps}}}, "parents", {dependent}"#);
    let spec = parse(&format!(r#"{{"client": {{"base_url": "{}"}}, "resources": [{resources}]}}"#, server.url()));
    let run = run(&source(&spec), &fresh()).unwrap();
    for resource in ["r", "dependent"] {
        let of_resource = run.warnings.iter().filter(|warning| warning.resource == resource);
        assert_eq!(of_resource.map(|warning| &warning.message).collect::<Vec<_>>(), expected, "{resource}: {steps} of {rows}");
    }
}

#[test]
fn paths_without_a_match_cause_a_warning_at_the_end() {
    let of = |step: &str, field: &str| {
        format!("processing step `{step}` had no effect on `{field}`: no row of this run has the field; check its path")
    };
    let emial = of("mask", "user.emial");
    check_warnings(r#"{"mask": ["user.emial", "user.email"]}"#, NESTED, &[&emial]);
    check_warnings(r#"{"mask": "user.emial"}, {"drop": ["uesr"]}"#, NESTED, &[&emial, &of("drop", "uesr")]);
    check_warnings(r#"{"mask": "user.email"}"#, r#"[{"user": {}}, {"user": {"email": null}}]"#, &[]);
    // a path below null, or without rows, is not reported
    check_warnings(r#"{"mask": "user.email"}"#, r#"[{"user": null}]"#, &[]);
    check_warnings(r#"{"mask": "user.email"}"#, "[]", &[]);
}

#[test]
fn renaming_to_an_existing_name_causes_a_warning() {
    let warning = "processing step `rename` did not rename `b` in rows that already have a field with the new name; drop that \
                   field first or choose another name";
    check_warnings(r#"{"rename": {"b": "id"}}"#, r#"[{"id": 1, "b": 5}, {"b": 6}]"#, &[warning]);
    check_warnings(r#"{"drop": "id"}, {"rename": {"b": "id"}}"#, r#"[{"id": 1, "b": 5}]"#, &[]);
}
